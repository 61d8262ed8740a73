// SPDX-License-Identifier: Apache-2.0
// How a modem says no: +CME ERROR with a number or with words, or a bare ERROR (3GPP TS 27.007 §9.1, §9.2).

import type { AnswerQuirks } from './quirks.js';

/** The +CME ERROR numbers the simulated modem uses (3GPP TS 27.007 §9.2.1). */
export const CmeError = {
  OperationNotAllowed: 3,
  OperationNotSupported: 4,
  SimNotInserted: 10,
  SimFailure: 13,
  SimBusy: 14,
  MemoryFull: 20,
  InvalidIndex: 21,
  NotFound: 22,
  IncorrectParameters: 50,
} as const;

const CME_WORDS: Readonly<Record<number, string>> = {
  0: 'phone failure',
  3: 'operation not allowed',
  4: 'operation not supported',
  10: 'SIM not inserted',
  11: 'SIM PIN required',
  13: 'SIM failure',
  14: 'SIM busy',
  15: 'SIM wrong',
  20: 'memory full',
  21: 'invalid index',
  22: 'not found',
  50: 'incorrect parameters',
  100: 'unknown',
};

/** What AT+CMEE chose: 0 bare ERROR, 1 numbers, 2 words. */
export type ErrorReporting = 0 | 1 | 2;

/** Thrown by a command that the modem refuses; `code` is a +CME ERROR number, undefined for ERROR whatever AT+CMEE says. */
export class AtError extends Error {
  constructor(readonly code?: number) {
    super(code === undefined ? 'ERROR' : `+CME ERROR: ${code}`);
    this.name = 'AtError';
  }
}

const FORMS = { bare: 0, numbers: 1, words: 2 } as const;

/** The final line for a refusal. */
export function refusalLine(code: number | undefined, asked: ErrorReporting, { errorForm, errorWords }: AnswerQuirks = {}): string {
  if (code === undefined) return 'ERROR';
  if (errorForm === 'sms') return `+CMS ERROR: ${code}`;
  const reporting = errorForm === undefined ? asked : FORMS[errorForm];
  if (reporting === 0) return 'ERROR';
  return `+CME ERROR: ${reporting === 1 ? code : (errorWords?.[code] ?? CME_WORDS[code] ?? 'unknown')}`;
}
