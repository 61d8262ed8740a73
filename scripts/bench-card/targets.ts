// SPDX-License-Identifier: Apache-2.0
// What the line to the card is meant to reach, and whether it does.

import type { CardRow } from './measure.js';
import type { Way } from './run.js';

export interface CardVerdict {
  readonly target: string;
  readonly measured: string;
  readonly limit: string;
  readonly isMet: boolean;
}

export const WAY_WORDS: Readonly<Record<Way, string>> = { csim: 'AT+CSIM', channel: 'AT+CGLA', apdu: 'APDUs' };

const MOST_DOWNLOAD = 1.03;
const MOST_START_UP_APDUS = 8;
const TARGET_BLOCK_BYTES = 255;

/** Every target that the extent of the rows lets judge. */
export function judgeCard(rows: readonly CardRow[]): CardVerdict[] {
  const fetched = rows.filter(({ inline }) => !inline);
  return [...downloadTargets(fetched), ...startUpTargets(fetched)];
}

function downloadTargets(rows: readonly CardRow[]): CardVerdict[] {
  return rows
    .filter(({ job, blockBytes }) => job === 'download' && blockBytes === TARGET_BLOCK_BYTES)
    .map(({ way, ratio }) => ({
      target: `download by ${WAY_WORDS[way]} in blocks of ${TARGET_BLOCK_BYTES}: bytes both ways / lower bound`,
      measured: ratio.toFixed(3),
      limit: `at most ${MOST_DOWNLOAD.toFixed(3)}`,
      isMet: ratio <= MOST_DOWNLOAD,
    }));
}

/** APDUs that the module or its modem sent, but of a response that takes several GET RESPONSE only the first one. */
export function withoutContinuations({ apdus }: CardRow): number {
  return apdus.all - apdus.continuations;
}

function startUpTargets(rows: readonly CardRow[]): CardVerdict[] {
  const startUps = rows.filter(({ job }) => job === 'startUp');
  return [...new Set(startUps.map(({ way }) => way))].map((way) => {
    const most = Math.max(...startUps.filter((row) => row.way === way).map(withoutContinuations));
    return {
      target: `start-up by ${WAY_WORDS[way]}: APDUs besides continuations of a response`,
      measured: String(most),
      limit: `at most ${MOST_START_UP_APDUS}`,
      isMet: most <= MOST_START_UP_APDUS,
    };
  });
}
