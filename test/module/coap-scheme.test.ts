// SPDX-License-Identifier: Apache-2.0
// How the module chooses between HTTPS and CoAP, and what it tells the host when it opens the network.

import { describe, expect, it } from 'vitest';
import { Action, Binding, CardLink, Command, ErrorCode, Event, Option, Scheme } from '../../host/abi.js';
import { decodePeer } from '../../host/peer.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../host/sim/codec/bytes.js';
import { Module } from './support/module.js';
import { EIM_ID, SimplePeers } from './support/simple-peers.js';

const SEED = Uint8Array.of(Option.Seed, 4, 0, 0, 0, 1);
const scheme = (value: number) => Uint8Array.of(Option.EsipaScheme, 1, value);
const JSON_BINDING = Uint8Array.of(Option.EsipaBinding, 1, Binding.Json);

interface Way {
  readonly command?: Command;
  readonly options?: Uint8Array;
  /** The contents of eimSupportedProtocol, 87, of the eIM configuration, in hexadecimal; undefined: it has none. */
  readonly protocols?: string | undefined;
  readonly variant?: string;
}

/** What action NetworkOpen tells, or the error that the command ends with before. */
function opened({ command = Command.Poll, options = SEED, protocols, variant = 'ipad' }: Way): string | number {
  const supported = protocols === undefined ? new Uint8Array() : tlv(0x87, fromHex(protocols));
  const entry = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, EIM_ID), tlv(0x82, fromHex('02')), tlv(0x84, fromHex('01')), supported);
  const peers = new SimplePeers({ card: { BF55: tlv(0xbf55, tlv(0xa0, entry)) } });
  const module = new Module(undefined, variant);
  const head = Uint8Array.of(Option.Command, 1, command, Option.CardLink, 1, CardLink.Apdu);
  const taken = module.event(Event.Command, 0, concat(head, options));
  if (taken < 0) return taken;
  for (;;) {
    const { kind, argument, bytes } = module.poll(0);
    if (kind === Action.NetworkOpen) return hex(bytes);
    if (kind === Action.Finished) return argument;
    if (kind === Action.CardReset) module.event(Event.CardReady);
    if (kind === Action.CardTransmit) module.event(Event.CardResponse, 0, peers.card(bytes));
  }
}

// 80 PeerKind eIM, 82 Binding ASN.1; then 83 Scheme, 84 for pushes; 81 "eim.example.com"
const ADDRESS = '810F65696D2E6578616D706C652E636F6D';
const HTTPS = `800100820100${ADDRESS}`;
const COAPS = `800100820100830101${ADDRESS}`;
const COAP = `800100820100830102${ADDRESS}`;
const PUSHED = `8001008201008301018400${ADDRESS}`;

describe('the scheme', () => {
  it.each([
    ['https', Scheme.Https, HTTPS],
    ['coaps', Scheme.Coaps, COAPS],
    ['coap', Scheme.Coap, COAP],
  ])('is that of the option: %s', (_, value, expected) => {
    expect(opened({ options: concat(SEED, scheme(value)) })).toBe(expected);
    // whatever the eIM is said to have
    expect(opened({ options: concat(SEED, scheme(value)), protocols: '0640' })).toBe(expected);
    expect(opened({ options: concat(SEED, scheme(value)), protocols: '0780' })).toBe(expected);
  });

  it('is no other than these three', () => {
    expect(opened({ options: concat(SEED, scheme(3)) })).toBe(ErrorCode.BadOption);
  });

  // bits retrieveHttps(0), retrieveCoaps(1), injectHttps(2), injectCoaps(3), eimProprietary(4)
  it.each([
    ['nothing is said', undefined, HTTPS],
    ['retrieveHttps', '0780', HTTPS],
    ['retrieveCoaps', '0640', COAPS],
    ['both', '06C0', HTTPS],
    ['retrieveCoaps, injectCoaps', '0450', COAPS],
    ['retrieveCoaps and trailing zeros', '0040', COAPS],
    ['retrieveCoaps in two bytes', '004000', COAPS],
    ['injectCoaps alone', '0410', HTTPS],
    ['eimProprietary', '0308', HTTPS],
    ['an empty bit string', '00', HTTPS],
    ['what is no bit string', '', HTTPS],
  ])('without the option is that of the eIM: %s', (_, protocols, expected) => {
    expect(opened({ protocols })).toBe(expected);
    expect(opened({ protocols, variant: 'ipad-iot' })).toBe(expected);
  });

  it('without CoAP is HTTPS', () => {
    expect(opened({ options: new Uint8Array(), protocols: '0640', variant: 'ipad-min' })).toBe(HTTPS);
  });

  it('takes the JSON binding along only on HTTPS', () => {
    expect(opened({ options: concat(SEED, JSON_BINDING) })).toBe(HTTPS.replace('820100', '820101'));
    expect(opened({ options: concat(SEED, JSON_BINDING, scheme(Scheme.Coaps)) })).toBe(COAPS);
    expect(opened({ options: concat(SEED, JSON_BINDING), protocols: '0640' })).toBe(COAPS);
  });

  it('needs a seed on CoAP alone', () => {
    const none = new Uint8Array();
    expect(opened({ options: none })).toBe(HTTPS);
    expect(opened({ options: none, protocols: '0640' })).toBe(ErrorCode.NoSeed);
    expect(opened({ options: none, command: Command.Listen })).toBe(ErrorCode.NoSeed);
    expect(opened({ options: scheme(Scheme.Coap) })).toBe(ErrorCode.NoSeed);
  });
});

