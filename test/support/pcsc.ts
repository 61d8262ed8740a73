// SPDX-License-Identifier: Apache-2.0
// Debian's PC/SC with the virtual reader of vsmartcard, and OpenSC as a program that uses it: those of the machine, else those that the
// set-up has fetched. The daemon runs apart from whatever PC/SC the machine has.
//
// Where pcscd makes its socket is compiled in: below /run, which only root may write to and which one daemon alone can use. So it gets a /run
// of its own: in a mount namespace, a folder of the test is bound over /run, and the socket is found in that folder from outside, where
// PCSCLITE_CSOCK_NAME tells clients of it. A user namespace allows that to anybody. Where the machine forbids namespaces (some containers do),
// root runs the daemon as it is, if no other one is there.

import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startProgram } from '../host/datagram/program.js';
import { isRequired, unpacked, unpackedEnvironment } from './debian.js';

/** Daemon, virtual reader and opensc-tool, all from one place. */
export interface Pcsc {
  /** Starts the daemon with its virtual reader. */
  start(): Promise<PcscDaemon>;
}

export interface PcscDaemon {
  /** TCP port of 127.0.0.1 where the reader waits for its card. */
  readonly port: number;
  /** Resolves when the daemon tells of it; see `Program.shows`. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  /** Runs opensc-tool to its end; gives what it wrote. Rejects when its status is another than 0. */
  openscTool(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Name of the first reader, as programs see it. */
export const READER = 'Virtual PCD 00 00';

const KIT = 'pcsc';
const ATTEMPTS = 5;
const MACHINE_SOCKET = '/run/pcscd/pcscd.comm';
const OWN_RUN = ['sh', '-c', 'mount --bind "$1" /run && shift && exec "$@"', 'sh'];

/** Ways to a /run of one's own, the one that works for everybody first. */
const NAMESPACES = [
  ['unshare', '--user', '--map-root-user', '--mount'],
  ['unshare', '--mount'],
];

/**
 * Finds PC/SC, or says why its tests are skipped: it is not there, or may not run. With CI or IPA_REQUIRE_PCSC set that is a failure: throws
 * Error.
 */
export function findPcsc(): Pcsc | { readonly missing: string } {
  const place = machinePlace() ?? unpackedPlace();
  const way = runWay();
  if (place && way) return { start: () => startDaemon(place, way) };
  const missing = place
    ? `pcscd cannot run here: namespaces are forbidden, and it is not root's or ${MACHINE_SOCKET} belongs to another one`
    : 'no pcscd with vpcd and opensc-tool; npm run setup fetches them';
  if (isRequired('IPA_REQUIRE_PCSC')) throw new Error(`${missing}; CI or IPA_REQUIRE_PCSC demands PC/SC`);
  return { missing };
}

/** Where the programs are. */
interface Place {
  readonly daemon: string;
  readonly tool: string;
  /** The driver of the virtual reader. */
  readonly driver: string;
  readonly env: NodeJS.ProcessEnv;
}

function machinePlace(): Place | undefined {
  const daemon = ['pcscd', '/usr/sbin/pcscd'].find((each) => driversOf(each, process.env) !== undefined);
  return daemon === undefined ? undefined : usablePlace('', daemon, 'opensc-tool', process.env);
}

function unpackedPlace(): Place | undefined {
  return usablePlace(unpacked(KIT, ''), unpacked(KIT, 'usr/sbin/pcscd'), unpacked(KIT, 'usr/bin/opensc-tool'), unpackedEnvironment(KIT));
}

/** Daemon and programs speak a protocol of their own, so they must be of one version. */
function usablePlace(root: string, daemon: string, tool: string, env: NodeJS.ProcessEnv): Place | undefined {
  const drivers = driversOf(daemon, env);
  if (drivers === undefined) return undefined;
  const driver = path.join(root, drivers, 'serial', 'libifdvpcd.so');
  const { stdout } = spawnSync(tool, ['--info'], { env, encoding: 'utf8' });
  return existsSync(driver) && /^OpenSC \d/m.test(stdout ?? '') ? { daemon, tool, driver, env } : undefined;
}

/** Where a daemon looks for drivers, by its own word. */
function driversOf(daemon: string, env: NodeJS.ProcessEnv): string | undefined {
  const { stdout } = spawnSync(daemon, ['--version'], { env, encoding: 'utf8' });
  return /usbdropdir=(\S+)/.exec(stdout ?? '')?.[1];
}

/** What stands before the daemon's command; nothing for root without namespaces. */
function runWay(): readonly string[] | undefined {
  const way = NAMESPACES.find(([command = '', ...args]) => {
    const [shell = '', ...script] = OWN_RUN;
    return spawnSync(command, [...args, shell, ...script, tmpdir(), 'true']).status === 0;
  });
  if (way !== undefined) return way;
  return process.getuid?.() === 0 && !existsSync(MACHINE_SOCKET) ? [] : undefined;
}

/** A port may be taken between the look and the use; then there is another one. */
async function startDaemon(place: Place, way: readonly string[]): Promise<PcscDaemon> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const port = await freeTcpPorts();
    const folder = mkdtempSync(path.join(tmpdir(), 'ipa-pcsc-'));
    const daemon = startProgram(...daemonCommand(place, way, folder, port));
    const stop = async () => {
      // not SIGKILL: where it has no /run of its own, it has to remove its socket
      await daemon.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    };
    const [found] = await daemon.shows(/daemon ready|Could not initialize connection to virtual ICC/);
    if (found === 'daemon ready') return { port, shows: daemon.shows, openscTool: openscTool(place, way, folder), stop };
    await stop();
  }
  throw new Error(`vpcd found no port to listen at, ${ATTEMPTS} times`);
}

