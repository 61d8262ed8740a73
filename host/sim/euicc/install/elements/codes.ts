// SPDX-License-Identifier: Apache-2.0
// PE-PUKCodes and PE-PINCodes (Interoperable Format; key references: ETSI TS 102 221 §9.5.1).
import { child, type Tlv } from '../../../codec/ber.js';
import { hex, text } from '../../../codec/bytes.js';
import { addOnce, type Draft } from './draft.js';
import { badValue, field, integerUpTo, malformed, optionalInteger, sized, unknownReference } from './fields.js';

const CODE_BYTES = 8;
const MOST_ATTRIBUTES = 7;
const FIRST_LOCAL = 0x81;
/** Last key reference, 80 left aside, that is not an administrator's. */
const LAST_USER = 8;
/** 1 to 8 for users, 0A to 0E for administrators; 80 more for those of a directory. */
const GLOBAL_REFERENCES = [1, 2, 3, 4, 5, 6, 7, 8, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e];
const ALL_REFERENCES = new Set(GLOBAL_REFERENCES.flatMap((reference) => [reference, reference + 0x80]));
const USER_PIN = /^\d{4,8}$/;
const PUK = /^\d{8}$/;

/** Once in a profile, and while the MF is the file created last. Throws ElementError. */
export function createPukCodes(draft: Draft, element: Tlv): void {
  if (draft.pukReferences !== undefined) throw malformed('PUK codes twice');
  if (draft.pinContext !== '') throw malformed('PUK codes outside the MF');
  const references = new Set<number>();
  for (const code of listOf(field(element, 0xa1))) {
    const reference = referenceOf(code);
    if ((reference & 0x7f) > LAST_USER) throw badValue(`key reference ${reference} of a PUK`);
    addOnce(references, reference, 'PUK');
    if (!PUK.test(text(sized(field(code, 0x81), CODE_BYTES)))) throw badValue('a PUK that is not 8 digits');
    checkAttempts(code, 0x82);
  }
  draft.pukReferences = references;
}

/** PIN codes of the directory created last: those of the MF are global, those of any other local. Throws ElementError. */
export function createPinCodes(draft: Draft, element: Tlv): void {
  const context = draft.pinContext;
  if (context === undefined) throw malformed('PIN codes before any file');
  const [choice] = field(element, 0xa1).children;
  if (choice?.tag === 0x81) sharePins(draft, context, hex(choice.value));
  else if (choice?.tag === 0xa0) addPins(draft, context, choice);
  else throw malformed('neither PIN codes nor a directory to share them with');
}

function addPins(draft: Draft, context: string, list: Tlv): void {
  const references = pinsOf(draft, context);
  for (const pin of listOf(list)) addOnce(references, checkPin(draft, context, pin), 'PIN');
}

function sharePins(draft: Draft, context: string, path: string): void {
  const shared = draft.pins.get(path);
  if (shared === undefined) throw unknownReference(`no PINs of ${path} to share`);
  for (const reference of shared) addOnce(pinsOf(draft, context), reference, 'PIN');
}

function pinsOf(draft: Draft, context: string): Set<number> {
  const references = draft.pins.get(context) ?? new Set<number>();
  draft.pins.set(context, references);
  return references;
}

/** The key reference of a PIN that is as it has to be. */
function checkPin(draft: Draft, context: string, pin: Tlv): number {
  const reference = referenceOf(pin);
  if (reference >= FIRST_LOCAL !== (context !== '')) throw badValue(`PIN ${reference} in directory "${context}"`);
  const code = sized(field(pin, 0x81), CODE_BYTES);
  const isUsers = (reference & 0x7f) <= LAST_USER;
  if (isUsers && !USER_PIN.test(text(code).replace(/\uFFFD+$/, ''))) throw badValue('a PIN that is not 4 to 8 digits, filled with FF');
  const puk = optionalInteger(pin, 0x82, 0xff);
  if (puk !== undefined && draft.pukReferences?.has(puk) !== true) throw unknownReference(`no PUK ${puk} for PIN ${reference}`);
  optionalInteger(pin, 0x83, MOST_ATTRIBUTES);
  checkAttempts(pin, 0x84);
  return reference;
}

function referenceOf(code: Tlv): number {
  const reference = integerUpTo(field(code, 0x80), 0xff);
  if (!ALL_REFERENCES.has(reference)) throw badValue(`key reference ${reference}`);
  return reference;
}

/** Attempts in all in the upper four bits, attempts left in the lower. */
function checkAttempts(code: Tlv, tag: number): void {
  if (child(code, tag) === undefined) return;
  const attempts = optionalInteger(code, tag, 0xff)!;
  if (attempts >> 4 === 0 || (attempts & 0x0f) > attempts >> 4) throw badValue(`attempts ${attempts.toString(16)}`);
}

function listOf(parent: Tlv): readonly Tlv[] {
  if (parent.children.length === 0 || parent.children.some(({ tag }) => tag !== 0x30)) throw malformed('not a list of codes');
  return parent.children;
}
