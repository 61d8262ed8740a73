// SPDX-License-Identifier: Apache-2.0
// The story in numbers, as a table.

import Table from 'cli-table3';
import type { Story } from './story.js';

const NUMBERS = new Intl.NumberFormat('en-US');
const bytes = (count: number): string => `${NUMBERS.format(count)} bytes`;
const milliseconds = (timeMs: number): string => `${NUMBERS.format(Math.round(timeMs))} ms`;

/** No line between two rows. */
const NO_RULES = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** The table, without a line end. */
export function summaryTable(story: Story): string {
  const { module, profile, modemLine, network, steps } = story;
  const table = new Table({ style: { head: [], border: [] }, chars: NO_RULES });
  table.push(
    ['runtime', story.runtime],
    ['module', bytes(module.wasmBytes)],
    ['linear memory in use', bytes(module.memoryBytes)],
    ['profile package', bytes(profile.sizeBytes)],
    ['APDUs', NUMBERS.format(story.apdus)],
    ['modem line', `${bytes(modemLine.bytesOut)} to the modem, ${bytes(modemLine.bytesIn)} from it`],
    ['ESipa messages', `${network.requests} requests, ${bytes(network.bodyBytesUp)} up, ${bytes(network.bodyBytesDown)} down`],
    ['network with TLS', `${bytes(network.wireBytesUp)} up, ${bytes(network.wireBytesDown)} down`],
    ...steps.map(({ title, timeMs }) => [title, milliseconds(timeMs)]),
    ['from start-up to the end', milliseconds(story.timeMs)],
  );
  return table.toString();
}
