// SPDX-License-Identifier: Apache-2.0
// Requests in the JSON binding (SGP.22 v2.5 §6.5, SGP.32 v1.2 §6.4): the short elements become fields by a table, the last
// element goes out in base64 as it streams by. The text is written twice, the first time only to learn its length.

import { RspFunction } from '../abi/actions';
import { HAS_ESIPA, HAS_JSON } from '../abi/features';
import { S, SCRATCH } from '../abi/state';
import { base64Flush, base64Put, base64Start } from '../wire/base64';
import { hexDigit } from '../wire/bytes';
import { derEnd, derLength, derStart, derTag, derValue, readTlv } from '../wire/der-read';
import { networkBegin, networkPut } from '../wire/network-lane';
import { PREFIX } from './prefix';

/** How a value is written. */
namespace Kind {
  /** Two digits a byte: transactionId, eidValue. */
  export const Hex: u8 = 0;
  export const Text: u8 = 1;
  /** Base64 of the value alone. */
  export const Value: u8 = 2;
  /** Base64 of the element with its tag. */
  export const Element: u8 = 3;
  /** An integer of one byte. */
  export const Number: u8 = 4;
  /** NULL: it is there. */
  export const True: u8 = 5;
  /** Base64 of the element that is streamed; the table has it without a tag. */
  export const Rest: u8 = 6;
}

const NAME_OFFSET: usize = 3;

/** Last byte of the tag, for the element that is streamed its function; Kind; length of the name; name. */
// biome-ignore format: a field a line
const FIELDS: usize = !HAS_JSON ? 0 : memory.data<u8>([
  /* euiccChallenge */ 0x81, Kind.Value, 14, 0x65, 0x75, 0x69, 0x63, 0x63, 0x43, 0x68, 0x61, 0x6c, 0x6c, 0x65, 0x6e, 0x67, 0x65,
  /* smdpAddress */ 0x83, Kind.Text, 11, 0x73, 0x6d, 0x64, 0x70, 0x41, 0x64, 0x64, 0x72, 0x65, 0x73, 0x73,
  /* euiccInfo1 */ 0x20, Kind.Element, 10, 0x65, 0x75, 0x69, 0x63, 0x63, 0x49, 0x6e, 0x66, 0x6f, 0x31,
  /* eimTransactionId */ 0x82, Kind.Hex, 16, 0x65, 0x69, 0x6d, 0x54, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x49, 0x64,
  /* transactionId */ 0x80, Kind.Hex, 13, 0x74, 0x72, 0x61, 0x6e, 0x73, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0x49, 0x64,
  /* authenticateServerResponse */ <u8>RspFunction.AuthenticateClient, Kind.Rest, 26, 0x61, 0x75, 0x74, 0x68, 0x65, 0x6e, 0x74, 0x69, 0x63, 0x61, 0x74, 0x65, 0x53, 0x65, 0x72, 0x76, 0x65, 0x72, 0x52, 0x65, 0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65,
  /* prepareDownloadResponse */ <u8>RspFunction.GetBoundProfilePackage, Kind.Rest, 23, 0x70, 0x72, 0x65, 0x70, 0x61, 0x72, 0x65, 0x44, 0x6f, 0x77, 0x6e, 0x6c, 0x6f, 0x61, 0x64, 0x52, 0x65, 0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65,
  /* cancelSessionResponse */ <u8>RspFunction.CancelSession, Kind.Rest, 21, 0x63, 0x61, 0x6e, 0x63, 0x65, 0x6c, 0x53, 0x65, 0x73, 0x73, 0x69, 0x6f, 0x6e, 0x52, 0x65, 0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65,
  /* pendingNotification */ <u8>RspFunction.HandleNotification, Kind.Rest, 19, 0x70, 0x65, 0x6e, 0x64, 0x69, 0x6e, 0x67, 0x4e, 0x6f, 0x74, 0x69, 0x66, 0x69, 0x63, 0x61, 0x74, 0x69, 0x6f, 0x6e,
]);
/** The same for functions of ESipa alone, and for BF50 in HandleNotification. */
// biome-ignore format: a field a line
const ESIPA_FIELDS: usize = !HAS_JSON || !HAS_ESIPA ? 0 : memory.data<u8>([
  /* eidValue */ 0x5a, Kind.Hex, 8, 0x65, 0x69, 0x64, 0x56, 0x61, 0x6c, 0x75, 0x65,
  /* notifyStateChange */ 0x80, Kind.True, 17, 0x6e, 0x6f, 0x74, 0x69, 0x66, 0x79, 0x53, 0x74, 0x61, 0x74, 0x65, 0x43, 0x68, 0x61, 0x6e, 0x67, 0x65,
  /* stateChangeCause */ 0x81, Kind.Number, 16, 0x73, 0x74, 0x61, 0x74, 0x65, 0x43, 0x68, 0x61, 0x6e, 0x67, 0x65, 0x43, 0x61, 0x75, 0x73, 0x65,
  /* rPLMN */ 0x82, Kind.Element, 5, 0x72, 0x50, 0x4c, 0x4d, 0x4e,
  /* eimPackageResult */ <u8>RspFunction.ProvideEimPackageResult, Kind.Rest, 16, 0x65, 0x69, 0x6d, 0x50, 0x61, 0x63, 0x6b, 0x61, 0x67, 0x65, 0x52, 0x65, 0x73, 0x75, 0x6c, 0x74,
  /* provideEimPackageResult */ <u8>RspFunction.HandleNotification, Kind.Rest, 23, 0x70, 0x72, 0x6f, 0x76, 0x69, 0x64, 0x65, 0x45, 0x69, 0x6d, 0x50, 0x61, 0x63, 0x6b, 0x61, 0x67, 0x65, 0x52, 0x65, 0x73, 0x75, 0x6c, 0x74,
]);

