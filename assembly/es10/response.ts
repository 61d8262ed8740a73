// SPDX-License-Identifier: Apache-2.0
// The response of an ES10 function that was gathered whole (SGP.22 v2.5 §5.7.2): one element, of the function's own tag.

import { HAS_STRICT_ANSWERS } from '../abi/features';
import { S } from '../abi/state';
import { checkTlv, expectTlv } from '../wire/der-read';

/** Requires exactly one well-formed element with `tag` from keepEnd to collectAt, and reads it. Returns 0 or a wire error. */
export function expectResponse(tag: u32): i32 {
  const result = HAS_STRICT_ANSWERS ? checkTlv(S.keepEnd, S.collectAt) : 0;
  return result ? result : expectTlv(S.keepEnd, S.collectAt, tag);
}
