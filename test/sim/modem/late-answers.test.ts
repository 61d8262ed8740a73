// SPDX-License-Identifier: Apache-2.0
// Answers in pieces, late, spoilt, or with other lines in their middle: exact bytes at exact times of a virtual clock.

import { describe, expect, it } from 'vitest';
import { type Disturbance, type DisturbanceAction, type ModemQuirks, SimulatedModem } from '../../../host/sim/modem/index.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const OK = '\r\nOK\r\n';
const CSIM = 'AT+CSIM=10,"80F2000000"';
const ANSWER = '\r\n+CSIM: 20,"00112233445566779000"\r\n';

interface Talk {
  readonly conversation: Conversation;
  readonly clock: VirtualClock;
  readonly modem: SimulatedModem;
  readonly card: RecordingCard;
}

function talk(rules: readonly Disturbance[], quirks: ModemQuirks = {}, echo = false): Talk {
  const clock = new VirtualClock();
  const card = new RecordingCard({ '80F2': '00112233445566779000', '01A404': '9000' });
  const modem = new SimulatedModem({ echo, slot: card, quirks, clock });
  for (const rule of rules) modem.disturb(rule);
  return { conversation: new Conversation(modem.connect()), clock, modem, card };
}

/** What comes back for one AT+CSIM that this happens to. */
async function disturbed(action: DisturbanceAction, quirks: ModemQuirks = {}): Promise<string> {
  return talk([{ prefix: 'AT+CSIM', action }], quirks).conversation.ask(CSIM);
}

describe('lines in the middle of a response', () => {
  const inside = (lines: readonly string[], afterDigits?: number): DisturbanceAction => ({
    kind: 'unsolicited',
    place: 'inside',
    lines,
    ...(afterDigits === undefined ? {} : { afterDigits }),
  });

  it('come after so many digits, and the response goes on behind them', async () => {
    expect(await disturbed(inside(['+CREG: 1'], 4))).toBe(`\r\n+CSIM: 20,"0011\r\n+CREG: 1\r\n2233445566779000"\r\n${OK}`);
    expect(await disturbed(inside(['RDY', '+X']))).toBe(`\r\n+CSIM: 20,"0011223344\r\nRDY\r\n+X\r\n5566779000"\r\n${OK}`);
    expect(await disturbed(inside(['+X'], 99))).toBe(`\r\n+CSIM: 20,"00112233445566779000\r\n+X\r\n"\r\n${OK}`);
  });

  it('have the line ends of the modem, and find responses of every form', async () => {
    expect(await disturbed(inside(['+X'], 0), { lineEnds: 'CR' })).toBe('\r+CSIM: 20,"\r+X\r00112233445566779000"\r\rOK\r');
    const forms: readonly (readonly [ModemQuirks, string])[] = [
      [{ unquotedResponses: true }, '+CSIM: 20,00\r\n+X\r\n112233445566779000'],
      [{ bareResponses: 'length' }, '20,"00\r\n+X\r\n112233445566779000"'],
      [{ bareResponses: 'digits' }, '00\r\n+X\r\n112233445566779000'],
      [{ blanks: 'none' }, '+CSIM:20,"00\r\n+X\r\n112233445566779000"'],
      [{ blanks: 'many' }, '+CSIM:  20 , "00\r\n+X\r\n112233445566779000" '],
    ];
    for (const [quirks, expected] of forms) expect(await disturbed(inside(['+X'], 2), quirks)).toBe(`\r\n${expected}\r\n${OK}`);
  });

  it('leave answers without a response alone', async () => {
    const { conversation } = talk([{ times: 2, action: inside(['+X']) }], { sessionHandles: 'longHexadecimal' });
    expect(await conversation.ask('AT')).toBe(OK);
    expect(await conversation.ask('AT+CCHO="A0000005591010FFFFFFFF8900000100"')).toBe(`\r\n+CCHO: 00000000038aa311\r\n${OK}`);
  });
});

describe('spoilt answers', () => {
  it('lack digits, an end, or have other bytes in them', async () => {
    expect(await disturbed({ kind: 'truncate', digits: 3 })).toBe(`\r\n+CSIM: 20,"00112233445566779"\r\n${OK}`);
    expect(await disturbed({ kind: 'truncate', digits: 99 })).toBe(`\r\n+CSIM: 20,""\r\n${OK}`);
    expect(await disturbed({ kind: 'cut', afterBytes: 15 })).toBe('\r\n+CSIM: 20,"00');
    const noise = Uint8Array.of(0xff, 0x00);
    expect(await disturbed({ kind: 'noise', bytes: noise })).toBe(`\xff\x00${ANSWER}${OK}`);
    expect(await disturbed({ kind: 'noise', bytes: noise, afterBytes: 5 })).toBe(`\r\n+CS\xff\x00${ANSWER.slice(5)}${OK}`);
    expect(await disturbed({ kind: 'noise', bytes: noise, afterBytes: Number.POSITIVE_INFINITY })).toBe(`${ANSWER}${OK}\xff\x00`);
  });
});

