// SPDX-License-Identifier: Apache-2.0
// AT commands one at a time: every final line, echo and unsolicited lines, and answers that come too late for their own command.

import { describe, expect, it } from 'vitest';
import { AtExchange, afterPrefix } from '../../../host/modem/at-exchange.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { type Said, ScriptLine } from './script-line.js';

const OK = '\r\nOK\r\n';
const IN_STEP = `\r\n+CMEE: 0\r\n${OK}`;

/** A modem that answers AT+CMEE? as it should, and the rest by `answer`. */
function talk(answer: (command: string, count: number) => Said) {
  const clock = new VirtualClock();
  const line = new ScriptLine(clock, (command, count) => (command === 'AT+CMEE?' ? IN_STEP : answer(command, count)));
  const at = new AtExchange(line, clock);
  return { clock, line, at, ask: (command: string, timeoutMs?: number) => clock.runUntil(at.ask(command, timeoutMs)) };
}

describe('an answer', () => {
  it.each([
    ['OK', OK, { kind: 'ok', lines: [] }],
    ['lines before OK', `\r\n+CPIN: READY\r\n${OK}`, { kind: 'ok', lines: ['+CPIN: READY'] }],
    ['ERROR', '\r\nERROR\r\n', { kind: 'refused', final: 'ERROR', lines: [] }],
    ['+CME ERROR in number', '\r\n+CME ERROR: 14\r\n', { kind: 'refused', final: '+CME ERROR: 14', lines: [] }],
    ['+CME ERROR in words', '\r\n+CME ERROR: SIM busy\r\n', { kind: 'refused', final: '+CME ERROR: SIM busy', lines: [] }],
    ['+CMS ERROR', '\r\n+CMS ERROR: 302\r\n', { kind: 'refused', final: '+CMS ERROR: 302', lines: [] }],
    ['echo in front', `AT+CPIN?\r${OK}`, { kind: 'ok', lines: [] }],
    ['other line ends', 'READY\nOK\n', { kind: 'ok', lines: ['READY'] }],
    ['a line that only begins like a final one', `\r\nOKAY\r\n${OK}`, { kind: 'ok', lines: ['OKAY'] }],
  ])('with %s', async (_, said, expected) => {
    expect(await talk(() => said).ask('AT+CPIN?')).toEqual(expected);
  });

  it('in pieces, byte by byte', async () => {
    const bytes = [...`\r\n+CPIN: READY\r\n${OK}`].map((byte, index) => [index, byte] as const);
    expect(await talk(() => bytes).ask('AT+CPIN?')).toEqual({ kind: 'ok', lines: ['+CPIN: READY'] });
  });

  it('that never comes', async () => {
    const { clock, ask } = talk(() => '\r\nRDY\r\n');
    expect(await ask('AT+CPIN?', 700)).toEqual({ kind: 'silent', timeoutMs: 700 });
    expect(clock.waiting).toBe(0);
  });

  it('on a line that breaks, and on one that is broken', async () => {
    const { clock, line, ask } = talk(() => '');
    clock.after(100, () => line.break('the cable is out'));
    expect(await ask('AT+CPIN?')).toEqual({ kind: 'lost', reason: new Error('the cable is out') });
    expect(await ask('AT+CPIN?')).toEqual({ kind: 'lost', reason: new Error('the cable is out') });
  });
});

