// SPDX-License-Identifier: Apache-2.0
// Builds Bound Profile Packages, tag BF36 (SGP.22 v2.5 §2.5.4, §2.5.5).
import { type KeyObject, randomBytes } from 'node:crypto';
import { integerContent, tlv } from '../codec/ber.js';
import { concat, fromHex } from '../codec/bytes.js';
import { BspChannel, MAX_PLAIN_SEGMENT_BYTES } from '../crypto/bsp.js';
import { signRs } from '../crypto/ecdsa.js';
import { type BspKeys, type ControlReference, deriveBspKeys, EphemeralKey } from '../crypto/key-agreement.js';

/** What to protect, and for whom. */
interface BindingRequest {
  readonly profile: Uint8Array;
  /** BF25. */
  readonly metadata: Uint8Array;
  /** 32 digits. */
  readonly eid: string;
  /** One-time public key of the eUICC, 65 bytes. */
  readonly euiccOtpk: Uint8Array;
  /** 1 to 16 bytes. */
  readonly hostId: Uint8Array;
  readonly replaceSessionKeys: boolean;
  /** 1 to 1007. */
  readonly segmentBytes: number;
  /** One-time key of the SM-DP+; for known answers. */
  readonly smdpKey?: EphemeralKey;
}

/** The protected parts of a package; they can be sent again in another session as long as the eUICC keeps its one-time key. */
export interface BoundBody {
  readonly euiccOtpk: Uint8Array;
  readonly smdpOtpk: Uint8Array;
  readonly reference: ControlReference;
  /** A0, A1, [A2] and A3. */
  readonly parts: Uint8Array;
}

/** A MAC-only part has no padding: 1008 bytes, 8 of MAC and 4 of header make 1020. */
const MAX_METADATA_SEGMENT_BYTES = 1008;
/** ConfigureISDP without proprietary data. */
const CONFIGURE_ISDP = tlv(0xbf24);
/** remoteOpId installBoundProfilePackage(1). */
const REMOTE_OPERATION = tlv(0x82, integerContent(1));

/** Agrees keys and protects profile and metadata. Throws KeyAgreementError for a point beside P-256, RangeError for a bad segment size. */
export function bindProfile(request: BindingRequest): BoundBody {
  const { segmentBytes, euiccOtpk, hostId, smdpKey = new EphemeralKey() } = request;
  if (!(segmentBytes >= 1 && segmentBytes <= MAX_PLAIN_SEGMENT_BYTES))
    throw new RangeError(`segmentBytes ${segmentBytes} is not 1 to 1007`);
  const reference: ControlReference = { keyType: 0x88, keyLengthBytes: 16, hostId };
  const session = new BspChannel(deriveBspKeys(smdpKey.agree(euiccOtpk), reference, fromHex(request.eid)));
  const isdp = tlv(0xa0, session.protect(0x87, CONFIGURE_ISDP));
  const metadata = tlv(0xa1, ...pieces(request.metadata, MAX_METADATA_SEGMENT_BYTES).map((piece) => session.protectMacOnly(0x88, piece)));
  const replaced = request.replaceSessionKeys ? replaceSessionKeys(session) : undefined;
  const channel = replaced?.channel ?? session;
  const elements = tlv(0xa3, ...pieces(request.profile, segmentBytes).map((piece) => channel.protect(0x86, piece)));
  const parts = concat(isdp, metadata, ...(replaced ? [replaced.part] : []), elements);
  return { euiccOtpk, smdpOtpk: smdpKey.publicPoint, reference, parts };
}

function replaceSessionKeys(session: BspChannel): { part: Uint8Array; channel: BspChannel } {
  const keys: BspKeys = { initialMacChainingValue: randomBytes(16), encryptionKey: randomBytes(16), macKey: randomBytes(16) };
  const command = tlv(0xbf26, tlv(0x80, keys.initialMacChainingValue), tlv(0x81, keys.encryptionKey), tlv(0x82, keys.macKey));
  return { part: tlv(0xa2, session.protect(0x87, command)), channel: new BspChannel(keys) };
}

function pieces(bytes: Uint8Array, limitBytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / limitBytes) }, (_, index) =>
    bytes.subarray(index * limitBytes, (index + 1) * limitBytes),
  );
}

/** Puts a signed InitialiseSecureChannel for this transaction before the protected parts: the finished BF36. */
export function boundProfilePackage(body: BoundBody, transactionId: Uint8Array, dpPbKey: KeyObject): Uint8Array {
  const { keyType, keyLengthBytes, hostId } = body.reference;
  const signedPart = concat(
    REMOTE_OPERATION,
    tlv(0x80, transactionId),
    tlv(0xa6, tlv(0x80, Uint8Array.of(keyType)), tlv(0x81, Uint8Array.of(keyLengthBytes)), tlv(0x84, hostId)),
    tlv(0x5f49, body.smdpOtpk),
  );
  const signature = signRs(dpPbKey, signedPart, tlv(0x5f49, body.euiccOtpk));
  return tlv(0xbf36, tlv(0xbf23, signedPart, tlv(0x5f37, signature)), body.parts);
}
