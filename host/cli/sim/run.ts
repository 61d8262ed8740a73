// SPDX-License-Identifier: Apache-2.0
// The life of `ipa sim`: servers up, addresses told, events told, servers down.

import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { NetworkError, type SyncCardSlot } from '../../interfaces.js';
import { shareCard } from '../../sim/card/index.js';
import type { EimCoapOptions, EimConfigurationOptions } from '../../sim/eim/index.js';
import type { ModemDevice, ModemServer } from '../../sim/modem/index.js';
import { certificatePem, DEFAULT_SMDP_ADDRESS, loadSgp26 } from '../../sim/pki/index.js';
import { Testbed } from '../../sim/testbed.js';
import { defined } from '../arguments.js';
import { es10Function } from '../calls.js';
import { Failure, UsageError } from '../failure.js';
import type { EimTls, SimCommandOptions } from './command.js';
import { waitForEnd } from './end.js';
import { eimWords, smdpWords } from './event-words.js';
import { type Order, prepareDownloads, type QueuedOrder, queueOrders } from './orders.js';
import { createPrinter, type Say } from './printer.js';
import { Pushing } from './pushing.js';
import { VirtualReader } from './reader.js';

const TLS_KEY: Readonly<Record<EimTls, NonNullable<EimConfigurationOptions['trustedPublicKeyDataTls']>>> = {
  spki: 'spki',
  certificate: 'certificate',
  ci: 'ciCertificate',
  none: 'none',
};

/** What somebody may type where OpenSC is installed: TERMINAL CAPABILITY, SELECT of the ISD-R, STORE DATA of ES10c.GetEID. */
const READ_EID = 'opensc-tool -s 80AA000005A903830107 -s 00A4040010A0000005591010FFFFFFFF890000010000 -s 80E2910006BF3E035C015A00';

/** Runs until the options or a signal end it; sets the exit status. Rejects with UsageError or Failure when it cannot begin. */
export async function runSim(options: SimCommandOptions, orders: readonly Order[]): Promise<void> {
  const say = createPrinter(options.json ?? false);
  const smdpLog = new SmdpLog(say);
  const { bed, readerSlot } = await startPeers(options, say, smdpLog);
  smdpLog.follow(bed);
  try {
    const queued = options.consumer ? [] : queueOrders(bed, orders);
    const activationCodes = options.consumer ? prepareDownloads(bed, orders) : [];
    const modem = await openModem(bed, options.portModem);
    try {
      await writeFiles(bed, options);
      tellAddresses(bed, modem, { queued, activationCodes }, options, say);
      const reader = options.vpcd && new VirtualReader(readerSlot, options.vpcd, say);
      const pushing =
        options.pushTo === undefined ? undefined : new Pushing(bed, queued, { address: options.pushTo, psk: options.psk }, say);
      await waitForEnd(bed, queued, options);
      await pushing?.stop();
      await reader?.stop();
      tellEnd(queued, options, say);
    } finally {
      await modem.close();
    }
  } finally {
    await bed.close();
    smdpLog.flush();
  }
}

/** The peers, and the eUICC as a card reader beside the modem finds it. */
interface Peers {
  readonly bed: Testbed;
  readonly readerSlot: SyncCardSlot;
}

async function startPeers(options: SimCommandOptions, say: Say, smdpLog: SmdpLog): Promise<Peers> {
  const pki = options.sgp26 === undefined ? undefined : await loadPki(options.sgp26);
  const onEvent = (event: Parameters<typeof eimWords>[0]) => {
    smdpLog.flush();
    say('eIM', eimWords(event), event);
  };
  let readerSlot!: SyncCardSlot;
  const wrapCard = (card: SyncCardSlot) => {
    const { home, guest } = shareCard(watchCard(card, say), (atHome) => tellMove(atHome, say));
    readerSlot = guest;
    return home;
  };
  try {
    const bed = await Testbed.start({
      ...(pki ? { pki } : {}),
      eim: { port: options.portEim, onEvent, coap: coapOptions(options, say) },
      smdp: { port: options.portSmdp },
      associated: options.associated ?? false,
      eimConfiguration: { trustedPublicKeyDataTls: TLS_KEY[options.eimTls] },
      euicc: { kind: options.consumer ? 'consumer' : 'iot', assistantCheck: options.assistantCheck ? 'any' : 'none' },
      wrapCard,
    });
    return { bed, readerSlot };
  } catch (cause) {
    throw portFailure(cause, '--port-eim, --port-coap, --port-coaps or --port-smdp');
  }
}

