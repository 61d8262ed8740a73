// SPDX-License-Identifier: Apache-2.0
// The eIM configurations that the virtual ISD-R keeps (SGP.32 v1.2 §2.11.1.1.1). An entry is counterValue, whether it is deleted, the
// bytes of what follows, and the EimConfigurationData as GetEimConfigurationData gives it: without counterValue, with the token.

import { VIRTUAL_EIMS_BYTES } from '../abi/limits';
import { derEnd, derEquals, derInteger, derLength, derStart, derValue, findTlv, readTlv } from '../wire/der-read';
import { headerBytes, putHeader } from '../wire/der-write';
import { putInteger } from './integer';
import { EIMS, V } from './memory';
import { overlayBytes, overlayElement } from './overlay';

const ENTRY_BYTES: u32 = 12;
/** What the header of an element can take at most here. */
const MOST_HEADER_BYTES: u32 = 4;
const MOST_TOKEN_BYTES: u32 = 6;
const EIM_ID_BYTES: u32 = 128;

/** Elements in their order; the token comes from the virtual ISD-R. */
const TOKEN: u32 = 0x84;
// in a function, as all tables here: a module without emulation has no byte of it
function order(): usize {
  return memory.data<u8>([0x80, 0x81, 0x82, 0x84, 0xa5, 0xa6, 0x87, 0x88, 0x89, 0]);
}

/** AddEimResult and UpdateEimResult. */
export const enum EimCode {
  Ok = 0,
  InsufficientMemory = 1,
  AlreadyExists = 2,
  InvalidToken = 5,
  CounterOutOfRange = 6,
  CommandError = 7,
}

/** Behind the last entry. */
export function eimsEnd(): usize {
  return EIMS + V.eimsBytes;
}

/** The entry behind this one. */
export function nextEim(eim: usize): usize {
  return eim + ENTRY_BYTES + load<u32>(eim, 8);
}

/** The EimConfigurationData of the entry. */
export function eimData(eim: usize): usize {
  return eim + ENTRY_BYTES;
}

/** Whether the entry is deleted by the package in progress. */
export function isDeleted(eim: usize): bool {
  return load<u32>(eim, 4) != 0;
}

export function eimCounter(eim: usize): u32 {
  return load<u32>(eim);
}

export function setEimCounter(eim: usize, counter: u32): void {
  store<u32>(eim, counter);
}

export function markDeleted(eim: usize): void {
  store<u32>(eim, 1, 4);
}

/** Reads the element `tag` of the entry. False when it has none. */
export function readEimField(eim: usize, tag: u32): bool {
  readTlv(eimData(eim), nextEim(eim));
  return !findTlv(derValue, derEnd, tag);
}

/** The entry with this eimId, or 0. Also one that the package in progress has deleted, when `deleted`. */
export function findEim(id: usize, length: u32, deleted: bool): usize {
  for (let eim = EIMS; eim < eimsEnd(); eim = nextEim(eim)) {
    if (isDeleted(eim) && !deleted) continue;
    readEimField(eim, 0x80);
    if (derEquals(id, length)) return eim;
  }
  return 0;
}

/** Entries that are not deleted. */
export function countEims(): u32 {
  let count: u32 = 0;
  for (let eim = EIMS; eim < eimsEnd(); eim = nextEim(eim)) if (!isDeleted(eim)) count++;
  return count;
}

function removeEim(eim: usize): void {
  const next = nextEim(eim);
  memory.copy(eim, next, eimsEnd() - next);
  V.eimsBytes -= next - eim;
}

/** Deletions take effect when the result is signed: it may be the eIM's own. */
export function removeDeleted(): void {
  for (let eim = EIMS; eim < eimsEnd(); ) {
    if (isDeleted(eim)) removeEim(eim);
    else eim = nextEim(eim);
  }
}

/** Writes the token of the entry, or `84 01 00` where it has none: what signatures cover behind the data. */
export function putToken(at: usize, eim: usize): usize {
  return putInteger(at, TOKEN, readEimField(eim, TOKEN) ? derInteger() : 0);
}

/**
 * Stores the contents of an EimConfigurationData, over those of the entry `old` where it is not 0. `token`: 0 none. False when there is no
 * room.
 */
