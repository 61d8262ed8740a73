// SPDX-License-Identifier: Apache-2.0
// What an eUICC signs, made with the test PKI's keys: just enough of a card to talk to an eIM and an SM-DP+.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { child, integerContent, need, oidContent, readTlv, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { concat, fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { signRs } from '../../../../host/sim/crypto/ecdsa.js';
import { DEFAULT_EID as PKI_EID, type TestPki } from '../../../../host/sim/pki/index.js';
import { iccidContent } from '../../../../host/sim/profile/iccid.js';

export const EID = PKI_EID;
export const ICCID = '89000123456789012341';
export const SMDP_ADDRESS = 'smdp.example.com';
const AID = fromHex('A0000005591010FFFFFFFF8900001100');
const EVENT_BITS = { install: '0780', enable: '0640', disable: '0520', delete: '0410' };

export interface ResultFields {
  readonly eimId?: string;
  readonly counterValue: number;
  readonly eimTransactionId?: Uint8Array;
  readonly seqNumber: number;
  /** EuiccResultData elements. */
  readonly results?: Uint8Array;
  readonly associationToken?: number;
}

export const ENABLE_OK = fromHex('830100');

export class TestCard {
  constructor(readonly pki: TestPki) {}

  packageResult(fields: ResultFields): Uint8Array {
    const { eimId = 'eim.example.com', associationToken = 0 } = fields;
    const data = tlv(
      0x30,
      tlv(0x80, utf8(eimId)),
      tlv(0x81, integerContent(fields.counterValue)),
      ...(fields.eimTransactionId ? [tlv(0x82, fields.eimTransactionId)] : []),
      tlv(0x83, integerContent(fields.seqNumber)),
      tlv(0x30, fields.results ?? ENABLE_OK),
    );
    return tlv(0xbf51, tlv(0xa0, data, this.signature(data, tokenObject(associationToken))));
  }

  packageError(fields: Omit<ResultFields, 'seqNumber' | 'results'>, errorCode: number): Uint8Array {
    const data = tlv(
      0x30,
      tlv(0x80, utf8(fields.eimId ?? 'eim.example.com')),
      tlv(0x81, integerContent(fields.counterValue)),
      ...(fields.eimTransactionId ? [tlv(0x82, fields.eimTransactionId)] : []),
      tlv(0x02, integerContent(errorCode)),
    );
    return tlv(0xbf51, tlv(0xa1, data, this.signature(data, tokenObject(fields.associationToken ?? 0))));
  }

  unsignedError(eimTransactionId?: Uint8Array, associationToken?: number): Uint8Array {
    const tid = eimTransactionId ? [tlv(0x82, eimTransactionId)] : [];
    const token = associationToken === undefined ? [] : [tokenObject(associationToken)];
    return tlv(0xbf51, tlv(0xa2, tlv(0x80, utf8('eim.example.com')), ...tid, ...token));
  }

  /** BF27 of an installation result, and what signs it. */
  installationData(transactionId: Uint8Array, options: { seqNumber?: number; address?: string; failed?: boolean } = {}): Uint8Array {
    const metadata = notificationMetadata('install', options.seqNumber ?? 1, options.address ?? SMDP_ADDRESS);
    const outcome = options.failed ? tlv(0xa1, fromHex('80010281010A')) : tlv(0xa0, tlv(0x4f, AID), fromHex('04023000'));
    return tlv(0xbf27, tlv(0x80, transactionId), metadata, tlv(0x06, oidContent('2.999.10')), tlv(0xa2, outcome));
  }

  installationResult(transactionId: Uint8Array, options: { seqNumber?: number; address?: string; failed?: boolean } = {}): Uint8Array {
    const data = this.installationData(transactionId, options);
    return tlv(0xbf37, data, this.signature(data));
  }

  notification(event: keyof typeof EVENT_BITS, seqNumber: number, address = SMDP_ADDRESS): Uint8Array {
    const metadata = notificationMetadata(event, seqNumber, address);
    return tlv(0x30, metadata, this.signature(metadata), this.pki.euicc.certificate, this.pki.eum.certificate);
  }

  compactNotification(event: keyof typeof EVENT_BITS, seqNumber: number, eid?: string): Uint8Array {
    const metadata = notificationMetadata(event, seqNumber, SMDP_ADDRESS);
    return tlv(0xa1, ...(eid ? [tlv(0x5a, fromHex(eid))] : []), metadata, this.signature(metadata));
  }

