// SPDX-License-Identifier: Apache-2.0
// Where the short elements of a request are put together.

import { NETWORK_RX } from '../abi/state';

/** They must fit the window they go out by: at most 900 bytes, to an eIM alone 300. Nothing arrives here before the request is out. */
export const PREFIX: usize = NETWORK_RX;
