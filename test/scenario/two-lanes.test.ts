// SPDX-License-Identifier: Apache-2.0
// Card and network work at the same time (design property P8) where neither needs the other: while the connection is made, and while the eIM
// is asked for more. What fails on one lane while the other is busy ends as it does alone, and the state may be moved at any moment.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModule } from '../../host/core/module-file.js';
import { createNodeInstance } from '../../host/core/node.js';
import type { IpaInstance, SyncCardSlot } from '../../host/interfaces.js';
import { NetworkError, type Transport } from '../../host/interfaces.js';
import type { CommandResult } from '../../host/result.js';
import type { SimulatedSmdp } from '../../host/sim/smdp/index.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { failingFunction } from '../support/failing-function.js';
import { replacedAtEveryCall } from '../support/interruption.js';
import { LightBed, startSmdp } from '../support/light-bed.js';
import { expectDone, finishJob } from '../support/main-job.js';
import { type Paces, SlowLanes } from '../support/slow-lanes.js';
import { withVirtualTime } from '../support/virtual-time.js';

let smdp: SimulatedSmdp;
let wasm: Uint8Array;
beforeAll(async () => {
  smdp = await startSmdp();
  wasm = await readModule();
});
afterAll(() => smdp.close());

interface World {
  readonly bed: LightBed;
  readonly lanes: SlowLanes;
  readonly result: CommandResult;
}

interface Trouble {
  /** Default: downloads go through the eIM. */
  readonly makeBed?: () => Promise<LightBed>;
  readonly paces?: Paces;
  readonly wrapCard?: (card: SyncCardSlot) => SyncCardSlot;
  /** Operations of the transport that go another way. */
  readonly network?: (transport: Transport) => Partial<Pick<Transport, 'open' | 'beginRequest'>>;
}

/** One poll with a job, in slow lanes. */
async function run(create: () => Promise<IpaInstance>, trouble: Trouble = {}): Promise<World> {
  const { makeBed = () => LightBed.create(smdp), paces, wrapCard = (card) => card, network = () => ({}) } = trouble;
  const bed = await makeBed();
  const clock = new VirtualClock();
  const lanes = new SlowLanes(clock, paces);
  const instance = await create();
  const links = { clock, card: lanes.card(wrapCard(bed.euicc)), transport: lanes.transport(bed.transport, network(bed.transport)) };
  bed.euicc.reset();
  const result = await clock.runUntil(() => bed.poll(instance, { cardLink: 'apdu' }, links), 'the poll');
  return { bed, lanes, result };
}

/** The job is done by polls without trouble. */
async function expectRecovery({ bed }: World, context: string): Promise<void> {
  await finishJob(bed, withVirtualTime(await createNodeInstance()), context);
}

const unreachable = (): Promise<never> => Promise.reject(new NetworkError('unreachable', 'as the test wants it'));
const GET_EID = '81E2910006BF3E035C015A';
const GET_RESULTS = '81E2910007BF2B04A0028200';
const GET_NOTIFICATIONS = '81E2910003BF2B00';
const GET_INFO = '81E2910003BF2000';
const GET_CHALLENGE = '81E2910003BF2E00';
const REMOVE_NOTIFICATION = '81E2910006BF30';
const CLOSE_CHANNEL = '0070800100';
const gone = (card: SyncCardSlot, prefix: string): SyncCardSlot => ({
  reset: () => card.reset(),
  powerOff: () => card.powerOff(),
  transmit: (command) => {
    if (Buffer.from(command).toString('hex').toUpperCase().startsWith(prefix)) throw new Error('the card is out');
    return card.transmit(command);
  },
});

const INSTANCES: readonly (readonly [string, () => Promise<IpaInstance>])[] = [
  ['one instance', () => createNodeInstance(wasm)],
  ['a fresh instance at every call', () => replacedAtEveryCall(() => createNodeInstance(wasm))],
];