  euiccInfo1(svn = '020500'): Uint8Array {
    const ids = tlv(0x04, this.pki.ciPkId);
    return tlv(0xbf20, tlv(0x82, fromHex(svn)), tlv(0xa9, ids), tlv(0xaa, ids));
  }

  euiccInfo2(freeBytes = 1_500_000): Uint8Array {
    const ids = tlv(0x04, this.pki.ciPkId);
    return tlv(
      0xbf22,
      fromHex('810302030182030205008303010000'),
      tlv(0x84, extCardResource(freeBytes)),
      fromHex('8502067F8603090200'),
      fromHex('88020398'),
      tlv(0xa9, ids),
      tlv(0xaa, ids),
      fromHex('04030100000C00'),
    );
  }

  /** euiccSigned1 for what InitiateAuthentication gave. */
  euiccSigned1(started: Tlv, ctxParams1: Uint8Array, freeBytes?: number): Uint8Array {
    const signed1 = need(started, 0x30);
    const parts = [0x80, 0x83, 0x84].map((tag) => need(signed1, tag).raw);
    return tlv(0x30, ...parts, this.euiccInfo2(freeBytes), ctxParams1);
  }

  /** AuthenticateServerResponse (BF38) for InitiateAuthenticationOkEsipa (A0). */
  authenticateServer(started: Tlv, ctxParams1: Uint8Array, freeBytes?: number): Uint8Array {
    const signed = this.euiccSigned1(started, ctxParams1, freeBytes);
    return tlv(0xbf38, tlv(0xa0, signed, this.signature(signed), this.pki.euicc.certificate, this.pki.eum.certificate));
  }

  /** euiccSigned2 with a new one-time key. */
  euiccSigned2(authenticated: Tlv, hashCc?: Uint8Array): Uint8Array {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const point = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));
    return tlv(0x30, need(smdpSigned2(authenticated), 0x80).raw, tlv(0x5f49, point), ...(hashCc ? [tlv(0x04, hashCc)] : []));
  }

  /** PrepareDownloadResponse (BF21) for AuthenticateClientOkDPEsipa (A0). */
  prepareDownload(authenticated: Tlv): Uint8Array {
    const signed = this.euiccSigned2(authenticated, child(authenticated, 0x04)?.value);
    return tlv(0xbf21, tlv(0xa0, signed, this.signature(signed, need(authenticated, 0x5f37).raw)));
  }

  cancelSigned(transactionId: Uint8Array, reason: number): Uint8Array {
    return tlv(0x30, tlv(0x80, transactionId), tlv(0x81, oidContent('2.999.10')), tlv(0x82, integerContent(reason)));
  }

  /** CancelSessionResponse, the contents of the card's BF41. */
  cancelSession(transactionId: Uint8Array, reason: number): Uint8Array {
    const signed = this.cancelSigned(transactionId, reason);
    return tlv(0xa0, signed, this.signature(signed));
  }

  signature(...parts: Uint8Array[]): Uint8Array {
    return tlv(0x5f37, signRs(this.pki.euicc.privateKey, ...parts));
  }
}

/** ctxParams1 as an IPA makes it. */
export function ctxParams1(matchingId: string): Uint8Array {
  return tlv(0xa0, ...(matchingId ? [tlv(0x80, utf8(matchingId))] : []), fromHex('A108800435290611A100'));
}

export function extCardResource(freeBytes: number): Uint8Array {
  return concat(fromHex('810108'), tlv(0x82, integerContent(freeBytes)), fromHex('83022419'));
}

export function smdpSigned2(authenticated: Tlv): Tlv {
  return need(authenticated, 0x30);
}

export function hashConfirmationCode(code: string, transactionId: Uint8Array): Uint8Array {
  const inner = createHash('sha256').update(code, 'ascii').digest();
  return new Uint8Array(createHash('sha256').update(inner).update(transactionId).digest());
}

function tokenObject(token: number): Uint8Array {
  return tlv(0x84, integerContent(token));
}

function notificationMetadata(event: keyof typeof EVENT_BITS, seqNumber: number, address: string): Uint8Array {
  const fields = [tlv(0x80, integerContent(seqNumber)), tlv(0x81, fromHex(EVENT_BITS[event])), tlv(0x0c, utf8(address))];
  return tlv(0xbf2f, ...fields, tlv(0x5a, iccidContent(ICCID)));
}

/** A byte turned over somewhere in the middle of the last 64, where signatures are. */
export function damageSignature(message: Uint8Array): Uint8Array {
  const damaged = message.slice();
  damaged[damaged.length - 20]! ^= 1;
  return damaged;
}

export function only(message: Uint8Array): Tlv {
  return readTlv(message).children[0]!;
}
