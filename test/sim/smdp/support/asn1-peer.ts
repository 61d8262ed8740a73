// SPDX-License-Identifier: Apache-2.0
// Calls the functions of SM-DP+ and SM-DS in the ASN.1 binding with requests and responses in the form of the JSON one, so that one test serves
// both. Written by hand from SGP.22 v2.5 §6.6; shares only the codec with the simulator.
import { child, need, readInteger, readTlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../../host/sim/codec/bytes.js';
import type { Es9Function, JsonObject, SmdpService } from '../../../../host/sim/smdp/index.js';
import { base64, fromBase64 } from './simple-euicc.js';

/** The functions with a response, in whatever binding. */
export type Es9Peer = Pick<
  SmdpService,
  'initiateAuthentication' | 'authenticateClient' | 'getBoundProfilePackage' | 'handleNotification' | 'cancelSession'
>;

/** Response tag, and the elements of a positive response in order: tag and name in JSON. */
const RESPONSES: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  BF39: [
    [0x80, 'transactionId'],
    [0x30, 'serverSigned1'],
    [0x5f37, 'serverSignature1'],
    [0x04, 'euiccCiPKIdToBeUsed'],
    [0x30, 'serverCertificate'],
  ],
  BF3B: [
    [0x80, 'transactionId'],
    [0xbf25, 'profileMetadata'],
    [0x30, 'smdpSigned2'],
    [0x5f37, 'smdpSignature2'],
    [0x30, 'smdpCertificate'],
  ],
  BF3A: [
    [0x80, 'transactionId'],
    [0xbf36, 'boundProfilePackage'],
  ],
  BF41: [],
  BF40: [
    [0x80, 'transactionId'],
    [0xa1, 'eventEntries'],
  ],
};

/** The A2 for a request in the form of the JSON binding; members that are absent stay away. */
export function asn1Body(name: Es9Function, request: JsonObject): Uint8Array {
  const present = (member: string, write: (value: string) => Uint8Array) =>
    typeof request[member] === 'string' ? [write(request[member])] : [];
  const transactionId = () => present('transactionId', (value) => tlv(0x80, fromHex(value)));
  switch (name) {
    case 'initiateAuthentication':
      return message(0xbf39, [
        ...present('euiccChallenge', (value) => tlv(0x81, fromBase64(value))),
        ...present('smdpAddress', (value) => tlv(0x83, utf8(value))),
        ...present('euiccInfo1', fromBase64),
      ]);
    case 'authenticateClient':
      return message(0xbf3b, [...transactionId(), ...present('authenticateServerResponse', fromBase64)]);
    case 'getBoundProfilePackage':
      return message(0xbf3a, [...transactionId(), ...present('prepareDownloadResponse', fromBase64)]);
    case 'cancelSession':
      return message(0xbf41, [
        ...transactionId(),
        ...present('cancelSessionResponse', (value) => tlv(0xa1, readTlv(fromBase64(value)).value)),
      ]);
    case 'handleNotification':
      return message(
        0xbf3d,
        present('pendingNotification', (value) => tlv(0xa0, fromBase64(value))),
      );
  }
}

function message(tag: number, elements: readonly Uint8Array[]): Uint8Array {
  return tlv(0xa2, tlv(tag, ...elements));
}

/** A positive response in the form of the JSON binding, or `{ error }`. Throws when it is neither. */
export function readAsn1Response(body: Uint8Array): JsonObject {
  const outer = readTlv(body);
  const [response] = outer.children;
  if (outer.tag !== 0xa2 || response === undefined || outer.children.length !== 1) throw new Error(`not an A2: ${hex(body)}`);
  const error = child(response, 0x81);
  if (error) return { error: readInteger(error) };
  const elements = need(response, 0xa0).children;
  const fields = RESPONSES[hex(response.raw.subarray(0, 2))]!;
  if (String(elements.map(({ tag }) => tag)) !== String(fields.map(([tag]) => tag))) throw new Error(`wrong elements: ${hex(body)}`);
  return Object.fromEntries(
    fields.map(([tag, member], index) => [member, tag === 0x80 ? hex(elements[index]!.value) : base64(elements[index]!.raw)]),
  );
}

/** Every method is a call in the ASN.1 binding. */
export function asn1Peer(service: Pick<SmdpService, 'callAsn1'>): Es9Peer {
  const call = (name: Es9Function) => (request: JsonObject) => {
    const response = service.callAsn1(asn1Body(name, request));
    return response === undefined ? {} : readAsn1Response(response);
  };
  return {
    initiateAuthentication: call('initiateAuthentication'),
    authenticateClient: call('authenticateClient'),
    getBoundProfilePackage: call('getBoundProfilePackage'),
    handleNotification: call('handleNotification'),
    cancelSession: call('cancelSession'),
  };
}