describe.each(INSTANCES)('in %s', (_, create) => {
  it('EID, results and notifications are read while the connection is made', async () => {
    const world = await run(create);
    const { lanes, bed, result } = world;
    expect(result).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1 });
    expectDone(bed, 'undisturbed');
    const [open] = lanes.of('network', 'open');
    const during = lanes.cardDuring(open!).filter((apdu) => apdu.startsWith('81E2'));
    expect(during).toEqual([GET_EID, GET_RESULTS, GET_NOTIFICATIONS]);
    expect(lanes.of('card', GET_EID)[0]!.fromMs).toBe(open!.fromMs);
    // nothing is asked before there is a connection, and nothing waits longer than for it
    expect(lanes.of('network', 'begin')[0]!.fromMs).toBe(open!.toMs);
  });

  it('the first request waits for the card where that is slower', async () => {
    const { lanes, result } = await run(create, { paces: { openMs: 10 } });
    expect(result).toMatchObject({ error: undefined, packages: 2 });
    const lastBefore = lanes.of('card', GET_NOTIFICATIONS)[0]!;
    expect(lanes.of('network', 'begin')[0]!.fromMs).toBeGreaterThanOrEqual(lastBefore.toMs);
  });

  it('the notification is removed while the eIM is asked for more', async () => {
    const { lanes } = await run(create);
    const [remove] = lanes.of('card', REMOVE_NOTIFICATION);
    const asked = lanes.of('network', 'begin getEimPackage').findLast(({ fromMs }) => fromMs <= remove!.fromMs)!;
    const answer = lanes.of('network', 'receive').find(({ fromMs }) => fromMs >= asked.fromMs)!;
    expect(asked.fromMs).toBe(remove!.fromMs);
    expect(answer.toMs).toBeGreaterThan(remove!.toMs);
  });

  it('euiccInfo1 and challenge are read while the connection to an SM-DP+ is made, and nothing is opened for nothing', async () => {
    const { lanes, bed, result } = await run(create, { makeBed: () => LightBed.createDirect('json') });
    expect(result).toMatchObject({ error: undefined, packages: 2, profilesInstalled: 1, notifications: 2 });
    expectDone(bed, 'undisturbed');
    // eIM, SM-DP+, and the eIM again for the result; the SM-DP+ for each of two notifications
    const opens = lanes.of('network', 'open');
    expect(opens.length).toBe(5);
    const during = lanes.cardDuring(opens[1]!).filter((apdu) => apdu.startsWith('81E2'));
    expect(during).toEqual([GET_INFO, GET_CHALLENGE]);
    const last = lanes
      .of('network', '')
      .filter(({ what }) => what === 'open' || what.startsWith('begin'))
      .at(-1)!;
    expect(last.what).toBe('begin handleNotification');
  });

  it('a server that cannot be reached while the card works for it ends the download, not the poll', async () => {
    let opened = 0;
    const world = await run(create, {
      makeBed: () => LightBed.createDirect('json'),
      network: (transport) => ({ open: (peer) => (++opened === 2 ? unreachable() : transport.open(peer)) }),
    });
    expect(world.result).toMatchObject({ error: { code: 'NetworkUnreachable' }, profilesInstalled: 0 });
    expect(world.lanes.of('network', 'begin initiateAuthentication')).toEqual([]);
    expect(world.bed.eim.log.some(({ kind }) => kind === 'downloadResult')).toBe(true);
    await expectRecovery(world, 'server not reached');
  });

  // at once, while the EID is read, while the notifications are read, when the card has nothing more to do
  it.each([0, 30, 130, 300])('a connection that fails after %i ms ends the poll', async (openMs) => {
    const world = await run(create, {
      paces: { openMs },
      network: () => ({ open: unreachable }),
    });
    expect(world.result).toMatchObject({ error: { code: 'NetworkUnreachable' } });
    expect(world.lanes.of('network', 'begin')).toEqual([]);
    expect(world.lanes.of('card', '').at(-1)!.what).toBe(CLOSE_CHANNEL);
    await expectRecovery(world, `not connected after ${openMs} ms`);
  });

  it.each([
    ['GetEID', 0xbf3e],
    ['RetrieveNotificationsList', 0xbf2b],
  ])('%s that is refused while the connection is made', async (_, tag) => {
    const world = await run(create, { wrapCard: (card) => failingFunction(card, tag, 0x6f00) });
    expect(world.result).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6f00 });
    expect(world.lanes.of('network', 'close')).toHaveLength(1);
    expect(world.lanes.of('card', '').filter(({ what }) => what === CLOSE_CHANNEL)).toHaveLength(1);
    // without an EID there is nothing to ask; a list that cannot be read is in nobody's way
    expect(world.lanes.of('network', 'begin').length > 0).toBe(tag === 0xbf2b);
    await expectRecovery(world, `refused: ${tag}`);
  });

  it('a card that goes while the connection is made is told, and the connection is given up', async () => {
    const world = await run(create, { wrapCard: (card) => gone(card, GET_EID) });
    expect(world.result).toMatchObject({ error: { code: 'CardLost' } });
    expect(world.lanes.of('network', 'begin')).toEqual([]);
    expect(world.lanes.of('network', 'close')).toHaveLength(1);
    await expectRecovery(world, 'card lost');
  });

  it.each([10, 300])('both failing: what comes first is told, the connection after %i ms', async (openMs) => {
    const world = await run(create, {
      paces: { openMs },
      wrapCard: (card) => failingFunction(card, 0xbf3e, 0x6f00),
      network: () => ({ open: unreachable }),
    });
    // of the connection the module hears between two functions of the card
    expect(world.result).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6f00 });
    await expectRecovery(world, 'both failed');
  });

  it('the network that fails while the notification is removed', async () => {
    let isInstalled = false;
    const world = await run(create, {
      network: (transport) => ({
        beginRequest: (head) => {
          if (isInstalled && head.function === 'getEimPackage') return unreachable();
          isInstalled ||= head.function === 'handleNotification';
          return transport.beginRequest(head);
        },
      }),
    });
    expect(world.result).toMatchObject({ error: { code: 'NetworkUnreachable' }, profilesInstalled: 1 });
    expect(world.bed.euicc.notifications).toEqual([]);
    await expectRecovery(world, 'lost while it is removed');
  });

  it('a removal that is refused while the eIM is asked: what the eIM has said is asked for again', async () => {
    const world = await run(create, { wrapCard: (card) => failingFunction(card, 0xbf30, 0x6f00) });
    expect(world.result).toMatchObject({ error: { code: 'StatusWord' }, detail: 0x6f00, profilesInstalled: 1 });
    expect(world.lanes.of('network', 'close')).toHaveLength(1);
    expect(world.lanes.of('card', '').at(-1)!.what).toBe(CLOSE_CHANNEL);
    await expectRecovery(world, 'removal refused');
  });
});
