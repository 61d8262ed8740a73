// SPDX-License-Identifier: Apache-2.0
// PE-SecurityDomain: an instance and its keys (Interoperable Format §8.6).
import { child, type Tlv } from '../../../codec/ber.js';
import { addOnce, type Draft } from './draft.js';
import { badValue, field, malformed, sized } from './fields.js';
import { readInstance } from './instance.js';

/** Lengths in bytes of keys of each type (GlobalPlatform Card Specification §11.1.8): DES, PSK and AES. */
const KEY_BYTES: ReadonlyMap<number, readonly number[]> = new Map([
  [0x80, [8, 16, 24]],
  [0x85, Array.from({ length: 64 }, (_, index) => index + 1)],
  [0x88, [16, 24, 32]],
]);
const LARGEST_VERSION = 0x7f;

/** Throws ElementError for an instance or key that cannot be. */
export function createSecurityDomain(draft: Draft, element: Tlv): void {
  const aid = readInstance(draft, field(element, 0xa1));
  const keys = new Set<string>();
  for (const key of child(element, 0xa2)?.children ?? []) addOnce(keys, checkKey(key), 'key');
  draft.securityDomainAids.add(aid);
}

/** "version/identifier" of a key whose components are as they have to be. */
function checkKey(key: Tlv): string {
  if (key.tag !== 0x30) throw malformed('not a key');
  field(key, 0x95);
  const identifier = sized(field(key, 0x82), 1)[0]!;
  const version = sized(field(key, 0x83), 1)[0]!;
  if (version === 0 || version > LARGEST_VERSION) throw badValue(`key version ${version}`);
  const components = field(key, 0x30).children;
  if (components.length === 0) throw malformed('a key without components');
  for (const component of components) checkComponent(component);
  return `${version}/${identifier}`;
}

function checkComponent(component: Tlv): void {
  const type = sized(field(component, 0x80), 1)[0]!;
  const lengths = KEY_BYTES.get(type);
  if (lengths === undefined) throw badValue(`key type ${type.toString(16)}`);
  sized(field(component, 0x86), ...lengths);
}
