// SPDX-License-Identifier: Apache-2.0
// ESipa.CancelSession (SGP.32 v1.2 §6.3.2.5, §5.14.8): ends a session before a profile was installed.
import { CodecError, child, integerContent, need, readInteger, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import { fullCancelSessionResponse } from '../compact.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { CANCEL_SESSION_CODES, esipaError, Refusal } from '../relay/error-codes.js';
import { toBase64 } from '../relay/smdp-relay.js';
import { CANCEL_WORDS, wordFor } from '../results/words.js';
import type { Session } from '../sessions.js';
import { logSessionStep } from './session-log.js';

const INVALID_TRANSACTION_ID = 1;

/** Relays to the SM-DP+ and forgets the session, whatever the SM-DP+ says of it. */
export async function cancelSession(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const transactionId = hex(need(request, 0x80).value);
  const session = eim.sessions.find(transactionId);
  const response = cancelSessionResponse(need(request, 0xa1));
  try {
    if (session === undefined) throw new Refusal(INVALID_TRANSACTION_ID, `no session has the transaction ${transactionId}`);
    const full = fullCancelSessionResponse(response, session);
    end(session, request, full, eim);
    await relay(session, full, eim);
    return { message: tlv(0xbf41, tlv(0xa0)) };
  } catch (error) {
    const refusal = esipaError(CANCEL_SESSION_CODES, error);
    logSessionStep(eim, 'cancelSession', request, session ?? { transactionId }, refusal);
    return { message: tlv(0xbf41, tlv(0x81, integerContent(refusal.errorCode))) };
  }
}

/** The field A1 replaces the response's own BF41; encoders that keep the BF41 inside are understood too. */
function cancelSessionResponse(field: Tlv): Tlv {
  const [first] = field.children;
  if (first === undefined) throw new CodecError('a CancelSession without a response in it');
  return first.tag === 0xbf41 ? first : readTlv(tlv(0xbf41, field.value));
}

async function relay(session: Session, response: Uint8Array, eim: EimContext): Promise<void> {
  await eim.relay.call(session.smdpAddress, 'cancelSession', {
    transactionId: session.transactionId,
    cancelSessionResponse: toBase64(response),
  });
}

function end(session: Session, request: Tlv, response: Uint8Array, eim: EimContext): void {
  const signed = child(readTlv(response), 0xa0);
  const reason = signed === undefined ? undefined : child(need(signed, 0x30), 0x82);
  const cancelReason = reason === undefined ? undefined : readInteger(reason);
  const outcome = cancelReason === undefined ? {} : { cancelReason, cancelWord: wordFor(CANCEL_WORDS, cancelReason) };
  const event = logSessionStep(eim, 'cancelSession', request, session, outcome);
  if (session.item?.isOpen) session.item.finish(event);
  eim.sessions.end(session.transactionId);
}
