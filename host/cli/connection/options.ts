// SPDX-License-Identifier: Apache-2.0
// The options of every command that works on an eUICC through a modem.

import { type Command, Option } from 'commander';
import type { ModemAddress } from '../../modem/address.js';
import { collectResolve, modemAddress, wholeNumber } from '../arguments.js';
import { type RuntimeName, runtimeOption } from '../runtime.js';

/** The options as commander gives them. */
export interface ConnectionOptions {
  readonly modem: ModemAddress;
  /** Path of a file. */
  readonly ca?: string;
  /** Where a "host" or "host:port" is found. */
  readonly resolve?: Readonly<Record<string, string>>;
  readonly runtime?: RuntimeName;
  readonly json?: boolean;
  /** Path of a file. */
  readonly trace?: string;
  readonly assistant?: 'ipad' | 'lpad';
  readonly blockSize?: number;
  readonly cardTimeoutMs?: number;
  /** Path of a file. */
  readonly state?: string;
  readonly baudRate?: number;
  readonly debug?: boolean;
}

/** Adds them. */
export function addConnectionOptions(command: Command): Command {
  return command
    .requiredOption('--modem <address>', 'tcp:<host>:<port>, pty:<device>, or sim: for simulated peers in this process', modemAddress)
    .option('--ca <file>', 'certificate authority (PEM or DER) for servers whose key the eUICC does not name')
    .option('--resolve <host=host:port>', 'find a server at another address; may be repeated', collectResolve)
    .addOption(runtimeOption())
    .option('--json', 'print one object on one line')
    .option('--trace <file>', 'write each exchange with modem and network as a line of JSON')
    .addOption(new Option('--assistant <kind>', 'what to be for the card: ipad, or lpad for consumer eUICCs').choices(['ipad', 'lpad']))
    .option('--block-size <bytes>', 'data bytes per STORE DATA block', wholeNumber(16, 255))
    .option('--card-timeout-ms <ms>', 'how long a card command may take', wholeNumber(100, 600_000))
    .option('--state <file>', 'keep over runs what is still owed to the eIM')
    .option('--baud-rate <bits per second>', 'speed of a serial port', wholeNumber(300, 4_000_000));
}
