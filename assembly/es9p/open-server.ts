// SPDX-License-Identifier: Apache-2.0
// Which SM-DP+ or SM-DS to talk to.

import { Scheme } from '../abi/actions';
import { HAS_COAP, HAS_JSON } from '../abi/features';
import { ACTIVATION_CODE, O, S } from '../abi/state';
import { PREFIX } from '../rsp/prefix';
import { putByteTlv, putTlv } from '../wire/der-write';

/** Prepares at requestAt what action NetworkOpen tells: 80 kind, 82 binding, 81 address. */
export function prepareServerOpen(kind: u32): void {
  let at = putByteTlv(PREFIX, 0x80, kind);
  at = putByteTlv(at, 0x82, O.rspBinding);
  S.requestAt = PREFIX;
  S.requestEnd = putTlv(at, 0x81, ACTIVATION_CODE + S.smdpAddressAt, S.smdpAddressLength);
  S.peerKind = kind;
  if (HAS_COAP) S.scheme = Scheme.Https;
  if (HAS_JSON) S.binding = O.rspBinding;
}
