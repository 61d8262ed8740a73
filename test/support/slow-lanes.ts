// SPDX-License-Identifier: Apache-2.0
// Card and network that take their time, under a virtual clock, and a record of when each was busy and with what.

import type { CardSlot, SyncCardSlot, Transport } from '../../host/interfaces.js';
import { hex } from '../../host/sim/codec/bytes.js';
import type { VirtualClock } from '../../host/wrap/virtual-clock.js';

/** One piece of work of a lane. */
export interface Work {
  readonly lane: 'card' | 'network';
  /** An APDU in hexadecimal, or an operation of the transport: open, send, receive, close. */
  readonly what: string;
  readonly fromMs: number;
  /** Infinite while it is under way. */
  toMs: number;
}

/** How long each takes, in milliseconds. Default: the card 25 for an APDU, the network 300 to open and 100 for an answer. */
export interface Paces {
  readonly apduMs?: number;
  readonly openMs?: number;
  readonly answerMs?: number;
}

export class SlowLanes {
  readonly works: Work[] = [];

  constructor(
    readonly clock: VirtualClock,
    readonly paces: Paces = {},
  ) {}

  /** Work of a lane that begins so. */
  of(lane: Work['lane'], what: string): Work[] {
    return this.works.filter((work) => work.lane === lane && work.what.startsWith(what));
  }

  /** What of the card's work lies within the time of `work`, at least in part. */
  cardDuring({ fromMs, toMs }: Work): string[] {
    return this.of('card', '')
      .filter((work) => work.fromMs < toMs && work.toMs > fromMs)
      .map(({ what }) => what);
  }

  /** The card as a slot that answers later. */
  card(card: SyncCardSlot): CardSlot {
    const { apduMs = 25 } = this.paces;
    return {
      reset: () => card.reset(),
      powerOff: () => card.powerOff(),
      transmit: (command) => this.#lasting('card', hex(command), apduMs, async () => card.transmit(command)),
    };
  }

  /** The transport, whose operations end later; those of `changed` take the place of its own. What is told by an error is told later, too. */
  transport(transport: Transport, changed: Partial<Pick<Transport, 'open' | 'beginRequest'>> = {}): Transport {
    const { openMs = 300, answerMs = 100 } = this.paces;
    const open = changed.open ?? ((peer) => transport.open(peer));
    const begin = changed.beginRequest ?? ((head) => transport.beginRequest(head));
    return {
      counters: transport.counters,
      open: (peer) => this.#lasting('network', 'open', openMs, () => open(peer)),
      beginRequest: (head) => {
        this.works.push({ lane: 'network', what: `begin ${head.function}`, fromMs: this.clock.nowMs(), toMs: this.clock.nowMs() });
        return begin(head);
      },
      sendChunk: (bytes, last) => transport.sendChunk(bytes, last),
      receive: (maxBytes) => this.#lasting('network', 'receive', answerMs, () => this.clock.hold(transport.receive(maxBytes))),
      abort: () => transport.abort(),
      close: () => this.#lasting('network', 'close', 0, () => transport.close()),
    };
  }

  async #lasting<T>(lane: Work['lane'], what: string, ms: number, work: () => Promise<T>): Promise<T> {
    const entry: Work = { lane, what, fromMs: this.clock.nowMs(), toMs: Number.POSITIVE_INFINITY };
    this.works.push(entry);
    if (ms > 0) await new Promise<void>((resolve) => this.clock.after(ms, resolve));
    entry.toMs = this.clock.nowMs();
    return work();
  }
}
