// SPDX-License-Identifier: Apache-2.0
// Requests of an IPA, and a service to send them to.
import { expect } from 'vitest';
import { integerContent, readTlv, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import type { EimEvent } from '../../../../host/sim/eim/index.js';
import { EimService, type EimServiceOptions } from '../../../../host/sim/eim/index.js';
import type { TestPki } from '../../../../host/sim/pki/index.js';
import { EID } from './card.js';

export function getEimPackage(eid = EID): Uint8Array {
  return tlv(0xbf4f, tlv(0x5a, fromHex(eid)));
}

export function provideResult(result: Uint8Array, eid: string | null = EID): Uint8Array {
  return tlv(0xbf50, ...(eid === null ? [] : [tlv(0x5a, fromHex(eid))]), result);
}

export function initiateAuthentication(fields: {
  challenge?: Uint8Array;
  smdpAddress?: string;
  euiccInfo1?: Uint8Array;
  eimTransactionId?: Uint8Array;
}): Uint8Array {
  const { challenge = new Uint8Array(16).fill(7), smdpAddress, euiccInfo1, eimTransactionId } = fields;
  return tlv(
    0xbf39,
    tlv(0x81, challenge),
    ...(smdpAddress === undefined ? [] : [tlv(0x83, utf8(smdpAddress))]),
    ...(euiccInfo1 === undefined ? [] : [euiccInfo1]),
    ...(eimTransactionId === undefined ? [] : [tlv(0x82, eimTransactionId)]),
  );
}

/** A service that knows the PKI's eUICC. */
export function serviceFor(pki: TestPki, options: Partial<EimServiceOptions> = {}, Service = EimService): EimService {
  const service = new Service({ pki, ...options });
  service.register({ eid: EID, euiccCertificate: pki.euicc.certificate, eumCertificate: pki.eum.certificate });
  return service;
}

/** Sends a message that must get an ESipa answer. */
export async function ask(service: EimService, message: Uint8Array): Promise<Tlv> {
  const { status, body } = await service.handle(message);
  expect(status, problems(service)).toBe(200);
  return readTlv(body);
}

/** The contents of the only component of an answer, when it is an error code or the like. */
export function codeIn(answer: Tlv, tag: number): number {
  const [field] = answer.children;
  expect(field?.tag.toString(16)).toBe(tag.toString(16));
  return field!.value[0]!;
}

export function lastEvent<Kind extends EimEvent['kind']>(
  service: { readonly log: readonly EimEvent[] },
  kind: Kind,
): EimEvent & { kind: Kind } {
  const event = service.log.filter((each) => each.kind === kind).at(-1);
  expect(event, `an event ${kind}`).toBeDefined();
  return event as EimEvent & { kind: Kind };
}

export function integerTlv(tag: number, value: number): Uint8Array {
  return tlv(tag, integerContent(value));
}

function problems(service: EimService): string {
  return service.log.flatMap((event) => (event.problem === undefined ? [] : [`${event.kind}: ${event.problem}`])).join('\n');
}
