// SPDX-License-Identifier: Apache-2.0
// Sessions of the module over modems that are odd, on lines where things go wrong, all drawn from a seed: some commands over the same modem,
// and in the end one over a modem without faults, for what was not done.

import { CardLink, Command, ModemQuirk, Option } from '../../../host/abi.js';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import { Dice } from '../../../host/sim/modem/dice.js';
import {
  type Disturbance,
  describeMixture,
  type ModemMixture,
  mixedModem,
  randomMixture,
  SimulatedModem,
} from '../../../host/sim/modem/index.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { type JobKind, ModemPeers, type Plan } from './modem-peers.js';
import { type Run, runCommand, WatchedLine, WatchedModule } from './modem-runner.js';
import { formOfRun } from './module.js';

/** What a session is made of. */
export interface SessionDraw {
  readonly mixture: ModemMixture;
  readonly plan: Plan;
  readonly cardTimeoutMs: number;
  readonly modemReset: number;
  readonly blockBytes: number | undefined;
  /** Milliseconds before each command over the mixed modem. */
  readonly commands: readonly number[];
}

/** How it went. */
export interface ModemSession {
  readonly draw: SessionDraw;
  /** Of the commands over the mixed modem. */
  readonly runs: readonly Run[];
  /** Over a modem without faults, where something was left to do. */
  readonly last: Run | undefined;
  readonly peers: ModemPeers;
  readonly complaints: readonly string[];
  /** The last command lines of the mixed modem, with the time of each. */
  readonly lines: readonly string[];
}

/** AT is sent once a second, so often. */
const ATTENTION_MS = 30 * 1_000;
/** The question after a time-out is asked after 1, 2, 4, 8 and 16 seconds again. */
const QUESTIONS_MS = 31 * 1_000;
const BUSY_MS = 40 * 500;
const ONLINE_MS = 180_000;

const JOBS: readonly JobKind[] = ['package', 'package', 'switch', 'data', 'download'];

/** Draws a session; the same seed gives the same. */
export function drawSession(seed: number): SessionDraw {
  const dice = new Dice(seed ^ 0x5e55_1074);
  const cardTimeoutMs = dice.pick([30_000, 30_000, 5_000]);
  const length = () => dice.pick([dice.whole(0, 60), dice.whole(60, 260), dice.whole(200, 700)]);
  const plan: Plan = {
    jobs: Array.from({ length: dice.whole(0, 2) }, () => dice.pick(JOBS)),
    manner: { inline: dice.chance(0.5), numbered: dice.chance(0.6), refuseUntilReset: dice.chance(0.5) },
    notifications: Array.from({ length: dice.pick([0, 0, 1, 2]) }, length),
    otherEims: dice.pick([0, 0, 1, 2]),
    packageBytes: length(),
    answerBytes: length(),
  };
  return {
    mixture: randomMixture(seed, { cardTimeoutMs }),
    plan,
    cardTimeoutMs,
    modemReset: dice.pick([0, 0, ModemQuirk.RadioCycle, ModemQuirk.Restart]),
    blockBytes: dice.pick([undefined, undefined, 120, 64]),
    commands: dice.pick([[0], [0], [0, 100], [0, 100_000]]),
  };
}

const made = new Map<string, WatchedModule>();

/** Runs a session; `trace` sees the line to the mixed modem. @throws Error when it hangs, or the module or its peers fail. */
export function runSession(draw: SessionDraw, trace?: (text: string) => void): ModemSession {
  const { mixture, plan, commands } = draw;
  const form = formOfRun(mixture.seed);
  const module = (made.get(form) ?? new WatchedModule(undefined, form)).renew();
  made.set(form, module);
  const peers = new ModemPeers(plan, mixture.seed);
  const clock = new VirtualClock(1_000);
  const place = {
    slot: peers.card,
    clock,
    onResponse: (response: Uint8Array) => {
      line.response = response;
    },
  };
  const options = commandOptions(draw);
  let line = new WatchedLine(mixedModem(mixture, place), clock, trace);
  const mixed = line;
  const command = () => runCommand({ module, line, eim: peers.eim, options, limitMs: () => limitMs(draw, line.lines) });
  const runs = commands.map((afterMs) => {
    clock.advance(afterMs);
    return command();
  });
  const needsMore = runs.at(-1)!.result.error !== 0 || !peers.isDone;
  if (needsMore) line = new WatchedLine(new SimulatedModem(place), clock);
  const last = needsMore ? command() : undefined;
  const complaints = [...peers.complaints, ...[...runs, ...(last ? [last] : [])].flatMap((run) => run.complaints)];
  return { draw, runs, last, peers, complaints, lines: mixed.lines };
}

/** For the message of a failing test. */
export function describeSession({ mixture, ...draw }: SessionDraw): string {
  return `IPA_SEED=${mixture.seed} IPA_MODEM_SESSIONS=1: ${JSON.stringify(draw)} ${describeMixture(mixture)}`;
}

function commandOptions({ mixture, cardTimeoutMs, modemReset, blockBytes }: SessionDraw): Uint8Array {
  const { simLock = false, passesClassByte = false } = mixture.hostOptions;
  const timeout = cardTimeoutMs.toString(16).padStart(8, '0');
  return Uint8Array.from([
    ...[Option.Command, 1, Command.Poll, Option.CardLink, 1, CardLink.At, Option.IpaFeatures, 1, 0x50],
    ...[Option.CardTimeoutMs, 4, ...fromHex(timeout)],
    ...[Option.Modem, 1, modemReset + (simLock ? ModemQuirk.SimLock : 0) + (passesClassByte ? ModemQuirk.PassesClassByte : 0)],
    ...(blockBytes === undefined ? [] : [Option.BlockBytes, 1, blockBytes]),
  ]);
}

/** As long as a command may take at most, by the deadlines of the module and what the modem does. */
export function limitMs({ mixture, cardTimeoutMs, plan }: SessionDraw, lines: readonly string[]): number {
  const { lostCommands, longLines } = mixture.quirks;
  // a command is given up, and after it the questions, that of the command and those of what is still to be closed
  const given = cardTimeoutMs + 3 * QUESTIONS_MS;
  const lost = lostCommands ? Math.ceil(lines.length / lostCommands.every) : 0;
  // a length that is lost is found out for each size of blocks, and once more by each package
  const tooLong = longLines === 'lost' ? 3 + plan.jobs.length : 0;
  const resets = lines.filter((line) => / AT\+CFUN=1/.test(line)).length;
  const rules = mixture.disturbances.reduce((sum, rule) => sum + costMs(rule, cardTimeoutMs, given), 0);
  return ATTENTION_MS + rules + (lost + tooLong) * given + (1 + resets) * BUSY_MS + resets * ONLINE_MS;
}

/** What a rule can cost at most. */
function costMs({ action, times = 1 }: Disturbance, cardTimeoutMs: number, given: number): number {
  if (action.kind === 'unsolicited' || !Number.isFinite(times)) return 0;
  const delay = action.kind === 'delay' ? action.ms : 0;
  return times * (delay + (delay > 0 && delay < cardTimeoutMs ? 0 : given));
}
