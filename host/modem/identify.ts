// SPDX-License-Identifier: Apache-2.0
// Which modem is at the other end: manufacturer, model and revision as it tells them itself (3GPP TS 27.007 §5.1 to §5.3).

import { systemClock } from '../clock.js';
import type { ByteLine, Clock } from '../interfaces.js';
import { AtExchange } from './at-exchange.js';

/** What a modem tells of itself; a part that it does not tell is empty. */
export interface ModemIdentity {
  readonly manufacturer: string;
  readonly model: string;
  readonly revision: string;
}

const TIMEOUT_MS = 3000;
/** Lines that come unasked and look like the name of something, and all those with a sign in front. */
const UNSOLICITED = /^([+^#*%$!@&].*|RDY|RING|READY|(APP|SMS|PB|CALL|SIM) (RDY|READY|DONE)|(NORMAL )?POWER DOWN|NO CARRIER)$/i;

/**
 * Asks the modem. Undefined when it does not answer, or tells neither manufacturer nor model; then nothing is known, and whoever takes the
 * line next may find out why. Takes about 50 ms and 5 short answers; at most 3 s when nothing answers at all. Leaves the echo off, and the line
 * to whoever sets a listener next.
 */
export async function identifyModem(line: ByteLine, clock: Clock = systemClock): Promise<ModemIdentity | undefined> {
  return askIdentity(new AtExchange(line, clock));
}

/** The same on a line that commands go over already. */
export async function askIdentity(at: AtExchange): Promise<ModemIdentity | undefined> {
  const echo = await at.ask('ATE0', TIMEOUT_MS);
  if (echo.kind === 'silent' || echo.kind === 'lost') return undefined;
  const manufacturer = await tell(at, '+CGMI');
  const model = await tell(at, '+CGMM');
  const revision = (await tell(at, '+CGMR')).replace(/^revision:\s*/i, '');
  return manufacturer || model ? { manufacturer, model, revision } : undefined;
}

/** The text with or without the name of the command before it, and with or without quotes. */
async function tell(at: AtExchange, name: string): Promise<string> {
  const answer = await at.ask(`AT${name}`, TIMEOUT_MS);
  if (answer.kind !== 'ok') return '';
  const prefix = `${name}:`;
  const named = answer.lines.find((line) => line.toUpperCase().startsWith(prefix))?.slice(prefix.length);
  const text = named ?? answer.lines.find((line) => !UNSOLICITED.test(line)) ?? '';
  return text.trim().replace(/^"(.*)"$/, '$1');
}