describe('rules', () => {
  it('may hit one in so many', async () => {
    const rule: Disturbance = { nth: 2, every: 3, times: 2, action: { kind: 'silence' } };
    const { conversation } = talk([rule]);
    let silences = '';
    for (let count = 1; count <= 12; count += 1) if ((await conversation.ask('AT')) === '') silences += `${count} `;
    expect(silences).toBe('2 5 ');
  });
});

describe('late answers', () => {
  it('come when the clock reaches them; the echo does not wait', async () => {
    const { conversation, clock } = talk([{ action: { kind: 'delay', ms: 500 } }], {}, true);
    expect(await conversation.ask(CSIM)).toBe(`${CSIM}\r`);
    clock.advance(499);
    await conversation.settle();
    expect(conversation.received).toBe(`${CSIM}\r`);
    clock.advance(1);
    await conversation.settle();
    expect(conversation.received).toBe(`${CSIM}\r${ANSWER}${OK}`);
    expect(await conversation.ask('AT')).toBe(`AT\r${OK}`);
  });

  it('come in pieces, with as many pauses as there are rules', async () => {
    const delay = (ms: number, afterBytes: number): Disturbance => ({ action: { kind: 'delay', ms, afterBytes } });
    const { conversation, clock } = talk([delay(300, 15), delay(100, 9), delay(10, 15)]);
    expect(await conversation.ask(CSIM)).toBe(ANSWER.slice(0, 9));
    clock.advance(100);
    await conversation.settle();
    expect(conversation.received).toBe(ANSWER.slice(0, 15));
    clock.advance(309);
    await conversation.settle();
    expect(conversation.received).toBe(ANSWER.slice(0, 15));
    clock.advance(1);
    await conversation.settle();
    expect(conversation.received).toBe(ANSWER + OK);
  });

  it('come in the middle of the next command, whose answer comes behind them', async () => {
    const { conversation, clock, card } = talk([{ prefix: 'AT+CSIM', action: { kind: 'delay', ms: 40_000 } }]);
    expect(await conversation.ask(CSIM)).toBe('');
    clock.advance(30_000);
    expect(await conversation.ask('AT+CFUN?')).toBe('');
    expect(card.commands).toHaveLength(1);
    conversation.send('AT+CE');
    clock.advance(10_000);
    await conversation.settle();
    expect(conversation.received).toBe(`${ANSWER}${OK}\r\n+CFUN: 1\r\n${OK}`);
    conversation.send('REG?\r');
    await conversation.settle();
    expect(conversation.received).toBe(`${ANSWER}${OK}\r\n+CFUN: 1\r\n${OK}\r\n+CEREG: 0,1\r\n${OK}`);
  });

  it('make the modem deaf meanwhile, where it is so', async () => {
    const { conversation, clock, card } = talk([{ prefix: 'AT+CSIM', action: { kind: 'delay', ms: 100 } }], { whileBusy: 'lost' });
    await conversation.ask(CSIM);
    expect(await conversation.ask(CSIM)).toBe('');
    clock.advance(100);
    await conversation.settle();
    expect(conversation.received).toBe(ANSWER + OK);
    expect(card.commands).toHaveLength(1);
    expect(await conversation.ask(CSIM)).toBe(ANSWER + OK);
  });

  it('may be followed by a broken line', async () => {
    const rules: Disturbance[] = [{ action: { kind: 'delay', ms: 100 } }, { action: { kind: 'dropLine', afterBytes: 7 } }];
    const { conversation, clock } = talk(rules);
    await conversation.ask(CSIM);
    expect(conversation.closed).toBeUndefined();
    clock.advance(100);
    await conversation.settle();
    expect([conversation.received, conversation.closed?.message]).toEqual([
      ANSWER.slice(0, 7),
      'the modem line sim: was closed by the other side',
    ]);
  });

  it('are forgotten when the line is gone', async () => {
    const { conversation, clock, modem } = talk([{ times: 2, action: { kind: 'delay', ms: 100 } }]);
    await conversation.ask(CSIM);
    expect(clock.waiting).toBe(1);
    await conversation.line.close();
    expect(clock.waiting).toBe(0);
    const other = new Conversation(modem.connect());
    await other.ask(CSIM);
    modem.dropLines();
    expect(clock.waiting).toBe(0);
  });
});
