// SPDX-License-Identifier: Apache-2.0
// The IPA's side of the JSON binding, written for tests: a request in ASN.1 in, the JSON exchange with the service, an answer in ASN.1 out.
// It shares no table with the eIM, so that a mistake in one does not hide in the other.
import { child, need, readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex, text, utf8 } from '../../../../host/sim/codec/bytes.js';
import { EimService, type EsipaFunctionName } from '../../../../host/sim/eim/index.js';

type JsonAnswer = { readonly status: number; readonly json: Record<string, unknown> | undefined; readonly text: string };

/** Sends a JSON value, or a text as it is. */
export async function postJson(service: EimService, name: EsipaFunctionName, request: unknown): Promise<JsonAnswer> {
  const { status, body } = await service.handleJson(name, utf8(typeof request === 'string' ? request : JSON.stringify(request)));
  const answer = text(body);
  return { status, text: answer, json: answer === '' ? undefined : (JSON.parse(answer) as Record<string, unknown>) };
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const unbase64 = (value: unknown): Uint8Array => new Uint8Array(Buffer.from(String(value), 'base64'));

/** The name of the function and the request in JSON for an ESipa message. */
function jsonOf(message: Uint8Array): { name: EsipaFunctionName; request: Record<string, unknown> } {
  const read = readTlv(message);
  const hexOf = (tag: number) => hex(need(read, tag).value);
  const raw = (tag: number) => base64(need(read, tag).raw);
  switch (read.tag) {
    case 0xbf39:
      return {
        name: 'initiateAuthentication',
        request: {
          euiccChallenge: base64(need(read, 0x81).value),
          ...(child(read, 0x83) && { smdpAddress: text(need(read, 0x83).value) }),
          ...(child(read, 0xbf20) && { euiccInfo1: raw(0xbf20) }),
          ...(child(read, 0x82) && { eimTransactionId: hexOf(0x82) }),
        },
      };
    case 0xbf3b:
      return { name: 'authenticateClient', request: { transactionId: hexOf(0x80), authenticateServerResponse: raw(0xbf38) } };
    case 0xbf3a:
      return { name: 'getBoundProfilePackage', request: { transactionId: hexOf(0x80), prepareDownloadResponse: raw(0xbf21) } };
    case 0xbf41: {
      const response = tlv(0xbf41, need(read, 0xa1).value);
      return { name: 'cancelSession', request: { transactionId: hexOf(0x80), cancelSessionResponse: base64(response) } };
    }
    case 0xbf3d:
      return child(read, 0xbf50)
        ? { name: 'handleNotification', request: { provideEimPackageResult: raw(0xbf50) } }
        : { name: 'handleNotification', request: { pendingNotification: base64(need(read, 0xa0).value) } };
    case 0xbf4f:
      return {
        name: 'getEimPackage',
        request: {
          ...(child(read, 0x5a) && { eidValue: hexOf(0x5a) }),
          ...(child(read, 0x80) && { notifyStateChange: true }),
          ...(child(read, 0x81) && { stateChangeCause: need(read, 0x81).value[0] }),
          ...(child(read, 0x82) && { rPlmn: base64(need(read, 0x82).value) }),
        },
      };
    case 0xbf50: {
      const result = read.children.find(({ tag }) => tag !== 0x5a)!;
      return {
        name: 'provideEimPackageResult',
        request: { ...(child(read, 0x5a) && { eidValue: hexOf(0x5a) }), eimPackageResult: base64(result.raw) },
      };
    }
    default:
      throw new Error(`no function has tag ${read.tag.toString(16)}`);
  }
}

/** What the answer's members stand for, as the ASN.1 answer would have it. Errors must be in fields (functionalErrors 'field'). */
function asn1Of(message: Uint8Array, { status, json }: JsonAnswer): { status: number; body: Uint8Array } {
  if (json === undefined) return { status, body: new Uint8Array() };
  const tag = readTlv(message).tag;
  const code = Object.entries(json).find(([name]) => /Error/.test(name))?.[1];
  if (typeof code === 'number' && code !== 0) return { status, body: tlv(tag, tlv(errorTag(tag), Uint8Array.of(code))) };
  return { status, body: tlv(tag, success(tag, json)) };
}

function errorTag(tag: number): number {
  return tag === 0xbf3b ? 0x82 : tag === 0xbf4f || tag === 0xbf50 ? 0x02 : 0x81;
}

function success(tag: number, json: Record<string, unknown>): Uint8Array {
  const part = (name: string, wrap = (bytes: Uint8Array) => bytes) => (name in json ? wrap(unbase64(json[name])) : new Uint8Array());
  const transaction = 'transactionId' in json ? tlv(0x80, fromHex(String(json.transactionId))) : new Uint8Array();
  switch (tag) {
    case 0xbf39: {
      const matchingId = 'matchingId' in json ? tlv(0x0c, utf8(String(json.matchingId))) : new Uint8Array();
      const server = [part('serverSigned1'), part('serverSignature1'), part('euiccCiPKIdentifierToBeUsed'), part('serverCertificate')];
      return tlv(
        0xa0,
        transaction,
        ...server,
        matchingId,
        part('ctxParams1', (bytes) => tlv(0xa2, bytes)),
      );
    }
    case 0xbf3b:
      if ('smdpSigned2' in json) {
        const signed = [part('profileMetadata'), part('smdpSigned2'), part('smdpSignature2'), part('smdpCertificate'), part('hashCc')];
        return tlv(0xa0, transaction, ...signed);
      }
      return tlv(0xa1, transaction, part('profileDownloadTriggerRequest'));
    case 0xbf3a:
      return tlv(0xa0, transaction, part('boundProfilePackage'));
    case 0xbf41:
      return tlv(0xa0);
    case 0xbf4f:
      return unbase64(json.euiccPackageRequest ?? json.ipaEuiccDataRequest ?? json.profileDownloadTriggerRequest);
    default:
      return 'eimAcknowledgements' in json ? part('eimAcknowledgements') : tlv(0x30);
  }
}

/** An eIM that is spoken to in JSON alone, by tests that know only ASN.1. */
export class JsonEim extends EimService {
  override async handle(message: Uint8Array): Promise<{ status: number; body: Uint8Array }> {
    const { name, request } = jsonOf(message);
    return asn1Of(message, await postJson(this, name, request));
  }
}
