// SPDX-License-Identifier: Apache-2.0
// What action NetworkOpen says: who is to be talked to, how, and which key it must show (SGP.32 v1.2 §2.11.1.1.1).

import { Binding, PeerKind, Scheme } from './abi.js';
import { Element, FieldError } from './asn1/element.js';
import { tlv } from './asn1/tlv.js';
import type { Peer, TrustAnchor } from './interfaces.js';

const KINDS = { [PeerKind.Eim]: 'eim', [PeerKind.Smdp]: 'smdp', [PeerKind.Smds]: 'smds' } as const;
const BINDINGS = { [Binding.Asn1]: 'asn1', [Binding.Json]: 'json' } as const;
const SCHEMES = { [Scheme.Https]: 'https', [Scheme.Coaps]: 'coaps', [Scheme.Coap]: 'coap' } as const;
const PUBLIC_KEY = 0xa0;

/**
 * Decodes the bytes of action NetworkOpen.
 * @throws TypeError when they are not kind, binding and address and, where there is one, a trust anchor
 */
export function decodePeer(bytes: Uint8Array): Peer {
  try {
    const peer = Element.read(tlv(0x30, bytes), 'peer');
    const scheme = peer.optional(0x83, 'scheme');
    return {
      scheme: scheme ? oneOf(SCHEMES, scheme) : 'https',
      listen: peer.optional(0x84, 'listen') !== undefined,
      kind: oneOf(KINDS, peer.required(0x80, 'kind')),
      binding: oneOf(BINDINGS, peer.required(0x82, 'binding')),
      address: peer.required(0x81, 'address').text(),
      trust: decodeTrust(peer.optional(0xa6, 'trustedPublicKeyDataTls')),
    };
  } catch (cause) {
    if (!(cause instanceof FieldError)) throw cause;
    throw new TypeError(`the module names no peer: ${cause.message}`, { cause });
  }
}

function oneOf<Name>(names: Readonly<Record<number, Name>>, element: Element): Name {
  const name = names[element.integer()];
  if (name === undefined) throw element.refuse(`is ${element.hex()}, which this host does not know`);
  return name;
}

function decodeTrust(trust: Element | undefined): TrustAnchor {
  return trust ? decodeAnchor(trust) : { kind: 'platform' };
}

/**
 * A key or certificate under any tag: eimPublicKeyData, trustedPublicKeyDataTls.
 * @throws FieldError when it is neither
 */
export function decodeAnchor(trust: Element): Exclude<TrustAnchor, { kind: 'platform' }> {
  const [choice] = trust.list('choice');
  if (!choice) throw trust.refuse('is empty');
  return choice.tag === PUBLIC_KEY
    ? { kind: 'publicKey', spki: choice.sequence() }
    : { kind: 'certificate', certificate: choice.sequence() };
}
