// SPDX-License-Identifier: Apache-2.0
// What can be told only when the last element is there (Interoperable Format).
import type { Draft } from './draft.js';
import { unknownReference } from './fields.js';
import { parentOf } from './file-creation.js';
import { ELEMENT_STATUS, ElementError } from './status.js';

const FIRST_LOCAL = 0x81;

/** Throws ElementError when an application has no keys, or a PIN that a directory names is nowhere. */
export function checkComplete(draft: Draft): void {
  if (!draft.files.has('')) throw unknownReference('a profile without MF');
  for (const { hasAlgorithm, path, identification } of draft.naas)
    if (!hasAlgorithm) throw new ElementError(ELEMENT_STATUS.invalidParameter, `no parameters for application ${path}`, identification);
  for (const { path, references, identification } of draft.pinDemands)
    for (const reference of references)
      if (!hasPin(draft, path, reference))
        throw new ElementError(ELEMENT_STATUS.pinCodeMissing, `no PIN ${reference} for directory ${path}`, identification);
}

/** Global PINs are the MF's; local ones those of the directory or one above it. */
function hasPin(draft: Draft, path: string, reference: number): boolean {
  if (reference < FIRST_LOCAL) return draft.pins.get('')?.has(reference) === true;
  for (let directory = path; directory !== ''; directory = parentOf(directory))
    if (draft.pins.get(directory)?.has(reference) === true) return true;
  return false;
}
