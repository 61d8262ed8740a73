// SPDX-License-Identifier: Apache-2.0
// Sessions of the module over modems that are odd in any mixture of ways, on lines with garbage, delays, truncation and unsolicited lines. The
// invariant: no response is read as that of another command, nothing is done twice, each report is the card's own, and it ends in time, with
// success or an error that has a name. IPA_SEED chooses the first seed, IPA_MODEM_SESSIONS how many (100,000 before a release).

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import type { Disturbance, ModemQuirks } from '../../host/sim/modem/index.js';
import { ModemPeers, type Plan } from './support/modem-peers.js';
import { describeSession, drawSession, limitMs, type ModemSession, runSession, type SessionDraw } from './support/modem-session.js';

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

/** What the sessions below are made of where they say nothing else. */
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

/** A session that is not drawn. */
function design({ quirks = {}, disturbances = [], simLock = false, plan, commands = [0], outcome = 'either' }: Trouble): SessionDraw {
  const hostOptions = simLock ? { simLock } : {};
  const modem = { quirks, disturbances, hostOptions, echo: true, chunks: { kind: 'whole' } } as const;
  const mixture = { seed: 1, outcome, risks: [], ...modem };
  return { mixture, plan: { ...PLAN, ...plan }, cardTimeoutMs: 5_000, modemReset: 0, blockBytes: undefined, commands };
}

describe('the harness', () => {
  const answer = (response: string) => ({ kind: 'answer', lines: [`+CSIM: ${response.length},"${response}"`, 'OK'] }) as const;

  it("sees a response that is not the card's", () => {
    // MANAGE CHANNEL is the fifth line, and gives channel 1
    const disturbances: Disturbance[] = [{ nth: 5, action: answer('029000'), runs: true }];
    const { complaints } = runSession(design({ disturbances, plan: { jobs: [], notifications: [] } }));
    expect(complaints[0]).toMatch(/^1000 AT\+CSIM=10,"0070000001" was answered 019000, and read was 029000$/);
  });

  it('sees a response to an APDU that the card has not got', () => {
    const disturbances: Disturbance[] = [{ nth: 5, action: answer('019000'), runs: false }];
    expect(runSession(design({ disturbances })).complaints[0]).toContain('was answered nothing, and read was 019000');
  });

  it('sees what is executed, removed or reported wrongly', () => {
    const peers = new ModemPeers(PLAN, 1);
    const [job] = peers.jobs;
    const run = (request: string) => peers.card.run(Buffer.from(request, 'hex'), peers.card);
    expect(run(job!.commands[0]!)).toEqual(job!.result);
    expect(peers.complaints).toEqual([]);
    run(job!.commands[0]!);
    run('BF30038001FF');
    run('BF5100');
    peers.eim(fromHex(`BF50185A10${'00'.repeat(16)}BF5103A10100`));
    expect(peers.complaints).toEqual([
      'package AA32 is executed for the 2th time',
      'number 255 is removed and not there',
      'nobody has sent the package BF5100',
      "a result that is not the card's: BF5103A10100",
    ]);
  });

  it('gives a command that hangs no more time than its deadlines', () => {
    const draw = design({});
    expect(limitMs(draw, [])).toBe(30_000 + 20_000);
    expect(limitMs(design({ disturbances: [{ action: { kind: 'silence' } }] }), [])).toBe(50_000 + 5_000 + 93_000);
  });
});

/** Every trouble that may come to an answer. */
const TROUBLES: readonly (readonly [string, Disturbance])[] = [
  ['lost', { action: { kind: 'silence' } }],
  ['not given, as the command is lost', { action: { kind: 'silence' }, runs: false }],
  ['ERROR', { action: { kind: 'answer', lines: ['ERROR'] } }],
  ['ERROR, although the command is carried out', { action: { kind: 'answer', lines: ['ERROR'] }, runs: true }],
  ['SIM failure, although the command is carried out', { action: { kind: 'answer', lines: ['+CME ERROR: 13'] }, runs: true }],
  ['SIM busy', { action: { kind: 'answer', lines: ['+CME ERROR: 14'] } }],
  ['OK and nothing else', { action: { kind: 'answer', lines: ['OK'] }, runs: true }],
  ['cut', { action: { kind: 'cut', afterBytes: 12 } }],
  ['truncated', { action: { kind: 'truncate', digits: 2 } }],
  ['late', { action: { kind: 'delay', ms: 7_000 } }],
  ['late from its middle on', { action: { kind: 'delay', ms: 7_000, afterBytes: 14 } }],
];
/** The sessions below have fewer lines. */
const LINES = 45;

describe('whichever answer of a session', () => {
  const inline = { ...PLAN.manner, inline: true };
  const kinds: readonly Trouble[] = [
    { plan: { packageBytes: 80, manner: inline } },
    { plan: { jobs: ['download'] } },
    { plan: { jobs: ['switch'] }, quirks: { unsupported: ['+CSIM'] } },
  ];

  it.each(TROUBLES)(
    'is %s',
    (_, rule) => {
      for (let nth = 1; nth <= LINES; nth++) {
        // in the short form the kinds take turns
        const chosen = SESSIONS > 1_500 ? kinds : [kinds[nth % kinds.length]!];
        for (const kind of chosen) check(design({ ...kind, disturbances: [{ ...rule, nth }], commands: [0, 100] }));
      }
    },
    PATIENCE_MS,
  );
});

describe('a session in which', () => {
  const session = (trouble: Trouble): ModemSession => check(design(trouble));
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
