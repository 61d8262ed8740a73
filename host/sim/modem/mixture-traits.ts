// SPDX-License-Identifier: Apache-2.0
// Which oddities a mixture may have, how often, and which of them put success in question.

import type { ModemOptions } from '../../options.js';
import type { Dice } from './dice.js';
import type { ModemQuirks } from './quirks.js';

/** What was drawn. */
export interface DrawnTraits {
  readonly quirks: ModemQuirks;
  readonly risks: readonly string[];
  readonly hostOptions: Pick<ModemOptions, 'simLock' | 'passesClassByte'>;
  /** There is no way to the card. */
  readonly isHopeless: boolean;
}

const NO_CHANNELS = ['+CCHO', '+CGLA', '+CCHC'];

/** Ways to the card; each leaves at least one. */
const WAYS: readonly ModemQuirks[] = [
  {},
  {},
  { unsupported: NO_CHANNELS },
  { unsupported: ['+CSIM'] },
  { basicChannelOnly: true },
  { basicChannelOnly: true, unsupported: NO_CHANNELS },
  { basicChannelOnly: true, refusedInstructions: [0x70], channelRefusal: 3 },
  { channelRefusal: 50, errorWords: { 50: 'Parameters error' } },
  { unsupported: ['+CCHC'] },
  { csimNeedsProfile: true },
];

/** What becomes of responses. */
const RESPONSES: readonly ModemQuirks[] = [
  {},
  {},
  { fetchesResponses: true },
  { fetchesResponses: 'once' },
  { correctsLength: true },
  { maximumResponseDataBytes: 255 },
];

const LONG_LINES: readonly ModemQuirks[] = [{}, {}, { maximumLineLength: 300 }, { maximumLineLength: 180 }];

/** Oddities that come alone or together, each with its probability. */
const SINGLE: readonly (readonly [probability: number, quirks: readonly ModemQuirks[]])[] = [
  [0.2, [{ bareSession: true }]],
  [0.2, [{ sessionHandles: 'longHexadecimal' }]],
  [0.2, [{ unquotedResponses: true }]],
  [0.2, [{ bareResponses: 'length' }, { bareResponses: 'digits' }]],
  [0.2, [{ lowerCaseResponses: true }]],
  [0.3, [{ blanks: 'none' }, { blanks: 'many' }]],
  [0.4, [{ lineEnds: 'CR' }, { lineEnds: 'LF' }, { lineEnds: 'trailing' }]],
  [0.4, [{ errorForm: 'bare' }, { errorForm: 'words' }, { errorForm: 'numbers' }, { errorForm: 'sms' }]],
  [0.2, [{ stubbornEcho: true }]],
  [0.3, [{ noTestForms: true }]],
  [0.2, [{ whileBusy: 'lost' }]],
  [0.5, [{ searchesAfterReset: 1 }, { searchesAfterReset: 6 }]],
  [0.3, [{ roams: true }]],
  [0.3, [{ tellsCell: true }]],
  [0.3, [{ reportsWithQuery: true }]],
  [0.2, [{ proactiveCommands: 'modem' }, { proactiveCommands: 'nobody' }]],
  [0.1, [{ lostLastBlocks: { at: 'profileEnd', fromBlock: 0 } }]],
  [0.3, [{ bootLines: ['RDY', '+CFUN: 1', '+CPIN: READY'] }]],
];

/** Oddities that lose something. */
const RISKY: readonly (readonly [risk: string, quirks: ModemQuirks])[] = [
  ['long lines are lost', { maximumLineLength: 300, longLines: 'lost' }],
  ['commands are lost', { lostCommands: { prefix: 'AT+C', every: 29 } }],
  ['last blocks are lost', { lostLastBlocks: { every: 3 } }],
];

/** Draws oddities that go together; without risks when `isCalm`. */
export function drawTraits(dice: Dice, isCalm: boolean): DrawnTraits {
  const isHopeless = !isCalm && dice.chance(0.03);
  const way: ModemQuirks = isHopeless ? { unsupported: ['+CSIM', ...NO_CHANNELS] } : dice.pick(WAYS);
  const drawn: ModemQuirks[] = [way, dice.pick(RESPONSES), dice.pick(LONG_LINES)];
  for (const [probability, quirks] of SINGLE) if (dice.chance(probability)) drawn.push(dice.pick(quirks));
  const risk = !isCalm && dice.chance(0.3) ? dice.pick(RISKY) : undefined;
  if (risk !== undefined) drawn.push(risk[1]);
  const lock = dice.chance(0.2) ? dice.pick(['optional', 'required'] as const) : undefined;
  if (lock !== undefined) drawn.push({ simLock: lock });
  // The host cannot put in a channel that it does not know: where it has to, the handle is its number.
  const passesClassByte = dice.chance(0.1);
  if (passesClassByte) drawn.push({ passesClassByte, sessionHandles: 'channelNumber' });
  const quirks: ModemQuirks = Object.assign({}, ...drawn);
  const isBusy = dice.chance(0.2) && tellsBusy(quirks);
  return {
    quirks: isBusy ? { ...quirks, busyCommandsAfterReset: dice.whole(1, 8) } : quirks,
    risks: [...(isHopeless ? ['there is no way to the card'] : []), ...(risk === undefined ? [] : [risk[0]])],
    hostOptions: { ...(lock === 'required' ? { simLock: true } : {}), ...(passesClassByte ? { passesClassByte } : {}) },
    isHopeless,
  };
}

/** A card that is busy looks like one that refuses where the error has no number of its own. */
function tellsBusy({ errorForm = 'numbers' }: ModemQuirks): boolean {
  return errorForm === 'numbers';
}
