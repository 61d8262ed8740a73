// SPDX-License-Identifier: Apache-2.0
// Answers in the JSON binding (SGP.22 v2.5 §6.5, SGP.32 v1.2 §6.4), in any pieces and with their fields in any order: a string
// that holds an element is decoded in place and given to the scanner as if it had come in DER; short values become elements in
// MESSAGE; statuses become the alternative and its code. Names are known by their FNV-1a hash; unknown ones are passed over.

import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA, HAS_JSON } from '../abi/features';
import { S, SCRATCH } from '../abi/state';
import { base64Start, base64Take } from '../wire/base64';
import { hexValue } from '../wire/bytes';
import { putTlv } from '../wire/der-write';
import { takeBase64 } from '../wire/each-byte';
import { NetworkState } from '../wire/lanes';
import { appendToMessage } from '../wire/message';
import { networkAbort, networkAsk } from '../wire/network-lane';
import { scanOpenVirtual } from '../wire/tlv-stream';
import { Reply, Slot, setSlot } from './slots';

/** What becomes of a value. */
namespace Kind {
  /** Base64 of an element that goes through the scanner; argument: its Slot. */
  export const Stream: u8 = 1;
  /** Base64 of a short element or of its value alone; argument: its Slot. */
  export const Short: u8 = 2;
  /** Text; argument: its Slot, or from 8 on the tag it gets, counted from TEXT_TAGS. */
  export const Text: u8 = 3;
  export const Number: u8 = 4;
  export const Status: u8 = 5;
  export const Subject: u8 = 6;
  export const Reason: u8 = 7;
}

/** Where the reader is. */
const enum Json {
  /** Nothing but white space came. */
  Start = 0,
  Between = 1,
  String = 2,
  /** The object is closed. */
  Done = 3,
}

const ROW_BYTES: usize = 5;
/** Argument n of a Text that is no Slot: the tag is n behind this one. */
const TEXT_TAGS: u32 = 0x78;
/** Hash of the name, low byte first; Kind in the high half of a byte, argument in the low one. */
// biome-ignore format: a field a line
const FIELDS: usize = !HAS_JSON ? 0 : memory.data<u8>([
  /* serverSigned1 */ 0xdd, 0x96, 0xe5, 0x47, <u8>((Kind.Stream << 4) | Slot.Signed),
  /* smdpSigned2 */ 0x09, 0x01, 0xd0, 0x58, <u8>((Kind.Stream << 4) | Slot.Signed),
  /* serverCertificate */ 0xfd, 0x41, 0x7d, 0xd1, <u8>((Kind.Stream << 4) | Slot.Certificate),
  /* smdpCertificate */ 0x5c, 0x4f, 0x57, 0x32, <u8>((Kind.Stream << 4) | Slot.Certificate),
  /* profileMetadata */ 0x3b, 0x18, 0xf3, 0x64, <u8>((Kind.Stream << 4) | Slot.None),
  /* boundProfilePackage */ 0xac, 0xe1, 0x8e, 0xda, <u8>((Kind.Stream << 4) | Slot.None),
  /* serverSignature1 */ 0xeb, 0x44, 0x79, 0x96, <u8>((Kind.Short << 4) | Slot.Signature),
  /* smdpSignature2 */ 0xf1, 0x00, 0xd6, 0x84, <u8>((Kind.Short << 4) | Slot.Signature),
  /* euiccCiPKIdToBeUsed */ 0x2d, 0x69, 0x88, 0x1a, <u8>((Kind.Short << 4) | Slot.Octets),
  /* euiccCiPKIdentifierToBeUsed */ 0xcf, 0x6f, 0xfc, 0x6b, <u8>((Kind.Short << 4) | Slot.Octets),
  /* eventId */ 0xf2, 0x12, 0x37, 0x8f, <u8>((Kind.Text << 4) | 8),
  /* rspServerAddress */ 0xbf, 0x69, 0xbc, 0x51, <u8>((Kind.Text << 4) | 9),
  /* status */ 0xef, 0x77, 0x4b, 0xba, <u8>(Kind.Status << 4),
  /* subjectCode */ 0x3e, 0x7b, 0x07, 0x3c, <u8>(Kind.Subject << 4),
  /* reasonCode */ 0x50, 0xe4, 0x63, 0xec, <u8>(Kind.Reason << 4),
]);
const FIELDS_END: usize = FIELDS + 15 * ROW_BYTES;
/** The same for answers of an eIM alone. */
// biome-ignore format: a field a line
const ESIPA_FIELDS: usize = !HAS_JSON || !HAS_ESIPA ? 0 : memory.data<u8>([
  /* ctxParams1 */ 0x8f, 0xb5, 0x50, 0x56, <u8>((Kind.Stream << 4) | Slot.Context),
  /* euiccPackageRequest */ 0x71, 0x42, 0x63, 0x90, <u8>((Kind.Stream << 4) | Slot.None),
  /* ipaEuiccDataRequest */ 0x83, 0x66, 0x73, 0x39, <u8>((Kind.Stream << 4) | Slot.None),
  /* profileDownloadTriggerRequest */ 0xb3, 0xeb, 0xf0, 0x41, <u8>((Kind.Stream << 4) | Slot.None),
  /* eimAcknowledgements */ 0x8b, 0xf8, 0x02, 0xa8, <u8>((Kind.Stream << 4) | Slot.None),
  /* hashCc */ 0xef, 0x6a, 0x1d, 0x64, <u8>((Kind.Short << 4) | Slot.Octets),
  /* matchingId */ 0xd7, 0xf5, 0x82, 0x47, <u8>((Kind.Text << 4) | Slot.MatchingId),
  /* eimPackageError */ 0xac, 0x84, 0xe2, 0xd5, <u8>(Kind.Number << 4),
  /* provideEimPackageResultError */ 0x1a, 0x87, 0xc0, 0x36, <u8>(Kind.Number << 4),
]);
const ESIPA_FIELDS_END: usize = ESIPA_FIELDS + 9 * ROW_BYTES;

