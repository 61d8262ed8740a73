// SPDX-License-Identifier: Apache-2.0
// The main job from end to end: a blank eUICC gets its first eIM, a profile, and is told to enable it; the eIM gets the
// eUICC's signed result. All peers are simulated; TLS, signatures and encryption are real.

import { readModule } from '../../core/module-file.js';
import { poll } from '../../driver.js';
import type { Action, IpaInstance, Transport } from '../../interfaces.js';
import type { CommandResult } from '../../result.js';
import { type EimEvent, psmo } from '../../sim/eim/index.js';
import { Testbed } from '../../sim/testbed.js';
import { HttpsTransport } from '../../transport/https.js';
import { countLine, type LineCounters } from '../../wrap/count-line.js';
import { detailText } from '../advice.js';
import { CallObserver } from '../calls.js';
import { openRuntime, type RuntimeName } from '../runtime.js';
import { type Step, StepClock, type TimedStep } from './steps.js';

/** How the story goes. */
export interface StoryRequest {
  /** Size of the unprotected profile package. */
  readonly profileBytes: number;
  /** Default: wasmtime where it is found, else Node. */
  readonly runtime?: RuntimeName;
  /** Data bytes per STORE DATA block; default as the module has it. */
  readonly blockBytes?: number;
}

/** Who follows the story while it goes on. */
export interface StoryListener {
  /** A step begins, and with it the one before ends. */
  onStep(step: Step): void;
  /** APDUs so far. */
  onApdus(count: number): void;
}

/** What happened; the object of --json. Bytes are seen from the device: out and up go away from it. */
export interface Story {
  readonly ok: boolean;
  /** One line for people. */
  readonly verdict: string;
  readonly runtime: string;
  /** Why the runtime is not wasmtime; absent when it is, or was not wanted. */
  readonly runtimeNote?: string;
  readonly module: { readonly wasmBytes: number /** Linear memory in use, all of it. */; readonly memoryBytes: number };
  readonly profile: { readonly iccid: string; readonly sizeBytes: number; readonly state: string };
  readonly packages: number;
  readonly notifications: number;
  readonly apdus: number;
  readonly modemLine: Pick<LineCounters, 'bytesIn' | 'bytesOut'>;
  readonly network: Transport['counters'];
  readonly steps: readonly TimedStep[];
  /** From the start of the module's work to its end. */
  readonly timeMs: number;
}

const SILENT: StoryListener = { onStep: () => {}, onApdus: () => {} };

/** Plays the story. Rejects only when it cannot begin; how it ended is in the result. */
export async function tellStory(request: StoryRequest, listener: StoryListener = SILENT): Promise<Story> {
  const clock = new StepClock((step) => listener.onStep(step));
  const bed = await Testbed.start();
  try {
    const { iccid, activationCode } = bed.prepareProfile({ sizeBytes: request.profileBytes });
    bed.eim.queue(bed.eid, { kind: 'download', activationCode });
    bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
    clock.begin('module');
    const { instance, note } = await openRuntime(request.runtime);
    const told = await pollOnce(bed, instance, request, clock, listener).finally(() => instance.close());
    const problem = problemOf(bed, told.result, iccid);
    return {
      ok: problem === undefined,
      verdict: problem === undefined ? `done: profile ${iccid} is enabled; the eIM has the signed result` : `failed: ${problem}`,
      runtime: instance.runtime,
      ...(note === undefined ? {} : { runtimeNote: note }),
      module: { wasmBytes: (await readModule()).length, memoryBytes: instance.memoryBytes },
      profile: { iccid, sizeBytes: request.profileBytes, state: stateOf(bed, iccid) },
      packages: told.result.packages,
      notifications: told.result.notifications,
      apdus: bed.modem.counters.apdus,
      modemLine: told.modemLine,
      network: told.network,
      steps: clock.finished,
      timeMs: told.timeMs,
    };
  } finally {
    await bed.close();
  }
}

interface Told {
  readonly result: CommandResult;
  readonly modemLine: Story['modemLine'];
  readonly network: Transport['counters'];
  readonly timeMs: number;
}

async function pollOnce(
  bed: Testbed,
  instance: IpaInstance,
  request: StoryRequest,
  clock: StepClock,
  listener: StoryListener,
): Promise<Told> {
  const line = countLine(bed.modem.connect());
  const transport = new HttpsTransport();
  const observer = new CallObserver();
  const onAction = (action: Action) => {
    const call = observer.observe(action);
    if (call) clock.see(call);
    listener.onApdus(bed.modem.counters.apdus);
  };
  clock.begin('startUp');
  const beganMs = performance.now();
  const { blockBytes } = request;
  const options = { initialEim: bed.initialEim(), ...(blockBytes === undefined ? {} : { blockBytes }) };
  const result = await poll({ instance, card: line, transport, onAction }, options).finally(() => transport.close());
  clock.end();
  await line.close();
  const { bytesIn, bytesOut } = line.counters;
  return { result, modemLine: { bytesIn, bytesOut }, network: transport.counters, timeMs: performance.now() - beganMs };
}

/** What is not as the story wants it; undefined when all is well. */
function problemOf(bed: Testbed, { error, detail }: CommandResult, iccid: string): string | undefined {
  if (error) return [error.message, detailText(error, detail)].filter(Boolean).join(', ');
  const state = stateOf(bed, iccid);
  if (state !== 'enabled') return `profile ${iccid} is ${state} on the eUICC, not enabled`;
  return bed.eim.log.some(isSignedSuccess) ? undefined : 'the eIM has no signed result of the eUICC that is right';
}

function isSignedSuccess(event: EimEvent): boolean {
  if (event.kind !== 'euiccPackageResult' || !event.verified) return false;
  return event.result.form === 'signed' && event.result.results.every(({ code }) => code === 0);
}

function stateOf(bed: Testbed, iccid: string): string {
  return bed.euicc.profiles.find((profile) => profile.iccid === iccid)?.state ?? 'absent';
}
