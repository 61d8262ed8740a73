// SPDX-License-Identifier: Apache-2.0
// The revocation lists an eUICC has: adding one, and looking up a server's certificate (SGP.22 v2.5 §4.6).
import { equal } from '../../codec/bytes.js';
import type { ParsedCertificate } from '../../pki/check.js';
import type { NonVolatileMemory, StoredRevocationList } from '../state/non-volatile.js';
import { comparableSerial, type RevocationList } from './revocation-list.js';

/** Whether a loaded list has this certificate. */
export function isRevoked({ revocationLists }: NonVolatileMemory, certificate: ParsedCertificate): boolean {
  const serialNumber = comparableSerial(certificate.node.serialNumber);
  return revocationLists
    .filter((list) => equal(list.ciPkId, certificate.authorityKeyId))
    .some((list) => list.parts.some((part) => part.revoked.includes(serialNumber)));
}

function listsOf(memory: NonVolatileMemory, ciPkId: Uint8Array): StoredRevocationList[] {
  return memory.revocationLists.filter((list) => equal(list.ciPkId, ciPkId));
}

/** Whether a list of this CI with a higher number is there, or this very part. */
export function hasFresher(memory: NonVolatileMemory, { authorityKeyId, crlNumber, partNumber }: RevocationList): boolean {
  return listsOf(memory, authorityKeyId).some(
    (stored) =>
      stored.crlNumber > crlNumber || (stored.crlNumber === crlNumber && stored.parts.some((part) => part.partNumber === partNumber)),
  );
}

/** The complete list that a delta list can be applied to; undefined when it is missing. */
export function baseOf(memory: NonVolatileMemory, delta: RevocationList): StoredRevocationList | undefined {
  const usable = (list: StoredRevocationList) => missingParts(list).length === 0 && list.crlNumber >= delta.baseCrlNumber!;
  return listsOf(memory, delta.authorityKeyId).find(usable);
}

/** The list with what came now: a new part of a list in parts, a list of its own, or the base with the changes of a delta list. */
export function merged(
  memory: NonVolatileMemory,
  list: RevocationList,
  sizeBytes: number,
  base: StoredRevocationList | undefined,
): StoredRevocationList {
  const { authorityKeyId: ciPkId, crlNumber, partNumber, totalParts, entries } = list;
  const added = entries.filter((entry) => !entry.removed).map((entry) => entry.serialNumber);
  if (base) {
    const removed = new Set(entries.filter((entry) => entry.removed).map((entry) => entry.serialNumber));
    const kept = base.parts.flatMap((part) => part.revoked).filter((serialNumber) => !removed.has(serialNumber));
    const before = base.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const revoked = [...new Set([...kept, ...added])];
    return { ciPkId, crlNumber, totalParts: 1, parts: [{ partNumber: 1, revoked, sizeBytes: before + sizeBytes }] };
  }
  const begun = listsOf(memory, ciPkId).find((stored) => stored.crlNumber === crlNumber);
  const parts = [...(begun?.parts ?? []), { partNumber, revoked: added, sizeBytes }];
  return { ciPkId, crlNumber, totalParts, parts: parts.sort((a, b) => a.partNumber - b.partNumber) };
}

/** Numbers of the parts not loaded yet, ascending. */
export function missingParts({ parts, totalParts }: StoredRevocationList): number[] {
  const numbers = Array.from({ length: totalParts }, (_, index) => index + 1);
  return numbers.filter((number) => !parts.some((part) => part.partNumber === number));
}

/** All lists once this one is stored: it replaces its earlier state, and older lists as soon as it is complete. */
export function withList(memory: NonVolatileMemory, list: StoredRevocationList): StoredRevocationList[] {
  const complete = missingParts(list).length === 0;
  const kept = memory.revocationLists.filter((stored) => {
    if (!equal(stored.ciPkId, list.ciPkId)) return true;
    return stored.crlNumber !== list.crlNumber && !complete;
  });
  return [...kept, list];
}

/** Bytes that lists take. */
export function bytesOf(lists: readonly StoredRevocationList[]): number {
  return lists.reduce((sum, list) => sum + list.parts.reduce((bytes, part) => bytes + part.sizeBytes, 0), 0);
}
