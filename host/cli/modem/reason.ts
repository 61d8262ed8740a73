// SPDX-License-Identifier: Apache-2.0
// Why the module reaches the card the way it does, as far as what was tried explains it.

import { type ModemQuirkRow, rowName } from '../../modem/modem-quirks.js';
import type { ModemOptions } from '../../options.js';
import type { CardPath } from '../../result.js';
import type { Findings } from './findings.js';
import { CCHO, CGLA, CSIM, CSIM_CHANNEL } from './try-modem.js';

/** The ways in words. */
export const WAYS: Readonly<Record<CardPath['access'], string>> = {
  csim: 'AT+CSIM on a logical channel',
  channel: 'AT+CCHO and AT+CGLA',
  basic: 'AT+CSIM on the basic channel',
};

/** What the module was told, and by whom. */
export interface Told {
  readonly used: ModemOptions;
  /** The command line said so. */
  readonly asked: boolean;
  readonly row: ModemQuirkRow | undefined;
}

/** One sentence without a full stop. */
export function reasonFor(access: CardPath['access'], { used, asked, row }: Told, findings: Findings): string {
  if (used.cardAccess === access) return asked ? '--card-access says so' : `the row ${row ? rowName(row) : ''} says so`;
  if (access === 'csim')
    return findings.works(CGLA)
      ? 'AT+CGLA works, too, but AT+CSIM was tried first and worked'
      : `it was tried first and worked${whyNot(CGLA, CCHO, findings)}`;
  if (access === 'channel') return `AT+CSIM was tried first${whyNot(CSIM_CHANNEL, CSIM, findings)}`;
  return `nothing else worked${whyNot(CSIM_CHANNEL, CSIM, findings)}${whyNot(CGLA, CCHO, findings)}`;
}

/** What the more particular of two findings says, if it failed. */
function whyNot(particular: string, general: string, { all }: Findings): string {
  const finding = all.find(({ name }) => name === particular) ?? all.find(({ name }) => name === general);
  return finding && !finding.works ? `; ${finding.name}: ${finding.says}` : '';
}