const HASH_BASIS: u32 = 0x811c9dc5;
const HASH_PRIME: u32 = 0x01000193;
const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const MAX_DEPTH: u32 = 16;
const TEXT_BYTES: u32 = 96;

const NOTHING: i32 = -1;
const WRONG: i32 = -2;

/** Begins an answer: the text that lies in the window now is its first part. */
export function jsonStart(): void {
  S.jsonState = Json.Start;
  S.jsonDepth = 0;
  S.jsonField = 0;
  S.jsonStatus = 0;
  S.jsonEscape = 0;
}

/** The window holds new text: nothing of it is decoded yet. */
export function jsonWindow(): void {
  S.jsonAt = S.networkAt;
  S.jsonEnd = S.networkEnd;
  S.networkAt = S.networkEnd;
}

/** Reads on until there are decoded bytes between networkAt and networkEnd, or all text is used. */
export function jsonNext(): void {
  let at = S.jsonAt;
  const end = S.jsonEnd;
  const start = at;
  let out = at;
  while (at < end) {
    if (isStream()) {
      const from = at;
      const bits = S.base64Bits;
      at = takeBase64(out, at, end);
      out += (bits + 6 * (at - from)) >> 3;
      if (at == end) break;
    }
    const byte: u32 = load<u8>(at);
    // the decoded bytes of one field are handed out before it ends
    if (byte == QUOTE && out > start && !S.jsonEscape) break;
    at++;
    const decoded = takeCharacter(byte);
    if (decoded >= 0) store<u8>(out++, decoded);
    else if (decoded == WRONG) return fail(ErrorCode.BadEncoding);
  }
  S.jsonAt = at;
  if (out > start) {
    S.networkAt = start;
    S.networkEnd = out;
  } else if (S.networkMore) networkAsk();
  else finish();
}

/** Whether characters of a value come that go to the scanner as they are decoded. */
function isStream(): bool {
  return S.jsonState == Json.String && !S.jsonEscape && !S.jsonKey && kindOf() == Kind.Stream;
}

