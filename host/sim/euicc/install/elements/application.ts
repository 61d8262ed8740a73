// SPDX-License-Identifier: Apache-2.0
// PE-Application: a load package and instances of its applets (Interoperable Format §8.7; Java Card Virtual Machine Specification §6).
import { createHash } from 'node:crypto';
import { child, type Tlv } from '../../../codec/ber.js';
import { equal, hex } from '../../../codec/bytes.js';
import { type Draft, reserve } from './draft.js';
import { aidOf, badValue, field, malformed, sized, unknownReference } from './fields.js';
import { readInstance } from './instance.js';

const AID = 0x4f;
const COMPONENT = { header: 1, applet: 3 } as const;
const MAGIC = 'DECAFFED';
/** Magic, minor and major version, flags, minor and major version of the package. */
const BYTES_BEFORE_AID = 9;
const HASHES: ReadonlyMap<number, string> = new Map([
  [20, 'sha1'],
  [32, 'sha256'],
]);

/** Throws ElementError: no security domain, a package that is none or not the one it says, memory, an instance that cannot be. */
export function createApplication(draft: Draft, element: Tlv): void {
  if (draft.securityDomainAids.size === 0) throw unknownReference('an application before any security domain');
  const loadBlock = child(element, 0xa1);
  const instances = child(element, 0xa2);
  if (loadBlock === undefined && instances === undefined) throw malformed('neither a package nor an instance');
  if (loadBlock) loadPackage(draft, loadBlock);
  for (const instance of instances?.children ?? []) readInstance(draft, instance);
}

function loadPackage(draft: Draft, loadBlock: Tlv): void {
  const [aid, domain] = loadBlock.children.filter(({ tag }) => tag === AID).map(aidOf);
  if (aid === undefined) throw malformed('a load package without AID');
  if (domain !== undefined && !draft.securityDomainAids.has(domain)) throw unknownReference(`no security domain ${domain}`);
  if (draft.packages.has(aid)) throw badValue(`package ${aid} twice`);
  const code = field(loadBlock, 0xc4).value;
  checkHash(loadBlock, code);
  reserve(draft, Math.max(code.length, limitOf(loadBlock, 0xc6)) + limitOf(loadBlock, 0xc8));
  const components = componentsOf(code);
  checkPackageAid(components[0], aid);
  draft.packages.set(aid, classesIn(components));
}

function checkHash(loadBlock: Tlv, code: Uint8Array): void {
  const hash = child(loadBlock, 0xc1)?.value;
  if (hash === undefined || hash.length === 0) return;
  const algorithm = HASHES.get(hash.length);
  if (algorithm === undefined) throw malformed(`a hash of ${hash.length} bytes`);
  if (!equal(createHash(algorithm).update(code).digest(), hash)) throw badValue('a load block that has another hash');
}

/** A memory limit of two or four bytes; none is 0. */
function limitOf(loadBlock: Tlv, tag: number): number {
  const limit = child(loadBlock, tag);
  return limit ? sized(limit, 2, 4).reduce((sum, byte) => sum * 256 + byte, 0) : 0;
}

interface Component {
  readonly tag: number;
  readonly contents: Uint8Array;
}

/** Tag, two bytes of length, contents, until nothing is left. */
function componentsOf(code: Uint8Array): Component[] {
  const list: Component[] = [];
  for (let rest = code; rest.length > 0; ) {
    const end = 3 + (rest[1] ?? 0) * 256 + (rest[2] ?? 0);
    if (rest.length < end) throw badValue('a component of a load block is cut short');
    list.push({ tag: rest[0]!, contents: rest.subarray(3, end) });
    rest = rest.subarray(end);
  }
  return list;
}

function checkPackageAid(header: Component | undefined, aid: string): void {
  if (header?.tag !== COMPONENT.header || hex(header.contents.subarray(0, 4)) !== MAGIC) throw badValue('a load block that is no package');
  const length = header.contents[BYTES_BEFORE_AID] ?? 0;
  const own = hex(header.contents.subarray(BYTES_BEFORE_AID + 1, BYTES_BEFORE_AID + 1 + length));
  if (own !== aid) throw badValue(`a load block of package ${own}, not ${aid}`);
}

/** AIDs in the applet component: for each a length, the AID and the offset of its install method. */
function classesIn(components: readonly Component[]): Set<string> {
  const applets = components.find(({ tag }) => tag === COMPONENT.applet)?.contents ?? new Uint8Array(1);
  const classes = new Set<string>();
  let offset = 1;
  for (let left = applets[0]!; left > 0; left--) {
    const end = offset + 1 + (applets[offset] ?? 0);
    if (end + 2 > applets.length) throw badValue('an applet component that is cut short');
    classes.add(hex(applets.subarray(offset + 1, end)));
    offset = end + 2;
  }
  return classes;
}
