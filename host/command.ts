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

/** The bytes of event Command for one poll. */
export function encodePoll(options: PollOptions): Uint8Array {
  const text = new TextEncoder();
  const bytes = option(Option.Command, [Command.Poll]);
  const add = (tag: number, value: ArrayLike<number> | undefined) => {
    if (value) bytes.push(...option(tag, value));
  };
  add(Option.CardLink, [options.cardLink === 'apdu' ? CardLink.Apdu : CardLink.At]);
  add(Option.BlockBytes, options.blockBytes === undefined ? undefined : [options.blockBytes]);
  add(Option.EimId, options.eimId ? text.encode(options.eimId) : undefined);
  add(Option.EimAddress, options.eimAddress ? text.encode(options.eimAddress) : undefined);
  add(Option.InitialEim, options.initialEim ? [] : undefined);
  const imei = options.imei ? imeiBytes(options.imei) : undefined;
  add(Option.Tac, imei?.slice(0, 4));
  add(Option.Imei, imei);
  add(Option.DeviceCapabilities, options.deviceCapabilities);
  add(Option.CardTimeoutMs, options.cardTimeoutMs === undefined ? undefined : bigEndian(options.cardTimeoutMs));
  add(Option.MaxPackages, options.maxPackages === undefined ? undefined : [options.maxPackages]);
  add(Option.Restart, options.restart ? [] : undefined);
  return Uint8Array.from(bytes);
}