const QUOTE: u32 = 0x22;

let counting: bool = false;
let counted: u32 = 0;

function emit(at: usize, length: u32): void {
  if (counting) counted += length;
  else networkPut(at, length);
}

function emitByte(byte: u32): void {
  store<u8>(SCRATCH, byte);
  emit(SCRATCH, 1);
}

/** The field for a tag, or for the last element of the present function; everything that is written has one. */
function fieldOf(key: u32): usize {
  const outer = S.replyOuter;
  const ofEsipa = HAS_ESIPA && (outer == 0xbf3d ? S.restIsResult : outer > 0xbf41);
  let at = ofEsipa ? ESIPA_FIELDS : FIELDS;
  while (load<u8>(at) != <u8>key) at += NAME_OFFSET + load<u8>(at, 2);
  return at;
}

/** Writes `"name":`. */
function emitName(field: usize): void {
  emitByte(QUOTE);
  emit(field + NAME_OFFSET, load<u8>(field, 2));
  emitByte(QUOTE);
  emitByte(0x3a);
}

function emitHex(at: usize, end: usize): void {
  for (; at < end; at++) {
    const byte: u32 = load<u8>(at);
    emitByte(hexDigit(byte >> 4));
    emitByte(hexDigit(byte & 15));
  }
}

function emitBase64(at: usize, length: u32): void {
  if (counting) counted += base64Bytes(length);
  else {
    base64Start();
    base64Put(at, length);
    base64Flush();
  }
}

function base64Bytes(length: u32): u32 {
  return ((length + 2) / 3) << 2;
}

/** Writes a number below 200 in digits. */
function emitNumber(value: u32): void {
  if (value >= 100) emitByte(0x31);
  if (value >= 10) emitByte(0x30 + ((value / 10) % 10));
  emitByte(0x30 + (value % 10));
}

/** Writes the element just read. */
function emitValue(kind: u32): void {
  if (kind == Kind.Number) return emitNumber(load<u8>(derValue));
  if (kind == Kind.True) {
    store<u32>(SCRATCH, 0x65757274); // true
    return emit(SCRATCH, 4);
  }
  emitByte(QUOTE);
  if (kind == Kind.Hex) emitHex(derValue, derEnd);
  else if (kind == Kind.Text) emit(derValue, derLength);
  else if (kind == Kind.Value) emitBase64(derValue, derLength);
  else emitBase64(derStart, derEnd - derStart);
  emitByte(QUOTE);
}

/** Writes everything before the last element's base64. */
function emitFields(end: usize, hasRest: bool): void {
  let separator: u32 = 0x7b;
  for (let at = PREFIX; at < end; at = derEnd) {
    readTlv(at, end);
    const field = fieldOf(derTag);
    emitByte(separator);
    emitName(field);
    emitValue(load<u8>(field, 1));
    separator = 0x2c;
  }
  if (!hasRest) return emitByte(0x7d);
  emitByte(separator);
  emitName(fieldOf(S.replyOuter));
  emitByte(QUOTE);
}

/** Starts the request of the present function: elements from PREFIX to `end`, and `restBytes` that come by jsonPut. */
export function jsonBegin(end: usize, restBytes: u32): void {
  counting = true;
  counted = 0;
  emitFields(end, restBytes != 0);
  networkBegin(counted + (restBytes ? base64Bytes(restBytes) + 2 : 0));
  counting = false;
  emitFields(end, restBytes != 0);
  S.restLeft = restBytes;
  base64Start();
}

/** Adds bytes to the last element, and ends the text behind it. */
export function jsonPut(at: usize, length: u32): void {
  base64Put(at, length);
  S.restLeft -= length;
  if (S.restLeft) return;
  base64Flush();
  store<u16>(SCRATCH, 0x7d22); // "}
  networkPut(SCRATCH, 2);
}
