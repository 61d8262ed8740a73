// SPDX-License-Identifier: Apache-2.0
// listProfileInfo (SGP.32 v1.2 §2.11.1.1.3), and GetProfilesInfo with tags of SGP.32: by GetProfilesInfo of the card. A card that refuses
// the tags it does not know is asked again without them, and from then on so. No profile has the fallback attribute here.

import { derEnd, derInteger, derStart, derTag, derValue, findTlv, readTlv } from '../wire/der-read';
import { putByteTlv, putHeader } from '../wire/der-write';
import { callCard, isAnswered } from './card-call';
import { Next, OPERATION_RESULTS_END, REQUEST, REQUEST_BYTES, V } from './memory';
import { Termination, terminate } from './operation-result';

const INCORRECT_INPUT_VALUES: u32 = 1;
const UNDEFINED_ERROR: u32 = 127;
const ECALL_INDICATION: u32 = 0x9f7b;
const FALLBACK_ATTRIBUTE: u32 = 0x9f26;
const FALLBACK_ALLOWED: u32 = 0x9f67;

/** What is reported without a tag list, but for the fallback attribute (reading I-26). */
function defaultTags(): usize {
  return memory.data<u8>([0x5a, 0x4f, 0x9f, 0x70, 0x91, 0x92, 0x95, 0x9f, 0x7b, 0x9f, 0x67]);
}
const DEFAULT_TAGS_BYTES: usize = 11;
/** Search criteria and tag list of a request go into REQUEST with their headers. */
const CONTENTS_BYTES: usize = REQUEST_BYTES - 16;

/** Whether a tag list has a tag that consumer eUICCs do not know. */
export function hasIotTag(at: usize, end: usize): bool {
  for (; at < end; at += tagBytes(at)) if (isIotTag(tagAt(at))) return true;
  return false;
}

function tagBytes(at: usize): usize {
  return (load<u8>(at) & 0x1f) == 0x1f ? 2 : 1;
}

function tagAt(at: usize): u32 {
  return tagBytes(at) == 1 ? load<u8>(at) : ((<u32>load<u8>(at)) << 8) | load<u8>(at, 1);
}

function isIotTag(tag: u32): bool {
  return tag == ECALL_INDICATION || tag == FALLBACK_ATTRIBUTE || tag == FALLBACK_ALLOWED;
}

/** Answers an error to the list: BF2D{81 code}. */
function refuse(code: u32): void {
  V.resultEnd = putByteTlv(putHeader(V.resultEnd, 0xbf2d, 3), 0x81, code);
  V.stopped = 1;
}

/** Begins the list with the contents of a ProfileInfoListRequest from `at` to `end`. False when it is refused at once. */
export function beginProfileList(at: usize, end: usize): bool {
  V.listAt = at;
  V.listEnd = end;
  if (<usize>(end - at) <= CONTENTS_BYTES - DEFAULT_TAGS_BYTES) return callProfileList();
  refuse(INCORRECT_INPUT_VALUES);
  return false;
}

function callProfileList(): bool {
  let to = REQUEST + 5;
  if (!findTlv(V.listAt, V.listEnd, 0xa0)) {
    const length = derEnd - derStart;
    memory.copy(to, derStart, length);
    to += length;
  }
  let tags = defaultTags();
  let tagsEnd = tags + DEFAULT_TAGS_BYTES;
  if (!findTlv(V.listAt, V.listEnd, 0x5c)) {
    tags = derValue;
    tagsEnd = derEnd;
  }
  const list = to + 3;
  to = putTags(list, tags, tagsEnd);
  // a list of nothing would be one of everything
  if (to == list) store<u8>(to++, 0x5a);
  const length = to - list;
  const contents = putHeader(list - 3, 0x5c, length);
  memory.copy(contents, list, length);
  to = contents + length;
  const bytes = to - REQUEST - 5;
  const start = putHeader(REQUEST, 0xbf2d, bytes);
  memory.copy(start, REQUEST + 5, bytes);
  callCard(start + bytes, Next.ProfileList);
  return true;
}

/** Copies the tags that the card may be asked for. */
function putTags(to: usize, at: usize, end: usize): usize {
  V.listExtended = 0;
  while (at < end) {
    const length = min<usize>(tagBytes(at), end - at);
    const isIot = isIotTag(tagAt(at));
    if (!isIot || (!V.plainTags && tagAt(at) != FALLBACK_ATTRIBUTE)) {
      if (isIot) V.listExtended = 1;
      memory.copy(to, at, length);
      to += length;
    }
    at += length;
  }
  return to;
}

/** The card has answered BF2D: its list is the result as it is. False when it is asked once more. */
export function profileListAnswered(): bool {
  const answered = isAnswered(0xbf2d) && !readTlv(derValue, derEnd);
  if (answered && derTag == 0xa0) {
    V.resultEnd = V.collectEnd;
    if (V.resultEnd > OPERATION_RESULTS_END) {
      V.resultEnd = V.collectAt;
      terminate(Termination.ResultSizeOverflow);
    }
    return true;
  }
  if (V.listExtended) {
    V.plainTags = 1;
    callProfileList();
    return false;
  }
  refuse(answered && derTag == 0x81 && derInteger() == INCORRECT_INPUT_VALUES ? INCORRECT_INPUT_VALUES : UNDEFINED_ERROR);
  return true;
}
