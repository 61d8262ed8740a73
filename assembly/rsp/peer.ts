// SPDX-License-Identifier: Apache-2.0
// Who is at the other end, and how it is written to, as far as a variant of the module leaves a choice.

import { PeerKind } from '../abi/actions';
import { HAS_ASN1, HAS_DIRECT, HAS_ESIPA, HAS_JSON, HAS_PUSH } from '../abi/features';
import { S } from '../abi/state';
import { PushState } from '../wire/lanes';

/** Whether it is an SM-DP+ or SM-DS, not an eIM. */
export function isServer(): bool {
  return HAS_DIRECT && (!HAS_ESIPA || S.peerKind != PeerKind.Eim);
}

/** Whether messages are in JSON. */
export function isJson(): bool {
  return HAS_JSON && (!HAS_ASN1 || S.binding != 0);
}

/** Whether what is sent next answers a package that the eIM has pushed. */
export function isPushed(): bool {
  return HAS_PUSH && S.pushState != PushState.None;
}
