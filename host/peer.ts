// SPDX-License-Identifier: Apache-2.0
// What action NetworkOpen says: the eIM's address and trustedPublicKeyDataTls as the eUICC holds it (SGP.32 v1.2 §2.11.1.1.1).

import { type BaseBlock, fromBER, Sequence } from 'asn1js';
import type { Peer, TrustAnchor } from './interfaces.js';

const ADDRESS_TAG_NUMBER = 1;
const TRUST_TAG_NUMBER = 6;
const PUBLIC_KEY_TAG_NUMBER = 0;

/** Elements one after the other; throws on anything else. */
function elements(bytes: Uint8Array): BaseBlock[] {
  const found: BaseBlock[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const { offset: length, result } = fromBER(bytes.subarray(offset));
    if (length < 0) throw new TypeError(`unreadable peer at byte ${offset}: ${result.error}`);
    found.push(result);
    offset += length;
  }
  return found;
}

function contents(block: BaseBlock): Uint8Array {
  const raw = block.valueBeforeDecodeView;
  return raw.subarray(block.idBlock.blockLength + block.lenBlock.blockLength);
}

/**
 * Decodes the bytes of action NetworkOpen.
 * @throws TypeError when they are not an address and, where there is one, a trust anchor
 */
export function decodePeer(bytes: Uint8Array): Peer {
  const parts = elements(bytes);
  const part = (tagNumber: number) => parts.find((block) => block.idBlock.tagNumber === tagNumber);
  const address = part(ADDRESS_TAG_NUMBER);
  if (!address) throw new TypeError('the module names no address');
  const trust = part(TRUST_TAG_NUMBER);
  return { address: new TextDecoder().decode(contents(address)), trust: trust ? decodeTrust(contents(trust)) : { kind: 'platform' } };
}

/** A0 SubjectPublicKeyInfo or A1 Certificate, tagged implicitly: the SEQUENCE's own 30 is replaced. Some eIMs leave it inside (SPEC.md, I-5). */
function decodeTrust(choice: Uint8Array): TrustAnchor {
  const [block] = elements(choice);
  if (!block) throw new TypeError('trustedPublicKeyDataTls is empty');
  const inner = contents(block);
  const whole = elements(inner).length === 1 && inner[0] === 0x30 ? inner : sequenceOf(inner);
  return block.idBlock.tagNumber === PUBLIC_KEY_TAG_NUMBER
    ? { kind: 'publicKey', spki: whole }
    : { kind: 'certificate', certificate: whole };
}

function sequenceOf(inner: Uint8Array): Uint8Array {
  const block = new Sequence({ value: elements(inner) });
  return new Uint8Array(block.toBER());
}