function tellMove(atHome: boolean, say: Say): void {
  if (atHome) say('reader', 'is done: the modem has the eUICC again', { kind: 'cardReturned' });
  else say('reader', 'uses the eUICC: the modem has none', { kind: 'cardTaken' });
}

function coapOptions({ portCoap: port, portCoaps: coapsPort, psk }: SimCommandOptions, say: Say): EimCoapOptions {
  const onDtlsRefused = (problem: string) =>
    say('eIM', `a device got no DTLS session — PROBLEM: ${problem}`, { kind: 'dtlsRefused', problem });
  return defined({ port, coapsPort, psk, onDtlsRefused });
}

async function loadPki(folder: string): ReturnType<typeof loadSgp26> {
  return loadSgp26(folder).catch((cause: Error) => {
    throw new UsageError(`--sgp26: ${cause.message}; write a folder that holds sgp26_v1/ and sgp26_v3o/`, { cause });
  });
}

/** The modem's two doors; the second may be missing. */
interface OpenModem {
  readonly tcp: ModemServer;
  readonly pty: ModemDevice | undefined;
  close(): Promise<void>;
}

async function openModem(bed: Testbed, port: number): Promise<OpenModem> {
  const tcp = await bed.modem.listenTcp(port).catch((cause: unknown) => {
    throw portFailure(cause, '--port-modem');
  });
  const pty = await bed.modem.openPty().catch(() => undefined);
  const close = async () => {
    await Promise.all([tcp.close(), pty?.close()]);
  };
  return { tcp, pty, close };
}

function portFailure(cause: unknown, option: string): unknown {
  const { code, message } = (cause instanceof NetworkError ? cause.cause : cause) as NodeJS.ErrnoException;
  if (cause instanceof Error && /koffi|GnuTLS/.test(cause.message))
    return new Failure(`--port-coaps: ${cause.message}`, 'install it, or leave --port-coaps out', { cause });
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return cause;
  return new Failure(`a port cannot be used: ${message}`, `choose another one with ${option}`, { cause });
}

/** Tells the ES10 functions that reach the eUICC. */
function watchCard(card: SyncCardSlot, say: Say): SyncCardSlot {
  return {
    reset: () => card.reset(),
    powerOff: () => card.powerOff(),
    transmit: (command) => {
      const name = es10Function(command);
      if (name) say('eUICC', name, { kind: 'es10', function: name });
      return card.transmit(command);
    },
  };
}

/** The SM-DP+ keeps a log but calls nobody: what is new in it is told whenever the eIM, which called it, logs something. */
class SmdpLog {
  private bed: Testbed | undefined;
  private told = 0;

  constructor(private readonly say: Say) {}

  follow(bed: Testbed): void {
    this.bed = bed;
  }

  flush(): void {
    const news = this.bed?.smdp.log.slice(this.told) ?? [];
    this.told += news.length;
    for (const event of news) this.say('SM-DP+', smdpWords(event), event);
  }
}

async function writeFiles(bed: Testbed, { caOut, initialEimOut }: SimCommandOptions): Promise<void> {
  if (caOut !== undefined) await writeOut('--ca-out', caOut, certificatePem(bed.pki.ci.certificate));
  if (initialEimOut !== undefined) await writeOut('--initial-eim-out', initialEimOut, bed.initialEim());
}

