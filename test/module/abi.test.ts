// SPDX-License-Identifier: Apache-2.0
// The interface misused: unknown events, too many bytes, events nobody waits for, bad options. The module says so, nothing has
// changed, and it works on.

import { beforeEach, describe, expect, it } from 'vitest';
import { Action, CardLink, Command, ErrorCode, Event, NETWORK_WINDOW_BYTES, NetworkFailure, Option } from '../../host/abi.js';
import { concat, fromHex, hex } from '../../host/sim/codec/bytes.js';
import { Module } from './support/module.js';
import { Session } from './support/session.js';
import { SimplePeers } from './support/simple-peers.js';

const POLL = Uint8Array.of(Option.Command, 1, Command.Poll, Option.CardLink, 1, CardLink.Apdu);
/** The others are of the variant ipad-consumer. */
const KINDS = Object.values(Event).filter((kind) => kind <= Event.Consent);

let module: Module;
beforeEach(() => {
  module = new Module();
});

/** The module must refuse this with `error` and be the same as before in every byte. */
function refuses(error: number, misuse: () => number): void {
  const before = module.state();
  expect(misuse()).toBe(error);
  expect(module.state().equals(before), 'the state is the same').toBe(true);
}

/** A clean poll in the same instance. */
function works(): void {
  expect(new Session(new SimplePeers(), {}, module).run()).toMatchObject({ error: 0, packages: 0 });
}

describe('events', () => {
  it.each([-2_147_483_648, -1, 0, 13, 200, 255, 256 + Event.Command, 2_147_483_647])('of the unknown kind %i are refused', (kind) => {
    refuses(ErrorCode.UnknownEvent, () => module.exports.ipa_event(kind, 0, 0));
    works();
  });

  it.each(KINDS)('of kind %i with more bytes than the window, or fewer than none, are refused', (kind) => {
    for (const length of [module.exports.ipa_window_size(kind) + 1, 65_536, 2_147_483_647, -1, -2_147_483_648])
      refuses(ErrorCode.WindowOverflow, () => module.exports.ipa_event(kind, 0, length));
    works();
  });

  it.each(KINDS.filter((kind) => kind !== Event.Command && kind !== Event.CardData))('of kind %i before a command are refused', (kind) => {
    refuses(ErrorCode.UnexpectedEvent, () => module.exports.ipa_event(kind, 1, 0));
    works();
  });

  it('have windows inside the state region', () => {
    const start = module.exports.ipa_state();
    for (const kind of KINDS) {
      expect(module.exports.ipa_window(kind)).toBeGreaterThanOrEqual(start);
      expect(module.exports.ipa_window(kind) + module.exports.ipa_window_size(kind)).toBeLessThanOrEqual(
        start + module.exports.ipa_state_size(),
      );
    }
  });
});

