// SPDX-License-Identifier: Apache-2.0
// The story as a list that fills up; plain lines where there is no terminal.

import { writeSync } from 'node:fs';
import { Listr, type ListrRenderer, type ListrTaskWrapper } from 'listr2';
import { STEPS, type Step } from './steps.js';
import type { Story, StoryListener } from './story.js';

type Shown = Pick<ListrTaskWrapper<unknown, typeof ListrRenderer, typeof ListrRenderer>, 'output'>;

/** A promise with its handles. */
interface Gate {
  readonly passed: Promise<void>;
  open(): void;
  block(reason: Error): void;
}

/** Runs the story and shows its steps; resolves to how it ended. Rejects as the story does, after its steps show where. */
export function showProgress(tell: (listener: StoryListener) => Promise<Story>): Promise<Story> {
  const { isTTY, columns } = process.stdout;
  return isTTY && columns >= LEAST_COLUMNS ? showList(tell) : tell(PLAIN);
}

/** Each new number draws the whole list again: a megabyte for a large profile, were it done for each APDU. */
const APDUS_PER_REDRAW = 20;

/** The list needs room for its titles. */
const LEAST_COLUMNS = 60;

const PLAIN: StoryListener = { onStep: ({ title }) => console.log(title), onApdus: () => {} };

async function showList(tell: (listener: StoryListener) => Promise<Story>): Promise<Story> {
  const progress = new Progress();
  const shown = progress.show();
  process.once('SIGINT', endAtOnce);
  try {
    const story = await tell(progress);
    progress.finish(story.ok ? undefined : new Error(story.verdict));
    return story;
  } catch (error) {
    progress.finish(error as Error);
    throw error;
  } finally {
    await shown;
    process.off('SIGINT', endAtOnce);
  }
}

const SHOW_CURSOR = '\x1b[?25h';

/** Ctrl-C: the list has hidden the cursor, and its own listener would end with the status of a command that is not there. */
function endAtOnce(): void {
  writeSync(process.stdout.fd, SHOW_CURSOR); // the list holds back what goes to the stream
  process.exit(130);
}

class Progress implements StoryListener {
  private readonly gates = STEPS.map(createGate);
  private index = 0;
  private shownApdus = 0;
  private task: Shown | undefined;

  /** Resolves when the list is complete, also when a step in it failed: the story itself tells why. */
  async show(): Promise<void> {
    const tasks = STEPS.map(({ title }, index) => ({
      title,
      task: (_: unknown, task: Shown) => {
        this.task = task;
        return this.gates[index]!.passed;
      },
    }));
    await new Listr(tasks, { registerSignalListeners: false }).run().catch(() => {});
  }

  onStep(step: Step): void {
    this.task = undefined; // the list refuses words on a task that is over
    this.gates[this.index]!.open();
    this.index = STEPS.findIndex(({ key }) => key === step.key);
  }

  onApdus(count: number): void {
    if (!this.task || count < this.shownApdus + APDUS_PER_REDRAW) return;
    this.shownApdus = count;
    this.task.output = `${count} APDUs`;
  }

  /** Ends the step under way, and with a reason the list. */
  finish(reason: Error | undefined): void {
    this.task = undefined;
    if (reason) this.gates[this.index]!.block(reason);
    else for (const gate of this.gates.slice(this.index)) gate.open();
  }
}

function createGate(): Gate {
  let open = () => {};
  let block: Gate['block'] = () => {};
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    block = reject;
  });
  passed.catch(() => {}); // a list that never came to this step must not end the program
  return { passed, open, block };
}
