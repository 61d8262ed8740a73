// SPDX-License-Identifier: Apache-2.0
// What the card streams to the eIM over CoAP: while a full block is out the card gives its next response, and whatever the lengths of
// what it gives, the eIM gets every byte.

import { expect, it } from 'vitest';
import { Action } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, utf8 } from '../../host/sim/codec/bytes.js';
import { createDatagramLink } from '../../host/wrap/datagram-link.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { CoapPeer } from './support/coap-peer.js';
import { CoapSession } from './support/coap-session.js';
import { Module } from './support/module.js';
import { Session } from './support/session.js';
import { EIM_ID, inTurn, SimplePeers } from './support/simple-peers.js';

const BLOCK_BYTES = 1_024;
const GET_RESPONSE = 0xc0;

/** Elements of 0 to 5 bytes, so that headers lie everywhere. */
function small(elements: number, shift: number): Uint8Array[] {
  return Array.from({ length: elements }, (_, i) => tlv(i % 3 ? 0x04 : 0x9f22, new Uint8Array((i + shift) % 6).fill(i)));
}

/** A notification with such certificates. */
function notification(elements: number, shift: number): Uint8Array {
  const metadata = tlv(0xbf2f, tlv(0x80, fromHex('05')), tlv(0x81, fromHex('0780')), tlv(0x0c, utf8('smdp.example.com')));
  return tlv(0x30, metadata, tlv(0x5f37, new Uint8Array(64 + shift).fill(0x77)), tlv(0x30, ...small(elements, shift)));
}

/** A package result with such results. */
function packageResult(elements: number): Uint8Array {
  const head = [tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0x83, fromHex('07'))];
  return tlv(0xbf51, tlv(0xa0, tlv(0x30, ...head, tlv(0x30, ...small(elements, 0))), tlv(0x5f37, new Uint8Array(64).fill(0x77))));
}

function peersWith(item: Uint8Array): SimplePeers {
  return new SimplePeers(
    item[0] === 0x30
      ? { card: { BF2B00: inTurn(tlv(0xbf2b, tlv(0xa0, item)), 'BF2B02A000') } }
      : {
          card: { BF2B04A00282: inTurn(tlv(0xbf2b, tlv(0xa2, item)), 'BF2B02A200') },
          eim: { BF50: tlv(0xbf50, tlv(0xbf53, tlv(0x80, fromHex('07')))) },
        },
  );
}

/** Runs it over CoAP. Resolves to the messages of the eIM, and how often the card was asked for more while a full block was out. */
function overCoap(
  item: Uint8Array,
  beforeCall?: (module: Module) => Module,
): { readonly esipa: readonly string[]; readonly during: number } {
  const clock = new VirtualClock();
  const { device, server } = createDatagramLink({ up: { delayMs: 50 }, down: { delayMs: 50 } }, { clock });
  const peers = peersWith(item);
  new CoapPeer({ clock, channel: server, seed: 1, handle: (request) => peers.eim(request) as Uint8Array });
  let outAt: number | undefined;
  let during = 0;
  const session: CoapSession = new CoapSession(peers, {
    clock,
    channel: device,
    ...(beforeCall && { beforeCall }),
    onAction: ({ kind, bytes }) => {
      if (kind === Action.DatagramSend && bytes.length > BLOCK_BYTES) outAt = session.received;
      if (kind === Action.CardTransmit && bytes[1] === GET_RESPONSE && session.received === outAt) during++;
    },
  });
  expect(session.run()).toMatchObject({ error: 0, notifications: item[0] === 0x30 ? 1 : 0 });
  return { esipa: peers.esipa, during };
}

function overHttps(item: Uint8Array): readonly string[] {
  const peers = peersWith(item);
  expect(new Session(peers).run()).toMatchObject({ error: 0, notifications: item[0] === 0x30 ? 1 : 0 });
  return peers.esipa;
}

it('the card gives its next response while a full block is out', () => {
  const item = packageResult(700);
  const { esipa, during } = overCoap(item);
  expect(esipa).toEqual(overHttps(item));
  expect(during).toBeGreaterThanOrEqual(Math.floor(item.length / BLOCK_BYTES));
});

it('every byte arrives, wherever headers lie at the end of a block', () => {
  for (let elements = 180; elements < 420; elements++) {
    const item = notification(elements, elements % 13);
    expect(overCoap(item).esipa, `${elements} elements`).toEqual(overHttps(item));
  }
});

it('every byte arrives from a fresh instance at every call', () => {
  const item = notification(500, 3);
  expect(overCoap(item, (module) => new Module(module.state())).esipa).toEqual(overHttps(item));
});
