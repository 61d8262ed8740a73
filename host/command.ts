// SPDX-License-Identifier: Apache-2.0
// What a host may ask of the module, and how the module is told: option TLVs (assembly/abi/options.ts).

import { CardLink, Command, Option } from './abi.js';

/** Options of a poll; everything may be left out. */
export interface PollOptions {
  /** How APDUs reach the card: the module speaks AT+CSIM ("at", default), or the host transmits APDUs ("apdu"). */
  readonly cardLink?: 'at' | 'apdu';
  /** Data bytes per STORE DATA block, 16 to 255. Default 255; less for modems that lose long lines. */
  readonly blockBytes?: number;
  /** The eIM to poll, by its eimId. Default: the first in the eUICC. */
  readonly eimId?: string;
  /** Address to use instead of the eIM's own: "host" or "host:port". */
  readonly eimAddress?: string;
  /** A DER AddInitialEimRequest (BF57), used when the eUICC has no eIM. */
  readonly initialEim?: Uint8Array;
  /** IMEI of the device, 15 or 16 digits. Default: none is told, and a neutral TAC. */
  readonly imei?: string;
  /** Contents of a DER DeviceCapabilities, at most 48 bytes. Default: LTE release 13. */
  readonly deviceCapabilities?: Uint8Array;
  /** Time-out of one card command in milliseconds. Default 30,000. */
  readonly cardTimeoutMs?: number;
  /** eIM packages to handle at most, 1 to 255. Default 32. */
  readonly maxPackages?: number;
  /** Gives up the command that was in progress when the state in the instance was saved: for the first poll after power loss. */
  readonly restart?: boolean;
}

const MOST_TEXT_BYTES = 128;
const MOST_CAPABILITIES_BYTES = 48;
const LEAST_BLOCK_BYTES = 16;

/** A whole number from `least` to `most`: a larger one would be cut to another number on its way. */
function within(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`${name} must be ${least} to ${most}, not ${value}`);
  return value;
}

function textBytes(name: string, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  within(`${name}: its length in bytes`, bytes.length, 1, MOST_TEXT_BYTES);
  return bytes;
}

function option(tag: number, value: ArrayLike<number>): number[] {
  const length = value.length;
  return [tag, ...(length < 0x80 ? [length] : [0x81, length]), ...Array.from(value)];
}

function bigEndian(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

/** IMEI as 8 bytes of swapped BCD, filled with F (SGP.22 v2.5 §4.2). */
function imeiBytes(imei: string): number[] {
  if (!/^\d{15,16}$/.test(imei)) throw new RangeError(`imei must be 15 or 16 digits, not "${imei}"`);
  const digits = imei.padEnd(16, 'F');
  return Array.from({ length: 8 }, (_, i) => Number.parseInt(`${digits[2 * i + 1]}${digits[2 * i]}`, 16));
}

/**
 * The bytes of event Command for one poll.
 * @throws RangeError when an option does not fit its field
 */
export function encodePoll(options: PollOptions): Uint8Array {
  const { blockBytes, cardTimeoutMs, maxPackages, deviceCapabilities } = options;
  const bytes = option(Option.Command, [Command.Poll]);
  const add = (tag: number, value: ArrayLike<number> | undefined) => {
    if (value) bytes.push(...option(tag, value));
  };
  add(Option.CardLink, [options.cardLink === 'apdu' ? CardLink.Apdu : CardLink.At]);
  add(Option.BlockBytes, blockBytes === undefined ? undefined : [within('blockBytes', blockBytes, LEAST_BLOCK_BYTES, 255)]);
  add(Option.EimId, options.eimId ? textBytes('eimId', options.eimId) : undefined);
  add(Option.EimAddress, options.eimAddress ? textBytes('eimAddress', options.eimAddress) : undefined);
  add(Option.InitialEim, options.initialEim ? [] : undefined);
  const imei = options.imei ? imeiBytes(options.imei) : undefined;
  add(Option.Tac, imei?.slice(0, 4));
  add(Option.Imei, imei);
  if (deviceCapabilities) within('deviceCapabilities: its length in bytes', deviceCapabilities.length, 0, MOST_CAPABILITIES_BYTES);
  add(Option.DeviceCapabilities, deviceCapabilities);
  add(Option.CardTimeoutMs, cardTimeoutMs === undefined ? undefined : bigEndian(within('cardTimeoutMs', cardTimeoutMs, 0, 0x7fff_ffff)));
  add(Option.MaxPackages, maxPackages === undefined ? undefined : [within('maxPackages', maxPackages, 1, 255)]);
  add(Option.Restart, options.restart ? [] : undefined);
  return Uint8Array.from(bytes);
}