function daemonCommand(
  { daemon, driver, env }: Place,
  way: readonly string[],
  folder: string,
  port: number,
): Parameters<typeof startProgram> {
  const run = path.join(folder, 'run');
  const readers = path.join(folder, 'readers');
  for (const each of [run, readers]) mkdirSync(each);
  // The reader takes its port from the name of its device. It listens at every address of the machine: nothing else can be configured.
  const reader = { FRIENDLYNAME: '"Virtual PCD"', DEVICENAME: `/dev/null:${port}`, LIBPATH: driver, CHANNELID: String(port) };
  const lines = Object.entries(reader).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(path.join(readers, 'vpcd'), lines.join(''));
  const command = [daemon, '--foreground', '--info', '--config', readers];
  const [name = '', ...args] = way.length === 0 ? command : [...way, ...OWN_RUN, run, ...command];
  return [name, args, env];
}

function openscTool({ tool, env }: Place, way: readonly string[], folder: string): PcscDaemon['openscTool'] {
  const socket = way.length === 0 ? MACHINE_SOCKET : path.join(folder, MACHINE_SOCKET);
  const toolEnv = { ...env, PCSCLITE_CSOCK_NAME: socket };
  return async (...args) => {
    const { stdout, stderr } = await promisify(execFile)(tool, args, { env: toolEnv, timeout: 30_000 });
    return stdout + stderr;
  };
}

/** A TCP port that is free, and the next one too: vpcd has a second reader there. */
export async function freeTcpPorts(): Promise<number> {
  for (;;) {
    const port = await bindOnce(0);
    if (port < 65_535 && (await bindOnce(port + 1)) > 0) return port;
  }
}

/** The port that was free; 0 when the wanted one is not. */
async function bindOnce(port: number): Promise<number> {
  const server = createServer();
  try {
    await once(server.listen(port), 'listening');
  } catch {
    return 0;
  }
  const bound = (server.address() as AddressInfo).port;
  await new Promise((resolve) => server.close(resolve));
  return bound;
}
