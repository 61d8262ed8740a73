// SPDX-License-Identifier: Apache-2.0
// Recording a modem line and playing it again: what the transcript is, what is played, and which differences are found.

import { describe, expect, it } from 'vitest';
import { recordLine } from '../../../host/wrap/record-line.js';
import { type ReplayedLine, replayLine } from '../../../host/wrap/replay-line.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { FakeLine } from './fake-line.js';

const latin1 = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const HEAD = '{"transcript":1,"line":"fake:"}';
const SESSION = [
  HEAD,
  '{"ms":0,"out":"AT\\r"}',
  '{"ms":4,"in":"AT\\r\\r"}',
  '{"ms":5,"in":"\\nOK\\r\\n"}',
  '{"ms":40,"out":"ATE0\\r"}',
  '{"ms":90,"in":"\\r\\nOK\\r\\n"}',
  '{"ms":91,"closed":true}',
].join('\n');

/** What the host sees of a line. */
class Host {
  readonly seen: string[] = [];

  constructor(readonly line: ReplayedLine) {
    line.onData((bytes) => this.seen.push(Buffer.from(bytes).toString('latin1')));
    line.onClose((reason) => this.seen.push(`broken: ${reason.message}`));
  }

  async say(text: string): Promise<string[]> {
    this.seen.length = 0;
    this.line.write(latin1(text));
    await quiet();
    return [...this.seen];
  }
}

describe('recordLine', () => {
  it('writes one line for each thing that passes, in characters that every editor shows', async () => {
    const fake = new FakeLine();
    const clock = new VirtualClock(1_000);
    const lines: string[] = [];
    const line = recordLine(fake, (text) => lines.push(text), clock);
    const seen: string[] = [];
    line.onData((bytes) => seen.push(Buffer.from(bytes).toString('latin1')));
    line.onClose((reason) => seen.push(reason.message));
    line.write(latin1('AT+CSIM=4,"00"\r'));
    clock.advance(12.4);
    fake.feed(latin1('\r\nOK\r\n\x00\x7f\xe9\xff'));
    clock.advance(100);
    fake.drop(new Error('unplugged'));
    await line.close();
    expect(lines).toEqual([
      HEAD,
      '{"ms":0,"out":"AT+CSIM=4,\\"00\\"\\r"}',
      '{"ms":12,"in":"\\r\\nOK\\r\\n\\u0000\\u007f\\u00e9\\u00ff"}',
      '{"ms":112,"broken":"unplugged"}',
      '{"ms":112,"closed":true}',
    ]);
    expect([fake.written, seen, fake.closed, line.name]).toEqual([
      ['AT+CSIM=4,"00"\r'],
      ['\r\nOK\r\n\x00\x7f\xe9\xff', 'unplugged'],
      true,
      'fake:',
    ]);
  });

  it('has a clock of its own', () => {
    const lines: string[] = [];
    recordLine(new FakeLine(), (text) => lines.push(text)).write(latin1('A'));
    expect(JSON.parse(lines[1]!)).toEqual({ ms: expect.any(Number), out: 'A' });
  });
});

