// SPDX-License-Identifier: Apache-2.0
// From a modem address to an open card, and what to do where there is none; simulated peers come with a modem of theirs.

import type { PreSharedKey } from '../../datagram/index.js';
import type { Scheme } from '../../interfaces.js';
import type { ModemAddress } from '../../modem/address.js';
import { type CardAddress, type OpenCardOptions, type OpenedCard, openCard } from '../../modem/open.js';
import { Failure } from '../failure.js';

/** An open card and what belongs to it. */
export interface OpenedModem extends OpenedCard {
  /** Of simulated peers: the AddInitialEimRequest that their maker would give the device. */
  readonly initialEim?: Uint8Array;
  /** Of simulated peers: their CI, and where their servers are found. */
  readonly ca?: Uint8Array;
  readonly resolve?: Readonly<Record<string, string>>;
  /** The same for datagrams. */
  readonly resolveDatagrams?: Readonly<Record<string, string>>;
}

/** Opens the modem or card. Simulated peers have the eIM speak `scheme`. Rejects with Failure when there is no modem to be reached. */
export async function openModem(address: ModemAddress, options: OpenCardOptions, eim: SimulatedEimNeeds): Promise<OpenedModem> {
  if (address.kind === 'sim') return openSimulated(eim);
  const advise = (cause: Error) => {
    throw new Failure(cause.message, ADVICE[address.kind], { cause });
  };
  const opened = await openCard(address, options).catch(advise);
  return { ...opened, close: () => opened.close().catch(advise) };
}

/** What the eIM among simulated peers must be able to do. */
export interface SimulatedEimNeeds {
  readonly scheme?: Scheme | undefined;
  readonly psk?: PreSharedKey | undefined;
}

const REPLAY = 'write the path of a transcript that --record has written, and the command and options it was recorded with';
const DEVICE = 'check the path and your right to use it; the AT port of a USB modem is often /dev/ttyUSB2';
const ADVICE: Readonly<Record<CardAddress['kind'], string>> = {
  tcp: 'check host and port, and that the terminal server or ipa sim runs there',
  serial: DEVICE,
  pty: DEVICE,
  pcsc: 'do that, or name another reader by pcsc:<reader>',
  replay: REPLAY,
};

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
  const servers = { ca: bed.pki.ci.certificate, resolve: bed.resolve, resolveDatagrams };
  return { card: line, name: line.name, initialEim: bed.initialEim(), ...servers, close };
}
