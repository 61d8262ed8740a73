// SPDX-License-Identifier: Apache-2.0
// Where the short elements of a request are put together.

import { NETWORK_RX } from '../abi/state';

/** At most 900 bytes: they must fit the window they go out by. Nothing arrives here before the request is out. */
export const PREFIX: usize = NETWORK_RX;
