// SPDX-License-Identifier: Apache-2.0
// AT commands one at a time: every final line, echo and unsolicited lines, and answers that come too late for their own command.

import { describe, expect, it } from 'vitest';
import { AtExchange, afterPrefix } from '../../../host/modem/at-exchange.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { type Said, ScriptLine } from './script-line.js';

const OK = '\r\nOK\r\n';
const IN_STEP = `\r\n+CFUN: 1\r\n${OK}`;

/** A modem that answers AT+CFUN? as it should, and the rest by `answer`. */
function talk(answer: (command: string, count: number) => Said) {
  const clock = new VirtualClock();
  const line = new ScriptLine(clock, (command, count) => (command === 'AT+CFUN?' ? IN_STEP : answer(command, count)));
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
    line.say(`${OK}\r\n+CFUN: 4\r\n${OK}\r\nERROR\r\n`);
    expect(await ask('AT+CGMI')).toEqual({ kind: 'ok', lines: ['maker'] });
    expect(await ask('AT')).toEqual({ kind: 'ok', lines: [] });
    expect(line.written).toEqual(['AT+CFUN?', 'AT+CGMI', 'AT']);
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
      if (command !== 'AT+CFUN?') return `\r\nmaker\r\n${OK}`;
      delayMs = Math.max(0, delayMs - 300);
      return [[delayMs, IN_STEP]];
    });
    const answer = await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'));
    expect(answer).toEqual({ kind: 'ok', lines: ['maker'] });
    expect(line.written).toEqual(['AT+CFUN?', 'AT+CFUN?', 'AT+CGMI']);
  });

  it('with a modem that refuses the question: when it is silent', async () => {
    const clock = new VirtualClock();
    const line = new ScriptLine(clock, (command) => (command === 'AT+CFUN?' ? '\r\nERROR\r\n' : `\r\nmaker\r\n${OK}`));
    line.say(OK);
    expect(await clock.runUntil(new AtExchange(line, clock).ask('AT+CGMI'))).toEqual({ kind: 'ok', lines: ['maker'] });
  });

  it('with a modem that never stops talking', async () => {
    const clock = new VirtualClock();
    const line: ScriptLine = new ScriptLine(clock, (command) => (command === 'AT+CFUN?' ? IN_STEP : `\r\nmaker\r\n${OK}`));
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
    expect(line.written).toEqual(['AT+CFUN?', 'AT+CFUN?', 'AT+CFUN?']);
  });
});

describe('afterPrefix', () => {
  it('gives what follows in the first such line', () => {
    expect(afterPrefix(['+CREG: 1', '+CFUN: 4', '+CFUN: 1'], '+CFUN:')).toBe('4');
    expect(afterPrefix(['+CREG: 1'], '+CFUN:')).toBeUndefined();
  });
});
