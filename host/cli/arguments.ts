// SPDX-License-Identifier: Apache-2.0
// Checks of option values. Each says what to write instead.

import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { PreSharedKey } from '../datagram/index.js';
import type { Scheme } from '../interfaces.js';
import { type ModemAddress, parseModemAddress } from '../modem/address.js';
import { UsageError } from './failure.js';

/** A parser for whole numbers within limits, both included. */
export function wholeNumber(least: number, greatest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= greatest) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${greatest}.`);
  };
}

/** Checks an ICCID of 18 to 20 digits. */
export function iccid(text: string): string {
  if (!/^\d{18,20}$/.test(text)) throw new InvalidArgumentError('Write an ICCID of 18 to 20 digits.');
  return text;
}

/** Checks an IMEI of 15 digits (or 16 with software version). */
export function imei(text: string): string {
  if (!/^\d{15,16}$/.test(text)) throw new InvalidArgumentError('Write an IMEI of 15 or 16 digits.');
  return text;
}

/** Checks MCC and MNC. */
export function networkCode(text: string): string {
  if (!/^\d{3}[/-]?\d{2,3}$/.test(text)) throw new InvalidArgumentError('Write MCC and MNC, such as 262/01.');
  return text;
}

/** Checks an eimId: 1 to 128 bytes of UTF-8. */
export function eimId(text: string): string {
  const length = Buffer.byteLength(text);
  if (length < 1 || length > 128) throw new InvalidArgumentError('Write an eIM identifier of 1 to 128 bytes, such as eim.example.com.');
  return text;
}

/** Reads a modem address. */
export function modemAddress(text: string): ModemAddress {
  try {
    return parseModemAddress(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

/** Where an eIM is, and how it is talked to. */
export interface EimUrl {
  readonly scheme: Scheme;
  /** "host" or "host:port". */
  readonly address: string;
}

/** Reads the URL of an eIM. */
export function eimUrl(text: string): EimUrl {
  const [, scheme, rest = ''] = /^(https|coaps|coap):\/\/(.*)$/i.exec(text) ?? [];
  // URLs of other schemes than https are not taken apart
  const url = scheme !== undefined && URL.canParse(`https://${rest}`) ? new URL(`https://${rest}`) : undefined;
  const more = url ? url.pathname.replace(/^\/(gsma\/rsp2\/asn1)?$/, '') + url.search + url.hash + url.username : '';
  const address = rest.replace(/\/.*$/, '').toLowerCase();
  if (!url || more !== '' || !address || address.length > 128)
    throw new InvalidArgumentError('Write https://, coaps:// or coap:// and <host> or <host>:<port>; the path is fixed by SGP.32 §6.');
  return { scheme: scheme!.toLowerCase() as Scheme, address };
}

/** Reads a key that both ends know, and who has it. */
export function preSharedKey(text: string): PreSharedKey {
  const [, identity, key = ''] = /^(.{1,128}):((?:[0-9a-f]{2}){1,64})$/i.exec(text) ?? [];
  if (identity === undefined) throw new InvalidArgumentError('Write <identity>:<key>, the key as 2 to 128 hexadecimal digits.');
  return { identity, key: new Uint8Array(Buffer.from(key, 'hex')) };
}

/** A parser for powers of two within limits, both included. */
export function powerOfTwo(least: number, greatest: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= greatest && Number.isInteger(Math.log2(value))) return value;
    throw new InvalidArgumentError(`Write a power of two from ${least} to ${greatest}.`);
  };
}

/** Collects "host=host:port", for HttpsOptions.resolve. */
export function collectResolve(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, place] = /^([^=\s/]+)=([^=\s/]+)$/.exec(text) ?? [];
  if (name === undefined || place === undefined || !URL.canParse(`https://${place}`))
    throw new InvalidArgumentError('Write <host>=<host>:<port>, such as smdp.example.com=127.0.0.1:8443.');
  return { ...before, [name]: place };
}

/** Checks the form of an activation code (SGP.22 v2.5 §4.1); the rest is judged by the module. */
export function activationCode(text: string): string {
  const [format, address, token] = text.replace(/^LPA:/i, '').split('$');
  if (format !== '1' || !address || token === undefined || Buffer.byteLength(text) > 252)
    throw new InvalidArgumentError("Write LPA:1$<SM-DP+ address>$<matching ID>, in '…' because of the $.");
  return text;
}

/** Checks a "host" or "host:port". */
export function serverAddress(text: string): string {
  if (!URL.canParse(`https://${text}`) || /[/?#@\\\s]/.test(text) || text.length > 128)
    throw new InvalidArgumentError('Write <host> or <host>:<port>.');
  return text;
}

/** A parser for "host" and "host:port", an IPv6 host in brackets; without a port it is the usual one. */
export function hostAndPort(usualPort: number): (text: string) => { readonly host: string; readonly port: number } {
  return (text) => {
    // no scheme has both a port of its own and this form, so that a port is never left out as the usual one
    const { hostname, port } = new URL(`ipa://${serverAddress(text)}`);
    return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usualPort : Number(port) };
  };
}

/** The object without the fields that are undefined. */
export function defined<Fields extends object>(fields: Fields): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]: Exclude<Fields[Name], undefined>;
  };
}

/** The bytes of a file that an option names. @throws UsageError when it cannot be read */
export function readOptionFile(option: string, file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw new UsageError(`${option}: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); write the path of a file`, {
      cause,
    });
  }
}
