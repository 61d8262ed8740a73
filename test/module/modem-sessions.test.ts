// SPDX-License-Identifier: Apache-2.0
// Sessions of the module over modems that are odd in any mixture of ways, on lines with garbage, delays, truncation and unsolicited lines. The
// invariant: no response is read as that of another command, nothing is done twice, each report is the card's own, and it ends in time, with
// success or an error that has a name. IPA_SEED chooses the first seed, IPA_MODEM_SESSIONS how many (100,000 before a release).

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import type { Disturbance, ModemQuirks } from '../../host/sim/modem/index.js';
import type { Plan } from './support/modem-peers.js';
import { describeSession, drawSession, type ModemSession, runSession, type SessionDraw } from './support/modem-session.js';

const FIRST_SEED = Number(process.env.IPA_SEED ?? 1);
const SESSIONS = Number(process.env.IPA_MODEM_SESSIONS ?? 1_500);
/** How many of them are one test. */
const AT_ONCE = 250;
const PATIENCE_MS = 120_000;

/** Whether an error is of the layers wire, card, modem or eUICC: the network is perfect, and the eIM has nothing to refuse. */
const isOfTheLine = (error: number): boolean => error <= ErrorCode.BadEncoding && error > ErrorCode.EimError;
const isOfTheModem = (error: number): boolean => error <= ErrorCode.ModemError && error >= ErrorCode.ModemTimeout;

/** Runs a session and checks what must be true of each. */
function check(draw: SessionDraw): ModemSession {
  const id = describeSession(draw);
  let session: ModemSession;
  try {
    session = runSession(draw);
  } catch (error) {
    throw new Error(`${id}: ${(error as Error).message}`, { cause: error });
  }
  const { runs, last, peers, complaints } = session;
  const errors = runs.map(({ result }) => result.error);
  const where = `${id}, after ${session.lines.slice(-6).join('; ')}`;
  expect(complaints, `what is misread, done twice or not the card's, ${where}`).toEqual([]);
  switch (draw.mixture.outcome) {
    case 'success':
      expect(errors, `errors where none is to be, ${where}`).toEqual(runs.map(() => 0));
      expect(last, `something is left to do, ${where}`).toBeUndefined();
      break;
    case 'either':
      expect(
        errors.filter((error) => error !== 0 && !isOfTheLine(error)),
        `errors of others, ${where}`,
      ).toEqual([]);
      break;
    case 'error':
      expect(
        errors.filter((error) => !isOfTheModem(error)),
        `errors that are not the modem's, ${where}`,
      ).toEqual([]);
  }
  // a good modem gets all done that a bad one did not
  if (last) expect(last.result.error, `the error over a good modem, ${where}`).toBe(0);
  expect(peers.isDone, `whether all is done in the end, ${where}`).toBe(true);
  return session;
}

describe('sessions over mixed modems', () => {
  const tests = Array.from({ length: Math.ceil(SESSIONS / AT_ONCE) }, (_, i) => FIRST_SEED + i * AT_ONCE);
  let finished = 0;
  let responses = 0;

  it.each(tests)(
    'end well, or with a name, and misread nothing (%i and following)',
    (first) => {
      const end = Math.min(first + AT_ONCE, FIRST_SEED + SESSIONS);
      for (let seed = first; seed < end; seed++) {
        const { runs } = check(drawSession(seed));
        if (runs.every(({ result }) => result.error === 0)) finished++;
        responses += runs.reduce((sum, run) => sum + run.responses, 0);
      }
    },
    PATIENCE_MS,
  );

  it.skipIf(SESSIONS < AT_ONCE)('finish more often than not, and read many responses', () => {
    expect(finished).toBeGreaterThan(SESSIONS / 2);
    expect(responses).toBeGreaterThan(15 * SESSIONS);
  });
});

describe('a session in which', () => {
  const PLAN: Plan = {
    jobs: ['package'],
    manner: { inline: false, numbered: true, refuseUntilReset: true },
    notifications: [100, 50],
    otherEims: 0,
    packageBytes: 100,
    answerBytes: 100,
  };

  interface Trouble {
    readonly quirks?: ModemQuirks;
    readonly disturbances?: readonly Disturbance[];
    readonly simLock?: boolean;
    readonly plan?: Partial<Plan>;
    readonly commands?: readonly number[];
    readonly outcome?: 'success' | 'either';
  }

  /** Runs a session that nobody has drawn. */
  function session({ quirks = {}, disturbances = [], simLock = false, plan, commands = [0], outcome = 'either' }: Trouble): ModemSession {
    const hostOptions = simLock ? { simLock } : {};
    const modem = { quirks, disturbances, hostOptions, echo: true, chunks: { kind: 'whole' } } as const;
    const mixture = { seed: 1, outcome, risks: [], ...modem };
    return check({ mixture, plan: { ...PLAN, ...plan }, cardTimeoutMs: 5_000, modemReset: 0, blockBytes: undefined, commands });
  }
  const errors = ({ runs }: ModemSession): number[] => runs.map(({ result }) => result.error);
  const count = ({ lines }: ModemSession, wanted: string): number => lines.filter((line) => line.endsWith(wanted)).length;

  it('nothing is wrong asks no question', () => {
    const fine = session({ outcome: 'success' });
    expect(errors(fine)).toEqual([0]);
    expect(count(fine, 'AT+CFUN?')).toBe(0);
    expect(fine.runs[0]!.responses).toBeGreaterThan(20);
  });

  it('answer after answer is late tells them apart by two questions in turn', () => {
    // each answer comes when its command and the question behind it were repeated
    const delay = { kind: 'delay', ms: 9_750 } as const;
    for (let nth = 1; nth <= 40; nth++) {
      const late = session({ disturbances: [{ nth, times: 3, action: delay }], commands: [0, 100] });
      if (nth > 5 && nth < 30) expect(count(late, 'AT+CFUN?') + count(late, 'AT+CMEE?'), `from line ${nth} on`).toBeGreaterThan(1);
    }
  });

  it('a modem falls silent for minutes, and all its answers come at once, goes on with the right one', () => {
    for (let nth = 1; nth <= 40; nth++) {
      session({ disturbances: [{ nth, action: { kind: 'delay', ms: 60_000 } }], commands: [0, 100, 100] });
      session({ disturbances: [{ nth, action: { kind: 'delay', ms: 12_000, afterBytes: 9 } }], commands: [0, 100_000] });
    }
  });

  it('the modem is busy when its lock is asked for asks again', () => {
    const quirks: ModemQuirks = { simLock: 'required', busyCommandsAfterReset: 4, unsupported: ['+CCHO', '+CGLA', '+CCHC'] };
    const locked = session({ quirks, simLock: true, plan: { jobs: ['switch', 'package'] }, outcome: 'success' });
    expect(errors(locked)).toEqual([0]);
    expect(count(locked, 'AT+CSIM=1')).toBeGreaterThan(4);
  });

  it('a package has run, its answer is lost, and so is the list of results, asks for no other', () => {
    const silence = { kind: 'silence' } as const;
    for (let nth = 20; nth <= 40; nth++) {
      for (const between of [1, 10, 14, 16, 18]) {
        const disturbances: Disturbance[] = [
          { nth, action: silence },
          { nth: nth + between, times: 3, action: silence },
        ];
        session({ disturbances, plan: { jobs: ['package', 'switch'] } });
      }
    }
  });
});
