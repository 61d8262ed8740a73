// SPDX-License-Identifier: Apache-2.0
// ESipa.CancelSession (SGP.32 v1.2 §6.3.2.5, §5.14.8): ends a session before a profile was installed.
import { CodecError, child, integerContent, need, readInteger, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { fullCancelSessionResponse } from '../compact.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { CANCEL_SESSION_CODES, esipaError } from '../relay/error-codes.js';
import { toBase64 } from '../relay/smdp-relay.js';
import { CANCEL_WORDS, wordFor } from '../results/words.js';
import type { Session } from '../sessions.js';
import { SessionStep } from './session-step.js';

const INVALID_TRANSACTION_ID = 1;

/** Relays to the SM-DP+ and forgets the session, whatever the SM-DP+ says of it. */
export async function cancelSession(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const step = new SessionStep('cancelSession', request, eim);
  const response = cancelSessionResponse(need(request, 0xa1));
  try {
    const session = step.session(INVALID_TRANSACTION_ID);
    const full = fullCancelSessionResponse(response, session);
    step.examine(partOf(request, response), full);
    end(session, step, full, eim);
    await relay(session, full, eim);
    return { message: tlv(0xbf41, tlv(0xa0)) };
  } catch (error) {
    const refusal = esipaError(CANCEL_SESSION_CODES, error);
    step.log(refusal);
    return { message: tlv(0xbf41, tlv(0x81, integerContent(refusal.errorCode))) };
  }
}

/** The field A1 replaces the response's own BF41; encoders that keep the BF41 inside are understood too. */
function cancelSessionResponse(field: Tlv): Tlv {
  const [first] = field.children;
  if (first === undefined) throw new CodecError('a CancelSession without a response in it');
  return first.tag === 0xbf41 ? first : readTlv(tlv(0xbf41, field.value));
}

/** The element of the request that the response is, or whose contents it is. */
function partOf(request: Tlv, response: Tlv): Tlv {
  const field = need(request, 0xa1);
  return field.children.includes(response) ? response : field;
}

/** ES11 has no CancelSession (SGP.22 v2.5 §5.8): an SM-DS forgets by itself. */
async function relay(session: Session, response: Uint8Array, eim: EimContext): Promise<void> {
  if (session.atSmds) return;
  await eim.relay.call(session, 'cancelSession', {
    transactionId: session.transactionId,
    cancelSessionResponse: toBase64(response),
  });
}

function end(session: Session, step: SessionStep, response: Uint8Array, eim: EimContext): void {
  const signed = child(readTlv(response), 0xa0);
  const reason = signed === undefined ? undefined : child(need(signed, 0x30), 0x82);
  const cancelReason = reason === undefined ? undefined : readInteger(reason);
  const outcome = cancelReason === undefined ? {} : { cancelReason, cancelWord: wordFor(CANCEL_WORDS, cancelReason) };
  const event = step.log(outcome);
  if (session.item?.isOpen) session.item.finish(event);
  eim.sessions.end(session.transactionId);
}
