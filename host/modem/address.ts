// SPDX-License-Identifier: Apache-2.0
// How people write which modem to use.

/** Where the modem is. */
export type ModemAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'pty'; readonly path: string }
  | { readonly kind: 'sim' };

const FORMS = 'write tcp:<host>:<port>, pty:<device path> (such as pty:/dev/ttyUSB2), or sim: for the simulated modem';

/**
 * Reads "tcp:<host>:<port>" (IPv6 hosts in brackets), "pty:<device path>" or "sim:".
 * @throws Error that says what to write instead.
 */
export function parseModemAddress(text: string): ModemAddress {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon + 1);
  if (colon < 0) throw new Error(`the modem address "${text}" names no kind of line; ${FORMS}`);
  if (scheme === 'tcp') return parseTcp(text, rest);
  if (scheme === 'pty') return parsePty(text, rest);
  if (scheme === 'sim') return parseSim(text, rest);
  throw new Error(`"${scheme}" in the modem address "${text}" is not a kind of line; ${FORMS}`);
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

function parsePty(text: string, rest: string): ModemAddress {
  if (!rest.startsWith('/')) throw new Error(`the modem address "${text}" needs the full path of a device; write pty:/dev/ttyUSB2`);
  return { kind: 'pty', path: rest };
}

function parseSim(text: string, rest: string): ModemAddress {
  if (rest !== '') throw new Error(`the modem address "${text}" has something after sim:; write just sim:`);
  return { kind: 'sim' };
}
