// SPDX-License-Identifier: Apache-2.0
// The steps of the story, what each begins with, and how long each took.

import type { Call } from '../calls.js';

/** A step of the story. */
export interface Step {
  readonly key: string;
  readonly title: string;
  /** The call that begins it; absent: the story itself begins it. */
  readonly beginsWith?: Call;
}

/** A step that is over, or was under way when the story ended. */
export interface TimedStep {
  readonly key: string;
  readonly title: string;
  readonly timeMs: number;
}

/** In the order in which a blank eUICC goes through them (SGP.32 v1.2 §3.5.2, §3.1.1.1, §3.2.3.2, §3.3.1). */
export const STEPS = [
  { key: 'peers', title: 'start a modem, an eUICC, an eIM and an SM-DP+ (simulated)' },
  { key: 'module', title: 'load the module' },
  { key: 'startUp', title: 'start up: modem, channel, ISD-R, EID' },
  { key: 'initialEim', title: 'give the eUICC its first eIM', beginsWith: { peer: 'eUICC', name: 'AddInitialEim' } },
  { key: 'poll', title: 'poll the eIM', beginsWith: { peer: 'eIM', name: 'GetEimPackage' } },
  {
    key: 'authentication',
    title: 'authenticate SM-DP+ and eUICC to each other',
    beginsWith: { peer: 'eUICC', name: 'GetEuiccChallenge' },
  },
  { key: 'download', title: 'download and install the profile', beginsWith: { peer: 'eUICC', name: 'PrepareDownload' } },
  { key: 'enable', title: 'enable the profile', beginsWith: { peer: 'eUICC', name: 'LoadEuiccPackage' } },
  { key: 'report', title: 'report the signed result', beginsWith: { peer: 'eIM', name: 'ProvideEimPackageResult' } },
] as const satisfies readonly Step[];

export type StepKey = (typeof STEPS)[number]['key'];

/** Follows the story from step to step; only ever forwards, and never past a step that has not begun. */
export class StepClock {
  readonly finished: TimedStep[] = [];
  private index = 0;
  private beganMs = performance.now();

  /** The first step begins at once; `onBegin` sees it, and each other one. */
  constructor(private readonly onBegin: (step: Step) => void) {
    onBegin(STEPS[0]);
  }

  /** The step under way. */
  get current(): Step {
    return STEPS[this.index]!;
  }

  /** Begins the step with this key. */
  begin(key: StepKey): void {
    this.end();
    this.index = STEPS.findIndex((step) => step.key === key);
    this.onBegin(this.current);
  }

  /** Begins the next step if this is the call that it begins with. */
  see(call: Call): void {
    const next: Step | undefined = STEPS[this.index + 1];
    if (next?.beginsWith?.peer === call.peer && next.beginsWith.name === call.name) this.begin(next.key as StepKey);
  }

  /** Notes how long the step under way took. */
  end(): void {
    const nowMs = performance.now();
    const { key, title } = this.current;
    this.finished.push({ key, title, timeMs: nowMs - this.beganMs });
    this.beganMs = nowMs;
  }
}
