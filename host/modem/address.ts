// SPDX-License-Identifier: Apache-2.0
// How people write which modem or card reader to use.

/** Where the modem or the card is. */
export type ModemAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string; readonly baudRate: number | undefined }
  | { readonly kind: 'pty'; readonly path: string }
  | { readonly kind: 'pcsc' /** The name or a part of it; absent: the only reader. */; readonly reader: string | undefined }
  | { readonly kind: 'replay' /** A transcript of a session. */; readonly file: string }
  | { readonly kind: 'sim' };

const FORMS =
  'write tcp:<host>:<port>, serial:<port>[@<baud rate>] (such as serial:/dev/ttyUSB2@115200 or serial:COM3), pty:<device path>, ' +
  'pcsc:[<card reader>], replay:<file>, or sim: for the simulated modem';

const LEAST_BAUD_RATE = 300;
const MOST_BAUD_RATE = 4_000_000;

const PARSERS: Readonly<Record<string, (text: string, rest: string) => ModemAddress>> = {
  tcp: parseTcp,
  serial: parseSerial,
  pty: parsePty,
  pcsc: (_, rest) => ({ kind: 'pcsc', reader: rest.trim() || undefined }),
  replay: parseReplay,
  sim: parseSim,
};

/**
 * Reads "tcp:<host>:<port>" (IPv6 hosts in brackets), "serial:<port>[@<baud rate>]", "pty:<device path>", "pcsc:[<reader>]",
 * "replay:<file>" or "sim:".
 * @throws Error that says what to write instead.
 */
export function parseModemAddress(text: string): ModemAddress {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon + 1);
  if (colon < 0) throw new Error(`the modem address "${text}" names no kind of line; ${FORMS}`);
  const parse = Object.hasOwn(PARSERS, scheme) ? PARSERS[scheme] : undefined;
  if (!parse) throw new Error(`"${scheme}" in the modem address "${text}" is not a kind of line; ${FORMS}`);
  return parse(text, rest);
}

function parseTcp(text: string, rest: string): ModemAddress {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(rest);
  const host = parts?.[1] ?? parts?.[2];
  if (host === undefined)
    throw new Error(`the modem address "${text}" needs a host and a port; write tcp:127.0.0.1:4000 or tcp:[::1]:4000`);
  const port = Number(parts![3]);
  if (port < 1 || port > 65535) throw new Error(`the port ${port} in the modem address "${text}" must be from 1 to 65535`);
  return { kind: 'tcp', host, port };
}

function parseSerial(text: string, rest: string): ModemAddress {
  const [, path = '', digits] = /^(.*?)(?:@(\d+))?$/s.exec(rest) ?? [];
  if (!path.startsWith('/') && !/^(\\\\\.\\)?COM\d+$/i.test(path))
    throw new Error(`the modem address "${text}" needs the full path or the name of a port; write serial:/dev/ttyUSB2 or serial:COM3`);
  const baudRate = digits === undefined ? undefined : Number(digits);
  if (baudRate !== undefined && (baudRate < LEAST_BAUD_RATE || baudRate > MOST_BAUD_RATE))
    throw new Error(`the baud rate ${digits} in the modem address "${text}" must be from ${LEAST_BAUD_RATE} to ${MOST_BAUD_RATE}`);
  return { kind: 'serial', path, baudRate };
}

function parsePty(text: string, rest: string): ModemAddress {
  if (!rest.startsWith('/')) throw new Error(`the modem address "${text}" needs the full path of a device; write pty:/dev/ttyUSB2`);
  return { kind: 'pty', path: rest };
}

function parseReplay(text: string, rest: string): ModemAddress {
  if (rest === '') throw new Error(`the modem address "${text}" needs the path of a transcript; write replay:session.jsonl`);
  return { kind: 'replay', file: rest };
}

function parseSim(text: string, rest: string): ModemAddress {
  if (rest !== '') throw new Error(`the modem address "${text}" has something after sim:; write just sim:`);
  return { kind: 'sim' };
}