function fail(error: i32): void {
  networkAbort(); // the rest of the answer is not wanted
  S.networkState = NetworkState.Failed;
  S.networkError = error;
  S.networkDetail = 0;
}

/** All text is read. */
function finish(): void {
  if (S.jsonState == Json.Start) S.networkState = NetworkState.End;
  else if (S.jsonState != Json.Done) fail(ErrorCode.Truncated);
  else {
    S.networkState = NetworkState.End;
    S.scanDone = true;
    S.scanDepth = 0;
    settle();
  }
}

/** What statuses and error numbers say of the alternative; a package that is there outweighs a number. */
function settle(): void {
  if (S.jsonStatus) S.replyChoice = 0x81;
  else if (!S.replyChoice) S.replyChoice = S.replyCode ? 0x02 : 0x30;
}

/** Depth of what the fields stand for: elements of alternative A0, or alternatives. */
function virtualDepth(): u32 {
  return S.replyOuter - 0xbf39 < 3 ? 2 : 1;
}

/** Takes one character. Returns a decoded byte for the scanner, NOTHING, or WRONG. */
function takeCharacter(byte: u32): i32 {
  if (S.jsonState == Json.String) return stringCharacter(byte);
  if (byte <= 0x20) return NOTHING;
  if (S.jsonState == Json.Done) return WRONG;
  if (S.jsonState == Json.Start) {
    if (byte != 0x7b) return WRONG;
    S.jsonState = Json.Between;
    scanOpenVirtual(S.replyOuter, virtualDepth());
    if (virtualDepth() == 2) S.replyChoice = 0xa0;
  }
  if (byte == QUOTE) return beginString();
  switch (byte) {
    case 0x7b: // {
    case 0x5b: // [
      S.jsonKey = true;
      S.jsonField = 0;
      return ++S.jsonDepth > MAX_DEPTH ? WRONG : NOTHING;
    case 0x7d: // }
    case 0x5d: // ]
      if (!--S.jsonDepth) S.jsonState = Json.Done;
      return NOTHING;
    case 0x2c: // ,
      S.jsonKey = true;
      S.jsonField = 0;
      return NOTHING;
    case 0x3a: // :
      S.jsonKey = false;
      return NOTHING;
  }
  if (kindOf() == Kind.Number) {
    if (byte - 0x30 > 9 || S.replyCode > 0xffff) return WRONG;
    S.replyCode = S.replyCode * 10 + (byte - 0x30);
  }
  return NOTHING;
}

function kindOf(): u32 {
  return S.jsonField ? load<u8>(S.jsonField, 4) >> 4 : 0;
}

function argumentOf(): u32 {
  return load<u8>(S.jsonField, 4) & 15;
}

/** In how many objects and lists a field stands; elsewhere it is another one of the same name. */
function depthOf(kindAndArgument: u32): u32 {
  const kind = kindAndArgument >> 4;
  if (kind > Kind.Number) return kind == Kind.Status ? 3 : 4;
  return kindAndArgument & 8 ? 3 : 1;
}

function beginString(): i32 {
  S.jsonState = Json.String;
  S.jsonHash = HASH_BASIS;
  S.jsonText = 0;
  base64Start();
  if (!S.jsonKey && kindOf() == Kind.Stream) S.slot = argumentOf();
  return NOTHING;
}

function stringCharacter(byte: u32): i32 {
  if (S.jsonEscape) {
    byte = escaped(byte);
    if (S.jsonEscape) return NOTHING;
  } else if (byte == BACKSLASH) {
    S.jsonEscape = 1;
    return NOTHING;
  } else if (byte == QUOTE) return endString();
  if (S.jsonKey) {
    S.jsonHash = (S.jsonHash ^ byte) * HASH_PRIME;
    return NOTHING;
  }
  const kind = kindOf();
  if (!kind) return NOTHING;
  if (kind > Kind.Short) return gather(byte);
  if (byte <= 0x20) return NOTHING;
  const decoded = base64Take(byte);
  return decoded >= 0 && kind == Kind.Short ? gather(decoded) : decoded;
}

