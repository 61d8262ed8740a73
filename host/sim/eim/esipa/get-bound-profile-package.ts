// SPDX-License-Identifier: Apache-2.0
// ESipa.GetBoundProfilePackage (SGP.32 v1.2 §6.3.2.3, §5.14.2): relays the key agreement and hands out the profile.
import { integerContent, need, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { fullPrepareDownloadResponse } from '../compact.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { metadataOfBoundProfilePackage } from '../profile-metadata.js';
import { esipaError, GET_BOUND_PROFILE_PACKAGE_CODES, Refusal, UNDEFINED_ERROR } from '../relay/error-codes.js';
import { tlvField, toBase64 } from '../relay/smdp-relay.js';
import type { Session } from '../sessions.js';
import { SessionStep } from './session-step.js';

const METADATA_MISMATCH = 50;
const INVALID_TRANSACTION_ID = 95;

/** Relays to the SM-DP+; answers with the bound profile package as the SM-DP+ made it, or with an error. */
export async function getBoundProfilePackage(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const step = new SessionStep('getBoundProfilePackage', request, eim);
  const response = need(request, 0xbf21);
  try {
    const boundProfilePackage = await relay(step, response, eim);
    step.log();
    return { message: tlv(0xbf3a, tlv(0xa0, ...step.optionalTransactionId, boundProfilePackage)) };
  } catch (error) {
    const refusal = esipaError(GET_BOUND_PROFILE_PACKAGE_CODES, error);
    step.log(refusal);
    return { message: tlv(0xbf3a, tlv(0x81, integerContent(refusal.errorCode))) };
  }
}

async function relay(step: SessionStep, response: Tlv, eim: EimContext): Promise<Uint8Array> {
  const session = step.session(INVALID_TRANSACTION_ID);
  if (session.atSmds) throw new Refusal(INVALID_TRANSACTION_ID, 'an SM-DS has no profiles');
  const full = fullPrepareDownloadResponse(response, session);
  step.examine(response, full, ...(session.smdpSignature2 === undefined ? [] : [session.smdpSignature2]));
  const answer = await eim.relay.call(session, 'getBoundProfilePackage', {
    transactionId: session.transactionId,
    prepareDownloadResponse: toBase64(full),
  });
  const boundProfilePackage = readTlv(tlvField(answer, 'boundProfilePackage'));
  if (boundProfilePackage.tag !== 0xbf36) throw new Refusal(UNDEFINED_ERROR, 'the SM-DP+ gave something else than a bound profile package');
  if (session.metadataWithheld) checkMetadata(boundProfilePackage, session);
  return boundProfilePackage.raw;
}

/** An IPA that never saw the metadata cannot compare them with those in the package (SGP.32 v1.2 §5.14.2). */
function checkMetadata(boundProfilePackage: Tlv, session: Session): void {
  if (session.profileMetadata !== undefined && equal(session.profileMetadata, metadataOfBoundProfilePackage(boundProfilePackage))) return;
  throw new Refusal(METADATA_MISMATCH, 'the metadata in the package are not those that the eIM checked');
}
