// SPDX-License-Identifier: Apache-2.0
// The options of commands that talk to an eIM, by HTTPS or CoAP.

import { type Command, Option } from 'commander';
import type { PreSharedKey } from '../../datagram/index.js';
import type { Scheme } from '../../interfaces.js';
import type { PollOptions } from '../../options.js';
import {
  defined,
  type EimUrl,
  eimId,
  eimUrl,
  imei,
  networkCode,
  powerOfTwo,
  preSharedKey,
  readOptionFile,
  wholeNumber,
} from '../arguments.js';
import { UsageError } from '../failure.js';
import type { ConnectionOptions } from './options.js';
import type { Session } from './session.js';

/** The options as commander gives them. */
export interface EimOptions extends ConnectionOptions {
  readonly eimUrl?: EimUrl;
  /** Path of a file. */
  readonly initialEim?: string;
  readonly eimId?: string;
  readonly imei?: string;
  readonly rplmn?: string;
  readonly scheme?: Scheme;
  readonly psk?: PreSharedKey;
  /** Bytes. */
  readonly coapBlock?: number;
  readonly ackTimeoutMs?: number;
}

const SCHEMES: readonly Scheme[] = ['https', 'coaps', 'coap'];

/** Adds them. */
export function addEimOptions(command: Command): Command {
  return command
    .option('--eim-url <url>', 'address of the eIM to use instead of the one in the eUICC', eimUrl)
    .option('--initial-eim <file>', 'AddInitialEimRequest (DER, BF57) for an eUICC without an eIM')
    .option('--eim-id <id>', 'which eIM of the eUICC to talk to (default: the first)', eimId)
    .option('--imei <digits>', 'IMEI to tell to the SM-DP+', imei)
    .option('--rplmn <MCC/MNC>', 'the network that the modem is registered in, to tell the eIM', networkCode)
    .addOption(new Option('--scheme <scheme>', 'how to talk to the eIM (default: as its configuration says)').choices(SCHEMES))
    .option('--psk <identity:key>', 'for coaps: a key that device and eIM share, in hexadecimal, in place of the certificate', preSharedKey)
    .option('--coap-block <bytes>', 'largest block of CoAP (default: 1024)', powerOfTwo(16, 1024))
    .option('--ack-timeout-ms <ms>', 'how long CoAP waits before it repeats a message (default: 2000)', wholeNumber(100, 600_000));
}

/** How the eIM is to be talked to; undefined: as its configuration says. @throws UsageError when two options say different things */
export function schemeOf({ scheme, eimUrl: url }: EimOptions): Scheme | undefined {
  if (scheme !== undefined && url !== undefined && scheme !== url.scheme)
    throw new UsageError(`--scheme is ${scheme}, --eim-url is of ${url.scheme}; write the same for both, or leave one out`);
  return scheme ?? url?.scheme;
}

/** The same for the module. `initialEim` comes from the file of --initial-eim. */
export function eimOptions(options: EimOptions, session: Session, initialEim = session.initialEim): PollOptions {
  const { eimUrl: url, eimId: id, imei: digits, rplmn, coapBlock: coapBlockBytes, ackTimeoutMs } = options;
  const esipaScheme = schemeOf(options);
  const about = { eimAddress: url?.address, eimId: id, imei: digits, rplmn, initialEim, esipaScheme, coapBlockBytes, ackTimeoutMs };
  return { ...session.commandOptions, ...defined(about) };
}

/** The contents of the file of --initial-eim, if there is one. @throws UsageError */
export function initialEimOf({ initialEim }: EimOptions): Uint8Array | undefined {
  return initialEim === undefined ? undefined : readInitialEim('--initial-eim', initialEim);
}

/** The AddInitialEimRequest in a file. @throws UsageError when it is none */
export function readInitialEim(option: string, file: string): Uint8Array {
  const bytes = readOptionFile(option, file);
  if (bytes[0] === 0xbf && bytes[1] === 0x57) return bytes;
  throw new UsageError(`${option}: ${file} does not begin with BF57; write a file with a DER AddInitialEimRequest (SGP.32 §5.9.4)`);
}
