// SPDX-License-Identifier: Apache-2.0
// The eUICC's side of a download, just enough to test the SM-DP+: signs what it is told to sign and opens Bound Profile Packages.
import { createHash } from 'node:crypto';
import { bitStringContent, child, integerContent, need, oidContent, readTlv, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { BspChannel } from '../../../../host/sim/crypto/bsp.js';
import { signRs } from '../../../../host/sim/crypto/ecdsa.js';
import { deriveBspKeys, EphemeralKey } from '../../../../host/sim/crypto/key-agreement.js';
import { DEFAULT_EID, type TestPki } from '../../../../host/sim/pki/index.js';
import type { JsonObject, SmdpService } from '../../../../host/sim/smdp/index.js';

export interface SimpleEuiccOptions {
  readonly pki: TestPki;
  readonly euicc?: TestPki['euicc'];
  readonly eum?: TestPki['eum'];
  readonly eid?: string;
  readonly freeBytes?: number;
  /** Bit numbers of PprIds. */
  readonly forbiddenRules?: readonly number[];
  readonly svn?: readonly number[];
}

/** What goes into euiccSigned1; changed by tests of single refusals. */
export interface Signed1Overrides {
  readonly transactionId?: Uint8Array;
  readonly serverAddress?: string;
  readonly serverChallenge?: Uint8Array;
  readonly matchingId?: string | undefined;
  readonly ctxParams1?: Uint8Array;
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

export function fromBase64(text: unknown): Uint8Array {
  return Uint8Array.from(Buffer.from(String(text), 'base64'));
}

export class SimpleEuicc {
  private readonly oneTimeKey = new EphemeralKey();
  readonly eid: string;
  readonly challenge = Uint8Array.from({ length: 16 }, (_, index) => index);

  constructor(private readonly options: SimpleEuiccOptions) {
    this.eid = options.eid ?? DEFAULT_EID;
  }

  get info1(): Uint8Array {
    const { ciPkId } = this.options.pki;
    return tlv(
      0xbf20,
      tlv(0x82, Uint8Array.from(this.options.svn ?? [2, 5, 0])),
      tlv(0xa9, tlv(0x04, ciPkId)),
      tlv(0xaa, tlv(0x04, ciPkId)),
    );
  }

  get info2(): Uint8Array {
    const free = this.options.freeBytes ?? 1_000_000;
    const memory = concat(
      tlv(0x81, Uint8Array.of(1)),
      tlv(0x82, Uint8Array.of(0, free >> 16, (free >> 8) & 0xff, free & 0xff)),
      tlv(0x83, Uint8Array.of(4, 0)),
    );
    const rules = this.options.forbiddenRules ? [tlv(0x99, bitStringContent(this.options.forbiddenRules))] : [];
    return tlv(0xbf22, tlv(0x82, Uint8Array.of(2, 5, 0)), tlv(0x84, memory), ...rules);
  }

  initiateRequest(smdpAddress = 'smdp.example.com'): JsonObject {
    return { euiccChallenge: base64(this.challenge), euiccInfo1: base64(this.info1), smdpAddress };
  }

  authenticateRequest(initiated: JsonObject, overrides: Signed1Overrides = {}): JsonObject {
    const serverSigned1 = readTlv(fromBase64(initiated.serverSigned1));
    const matchingId = 'matchingId' in overrides ? overrides.matchingId : 'TOKEN';
    const deviceInfo = tlv(0xa1, tlv(0x80, fromHex('35290611')), tlv(0xa1));
    const euiccSigned1 = tlv(
      0x30,
      tlv(0x80, overrides.transactionId ?? need(serverSigned1, 0x80).value),
      tlv(0x83, overrides.serverAddress === undefined ? need(serverSigned1, 0x83).value : utf8(overrides.serverAddress)),
      tlv(0x84, overrides.serverChallenge ?? need(serverSigned1, 0x84).value),
      this.info2,
      overrides.ctxParams1 ?? tlv(0xa0, ...(matchingId === undefined ? [] : [tlv(0x80, utf8(matchingId))]), deviceInfo),
    );
    const { pki, euicc = pki.euicc, eum = pki.eum } = this.options;
    const signature = tlv(0x5f37, signRs(euicc.privateKey, euiccSigned1));
    const response = tlv(0xbf38, tlv(0xa0, euiccSigned1, signature, euicc.certificate, eum.certificate));
    return { transactionId: initiated.transactionId, authenticateServerResponse: base64(response) };
  }

  prepareDownloadRequest(
    authenticated: JsonObject,
    options: { confirmationCode?: string; oneTimePublicKey?: Uint8Array; transactionId?: Uint8Array } = {},
  ): JsonObject {
    const transactionId = fromHex(String(authenticated.transactionId));
    const hashCc =
      options.confirmationCode === undefined ? [] : [tlv(0x04, hash(concat(hash(utf8(options.confirmationCode)), transactionId)))];
    const euiccSigned2 = tlv(
      0x30,
      tlv(0x80, options.transactionId ?? transactionId),
      tlv(0x5f49, options.oneTimePublicKey ?? this.oneTimeKey.publicPoint),
      ...hashCc,
    );
    const signature = signRs(this.key, euiccSigned2, fromBase64(authenticated.smdpSignature2));
    return {
      transactionId: authenticated.transactionId,
      prepareDownloadResponse: base64(tlv(0xbf21, tlv(0xa0, euiccSigned2, tlv(0x5f37, signature)))),
    };
  }

  cancelRequest(transactionId: string, reason: number, { smdpOid = '2.999.10', signedTransactionId = transactionId } = {}): JsonObject {
    const signed = tlv(0x30, tlv(0x80, fromHex(signedTransactionId)), tlv(0x81, oidContent(smdpOid)), tlv(0x82, integerContent(reason)));
    const response = tlv(0xbf41, tlv(0xa0, signed, tlv(0x5f37, signRs(this.key, signed))));
    return { transactionId, cancelSessionResponse: base64(response) };
  }

  /** `finalResult`: the contents of A2. */
  installationResult(transactionId: string, finalResult = successResult(), smdpOid = '2.999.10'): JsonObject {
    const data = tlv(
      0xbf27,
      tlv(0x80, fromHex(transactionId)),
      notificationMetadata(0x80),
      tlv(0x06, oidContent(smdpOid)),
      tlv(0xa2, finalResult),
    );
    return { pendingNotification: base64(tlv(0xbf37, data, tlv(0x5f37, signRs(this.key, data)))) };
  }

  otherNotification(): JsonObject {
    const { pki } = this.options;
    const metadata = notificationMetadata(0x40);
    return {
      pendingNotification: base64(tlv(0x30, metadata, tlv(0x5f37, signRs(this.key, metadata)), pki.euicc.certificate, pki.eum.certificate)),
    };
  }

  /** Decrypts a package made for this eUICC's one-time key. */
  open(boundProfilePackage: Uint8Array): OpenedPackage {
    return openBoundProfilePackage(readTlv(boundProfilePackage), this.oneTimeKey, this.eid);
  }

  private get key() {
    return (this.options.euicc ?? this.options.pki.euicc).privateKey;
  }
}

export interface OpenedPackage {
  readonly configureIsdp: Uint8Array;
  readonly metadata: Uint8Array;
  readonly replaceSessionKeys: Uint8Array | undefined;
  readonly profile: Uint8Array;
  readonly segmentSizes: readonly number[];
}

/** Session keys as in SGP.22 v2.5 §2.5.4: A0 and A1 with the session's, A3 with the profile's own where A2 brings them. */
export function openBoundProfilePackage(bpp: Tlv, oneTimeKey: EphemeralKey, eid: string): OpenedPackage {
  const initialise = need(bpp, 0xbf23);
  const reference = need(initialise, 0xa6);
  const secret = oneTimeKey.agree(need(initialise, 0x5f49).value);
  const hostId = need(reference, 0x84).value;
  let channel = new BspChannel(deriveBspKeys(secret, { keyType: 0x88, keyLengthBytes: 16, hostId }, fromHex(eid)));
  const configureIsdp = channel.unprotect(need(need(bpp, 0xa0), 0x87));
  const metadata = concat(...need(bpp, 0xa1).children.map((part) => channel.unprotectMacOnly(part)));
  const second = child(bpp, 0xa2);
  const replaceSessionKeys = second && channel.unprotect(need(second, 0x87));
  if (replaceSessionKeys) {
    const keys = readTlv(replaceSessionKeys);
    channel = new BspChannel({
      initialMacChainingValue: need(keys, 0x80).value,
      encryptionKey: need(keys, 0x81).value,
      macKey: need(keys, 0x82).value,
    });
  }
  const segments = need(bpp, 0xa3).children;
  return {
    configureIsdp,
    metadata,
    replaceSessionKeys,
    profile: concat(...segments.map((part) => channel.unprotect(part))),
    segmentSizes: segments.map(({ raw }) => raw.length),
  };
}

function hash(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}

export function successResult(): Uint8Array {
  return tlv(0xa0, tlv(0x4f, fromHex('A0000005591010FFFFFFFF8900001100')), tlv(0x04, fromHex('3000')));
}

export function errorResult(bppCommandId: number, errorReason: number): Uint8Array {
  return tlv(0xa1, tlv(0x80, integerContent(bppCommandId)), tlv(0x81, integerContent(errorReason)));
}

function notificationMetadata(events: number): Uint8Array {
  // The event bits are not trimmed, as real cards send them.
  return tlv(
    0xbf2f,
    tlv(0x80, Uint8Array.of(7)),
    tlv(0x81, Uint8Array.of(0, events)),
    tlv(0x0c, utf8('smdp.example.com')),
    tlv(0x5a, fromHex('98001032547698103214')),
  );
}

/** "subjectCode/reasonCode" of a refused response, "error N" of one in ASN.1, "ok" otherwise. */
export function statusOf(response: JsonObject): string {
  if (response.error !== undefined) return `error ${response.error}`;
  if (response.header === undefined) return 'ok';
  const { functionExecutionStatus } = response.header as {
    functionExecutionStatus: { status: string; statusCodeData?: { subjectCode: string; reasonCode: string } };
  };
  const data = functionExecutionStatus.statusCodeData;
  return functionExecutionStatus.status === 'Executed-Success' ? 'ok' : `${data?.subjectCode}/${data?.reasonCode}`;
}

/** Runs the first two functions; both must succeed unless the test looks at the response. */
export function authenticate(
  service: Pick<SmdpService, 'initiateAuthentication' | 'authenticateClient'>,
  euicc: SimpleEuicc,
  overrides: Signed1Overrides = {},
): { initiated: JsonObject; authenticated: JsonObject } {
  const initiated = service.initiateAuthentication(euicc.initiateRequest());
  const authenticated = service.authenticateClient(euicc.authenticateRequest(initiated, overrides));
  return { initiated, authenticated };
}
