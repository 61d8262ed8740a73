// SPDX-License-Identifier: Apache-2.0
// InitialiseSecureChannel, BF23: checks the request, verifies smdpSign and derives the session keys (SGP.22 v2.5 §5.5.1).
import type { KeyObject } from 'node:crypto';
import { CodecError, child, need, readInteger, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { BspChannel } from '../../crypto/bsp.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { deriveBspKeys, type EphemeralKey, KeyAgreementError } from '../../crypto/key-agreement.js';
import { octets } from '../domain/elements.js';
import { INSTALL_ERROR, InstallError } from './installation.js';

/** What the eUICC knows before the package comes. */
interface SecureChannelContext {
  readonly transactionId: Uint8Array;
  readonly euiccKey: EphemeralKey;
  /** PK.DPpb.ECDSA, from PrepareDownload. */
  readonly smdpKey: KeyObject;
  /** 16 bytes. */
  readonly eid: Uint8Array;
}

const INSTALL_BOUND_PROFILE_PACKAGE = 1;
const KEY_TYPE_AES = 0x88;
const KEY_LENGTH_BYTES = 0x10;
const UNCOMPRESSED = 0x04;

/** The session that protects the rest of the package. Throws InstallError. */
export function openSecureChannel(context: SecureChannelContext, bytes: Uint8Array): BspChannel {
  try {
    return open(context, readTlv(bytes));
  } catch (error) {
    const cannotBeRead = error instanceof CodecError || error instanceof KeyAgreementError;
    throw cannotBeRead ? new InstallError(INSTALL_ERROR.incorrectInputValues) : error;
  }
}

function open(context: SecureChannelContext, request: Tlv): BspChannel {
  if (request.tag !== 0xbf23) throw new CodecError('not InitialiseSecureChannelRequest');
  const operation = need(request, 0x82);
  if (readInteger(operation) !== INSTALL_BOUND_PROFILE_PACKAGE) throw new InstallError(INSTALL_ERROR.unsupportedRemoteOperationType);
  const transactionId = need(request, 0x80);
  if (!equal(transactionId.value, context.transactionId)) throw new InstallError(INSTALL_ERROR.invalidTransactionId);
  const reference = need(request, 0xa6);
  const hostId = checkReference(reference);
  const smdpPoint = need(request, 0x5f49);
  octets(request, 0x5f49, 65);
  if (smdpPoint.value[0] !== UNCOMPRESSED) throw new CodecError('a compressed point');
  const signed = [operation.raw, transactionId.raw, reference.raw, smdpPoint.raw, tlv(0x5f49, context.euiccKey.publicPoint)];
  if (!verifyRs(context.smdpKey, need(request, 0x5f37).value, ...signed)) throw new InstallError(INSTALL_ERROR.invalidSignature);
  const keys = deriveBspKeys(
    context.euiccKey.agree(smdpPoint.value),
    { keyType: KEY_TYPE_AES, keyLengthBytes: KEY_LENGTH_BYTES, hostId },
    context.eid,
  );
  return new BspChannel(keys);
}

/** The hostId of a control reference template for AES-128. */
function checkReference(reference: Tlv): Uint8Array {
  const keyType = child(reference, 0x80)?.value;
  const keyLength = child(reference, 0x81)?.value;
  const supported = keyType?.length === 1 && keyType[0] === KEY_TYPE_AES && keyLength?.length === 1 && keyLength[0] === KEY_LENGTH_BYTES;
  if (!supported) throw new InstallError(INSTALL_ERROR.unsupportedCrtValues);
  return octets(reference, 0x84, 1, 16);
}
