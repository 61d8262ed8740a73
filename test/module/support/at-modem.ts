// SPDX-License-Identifier: Apache-2.0
// A modem of a few lines that a test scripts: it answers command lines with text, AT+CSIM through a card.

import { fromHex, hex } from '../../../host/sim/codec/bytes.js';

/** Answers one command line (without its carriage return) with everything the modem sends for it. */
export type AtModem = (line: string) => string;

/** Runs one command APDU. */
export type RunApdu = (command: Uint8Array) => Uint8Array;

/** The plain answer to AT+CSIM. */
export function csimAnswer(response: Uint8Array): string {
  const text = hex(response);
  return `\r\n+CSIM: ${text.length},"${text}"\r\n\r\nOK\r\n`;
}

/** The command APDU in an AT+CSIM line, or undefined for another command. Throws when the line is not well formed. */
export function csimCommand(line: string): Uint8Array | undefined {
  if (!line.startsWith('AT+CSIM=')) return undefined;
  const [, length, text] = /^AT\+CSIM=(\d+),"([0-9A-F]*)"$/.exec(line) ?? [];
  if (text === undefined || Number(length) !== text.length || text.length % 2 !== 0) throw new Error(`not a well-formed command: ${line}`);
  return fromHex(text);
}

/** A modem that does what it should, in front of a card. Throws at a command it does not know. */
export function plainModem(run: RunApdu): AtModem {
  return (line) => {
    const command = csimCommand(line);
    if (command) return csimAnswer(run(command));
    if (line === 'AT+CFUN?') return '\r\n+CFUN: 1\r\n\r\nOK\r\n';
    if (line === 'AT+CMEE?') return '\r\n+CMEE: 1\r\n\r\nOK\r\n';
    if (line === 'AT+CEREG?') return '\r\n+CEREG: 0,1\r\n\r\nOK\r\n';
    if (/^AT\+C(CHO|GLA|CHC)=/.test(line)) return '\r\nERROR\r\n';
    if (!/^AT(E0|\+CMEE=1|\+CFUN=(?:[014]|1,1))?$/.test(line)) throw new Error(`unknown command: ${line}`);
    return '\r\nOK\r\n';
  };
}

/** What the modem behind AT+CCHO does otherwise than the standard. */
export interface ChannelManners {
  /** The handle. Default "17". */
  readonly handle?: string;
  /** What AT+CCHO answers in front of the handle. Default "+CCHO: ". */
  readonly name?: string;
  /** AT+CSIM answers this. Default: an error. */
  readonly csim?: string;
}

/** A modem that manages the channel itself: AT+CCHO, AT+CGLA and AT+CCHC, in front of a card; AT+CSIM is refused. */
export function channelModem(run: RunApdu, { handle = '17', name = '+CCHO: ', csim = '\r\nERROR\r\n' }: ChannelManners = {}): AtModem {
  const plain = plainModem(run);
  const error = '\r\n+CME ERROR: 22\r\n';
  let isOpen = false;
  return (line) => {
    const [, command, parameters = ''] = /^AT\+(C\w+)=(.*)$/.exec(line) ?? [];
    if (command === 'CSIM') return csim;
    if (command === 'CCHO') {
      if (parameters !== '"A0000005591010FFFFFFFF8900000100"') return error;
      isOpen = true;
      return `\r\n${name}${handle}\r\n\r\nOK\r\n`;
    }
    if (command === 'CCHC') {
      const wasOpen = isOpen && parameters === handle;
      isOpen &&= !wasOpen;
      return wasOpen ? '\r\n+CCHC\r\n\r\nOK\r\n' : error;
    }
    if (command !== 'CGLA') return plain(line);
    const [, session, length, text = ''] = /^([^,]+),(\d+),"([0-9A-F]*)"$/.exec(parameters) ?? [];
    if (!isOpen || session !== handle || Number(length) !== text.length) return error;
    return csimAnswer(run(fromHex(text))).replace('+CSIM', '+CGLA');
  };
}