async function writeOut(option: string, file: string, content: string | Uint8Array): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (cause) {
    throw new UsageError(`${option}: ${(cause as Error).message}; write the path of a new file`, { cause });
  }
}

/** What there is to be done. */
interface Agenda {
  readonly queued: readonly QueuedOrder[];
  /** Of profiles that wait for an LPA. */
  readonly activationCodes: readonly string[];
}

function tellAddresses(bed: Testbed, { tcp, pty }: OpenModem, agenda: Agenda, options: SimCommandOptions, say: Say): void {
  const { queued, activationCodes } = agenda;
  const addresses = {
    modemTcp: `tcp:127.0.0.1:${tcp.port}`,
    ...(pty ? { modemPty: `pty:${pty.path}` } : {}),
    eid: bed.eid,
    eimUrl: `https://${bed.eim.address}`,
    ...(options.portCoap === undefined ? {} : { eimCoapUrl: `coap://${bed.eim.coapAddress}` }),
    ...(options.portCoaps === undefined ? {} : { eimCoapsUrl: `coaps://${bed.eim.coapsAddress}` }),
    eimId: bed.eim.eimId,
    smdpUrl: `https://127.0.0.1:${bed.smdp.port}`,
    smdpAddress: DEFAULT_SMDP_ADDRESS,
    ...(options.vpcd ? { vpcd: `${options.vpcd.host}:${options.vpcd.port}` } : {}),
    ...(options.consumer ? { activationCodes } : {}),
    queued: queued.map(({ words }) => words),
  };
  if (options.json) {
    say('sim', '', { kind: 'ready', ...addresses });
    return;
  }
  say('modem', `${addresses.modemTcp}${pty ? ` and pty:${pty.path}` : ' (no pseudo-terminal can be made here)'}`, {});
  say(
    'eUICC',
    `${bed.eid}${options.consumer ? ', consumer' : ''}${options.associated ? `, associated with ${bed.eim.eimId}` : ', blank'}`,
    {},
  );
  if (options.vpcd) say('reader', `vpcd at ${addresses.vpcd}; the EID: ${READ_EID}`, {});
  const coaps = addresses.eimCoapsUrl ? ` and ${addresses.eimCoapsUrl}` : '';
  const coap = addresses.eimCoapUrl ? ` and ${addresses.eimCoapUrl}, which nothing protects` : '';
  say('eIM', `${addresses.eimUrl}${coaps}${coap} (${addresses.eimId})`, {});
  say('SM-DP+', `${addresses.smdpUrl} (${addresses.smdpAddress})`, {});
  for (const code of activationCodes) say('profile', code, {});
  for (const { words } of queued) say('queued', words, {});
  say('ready', 'Ctrl-C ends it', {});
}

function tellEnd(queued: readonly QueuedOrder[], { untilIdle }: SimCommandOptions, say: Say): void {
  const done = queued.filter(({ queued: { status } }) => status === 'finished').length;
  const failed = queued.filter(hasFailed);
  for (const { words } of failed) say('failed', words, { kind: 'failed', words });
  say('end', `${done} of ${queued.length} packages have their result, ${failed.length} of them failed`, {
    kind: 'end',
    done,
    failed: failed.length,
  });
  if (untilIdle && (failed.length > 0 || done < queued.length)) process.exitCode = 1;
}

/** Whether the result of a package is not what its operator wanted. */
function hasFailed({ queued: { result } }: QueuedOrder): boolean {
  if (!result) return false;
  if (result.problem !== undefined) return true;
  switch (result.kind) {
    case 'euiccPackageResult':
      return !result.verified || result.result.form !== 'signed' || result.result.results.some(({ code }) => code !== 0);
    case 'downloadResult':
      return result.installation?.outcome.success !== true;
    case 'notification':
      return result.notification.type === 'profileInstallationResult' && !result.notification.outcome.success;
    case 'ipaEuiccData':
      return result.data.form === 'error';
    default:
      return true;
  }
}