describe('falling into step', () => {
  it('at the beginning, whatever is still in the line', async () => {
    const { line, ask } = talk((command) => (command === 'AT+CGMI' ? `\r\nmaker\r\n${OK}` : OK));
    line.say(`${OK}\r\n+CMEE: 2\r\n${OK}\r\nERROR\r\n`);
    expect(await ask('AT+CGMI')).toEqual({ kind: 'ok', lines: ['maker'] });
    expect(await ask('AT')).toEqual({ kind: 'ok', lines: [] });
    expect(line.written).toEqual(['AT+CMEE?', 'AT+CGMI', 'AT']);
  });

  it.each([2001, 2500, 2999])('after silence: an answer %i ms late is not that of the next command', async (delayMs) => {
    const { ask } = talk((command) => (command === 'AT+CGMI' ? [[delayMs, `\r\nmaker\r\n${OK}`]] : `\r\nmodel\r\n${OK}`));
    expect(await ask('AT+CGMI', 2000)).toMatchObject({ kind: 'silent' });
    expect(await ask('AT+CGMM', 2000)).toEqual({ kind: 'ok', lines: ['model'] });
  });

  it('after silence to the very question that it is found by', async () => {
    const clock = new VirtualClock();
    let delayMs = 1400;
    const line = new ScriptLine(clock, (command) => {
      if (!command.endsWith('?')) return `\r\nmaker\r\n${OK}`;
      delayMs = Math.max(0, delayMs - 300);
      return [[delayMs, `\r\n${command.slice(2, -1)}: 1\r\n${OK}`]];
    });
    const answer = await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'));
    expect(answer).toEqual({ kind: 'ok', lines: ['maker'] });
    expect(line.written).toEqual(['AT+CMEE?', 'AT+CFUN?', 'AT+CGMI']);
  });

  it('with a modem that refuses the question: when it is silent', async () => {
    const clock = new VirtualClock();
    const line = new ScriptLine(clock, (command) => (command === 'AT+CMEE?' ? '\r\nERROR\r\n' : `\r\nmaker\r\n${OK}`));
    line.say(OK);
    expect(await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'))).toEqual({ kind: 'ok', lines: ['maker'] });
  });

  it('with a modem that never stops talking', async () => {
    const clock = new VirtualClock();
    const line: ScriptLine = new ScriptLine(clock, (command) => (command === 'AT+CMEE?' ? IN_STEP : `\r\nmaker\r\n${OK}`));
    const chatter = () => {
      line.say('\r\n+CSQ: 20,99\r\n');
      clock.after(10, chatter);
    };
    chatter();
    expect(await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'))).toMatchObject({
      kind: 'ok',
      lines: expect.arrayContaining(['maker']),
    });
  });

  it('not with one that says nothing, within 3 s', async () => {
    const clock = new VirtualClock();
    const line = new ScriptLine(clock, () => '');
    expect(await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'))).toEqual({ kind: 'silent', timeoutMs: 3000 });
    expect(clock.nowMs()).toBe(3000);
    expect(line.written).toEqual(['AT+CMEE?', 'AT+CFUN?', 'AT+IPR?']);
  });
});

describe('500 modems that take their time, talk unasked and refuse', () => {
  /** Answers one command after the other, each so late as it likes. */
  function slowModem(clock: VirtualClock, random: () => number): ScriptLine {
    let freeMs = 0;
    return new ScriptLine(clock, (command) => {
      freeMs = Math.max(freeMs, clock.nowMs()) + (random() < 0.3 ? 3000 * random() : 20 * random());
      const chatter = random() < 0.3 ? '\r\n+CREG: 1\r\n' : '';
      const final = random() < 0.2 ? '\r\n+CME ERROR: 14\r\n' : OK;
      const said = command.endsWith('?') ? `\r\n${command.slice(2, -1)}: 1\r\n${OK}` : `\r\n+SAYS: ${command}\r\n${final}`;
      const cut = Math.floor(random() * said.length);
      const delayMs = freeMs - clock.nowMs();
      return [
        [delayMs, chatter + said.slice(0, cut)],
        [delayMs, said.slice(cut)],
      ];
    });
  }

  it('never give one command the answer of another', async () => {
    const counted = { ok: 0, refused: 0, silent: 0, lost: 0 };
    for (let seed = 1; seed <= 500; seed++) {
      const clock = new VirtualClock();
      const at = new AtExchange(slowModem(clock, seededRandom(seed)), clock);
      for (let number = 0; number < 8; number++) {
        const answer = await clock.runUntil(at.ask(`AT+X=${number}`, 1000));
        counted[answer.kind]++;
        const lines = 'lines' in answer ? answer.lines.filter((line) => line.startsWith('+SAYS')) : [];
        expect(lines, `seed ${seed}, command ${number}`).toEqual('lines' in answer ? [`+SAYS: AT+X=${number}`] : []);
      }
    }
    expect(Math.min(counted.ok, counted.refused, counted.silent)).toBeGreaterThan(100);
  });
});

describe('afterPrefix', () => {
  it('gives what follows in the first such line', () => {
    expect(afterPrefix(['+CREG: 1', '+CFUN: 4', '+CFUN: 1'], '+CFUN:')).toBe('4');
    expect(afterPrefix(['+CREG: 1'], '+CFUN:')).toBeUndefined();
  });
});