function storeEim(at: usize, end: usize, old: usize, token: u32, counter: u32): bool {
  const eim = eimsEnd();
  let oldAt: usize = 0;
  let oldEnd: usize = 0;
  if (old) {
    readTlv(eimData(old), nextEim(old));
    oldAt = derValue;
    oldEnd = derEnd;
  }
  let most: usize = ENTRY_BYTES + MOST_HEADER_BYTES + MOST_TOKEN_BYTES;
  for (let row = order(); load<u8>(row); row++) most += overlayBytes(load<u8>(row), at, end, oldAt, oldEnd);
  if (EIMS + VIRTUAL_EIMS_BYTES - eim < most) return false;
  const contents = eimData(eim) + MOST_HEADER_BYTES;
  let to = contents;
  for (let tag: u32 = load<u8>(order()), row = order(); tag; tag = load<u8>(++row)) {
    if (tag != TOKEN) to = overlayElement(to, tag, at, end, oldAt, oldEnd);
    else if (token) to = putInteger(to, TOKEN, token);
  }
  const length = to - contents;
  const bytes = headerBytes(0x30, length) + length;
  memory.copy(putHeader(eimData(eim), 0x30, length), contents, length);
  store<u32>(eim, counter);
  store<u32>(eim, 0, 4);
  store<u32>(eim, bytes, 8);
  V.eimsBytes += ENTRY_BYTES + bytes;
  if (!old) return true;
  // in the place of the old one: the first eIM is the one that is polled by default
  const shift = nextEim(old) - old;
  removeEim(old);
  moveUp(old, eim - shift);
  return true;
}

/** Moves the last entry to the place of the one at `to`, and all from there on behind it. */
function moveUp(to: usize, last: usize): void {
  const end = eimsEnd();
  reverse(to, last);
  reverse(last, end);
  reverse(to, end);
}

function reverse(at: usize, end: usize): void {
  while (at + 1 < end) {
    const byte: u32 = load<u8>(at);
    store<u8>(at++, load<u8>(--end));
    store<u8>(end, byte);
  }
}

/** Reads counterValue: -1 it is not there, or it is less than 0 or more than can be kept. */
function readCounter(at: usize, end: usize): i32 {
  if (findTlv(at, end, 0x83)) return -1;
  return max<i32>(derInteger(), -1);
}

function has(at: usize, end: usize, tag: u32): bool {
  return !findTlv(at, end, tag) && derLength != 0;
}

/** eimIdType, where there is one, is a number of one byte; listEim relies on it. */
function isIdTypeRight(at: usize, end: usize): bool {
  return findTlv(at, end, 0x82) != 0 || derLength == 1;
}

/** Adds the eIM with the contents from `at` to `end`, which are well formed. Returns an EimCode; tokenGiven is then its token or 0. */
export function addEim(at: usize, end: usize): EimCode {
  tokenGiven = 0;
  if (!isIdTypeRight(at, end) || !has(at, end, 0xa5) || !has(at, end, 0x83)) return EimCode.CommandError;
  if (!has(at, end, 0x80) || derLength > EIM_ID_BYTES) return EimCode.CommandError;
  if (findEim(derValue, derLength, false)) return EimCode.AlreadyExists;
  if (!findTlv(at, end, TOKEN)) {
    // -1: give me one
    if (derInteger() != -1) return EimCode.InvalidToken;
    tokenGiven = V.tokenCount + 1;
  }
  const counter = readCounter(at, end);
  if (counter < 0) return EimCode.CounterOutOfRange;
  if (!storeEim(at, end, 0, tokenGiven, counter)) return EimCode.InsufficientMemory;
  if (tokenGiven) V.tokenCount = tokenGiven;
  return EimCode.Ok;
}

/** The token of the eIM just added; scratch. */
export let tokenGiven: u32 = 0;

/** Changes the entry `eim` by the contents from `at` to `end` (SGP.32 v1.2 §3.5.1, reading I-25). */
export function updateEim(eim: usize, at: usize, end: usize): EimCode {
  let counter: i32 = eimCounter(eim);
  const newKey = has(at, end, 0xa5);
  if (!findTlv(at, end, TOKEN) || !isIdTypeRight(at, end)) return EimCode.CommandError;
  if (!findTlv(at, end, 0x83)) {
    const wanted = readCounter(at, end);
    if (wanted < 0) return EimCode.CounterOutOfRange;
    if (wanted < counter && !newKey) return EimCode.CommandError;
    counter = wanted;
  } else if (!changesField(at, end)) return EimCode.CommandError;
  const token = readEimField(eim, TOKEN) ? derInteger() : 0;
  return storeEim(at, end, eim, token, counter) ? EimCode.Ok : EimCode.InsufficientMemory;
}

/** Whether there is a known element beside eimId. */
function changesField(at: usize, end: usize): bool {
  for (let row = order() + 1; load<u8>(row); row++) if (!findTlv(at, end, load<u8>(row))) return true;
  return false;
}

/** Writes EimIdInfo 30{80, 82?} of the entry. */
export function putEimIdInfo(at: usize, eim: usize): usize {
  let to = at + 3; // at most 136 bytes of contents
  for (let tag: u32 = 0x80; tag <= 0x82; tag += 2) {
    if (!readEimField(eim, tag)) continue;
    const length = derEnd - derStart;
    memory.copy(to, derStart, length);
    to += length;
  }
  const length = to - at - 3;
  const contents = putHeader(at, 0x30, length);
  memory.copy(contents, at + 3, length);
  return contents + length;
}
