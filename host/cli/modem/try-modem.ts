// SPDX-License-Identifier: Apache-2.0
// Tries what a modem can do for an eSIM, by doing it and not by asking for test forms, which many modems refuse or answer wrongly.
// What is opened is closed again.

import { type AtAnswer, type AtExchange, afterPrefix } from '../../modem/at-exchange.js';
import * as apdu from './apdus.js';
import type { Findings } from './findings.js';

/** Names of findings that others look for. */
export const CSIM = 'AT+CSIM';
export const CSIM_CHANNEL = 'AT+CSIM channel';
export const CCHO = 'AT+CCHO';
export const CGLA = 'AT+CGLA';
const CCHC = 'AT+CCHC';

const QUERIES = ['+CFUN', '+CPIN', '+CEREG'];
const DEFAULT_TIMEOUT_MS = 10_000;

export interface TryOptions {
  /** Of one command, in milliseconds. Default 10,000. */
  readonly cardTimeoutMs?: number | undefined;
  /** What to be for the card. Default "ipad". */
  readonly assistant?: keyof typeof apdu.TERMINAL_CAPABILITY | undefined;
}

/** Tries everything; the findings tell. */
export async function tryModem(at: AtExchange, findings: Findings, options: TryOptions = {}): Promise<void> {
  const { cardTimeoutMs = DEFAULT_TIMEOUT_MS, assistant = 'ipad' } = options;
  const ask = (command: string): Promise<AtAnswer> => at.ask(command, cardTimeoutMs);
  await findings.try('AT+CMEE=1', async () => said(await ask('AT+CMEE=1'), () => 'errors have numbers'));
  for (const name of QUERIES)
    await findings.try(`AT${name}?`, async () => said(await ask(`AT${name}?`), (lines) => afterPrefix(lines, `${name}:`)));
  await tryCsim(ask, findings);
  await tryChannels(ask, findings, apdu.TERMINAL_CAPABILITY[assistant]);
}

type Ask = (command: string) => Promise<AtAnswer>;

async function tryCsim(ask: Ask, findings: Findings): Promise<void> {
  const exchange = (command: string) => csim(ask, command);
  await findings.try(CSIM, async () => {
    const response = await exchange(apdu.STATUS);
    return { works: true, says: `STATUS on the basic channel answers ${apdu.statusOf(response)}` };
  });
  if (!findings.works(CSIM)) return;
  await findings.try(CSIM_CHANNEL, async () => {
    const opened = await exchange(apdu.OPEN_CHANNEL);
    const channel = apdu.openedChannel(opened);
    if (channel === undefined) return { works: false, says: `MANAGE CHANNEL answers ${opened}` };
    try {
      const selected = await exchange(apdu.selectIsdR(channel));
      return { works: apdu.isDone(selected), says: `on channel ${channel} SELECT of the ISD-R answers ${apdu.statusOf(selected)}` };
    } finally {
      await exchange(apdu.closeChannel(channel));
    }
  });
}

async function tryChannels(ask: Ask, findings: Findings, terminalCapability: string): Promise<void> {
  let session: string | undefined;
  await findings.try(CCHO, async () => {
    const answer = await ask(`AT+CCHO="${apdu.ISD_R}"`);
    session = answer.kind === 'ok' ? sessionOf(answer.lines) : undefined;
    return session === undefined
      ? { ...said(answer, () => undefined), works: false }
      : { works: true, says: `opens the ISD-R as session ${session}` };
  });
  if (session === undefined) return;
  await findings.try(CGLA, async () => {
    // where both ways are there it goes by the basic channel, as some cards take it only there
    await (findings.works(CSIM) ? csim(ask, terminalCapability) : cgla(ask, session!, terminalCapability));
    const response = await cgla(ask, session!, apdu.GET_EID);
    return { works: apdu.isDone(response), says: `GetEID answers ${apdu.statusOf(response)}` };
  });
  await findings.try(CCHC, async () => {
    const closed = said(await ask(`AT+CCHC=${session}`), () => 'the session is closed');
    return closed.works ? closed : { works: false, says: `${closed.says}: the session stays open until the modem restarts` };
  });
}

async function csim(ask: Ask, command: string): Promise<string> {
  const line = `AT+CSIM=${command.length},"${command}"`;
  return responseOf(await ask(line), '+CSIM', line);
}

async function cgla(ask: Ask, session: string, command: string): Promise<string> {
  const line = `AT+CGLA=${session},${command.length},"${command}"`;
  return responseOf(await ask(line), '+CGLA', line);
}

/** The response APDU, with or without name, length and quotes. @throws Error that says what came instead */
function responseOf(answer: AtAnswer, name: string, command: string): string {
  const line = new RegExp(`^(?:\\${name}:\\s*)?(?:\\d+\\s*,\\s*)?"?((?:[0-9A-F]{2}){2,})"?$`, 'i');
  const response = answer.kind === 'ok' ? answer.lines.map((each) => line.exec(each)?.[1]).find((digits) => digits) : undefined;
  if (response === undefined) throw new Error(`${command} ${said(answer, () => undefined).says}`);
  return response.toUpperCase();
}

/** The session of AT+CCHO, bare or named; what the modem means by it is its own affair. */
function sessionOf(lines: readonly string[]): string | undefined {
  return afterPrefix(lines, '+CCHO:') ?? lines.find((line) => /^[0-9A-F]+$/i.test(line));
}

/** How it ended; `words` gives those for an OK, undefined when something is missing. */
function said(answer: AtAnswer, words: (lines: readonly string[]) => string | undefined): { works: boolean; says: string } {
  switch (answer.kind) {
    case 'ok': {
      const says = words(answer.lines);
      return { works: says !== undefined, says: says ?? `answers ${answer.lines.join(' | ') || 'nothing'} and OK` };
    }
    case 'refused':
      return { works: false, says: `answers ${answer.final}` };
    case 'silent':
      return { works: false, says: `gets no answer within ${answer.timeoutMs} ms` };
    case 'lost':
      throw answer.reason;
  }
}
