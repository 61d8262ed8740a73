// SPDX-License-Identifier: Apache-2.0
// PC/SC by the optional package pcsc-mini: of the bindings that are kept, the one that comes compiled for Linux, macOS and Windows.

import type { EventEmitter } from 'node:events';
import { systemClock } from '../clock.js';
import { optionalPackage } from './optional-package.js';
import { type PcscConnection, PcscFailure, type PcscFailureCode, type PcscService } from './pcsc-service.js';

/** What is used of the package. */
interface PcscMini {
  readonly Client: new () => Client;
  readonly CardMode: { readonly EXCLUSIVE: number };
  readonly CardDisposition: { readonly UNPOWER: number };
  readonly Protocol: { readonly T1: number };
}

/** Tells "reader" of each Reader that is there or comes, and "error". */
interface Client extends EventEmitter {
  start(): void;
  stop(): void;
}

/** Tells "disconnect" when it is gone. */
interface Reader extends EventEmitter {
  name(): string;
  connect(mode: number): Promise<Card>;
}

interface Card {
  protocol(): number;
  state(): Promise<{ readonly atr: Uint8Array }>;
  transmit(command: Uint8Array): Promise<Uint8Array>;
  reconnect(mode: number, disposition: number): Promise<number>;
  disconnect(disposition: number): Promise<void>;
}

/** The package tells readers one by one: after this long without another, that were all. Milliseconds. */
const SETTLE_MS = 150;
/** How long the first reader may take: the service starts with the first program that wants it. */
const FIRST_READER_MS = 1500;

const LIBRARY =
  'and the PC/SC library of the system: libpcsclite1 (Debian, Ubuntu), pcsc-lite-libs (Alpine, Fedora); Windows and macOS have theirs';

/** Its codes, which are those of PC/SC without SCARD_E_ and SCARD_W_, by ours. */
const CODES: Readonly<Record<string, PcscFailureCode>> = {
  NoService: 'NoService',
  ServiceStopped: 'NoService',
  NoReadersAvailable: 'NoReader',
  UnknownReader: 'NoReader',
  ReaderUnavailable: 'NoReader',
  NoSmartCard: 'NoCard',
  RemovedCard: 'CardRemoved',
  UnresponsiveCard: 'CardMute',
  UnpoweredCard: 'CardMute',
  ResetCard: 'CardReset',
  SharingViolation: 'Busy',
  NoAccess: 'NotAllowed',
  ProtoMismatch: 'Protocol',
};

/** Connects with the PC/SC service. Rejects with PcscFailure NoService when there is none, and with Error when the package is not here. */
export async function openPcscMini(): Promise<PcscService> {
  const pcsc = await optionalPackage<PcscMini>('pcsc-mini', 'pcsc:', LIBRARY);
  const client = new pcsc.Client();
  const names = new Map<string, Reader>();
  const monitor = { failure: undefined as PcscFailure | undefined, told: () => {} };
  client.on('reader', (reader: Reader) => {
    names.set(reader.name(), reader);
    reader.once('disconnect', () => names.delete(reader.name()));
    monitor.told();
  });
  client.on('error', (error: unknown) => {
    monitor.failure = failureOf(error);
    monitor.told();
  });
  await attempt(async () => client.start());
  return {
    readers: async () => {
      if (names.size === 0) await untilTold(monitor, FIRST_READER_MS);
      while (!monitor.failure && (await untilTold(monitor, SETTLE_MS)));
      if (monitor.failure && monitor.failure.code !== 'NoReader') throw monitor.failure;
      return [...names.keys()];
    },
    connect: async (name) => {
      const reader = names.get(name);
      if (!reader) throw new PcscFailure('NoReader', `the reader ${name} is gone`);
      const card = await attempt(() => reader.connect(pcsc.CardMode.EXCLUSIVE));
      return connectionOf(pcsc, card);
    },
    close: () => client.stop(),
  };
}

/** Waits until something is told or the time is over; returns whether something was. */
function untilTold(monitor: { told: () => void }, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = systemClock.after(timeoutMs, () => resolve(false));
    monitor.told = () => {
      cancel();
      resolve(true);
    };
  });
}

function connectionOf(pcsc: PcscMini, card: Card): PcscConnection {
  const { CardDisposition, CardMode, Protocol } = pcsc;
  return {
    get protocol() {
      return card.protocol() === Protocol.T1 ? 'T=1' : 'T=0';
    },
    atr: async () => new Uint8Array((await attempt(() => card.state())).atr),
    transmit: async (command) => new Uint8Array(await attempt(() => card.transmit(new Uint8Array(command)))),
    powerCycle: async () => void (await attempt(() => card.reconnect(CardMode.EXCLUSIVE, CardDisposition.UNPOWER))),
    disconnect: () => attempt(() => card.disconnect(CardDisposition.UNPOWER)),
  };
}

/** The same with the failures of this folder. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

function failureOf(error: unknown): PcscFailure {
  const { code = '', message } = error as { readonly code?: string } & Error;
  return new PcscFailure(CODES[code] ?? 'Other', code || message, { cause: error });
}
