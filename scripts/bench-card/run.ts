// SPDX-License-Identifier: Apache-2.0
// One poll with its job: the real module and driver, a simulated card on the way that is measured, and the eIM without a network between.

import { Action } from '../../host/abi.js';
import { createNodeInstance } from '../../host/core/node.js';
import { poll } from '../../host/driver.js';
import type { ByteLine, IpaInstance, Action as Request, SyncCardSlot } from '../../host/interfaces.js';
import type { CommandOptions } from '../../host/options.js';
import { EimService } from '../../host/sim/eim/index.js';
import { SimulatedModem } from '../../host/sim/modem/index.js';
import { countLine } from '../../host/wrap/count-line.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { Bed, eimOptions, type Job, type Surroundings } from '../bench-link/bed.js';
import type { CardTraffic } from './bound.js';
import { type LoggedApdu, logCard } from './card-log.js';
import { eimTransport } from './eim-transport.js';

/** Ways to the card: AT+CSIM, AT+CCHO with AT+CGLA, and APDUs of a host that has the card in a reader. */
export type Way = 'csim' | 'channel' | 'apdu';

const ACCESSES: Readonly<Record<Way, CommandOptions>> = {
  csim: { cardLink: 'at', cardAccess: 'csim' },
  channel: { cardLink: 'at', cardAccess: 'channel' },
  apdu: { cardLink: 'apdu' },
};

export interface CardRunOptions {
  readonly surroundings: Surroundings;
  readonly job: Job;
  readonly way: Way;
  /** Data bytes of a STORE DATA at most. */
  readonly blockBytes: number;
  /** Whether the card gives short responses with the last block. Default no. */
  readonly inline?: boolean;
  /** Default: a new one in this process. */
  readonly createInstance?: () => Promise<IpaInstance>;
}

/** What passed by some moment. */
export interface Passed {
  readonly apdus: readonly LoggedApdu[];
  /** Lines to the modem without their CR, in their order; none where no modem is. */
  readonly atLines: readonly string[];
  /** On the line; without a modem the bytes of the APDUs. */
  readonly bytes: CardTraffic;
}

export interface CardRun {
  /** Until the eIM and the EID are known: then the module looks for what is owed. */
  readonly startUp: Passed;
  readonly whole: Passed;
}

/** Rejects with Error when the job is not done, or the module goes another way than it was told. */
export async function runOnCard(options: CardRunOptions): Promise<CardRun> {
  const { surroundings, job, way, blockBytes, inline = false, createInstance = createNodeInstance } = options;
  const clock = new VirtualClock();
  const eim = new EimService(eimOptions(surroundings));
  const bed = new Bed(surroundings, job, eim, { inlineResponses: inline });
  bed.queueJob();
  const meter = way === 'apdu' ? meterReader(bed.euicc) : meterModem(bed.euicc);
  const instance = await createInstance();
  let startUp: Passed | undefined;
  const onAction = (action: Request) => {
    if (isForList(action)) startUp ??= meter.passed();
  };
  const links = { instance, card: meter.card, transport: eimTransport(eim, clock), clock, onAction };
  try {
    const { error } = await clock.runUntil(() => poll(links, { ...ACCESSES[way], blockBytes }), `the job ${job}`);
    if (error) throw error;
    bed.check();
    const whole = meter.passed();
    if (!startUp) throw new Error(`the job ${job} was done without a look at what is owed`);
    requireWay(way, whole.atLines);
    return { startUp, whole };
  } finally {
    await Promise.all([meter.close(), eim.close(), instance.close()]);
  }
}

/** Whether the card is asked for what it keeps: RetrieveNotificationsList, BF2B. */
function isForList({ kind, bytes }: Request): boolean {
  if (kind === Action.CardWrite) return Buffer.from(bytes).includes('BF2B');
  return kind === Action.CardTransmit && Buffer.from(bytes).includes('BF2B', 0, 'hex');
}

function requireWay(way: Way, atLines: readonly string[]): void {
  const used = atLines.some((line) => line.startsWith('AT+CGLA')) ? 'channel' : atLines.length > 0 ? 'csim' : 'apdu';
  if (used !== way) throw new Error(`the card was reached by ${used}, not by ${way}`);
}

/** A way to the card that is looked at. */
interface Meter<Card> {
  readonly card: Card;
  passed(): Passed;
  close(): Promise<void>;
}

/** A modem that has just been switched on, and keeps 3GPP TS 27.007. */
function meterModem(euicc: SyncCardSlot): Meter<ByteLine> {
  const apdus: LoggedApdu[] = [];
  const line = countLine(new SimulatedModem({ slot: logCard(euicc, apdus) }).connect());
  let text = '';
  return {
    card: {
      ...line,
      write: (bytes) => {
        text += Buffer.from(bytes).toString('latin1');
        line.write(bytes);
      },
    },
    passed: () => ({
      apdus: [...apdus],
      atLines: text.split('\r').slice(0, -1),
      bytes: { out: line.counters.bytesOut, in: line.counters.bytesIn },
    }),
    close: () => line.close(),
  };
}

/** A card in a reader, which has reset it when it was put in. */
function meterReader(euicc: SyncCardSlot): Meter<SyncCardSlot> {
  const apdus: LoggedApdu[] = [];
  const card = logCard(euicc, apdus);
  card.reset();
  const sum = (pick: (apdu: LoggedApdu) => Uint8Array) => apdus.reduce((total, apdu) => total + pick(apdu).length, 0);
  return {
    card,
    passed: () => ({ apdus: [...apdus], atLines: [], bytes: { out: sum(({ command }) => command), in: sum(({ response }) => response) } }),
    close: async () => card.powerOff(),
  };
}