describe('command Listen', () => {
  it.each([undefined, '0780', '0410'])('opens a port for pushes over coaps, whatever the eIM is asked by (%s)', (protocols) => {
    expect(opened({ command: Command.Listen, protocols })).toBe(PUSHED);
  });

  it('does so over coap when the option says it', () => {
    const peer = `8001008201008301028400${ADDRESS}`;
    expect(opened({ command: Command.Listen, options: concat(SEED, scheme(Scheme.Coap)) })).toBe(peer);
    expect(decodePeer(fromHex(peer))).toMatchObject({ scheme: 'coap', listen: true, binding: 'asn1', address: 'eim.example.com' });
  });

  it('is read by the host as a peer to wait for, a poll is not', () => {
    expect(decodePeer(fromHex(PUSHED))).toMatchObject({ scheme: 'coaps', listen: true });
    expect(decodePeer(fromHex(COAPS))).toMatchObject({ scheme: 'coaps', listen: false });
    expect(decodePeer(fromHex(HTTPS))).toMatchObject({ scheme: 'https', listen: false });
  });

  it.each(['ipad-min', 'lpa'])('is refused by %s', (variant) => {
    expect(opened({ command: Command.Listen, options: new Uint8Array(), variant })).toBe(ErrorCode.BadOption);
  });

  it('does not mind that polls go over HTTPS', () => {
    expect(opened({ command: Command.Listen, options: concat(SEED, scheme(Scheme.Https)) })).toBe(PUSHED);
  });
});

describe('the options of CoAP', () => {
  const options = {
    EsipaScheme: scheme(Scheme.Https),
    Seed: SEED,
    CoapBlockSzx: Uint8Array.of(Option.CoapBlockSzx, 1, 6),
    AckTimeoutMs: Uint8Array.of(Option.AckTimeoutMs, 4, 0, 0, 7, 208),
    PollSchedule: Uint8Array.of(Option.PollSchedule, 20, ...new Uint8Array(20)),
    ListenMs: Uint8Array.of(Option.ListenMs, 4, 0, 0, 0, 1),
  };

  it.each(Object.entries(options))('%s is refused by the variants that have no CoAP', (_, option) => {
    expect(opened({ options: option })).toBe(HTTPS);
    expect(opened({ options: option, variant: 'ipad-min' })).toBe(ErrorCode.BadOption);
    expect(opened({ options: option, variant: 'lpa', command: Command.DeliverNotifications })).toBe(ErrorCode.BadOption);
  });

  it.each([
    ['CoapBlockSzx 7', Uint8Array.of(Option.CoapBlockSzx, 1, 7)],
    ['Seed of 3 bytes', Uint8Array.of(Option.Seed, 3, 1, 2, 3)],
    ['AckTimeoutMs of 2^31', Uint8Array.of(Option.AckTimeoutMs, 4, 0x80, 0, 0, 0)],
    ['ListenMs of 2^31', Uint8Array.of(Option.ListenMs, 4, 0x80, 0, 0, 0)],
  ])('are refused: %s', (_, option) => {
    expect(opened({ options: option })).toBe(ErrorCode.BadOption);
  });
});