describe('events out of order', () => {
  const EMPTY_ANSWERS: readonly (readonly [number, number])[] = [
    [Event.CardResponse, 0],
    [Event.NetworkOpened, 0],
    [Event.NetworkSent, 0],
    [Event.NetworkData, 0],
    [Event.NetworkData, 1],
    [Event.NetworkFailed, NetworkFailure.Timeout],
  ];
  /** What each action may be answered with. */
  const ANSWERS: Readonly<Record<number, readonly number[]>> = {
    [Action.CardTransmit]: [Event.CardResponse],
    [Action.NetworkOpen]: [Event.NetworkOpened, Event.NetworkFailed],
    [Action.NetworkSend]: [Event.NetworkSent, Event.NetworkFailed],
    [Action.NetworkReceive]: [Event.NetworkData, Event.NetworkFailed],
  };

  it('are refused at every step of a command', () => {
    /** What each action that is under way may be answered with: one of the card, one of the network. */
    const underWay: (readonly number[])[] = [];
    const session = new Session(new SimplePeers(), { onIdle: () => underWay.shift() }, module);
    session.tell(Event.Command, 0, session.commandBytes());
    let result: ReturnType<typeof session.step>;
    let most = 0;
    while (!result) {
      const seen = session.actions.length;
      result = session.step();
      if (session.actions.length === seen || result) continue;
      const answers = ANSWERS[session.actions.at(-1)!];
      if (answers) underWay.push(answers);
      most = Math.max(most, underWay.length);
      const answerable = underWay.flat();
      for (const [kind, argument] of EMPTY_ANSWERS) {
        if (!answerable.includes(kind)) refuses(ErrorCode.UnexpectedEvent, () => module.exports.ipa_event(kind, argument, 0));
      }
    }
    expect(result).toMatchObject({ error: 0 });
    expect(most, 'card and network at the same time').toBe(2);
  });

  it.each([0, 7, 255, -1])('NetworkFailed for the unknown reason %i is refused', (reason) => {
    const session = new Session(new SimplePeers(), {}, module);
    session.tell(Event.Command, 0, session.commandBytes());
    while (session.actions.at(-1) !== Action.NetworkOpen) session.step();
    refuses(ErrorCode.UnexpectedEvent, () => module.exports.ipa_event(Event.NetworkFailed, reason, 0));
    expect(session.goOn()).toMatchObject({ error: 0 });
  });

  it('a second command while one runs is refused, at every step', () => {
    const session = new Session(new SimplePeers(), {}, module);
    session.tell(Event.Command, 0, session.commandBytes());
    for (let result: ReturnType<typeof session.step>; !result; result = session.step()) {
      const before = module.state();
      const window = Buffer.from(
        module.memory.subarray(module.exports.ipa_window(Event.Command), module.exports.ipa_window(Event.Command) + POLL.length),
      );
      expect(module.event(Event.Command, 0, POLL)).toBe(ErrorCode.Busy);
      // the host has written into the window: only that may differ
      module.memory.set(window, module.exports.ipa_window(Event.Command));
      expect(module.state().equals(before)).toBe(true);
    }
    works();
  });

  it('polling again changes nothing', () => {
    let idle = 0;
    const session = new Session(new SimplePeers(), {
      onIdle: (idling, untilMs) => {
        const before = idling.state();
        for (idle++; idle % 3 !== 0; idle++) expect(idling.poll(session.nowMs)).toMatchObject({ kind: Action.Idle, argument: untilMs });
        expect(idling.state().equals(before)).toBe(true);
      },
    });
    expect(session.run()).toMatchObject({ error: 0 });
    expect(idle).toBeGreaterThan(20);
  });
});

