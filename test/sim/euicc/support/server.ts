// SPDX-License-Identifier: Apache-2.0
// An SM-DP+ put together by hand, message by message, so that tests can get any single thing wrong.
import { integerContent, need, readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { BspChannel } from '../../../../host/sim/crypto/bsp.js';
import { signRs } from '../../../../host/sim/crypto/ecdsa.js';
import { deriveBspKeys, EphemeralKey } from '../../../../host/sim/crypto/key-agreement.js';
import type { SimulatedEuicc } from '../../../../host/sim/euicc/index.js';
import type { KeyAndCertificate } from '../../../../host/sim/pki/index.js';
import { makeMetadata, makeProfilePackage, notifyAll } from '../../../../host/sim/profile/index.js';
import { ask, EID, pki, SMDP_ADDRESS } from './card.js';

export const TRANSACTION_ID = fromHex('00112233445566778899AABBCCDDEEFF');
export const SERVER_CHALLENGE = fromHex('F0E1D2C3B4A5968778695A4B3C2D1E0F');
export const ICCID = '89000123456789012341';

/** ctxParams1 with a matchingId and the least DeviceInfo. */
export const CTX_PARAMS_1 = tlv(0xa0, tlv(0x80, utf8('MATCH-0001')), tlv(0xa1, tlv(0x80, fromHex('35290611')), tlv(0xa1)));

export interface AuthenticateOptions {
  readonly transactionId?: Uint8Array;
  readonly challenge?: Uint8Array;
  readonly serverAddress?: string;
  readonly ciPkId?: Uint8Array;
  readonly signer?: KeyAndCertificate;
  readonly certificate?: Uint8Array;
}

/** GetEUICCChallenge; the 16 bytes. */
export function challengeOf(euicc: SimulatedEuicc): Uint8Array {
  return need(ask(euicc, 'BF2E00'), 0x80).value;
}

/** AuthenticateServerRequest; without a challenge it asks the eUICC for one. */
export function authenticateRequest(euicc: SimulatedEuicc, options: AuthenticateOptions = {}): Uint8Array {
  const signer = options.signer ?? pki.dpAuth;
  const signed = tlv(
    0x30,
    tlv(0x80, options.transactionId ?? TRANSACTION_ID),
    tlv(0x81, options.challenge ?? challengeOf(euicc)),
    tlv(0x83, utf8(options.serverAddress ?? SMDP_ADDRESS)),
    tlv(0x84, SERVER_CHALLENGE),
  );
  return tlv(
    0xbf38,
    signed,
    tlv(0x5f37, signRs(signer.privateKey, signed)),
    tlv(0x04, options.ciPkId ?? pki.ciPkId),
    options.certificate ?? signer.certificate,
    CTX_PARAMS_1,
  );
}

/** Authenticates; the element `5F37 …` of euiccSignature1. */
export function authenticate(euicc: SimulatedEuicc, options: AuthenticateOptions = {}): Uint8Array {
  return need(need(ask(euicc, authenticateRequest(euicc, options)), 0xa0), 0x5f37).raw;
}

export interface PrepareOptions {
  readonly transactionId?: Uint8Array;
  readonly signer?: KeyAndCertificate;
  readonly hashCc?: Uint8Array;
  readonly bppEuiccOtpk?: Uint8Array;
}

/** PrepareDownloadRequest for a session with this euiccSignature1. */
export function prepareRequest(euiccSignature1: Uint8Array, options: PrepareOptions = {}): Uint8Array {
  const signer = options.signer ?? pki.dpPb;
  const otpk = options.bppEuiccOtpk ? [tlv(0x5f49, options.bppEuiccOtpk)] : [];
  const flag = tlv(0x01, Uint8Array.of(options.hashCc ? 0xff : 0));
  const signed = tlv(0x30, tlv(0x80, options.transactionId ?? TRANSACTION_ID), flag, ...otpk);
  const hashCc = options.hashCc ? [tlv(0x04, options.hashCc)] : [];
  return tlv(0xbf21, signed, tlv(0x5f37, signRs(signer.privateKey, signed, euiccSignature1)), ...hashCc, signer.certificate);
}

/** Authenticates and prepares; the eUICC's one-time public key, 65 bytes. */
export function prepare(euicc: SimulatedEuicc, options: PrepareOptions = {}): Uint8Array {
  const response = ask(euicc, prepareRequest(authenticate(euicc), options));
  return need(need(need(response, 0xa0), 0x30), 0x5f49).value;
}

/** The usual metadata: notifications of every event to the SM-DP+. */
export const METADATA = makeMetadata({ iccid: ICCID, notifications: notifyAll(SMDP_ADDRESS) });

export interface PackageOptions {
  readonly metadata?: Uint8Array;
  readonly profile?: Uint8Array;
  /** Contents of BF23 but 5F49 and 5F37. */
  readonly control?: Uint8Array;
  readonly smdpPoint?: Uint8Array;
  readonly signer?: KeyAndCertificate;
  readonly configureIsdp?: Uint8Array;
  /** Plaintext of the second sequence of 87, or none. */
  readonly replaceSessionKeys?: Uint8Array;
  readonly segmentBytes?: number;
}

const CONTROL_REFERENCE = tlv(0xa6, tlv(0x80, fromHex('88')), tlv(0x81, fromHex('10')), tlv(0x84, utf8('test-host')));
const CONTROL = concat(tlv(0x82, integerContent(1)), tlv(0x80, TRANSACTION_ID), CONTROL_REFERENCE);

/** `CONTROL` with one of its elements replaced. */
export function controlWith(replacement: Uint8Array): Uint8Array {
  const { tag } = readTlv(replacement);
  return concat(...readTlv(tlv(0x30, CONTROL)).children.map((each) => (each.tag === tag ? replacement : each.raw)));
}

/** The small profile the tests load. */
export const PROFILE = makeProfilePackage({ iccid: ICCID, sizeBytes: 2_500 });

/** The segments of a bound profile package, in the order the eUICC has to get them. */
export function segments(euiccOtpk: Uint8Array, options: PackageOptions = {}): Uint8Array[] {
  const smdpKey = new EphemeralKey();
  const reference = { keyType: 0x88, keyLengthBytes: 16, hostId: utf8('test-host') };
  const bsp = new BspChannel(deriveBspKeys(smdpKey.agree(euiccOtpk), reference, fromHex(EID)));
  const { replaceSessionKeys, segmentBytes = 1007 } = options;
  const isdp = tlv(0xa0, bsp.protect(0x87, options.configureIsdp ?? fromHex('BF2400')));
  const metadata = pieces(options.metadata ?? METADATA, 1008).map((piece) => bsp.protectMacOnly(0x88, piece));
  const replaced = replaceSessionKeys ? [tlv(0xa2, bsp.protect(0x87, replaceSessionKeys))] : [];
  const bulk = replaceSessionKeys ? profileChannel(replaceSessionKeys) : bsp;
  const profile = pieces(options.profile ?? PROFILE, segmentBytes).map((piece) => bulk.protect(0x86, piece));
  const initialise = initialiseSecureChannel(euiccOtpk, smdpKey.publicPoint, options);
  const contents = [initialise, isdp, tlv(0xa1, ...metadata), ...replaced, tlv(0xa3, ...profile)];
  const whole = tlv(0xbf36, ...contents);
  const header = whole.subarray(0, whole.length - concat(...contents).length);
  return [concat(header, initialise), isdp, headerOf(0xa1, metadata), ...metadata, ...replaced, headerOf(0xa3, profile), ...profile];
}

function initialiseSecureChannel(euiccOtpk: Uint8Array, ownPoint: Uint8Array, options: PackageOptions): Uint8Array {
  const signed = concat(options.control ?? CONTROL, tlv(0x5f49, options.smdpPoint ?? ownPoint));
  const signature = signRs((options.signer ?? pki.dpPb).privateKey, signed, tlv(0x5f49, euiccOtpk));
  return tlv(0xbf23, signed, tlv(0x5f37, signature));
}

/** ReplaceSessionKeys with fixed keys. */
export const REPLACE_SESSION_KEYS = tlv(
  0xbf26,
  tlv(0x80, new Uint8Array(16).fill(0x22)),
  tlv(0x81, new Uint8Array(16).fill(0x33)),
  tlv(0x82, new Uint8Array(16).fill(0x44)),
);

function profileChannel(replaceSessionKeys: Uint8Array): BspChannel {
  const keys = readTlv(replaceSessionKeys).children.map((each) => each.value);
  return new BspChannel({ initialMacChainingValue: keys[0]!, encryptionKey: keys[1]!, macKey: keys[2]! });
}

function headerOf(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const contents = concat(...parts);
  const whole = tlv(tag, contents);
  return whole.subarray(0, whole.length - contents.length);
}

function pieces(bytes: Uint8Array, limitBytes: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / limitBytes);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * limitBytes, (index + 1) * limitBytes));
}
