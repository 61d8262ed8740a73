// SPDX-License-Identifier: Apache-2.0
// `ipa demo`: tells the story on the terminal, then sums it up. The last line is the verdict.

import type { Command } from 'commander';
import { wholeNumber } from '../arguments.js';
import { type RuntimeName, runtimeOption } from '../runtime.js';
import { showProgress } from './progress.js';
import { tellStory } from './story.js';
import { summaryTable } from './summary.js';

interface DemoOptions {
  readonly profileSize: number;
  readonly runtime?: RuntimeName;
  readonly blockSize?: number;
  readonly json?: boolean;
}

/** Adds the command. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('first eIM, poll, download, enable and signed result, with simulated modem, eUICC, eIM and SM-DP+')
    .option('--profile-size <bytes>', 'size of the profile package', wholeNumber(600, 1_400_000), 5000)
    .addOption(runtimeOption())
    .option('--block-size <bytes>', 'data bytes per STORE DATA block', wholeNumber(16, 255))
    .option('--json', 'print one object on one line')
    .action(runDemo);
}

async function runDemo({ profileSize, runtime, blockSize, json }: DemoOptions): Promise<void> {
  const request = {
    profileBytes: profileSize,
    ...(runtime === undefined ? {} : { runtime }),
    ...(blockSize === undefined ? {} : { blockBytes: blockSize }),
  };
  const story = json ? await tellStory(request) : await showProgress((listener) => tellStory(request, listener));
  if (json) console.log(JSON.stringify(story));
  else {
    console.log(summaryTable(story));
    if (story.runtimeNote) console.log(story.runtimeNote);
    console.log(story.verdict);
  }
  process.exitCode = story.ok ? 0 : 1;
}