describe('replayLine', () => {
  it('answers what was answered, in the same chunks', async () => {
    const host = new Host(replayLine(SESSION));
    expect(host.line.name).toBe('replay:fake:');
    expect(await host.say('AT\r')).toEqual(['AT\r\r', '\nOK\r\n']);
    expect(await host.say('ATE0\r')).toEqual(['\r\nOK\r\n']);
    await host.line.close();
    host.line.finish();
  });

  it('takes writes in other pieces, and early ones', async () => {
    const host = new Host(replayLine(SESSION));
    expect(await host.say('A')).toEqual([]);
    expect(await host.say('T\rAT')).toEqual(['AT\r\r', '\nOK\r\n']);
    expect(await host.say('E0\r')).toEqual(['\r\nOK\r\n']);
    await host.line.close();
    host.line.finish();
  });

  it('takes the time that was taken then', async () => {
    const clock = new VirtualClock();
    const line = replayLine(SESSION, { clock });
    const times: number[] = [];
    line.onData(() => times.push(clock.nowMs()));
    line.write(latin1('AT\r'));
    clock.run();
    clock.advance(1_000);
    line.write(latin1('ATE0\r'));
    clock.run();
    expect(times).toEqual([4, 5, 1_055]);
  });

  it('breaks where the line broke', async () => {
    const host = new Host(replayLine(`${HEAD}\n{"ms":1,"out":"AT\\r"}\n{"ms":2,"broken":"unplugged"}\n`));
    expect(await host.say('AT\r')).toEqual(['broken: unplugged']);
    host.line.finish();
  });

  it('bytes of every value survive', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    const fake = new FakeLine();
    const lines: string[] = [];
    const recorded = recordLine(fake, (text) => lines.push(text), new VirtualClock());
    recorded.onData(() => {});
    recorded.write(bytes);
    fake.feed(bytes);
    const line = replayLine(lines.join('\n'));
    const seen: Uint8Array[] = [];
    line.onData((chunk) => seen.push(Uint8Array.from(chunk)));
    line.write(bytes);
    await quiet();
    line.finish();
    expect(seen).toEqual([bytes]);
  });

  const differences: readonly (readonly [string, string, readonly string[], string])[] = [
    ['another command', SESSION, ['AT\r', 'ATZ\r'], 'at line 5: expected "ATE0\\r", seen "ATZ\\r"'],
    ['another end of a command', SESSION, ['AT\r', 'AT', 'E1\r'], 'at line 5: expected "ATE0\\r", seen "ATE1\\r"'],
    ['more than was written', SESSION, ['AT\r', 'ATE0\r', 'AT'], 'at line 7: expected the host closes the line, seen "AT"'],
    ['a command after the end', `${HEAD}\n{"ms":1,"in":"RDY"}`, ['AT\r'], 'after line 2: expected nothing more, seen "AT\\r"'],
  ];
  it.each(differences)('names the line: %s', async (_, transcript, writes, message) => {
    const host = new Host(replayLine(transcript));
    for (const text of writes) await host.say(text);
    const whole = `the host does otherwise than the transcript says ${message}; record the session anew if the host is right`;
    expect(host.seen.at(-1)).toBe(`broken: ${whole}`);
    expect(host.line.failure?.message).toBe(whole);
    expect(() => host.line.finish()).toThrow(whole);
    expect(await host.say('AT\r')).toEqual([]);
  });

  it('tells a late listener', async () => {
    const line = replayLine(SESSION);
    line.write(latin1('X'));
    await quiet();
    expect((await new Promise<Error>((resolve) => line.onClose(resolve))).message).toContain('seen "X"');
  });

  it.each([
    [[], 'line 2 is next, where the host wrote "AT\\r"'],
    [['AT\r', 'ATE0\r'], 'line 7 is next, where the host closed the line'],
  ])('says what was not played after %j', async (writes, message) => {
    const host = new Host(replayLine(SESSION));
    for (const text of writes) await host.say(text);
    expect(() => host.line.finish()).toThrow(message);
  });

  it.each([
    ['', 'the transcript is empty'],
    ['{"ms":1,"out":"AT"}', 'line 1 of the transcript is no head of a transcript of version 1'],
    ['{"transcript":2,"line":"x"}', 'line 1 of the transcript is no head'],
    [`${HEAD}\n\nhello`, 'line 3 of the transcript is no JSON object'],
    [`${HEAD}\n7`, 'line 2 of the transcript is no JSON object'],
    [`${HEAD}\n{"out":"AT"}`, 'line 2 of the transcript needs ms and one of out, in, broken, closed'],
    [`${HEAD}\n{"ms":1,"out":"AT","in":"OK"}`, 'line 2 of the transcript needs ms and one of'],
    [`${HEAD}\n{"ms":1,"in":"\\u0100"}`, 'line 2 of the transcript has a character that is no byte'],
  ])('refuses what is no transcript: %j', (text, message) => {
    expect(() => replayLine(text)).toThrow(message);
  });
});
