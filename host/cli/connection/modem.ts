// SPDX-License-Identifier: Apache-2.0
// From a modem address to an open line.

import type { PreSharedKey } from '../../datagram/index.js';
import type { ByteLine, Scheme } from '../../interfaces.js';
import type { ModemAddress } from '../../modem/address.js';
import { openPtyLine } from '../../modem/pty-line.js';
import { openTcpLine } from '../../modem/tcp-line.js';
import { Failure } from '../failure.js';

/** An open line and what belongs to it. */
export interface OpenedModem {
  readonly line: ByteLine;
  /** Of simulated peers: the AddInitialEimRequest that their maker would give the device. */
  readonly initialEim?: Uint8Array;
  /** Of simulated peers: their CI, and where their servers are found. */
  readonly ca?: Uint8Array;
  readonly resolve?: Readonly<Record<string, string>>;
  /** The same for datagrams. */
  readonly resolveDatagrams?: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/** Opens the line. Simulated peers have the eIM speak `scheme`. Rejects with Failure when there is no modem to be reached. */
export async function openModem(address: ModemAddress, baudRate: number | undefined, eim: SimulatedEimNeeds): Promise<OpenedModem> {
  if (address.kind === 'sim') return openSimulated(eim);
  const line = await openLine(address, baudRate).catch((cause: Error) => {
    throw new Failure(cause.message, ADVICE[address.kind], { cause });
  });
  return { line, close: () => line.close() };
}

/** What the eIM among simulated peers must be able to do. */
export interface SimulatedEimNeeds {
  readonly scheme?: Scheme | undefined;
  readonly psk?: PreSharedKey | undefined;
}

const ADVICE = {
  tcp: 'check host and port, and that the terminal server or ipa sim runs there',
  pty: 'check the path and your right to use it; the AT port of a USB modem is often /dev/ttyUSB2',
} as const;

function openLine(address: Exclude<ModemAddress, { kind: 'sim' }>, baudRate: number | undefined): Promise<ByteLine> {
  if (address.kind === 'tcp') return openTcpLine(address.host, address.port);
  return openPtyLine(address.path, baudRate === undefined ? {} : { baudRate });
}

/** Peers in this process with the same work as in `ipa demo`. Loaded only here: a real modem needs none of it. */
async function openSimulated({ scheme, psk }: SimulatedEimNeeds): Promise<OpenedModem> {
  const [{ Testbed }, { psmo }] = await Promise.all([import('../../sim/testbed.js'), import('../../sim/eim/index.js')]);
  const port = scheme === 'coaps' ? { coapsPort: 0, ...(psk ? { psk } : {}) } : scheme === 'coap' ? { port: 0 } : {};
  const bed = await Testbed.start({ eim: { coap: port } }).catch((cause: Error) => {
    throw new Failure(`the simulated peers cannot be started: ${cause.message}`, 'do that, or leave --scheme coaps out', { cause });
  });
  const { iccid, activationCode } = bed.prepareProfile();
  bed.eim.queue(bed.eid, { kind: 'download', activationCode });
  bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
  const line = bed.modem.connect();
  const close = async () => {
    await line.close();
    await bed.close();
  };
  const resolveDatagrams = scheme === 'coaps' ? bed.resolveCoaps : scheme === 'coap' ? bed.resolveCoap : {};
  return { line, initialEim: bed.initialEim(), ca: bed.pki.ci.certificate, resolve: bed.resolve, resolveDatagrams, close };
}
