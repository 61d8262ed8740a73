// SPDX-License-Identifier: Apache-2.0
// The network as the modem knows it: registered some time after radio and card have come on (3GPP TS 27.007 §10.1.22).

import type { CardAccess } from './card-access.js';
import type { NetworkQuirks } from './quirks.js';

/** <stat>: not registered and not searching, registered at home, searching, registered abroad. */
export type Registration = 0 | 1 | 2 | 5;

/** Registration begins anew whenever the card does. */
export class Network {
  private resets = 0;
  private searches = 0;

  constructor(
    private readonly card: CardAccess,
    private readonly quirks: NetworkQuirks,
  ) {}

  /** <stat>; `hasRadio`: AT+CFUN is 1. */
  state(hasRadio: boolean): Registration {
    if (!hasRadio || !this.card.isPowered) return 0;
    if (this.quirks.registration === 'withProfile' && !this.card.hasProfile) return 0;
    if (this.searchesLeft > 0) return 2;
    return this.quirks.roams ? 5 : 1;
  }

  /** Time passes with queries: the next state may be another. Returns whether the modem has found the network now. */
  search(): boolean {
    if (this.searchesLeft === 0) return false;
    this.searches += 1;
    return this.searchesLeft === 0;
  }

  private get searchesLeft(): number {
    if (this.resets !== this.card.resets) {
      this.resets = this.card.resets;
      this.searches = 0;
    }
    return Math.max(0, (this.quirks.searchesAfterReset ?? 0) - this.searches);
  }
}