/** A character behind a backslash: the one meant, once jsonEscape is 0 again. Four digits follow a u. */
function escaped(byte: u32): u32 {
  if (S.jsonEscape == 1) {
    S.jsonEscapeValue = 0;
    S.jsonEscape = byte == 0x75 ? 2 : 0;
    // the letters stand for control characters, none of which matters here
    return byte >= 0x61 ? 0x20 : byte;
  }
  S.jsonEscapeValue = (S.jsonEscapeValue << 4) | hexValue(byte);
  S.jsonEscape = S.jsonEscape == 5 ? 0 : S.jsonEscape + 1;
  return S.jsonEscapeValue & 0xff;
}

function gather(byte: u32): i32 {
  if (S.jsonText == TEXT_BYTES) return WRONG;
  store<u8>(SCRATCH + S.jsonText++, byte);
  return NOTHING;
}

/** The field among those from `at` to `end` whose name was read, or 0. */
function findField(at: usize, end: usize): usize {
  while (at < end && load<u32>(at) != S.jsonHash) at += ROW_BYTES;
  return at < end && S.jsonDepth == depthOf(load<u8>(at, 4)) ? at : 0;
}

function endString(): i32 {
  S.jsonState = Json.Between;
  if (S.jsonKey) {
    S.jsonField = findField(FIELDS, FIELDS_END);
    if (HAS_ESIPA && !S.jsonField) S.jsonField = findField(ESIPA_FIELDS, ESIPA_FIELDS_END);
    return NOTHING;
  }
  switch (kindOf()) {
    case Kind.Stream:
      S.slot = Slot.None;
      return S.scanDepth == virtualDepth() && !S.scanHeaderLength ? NOTHING : WRONG;
    case Kind.Short:
    case Kind.Text:
      return keepText();
    case Kind.Status:
      // Executed-Success, Executed-WithWarning; Failed; Expired
      S.jsonStatus = load<u8>(SCRATCH) == 0x46 ? 1 : load<u8>(SCRATCH, 2) == 0x70 ? 2 : 0;
      break;
    case Kind.Subject:
      S.replyCode = (S.replyCode & 0xff) | (digits(3) << 8);
      break;
    case Kind.Reason:
      S.replyCode = (S.replyCode & 0xfff00) | digits(2);
  }
  return NOTHING;
}

/** The code at SCRATCH, numbers with dots between, as `count` hexadecimal digits: 8.10.1 as 8A1. */
function digits(count: u32): u32 {
  let code: u32 = 0;
  let number: u32 = 0;
  store<u8>(SCRATCH + S.jsonText, 0x2e);
  for (let at = SCRATCH; at <= SCRATCH + S.jsonText; at++) {
    const byte: u32 = load<u8>(at);
    if (byte == 0x2e) {
      code = (code << 4) | (number & 15);
      number = 0;
      count--;
    } else number = number * 10 + (byte - 0x30);
  }
  return <i32>count > 0 ? code << (count << 2) : code & 0xfff;
}

/** Puts the gathered value into MESSAGE as an element; a short one may have brought its tag and length. */
function keepText(): i32 {
  if (S.replyState == Reply.Stream) return NOTHING; // too late to matter, and MESSAGE has another use
  const slot = argumentOf();
  const length = S.jsonText;
  const start = S.collectAt;
  let tag = TEXT_TAGS + slot;
  if (slot == Slot.Signature) tag = length == 64 ? 0x5f37 : 0;
  else if (slot == Slot.Octets) tag = length == 20 || length == 32 ? 0x04 : 0;
  else if (slot == Slot.MatchingId) tag = 0x0c;
  if (!appendToMessage(SCRATCH, length + 4)) return WRONG; // room is what counts here
  if (tag) S.collectAt = putTlv(start, tag, SCRATCH, length);
  else S.collectAt = start + length;
  if (slot < <u32>Slot.Count) {
    setSlot(slot, start, S.collectAt);
  }
  return NOTHING;
}
