// SPDX-License-Identifier: Apache-2.0
// `ipa network`: gives a board without IP the network over a serial line (boards/common/SERIAL-NETWORK.md).

import { type Command, InvalidArgumentError } from 'commander';
import type { PreSharedKey } from '../../datagram/index.js';
import type { ModemAddress } from '../../modem/address.js';
import { collectResolve, modemAddress, preSharedKey, wholeNumber } from '../arguments.js';
import { runNetwork } from './run.js';

/** Where the board's line is. */
export type LineAddress = Extract<ModemAddress, { readonly kind: 'serial' | 'pty' | 'tcp' }>;

/** The options as commander gives them. */
export interface NetworkCommandOptions {
  /** Path of a file. */
  readonly ca?: string;
  /** Where a "host" or "host:port" is found. */
  readonly resolve?: Readonly<Record<string, string>>;
  readonly psk?: PreSharedKey;
  readonly json?: boolean;
  /** Path of a file. */
  readonly trace?: string;
  readonly baudRate?: number;
}

const EXAMPLES = `
The board asks, over frames of its own, for HTTPS and for CoAP over DTLS or UDP; which key a server must show it says itself.

Examples:
  ipa network serial:/dev/ttyUSB3@115200
  ipa network tcp:127.0.0.1:4001 --ca ca.pem --resolve smdp.example.com=127.0.0.1:8443
  ipa network pty:/dev/pts/4 --psk device-1:00112233445566778899aabbccddeeff --json
`;

/** Adds the command. */
export function addNetworkCommand(program: Command): void {
  program
    .command('network')
    .description('is the network of a board without IP, over its second serial port, until Ctrl-C or the line closes')
    .argument('<line>', "the board's line: serial:<port>[@<baud rate>], pty:<device> or tcp:<host>:<port>", lineAddress)
    .option('--ca <file>', 'certificate authority (PEM or DER) for servers whose key the board does not name')
    .option('--resolve <host=host:port>', 'find a server at another address; may be repeated', collectResolve)
    .option('--psk <identity:key>', 'for coaps: a key that device and eIM share, in hexadecimal, in place of the certificate', preSharedKey)
    .option('--json', 'print each thing as one object on one line')
    .option('--trace <file>', 'write each exchange with the network as a line of JSON')
    .option('--baud-rate <bits per second>', 'speed of a serial port (default: 115200 of serial:)', wholeNumber(300, 4_000_000))
    .addHelpText('after', EXAMPLES)
    .action((line: LineAddress, options: NetworkCommandOptions) => runNetwork(line, options));
}

function lineAddress(text: string): LineAddress {
  const address = modemAddress(text);
  if (address.kind === 'serial' || address.kind === 'pty' || address.kind === 'tcp') return address;
  throw new InvalidArgumentError(`Write serial:<port>, pty:<device> or tcp:<host>:<port>; ${address.kind}: is no line to a board.`);
}
