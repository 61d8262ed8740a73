// SPDX-License-Identifier: Apache-2.0
// A card with a result to keep, an eIM that offers a package until it has its result, and a device between them that may sleep: what tests of
// conversations over CoAP need that go on later, or begin again.

import { tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../host/sim/codec/bytes.js';
import { createDatagramLink } from '../../host/wrap/datagram-link.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { CoapPeer } from '../module/support/coap-peer.js';
import { CoapSession } from '../module/support/coap-session.js';
import { Module } from '../module/support/module.js';
import type { SessionResult } from '../module/support/session.js';
import { EID, EIM_ID, SimplePeers } from '../module/support/simple-peers.js';

export interface Conversation {
  /** Bytes of filler in the package, and in the data that the eIM asks for. */
  readonly bytes: number;
  /** Largest block of the module. */
  readonly szx: number;
  readonly responses: 'piggybacked' | 'separate';
}

/** When a device sleeps, and what happens meanwhile. */
export interface Sleep {
  /** Before the step of this number, from 1, at which the module is polled; when the card is still busy, as soon as it is not. */
  readonly step: number;
  readonly ms: number;
  /** Whether datagrams that come meanwhile wait for the device; else they are lost. */
  readonly datagramsWait: boolean;
  /** Whether the eIM forgets all blocks and message IDs meanwhile. */
  readonly peerForgets: boolean;
}

const NONE = fromHex('BF4F03020101');
const TAKEN = fromHex('BF50023000');
const SIGNATURE = tlv(0x5f37, new Uint8Array(64).fill(0x77));

/** One device, its card and its eIM. */
export class SleepyWorld {
  readonly clock = new VirtualClock();
  /** Whole messages that the eIM executed, in hexadecimal. */
  readonly executed: string[] = [];
  readonly peers: SimplePeers;
  module = new Module();
  steps = 0;
  readonly #link = createDatagramLink({ up: { delayMs: 50 }, down: { delayMs: 50 } }, { clock: this.clock });
  readonly #packages: { readonly offer: Uint8Array; readonly result: string; readonly answer: Uint8Array }[];
  readonly #result: Uint8Array;
  #isResultKept = false;
  #seed = 1;

  constructor(readonly conversation: Conversation) {
    const random = seededRandom(9);
    const filler = () =>
      tlv(
        0x04,
        Uint8Array.from({ length: conversation.bytes }, () => Math.floor(random() * 256)),
      );
    const list = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), tlv(0x81, fromHex('01')), filler());
    const results = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0x83, fromHex('07')), tlv(0x30, tlv(0x86, fromHex('00'))));
    const info = tlv(0xbf22, tlv(0x81, fromHex('020302')), filler());
    this.#result = tlv(0xbf51, tlv(0xa0, results, SIGNATURE));
    this.#packages = [
      { offer: tlv(0xbf51, list, SIGNATURE), result: hex(this.#result), answer: tlv(0xbf50, tlv(0xbf53, tlv(0x80, fromHex('07')))) },
      { offer: tlv(0xbf52, tlv(0x5c, fromHex('BF22'))), result: hex(info), answer: TAKEN },
    ];
    this.peers = new SimplePeers({
      card: { BF51: () => this.#execute(), BF22: info, BF2B04A00282: () => this.#kept(), BF30: () => this.#forget() },
    });
    this.#startEim();
  }

  /** Whether the eIM has all results and nothing to offer, and the card keeps nothing. */
  get isDone(): boolean {
    return this.#packages.length === 0 && !this.#isResultKept;
  }

  /** Packages that the card executed. */
  get loaded(): readonly string[] {
    return this.peers.es10.filter((command) => command.startsWith('BF51'));
  }

  /** One poll, in which the device may sleep. */
  poll(sleep?: Sleep): SessionResult {
    const { device } = this.#link;
    const waiting: Uint8Array[] = [];
    let isAsleep = false;
    let take = (_: Uint8Array) => {};
    device.onDatagram((bytes) => (isAsleep ? waiting.push(bytes) : take(bytes)));
    const channel = {
      ...device,
      name: device.name,
      send: (bytes: Uint8Array) => device.send(bytes),
      onDatagram: (listener: (bytes: Uint8Array) => void) => {
        take = listener;
      },
    };
    const { szx } = this.conversation;
    const session = new CoapSession(this.peers, { clock: this.clock, channel, szx, seed: 1_000_003 * this.#seed++ }, this.module);
    session.begin();
    let isTired = false;
    for (let step = 1; ; step++) {
      isTired ||= step === sleep?.step;
      if (sleep && isTired && session.isQuiet) {
        isTired = false;
        isAsleep = true;
        session.module = new Module(session.module.state());
        if (sleep.peerForgets) this.#startEim();
        this.clock.advance(sleep.ms);
        isAsleep = false;
        if (sleep.datagramsWait) for (const datagram of waiting) take(datagram);
      }
      const result = session.step();
      if (!result) continue;
      this.module = new Module(session.module.state());
      this.steps = step;
      return result;
    }
  }

  /** A CoAP server that knows nothing of what was before, in front of the same eIM. */
  #startEim(): void {
    const { responses } = this.conversation;
    const { clock } = this;
    new CoapPeer({ clock, channel: this.#link.server, responses, seed: this.#seed++, handle: (request) => this.#eim(request) });
  }

  #eim(request: Uint8Array): Uint8Array {
    const message = hex(request);
    const isAgain = this.executed.includes(message);
    this.executed.push(message);
    const [next] = this.#packages;
    if (message.startsWith('BF4F')) return next ? tlv(0xbf4f, next.offer) : NONE;
    if (next && message.includes(next.result)) {
      this.#packages.shift();
      return next.answer;
    }
    if (isAgain && message.startsWith('BF50'))
      return message.includes(hex(this.#result)) ? tlv(0xbf50, tlv(0xbf53, tlv(0x80, fromHex('07')))) : TAKEN;
    throw new Error(`the eIM has not asked for ${message.slice(0, 100)}`);
  }

  #execute(): Uint8Array {
    this.#isResultKept = true;
    return this.#result;
  }

  #kept(): Uint8Array {
    return tlv(0xbf2b, tlv(0xa2, this.#isResultKept ? this.#result : concat()));
  }

  #forget(): string {
    this.#isResultKept = false;
    return 'BF3003800100';
  }
}
