// SPDX-License-Identifier: Apache-2.0
// The options of every command that works on an eUICC through a modem.

import { type Command, Option } from 'commander';
import type { ModemAddress } from '../../modem/address.js';
import type { ModemOptions } from '../../options.js';
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
  /** Path of a file. */
  readonly record?: string;
  readonly assistant?: 'ipad' | 'lpad';
  readonly blockSize?: number;
  readonly responseBytes?: number;
  readonly cardAccess?: NonNullable<ModemOptions['cardAccess']>;
  readonly modemReset?: NonNullable<ModemOptions['modemReset']>;
  readonly simLock?: boolean;
  /** True also when nothing was said. */
  readonly awaitRegistration?: boolean;
  /** Path of a file, or "none". */
  readonly modemQuirks?: string;
  readonly cardTimeoutMs?: number;
  /** Path of a file. */
  readonly state?: string;
  readonly baudRate?: number;
  readonly debug?: boolean;
}

/** Adds them. */
export function addConnectionOptions(command: Command): Command {
  return command
    .requiredOption(
      '--modem <address>',
      'serial:<port>[@<baud rate>], tcp:<host>:<port>, pty:<device>, pcsc:[<card reader>], or sim: for simulated peers in this process',
      modemAddress,
    )
    .option('--ca <file>', 'certificate authority (PEM or DER) for servers whose key the eUICC does not name')
    .option('--resolve <host=host:port>', 'find a server at another address; may be repeated', collectResolve)
    .addOption(runtimeOption())
    .option('--json', 'print one object on one line')
    .option('--trace <file>', 'write each exchange with modem and network as a line of JSON')
    .option('--record <file>', 'write the session with the modem as a transcript, which --modem replay:<file> plays again')
    .addOption(new Option('--assistant <kind>', 'what to be for the card: ipad, or lpad for consumer eUICCs').choices(['ipad', 'lpad']))
    .addOption(
      new Option('--card-access <way>', 'the way from modem to card (default: auto)').choices(['auto', 'csim', 'channel', 'basic']),
    )
    .option('--block-size <bytes>', 'data bytes per STORE DATA block', wholeNumber(16, 255))
    .option('--response-bytes <bytes>', 'data bytes asked for by one GET RESPONSE at most', wholeNumber(16, 255))
    .addOption(
      new Option('--modem-reset <how>', 'how the modem reads the card anew after a profile change (default: powerCycle)').choices([
        'powerCycle',
        'radioCycle',
        'restart',
      ]),
    )
    .option('--sim-lock', 'keep the modem from the card by AT+CSIM=1 (Telit)')
    .option('--no-sim-lock', 'do not, although the table of modems says so')
    .option('--no-await-registration', 'do not wait for AT+CEREG after a profile change')
    .option('--modem-quirks <file|none>', 'a table of modems of your own (JSON) before that of ipa; none: ask no modem what it is')
    .option('--card-timeout-ms <ms>', 'how long a card command may take', wholeNumber(100, 600_000))
    .option('--state <file>', 'keep over runs what is still owed to the eIM')
    .option('--baud-rate <bits per second>', 'speed of a serial port (default: 115200 of serial:)', wholeNumber(300, 4_000_000));
}