describe('options', () => {
  const begin = (options: Uint8Array) => module.event(Event.Command, 0, options);
  const value = (tag: number, length: number, first = 0x20) =>
    concat(Uint8Array.from(length < 128 ? [tag, length] : [tag, 0x81, length]), new Uint8Array(length).fill(first));
  /** Lengths that each option may have. */
  const LENGTHS: Readonly<Record<number, (length: number) => boolean>> = {
    [Option.Command]: (length) => length === 1,
    [Option.CardLink]: (length) => length === 1,
    [Option.BlockBytes]: (length) => length === 1,
    [Option.EimId]: (length) => length >= 1 && length <= 128,
    [Option.InitialEim]: (length) => length === 0,
    [Option.Tac]: (length) => length === 4,
    [Option.Imei]: (length) => length === 8,
    [Option.DeviceCapabilities]: (length) => length <= 48,
    [Option.IpaFeatures]: (length) => length === 1,
    [Option.CardTimeoutMs]: (length) => length === 4,
    [Option.EimAddress]: (length) => length >= 1 && length <= 128,
    [Option.MaxPackages]: (length) => length === 1,
    [Option.Restart]: (length) => length === 0,
    [Option.EsipaBinding]: (length) => length === 1,
    [Option.RspBinding]: (length) => length === 1,
    [Option.DownloadData]: (length) => length >= 2,
    [Option.AskConsent]: (length) => length === 0,
    [Option.UtcTime]: (length) => length === 14,
    [Option.StateChangeCause]: (length) => length === 1,
    [Option.Rplmn]: (length) => length === 3,
    [Option.Assistant]: (length) => length === 1,
    [Option.OnlineTimeoutMs]: (length) => length === 4,
    [Option.EsipaVersion]: (length) => length === 1,
    [Option.EsipaScheme]: (length) => length === 1,
    [Option.Seed]: (length) => length === 4,
    [Option.CoapBlockSzx]: (length) => length === 1,
    [Option.AckTimeoutMs]: (length) => length === 4,
    [Option.PollSchedule]: (length) => length === 20,
    [Option.ListenMs]: (length) => length === 4,
    [Option.Modem]: (length) => length === 1,
    [Option.ResponseBytes]: (length) => length === 1,
  };

  /** Options that choose among few. */
  const SMALL: readonly number[] = [
    Option.Command,
    Option.CardLink,
    Option.EsipaBinding,
    Option.RspBinding,
    Option.Assistant,
    Option.EsipaScheme,
    Option.CoapBlockSzx,
  ];

  it.each(Object.entries(Option))('%s is taken with every length it may have, and refused with every other', (_, tag) => {
    for (let length = 0; length <= 200; length++) {
      module = new Module();
      const first = SMALL.includes(tag) ? 1 : 0x20;
      const options = tag === Option.Command ? value(tag, length, first) : concat(POLL, value(tag, length, first));
      expect(begin(options), `${length} bytes`).toBe(LENGTHS[tag]!(length) ? options.length : ErrorCode.BadOption);
    }
  });

  it.each([
    ['no command', ''],
    ['a command that is none', '800100'],
    ['a command of a later version', '8001FF'],
    ['a card link that is none', '800101 810102'],
    ['blocks that are too small', '800101 82010F'],
    ['no packages', '800101 8B0100'],
    ['a time-out of 2^31 milliseconds', '800101 890480000000'],
    ['a way to the eIM that is none', '800101 970103'],
    ['blocks of CoAP of 2,048 bytes', '800101 990107'],
    ['a modem with a bit that means nothing', '800101 9D0180'],
    ['responses that are too short', '800101 9E010F'],
    ['an interval of 2^30 seconds', '800101 9B14 40000000 00000000 00000000 00000000 00000000'],
    ['an unknown option', '800101 C000'],
    ['an unknown option of two bytes', '800101 9F8000'],
    ['an option that is cut off', '800101 8304 6162'],
    ['half an option', '800101 83'],
    ['an indefinite length', '800101 8380 6100 0000'],
    ['bytes that are no option', '800101 00'],
  ])('with %s are refused, whole', (_, options) => {
    const before = module.state();
    const bytes = fromHex(options);
    expect(begin(bytes)).toBe(ErrorCode.BadOption);
    module.memory.fill(0, module.exports.ipa_window(Event.Command), module.exports.ipa_window(Event.Command) + bytes.length);
    expect(module.state().equals(before), 'the state is the same but for the window').toBe(true);
    works();
  });

  it('may fill the window', () => {
    const many = concat(
      POLL,
      ...Array.from({ length: Math.floor((NETWORK_WINDOW_BYTES - POLL.length) / 3) }, () => Uint8Array.of(Option.MaxPackages, 1, 9)),
    );
    expect(begin(many)).toBe(many.length);
    expect(new Session(new SimplePeers(), {}, module).goOn()).toMatchObject({ error: 0 });
  });

  it('of one command are forgotten by the next', () => {
    const wanted = concat(Uint8Array.of(Option.EimId, 3), fromHex('616263'));
    expect(new Session(new SimplePeers(), { options: wanted }, module).run()).toMatchObject({ error: ErrorCode.EimNotAssociated });
    works();
  });

  it('EimAddress replaces the address of the eIM', () => {
    const opened: string[] = [];
    const peers = new SimplePeers();
    const address = Buffer.from('127.0.0.1:8443');
    const options = concat(Uint8Array.of(Option.EimAddress, address.length), address);
    new Session({ card: peers.card, eim: peers.eim, open: (peer) => void opened.push(hex(peer)) }, { options }, module).run();
    expect(opened).toEqual([`800100820100810E${hex(address)}`]);
  });

  it('MaxPackages bounds what one command does', () => {
    const peers = new SimplePeers({ eim: { BF4F: 'BF4F03BF6000' } });
    expect(new Session(peers, { options: Uint8Array.of(Option.MaxPackages, 1, 3) }, module).run()).toMatchObject({ packages: 3 });
    expect(peers.esipa.filter((message) => message.startsWith('BF4F'))).toHaveLength(3);
  });
});
