// SPDX-License-Identifier: Apache-2.0
// What goes wrong on purpose: unsolicited lines, other answers, silence, dropped lines; and the quirks of real modems.

import { describe, expect, it } from 'vitest';
import type { Disturbance, ModemQuirks } from '../../../host/sim/modem/index.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
const OK = '\r\nOK\r\n';
const CSIM = 'AT+CSIM=10,"80F2000000"';
const ANSWER = '\r\n+CSIM: 4,"9000"\r\n';
const line = (text: string): string => `\r\n${text}\r\n`;

function talk(
  rules: readonly Disturbance[],
  card = new RecordingCard({ '80F2': '9000' }),
): { modem: SimulatedModem; conversation: Conversation } {
  const modem = new SimulatedModem({ echo: false, slot: card });
  for (const rule of rules) modem.disturb(rule);
  return { modem, conversation: new Conversation(modem.connect()) };
}

describe('disturbances', () => {
  it.each([
    ['before', line('+X: 1') + ANSWER + OK],
    ['between', ANSWER + line('+X: 1') + OK],
    ['after', ANSWER + OK + line('+X: 1')],
  ] as const)('puts unsolicited lines %s the answer', async (place, expected) => {
    const { conversation } = talk([{ action: { kind: 'unsolicited', lines: ['+X: 1'], place } }]);
    expect(await conversation.ask(CSIM)).toBe(expected);
    expect(await conversation.ask(CSIM)).toBe(ANSWER + OK);
  });

  it('answers the second to third matching command otherwise, without asking the card', async () => {
    const card = new RecordingCard({ '80F2': '9000' });
    const { conversation } = talk([{ prefix: 'at+csim', nth: 2, times: 2, action: { kind: 'answer', lines: ['+CME ERROR: 13'] } }], card);
    const answers: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      answers.push(await conversation.ask(CSIM));
      expect(await conversation.ask('AT')).toBe(OK);
    }
    expect(answers).toEqual([ANSWER + OK, line('+CME ERROR: 13'), line('+CME ERROR: 13'), ANSWER + OK]);
    expect(card.commands).toHaveLength(2);
  });

  it('carries the command out before a refusal when told to', async () => {
    const card = new RecordingCard({ '80F2': '9000' });
    const { conversation } = talk([{ runs: true, action: { kind: 'answer', lines: ['ERROR'] } }], card);
    expect(await conversation.ask(CSIM)).toBe(line('ERROR'));
    expect(card.commands).toEqual(['80F2000000']);
  });

  it('keeps silent, and answers the next command', async () => {
    const card = new RecordingCard({ '80F2': '9000' });
    const { conversation } = talk([{ action: { kind: 'silence' } }, { nth: 2, runs: false, action: { kind: 'silence' } }], card);
    expect(await conversation.ask(CSIM)).toBe('');
    expect(await conversation.ask(CSIM)).toBe('');
    expect(await conversation.ask(CSIM)).toBe(ANSWER + OK);
    expect(card.commands).toHaveLength(2);
  });

  it('answers garbage', async () => {
    const { conversation } = talk([{ action: { kind: 'garbage', bytes: Uint8Array.of(0, 0xff, 0x0d, 0x41) } }]);
    expect(await conversation.ask(CSIM)).toBe('\x00\xff\rA');
  });

  it('drops the line after part of an answer, and can be attached again', async () => {
    const { conversation, modem } = talk([{ action: { kind: 'dropLine', afterBytes: 6 } }]);
    expect(await conversation.ask(CSIM)).toBe('\r\n+CSI');
    expect(conversation.closed?.message).toBe('the modem line sim: was closed by the other side');
    expect(await conversation.ask('AT')).toBe('');
    expect(await new Conversation(modem.connect()).ask('AT')).toBe(OK);
  });

  it('drops all lines at once and tells late listeners', async () => {
    const modem = new SimulatedModem();
    const [early, late] = [new Conversation(modem.connect()), modem.connect()];
    modem.dropLines();
    await early.until();
    const reason = await new Promise<Error>((resolve) => late.onClose(resolve));
    expect(reason.message).toContain('closed by the other side');
  });

  it('sends unsolicited lines to all lines at once', async () => {
    const modem = new SimulatedModem();
    const conversations = [new Conversation(modem.connect()), new Conversation(modem.connect())];
    modem.sendUnsolicited('+CEREG: 5');
    for (const conversation of conversations) await conversation.until(line('+CEREG: 5'));
  });

  it('applies several rules to one answer', async () => {
    const { conversation } = talk([
      { action: { kind: 'answer', lines: ['+CME ERROR: 14'] } },
      { action: { kind: 'unsolicited', lines: ['+QIND: 1', 'RDY'], place: 'between' } },
    ]);
    expect(await conversation.ask(CSIM)).toBe(line('+QIND: 1') + line('RDY') + line('+CME ERROR: 14'));
  });
});

describe('the line inside the process', () => {
  it('keeps what comes before the listener, counts bytes, and is silent once closed', async () => {
    const modem = new SimulatedModem({ echo: false });
    const pipe = modem.connect();
    pipe.write(Buffer.from('AT\r'));
    await new Promise((resolve) => setImmediate(resolve));
    const conversation = new Conversation(pipe);
    await conversation.until(OK);
    expect(modem.counters).toEqual({ commands: 1, bytesIn: 3, bytesOut: 6, apdus: 0 });
    await pipe.close();
    expect(await conversation.ask('AT')).toBe('');
    expect(conversation.closed).toBeUndefined();
  });

  it('takes a copy of what is written', async () => {
    const conversation = new Conversation(new SimulatedModem({ echo: false }).connect());
    const buffer = Buffer.from('AT\r');
    conversation.line.write(buffer);
    buffer.fill(0);
    await conversation.until(OK);
  });

  it('cuts its output at every place the same', async () => {
    const whole = ANSWER + OK;
    for (let offset = 1; offset <= whole.length; offset += 1) {
      const modem = new SimulatedModem({ echo: false, slot: new RecordingCard({ '80F2': '9000' }), chunks: { kind: 'splitAt', offset } });
      const conversation = new Conversation(modem.connect());
      expect(await conversation.ask(CSIM)).toBe(whole);
      expect(conversation.chunks).toEqual([whole.slice(0, offset), whole.slice(offset)].filter((part) => part !== ''));
    }
  });
});

describe('quirks', () => {
  function quirky(quirks: ModemQuirks, answers: Record<string, string>): { conversation: Conversation; card: RecordingCard } {
    const card = new RecordingCard(answers);
    return { card, conversation: new Conversation(new SimulatedModem({ echo: false, slot: card, quirks }).connect()) };
  }

  it('lacks commands and test forms', async () => {
    const { conversation } = quirky({ unsupported: ['+CCHC'], noTestForms: true }, {});
    expect(await conversation.ask('AT+CCHC=17')).toBe(line('ERROR'));
    expect(await conversation.ask('AT+CSIM=?')).toBe(line('ERROR'));
  });

  it('answers a bare handle, or a long one', async () => {
    const bare = quirky({ bareSession: true }, { '01A404': '9000' });
    expect(await bare.conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('17') + OK);
    const long = quirky({ sessionHandles: 'longHexadecimal' }, { '01A404': '9000', '02A404': '9000', '82F2': '9000' });
    expect(await long.conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CCHO: 00000000038aa311') + OK);
    expect(await long.conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CCHO: 00000000038aa312') + OK);
    expect(await long.conversation.ask('AT+CGLA=00000000038aa312,10,"80F2000000"')).toBe(line('+CGLA: 4,"9000"') + OK);
  });

  it('leaves quotes and the class byte alone', async () => {
    const { conversation, card } = quirky({ unquotedResponses: true, passesClassByte: true }, { '01A404': '9000', '80F2': '9000' });
    await conversation.ask(`AT+CCHO="${ISDR}"`);
    expect(await conversation.ask('AT+CGLA=17,10,"80F2000000"')).toBe(line('+CGLA: 4,9000') + OK);
    expect(card.commands.at(-1)).toBe('80F2000000');
  });

  it('fetches responses and corrects lengths itself', async () => {
    const answers = { '81E2': '6102', '01C0000002': 'BF3E6101', '01C0000001': '009000', '80F2000000': '6C01', '80F2000001': 'AA9000' };
    const { conversation } = quirky({ fetchesResponses: true, correctsLength: true }, answers);
    expect(await conversation.ask('AT+CSIM=10,"81E2910000"')).toBe(line('+CSIM: 10,"BF3E009000"') + OK);
    expect(await conversation.ask(CSIM)).toBe(line('+CSIM: 6,"AA9000"') + OK);
  });

  it('does not hang on a card that announces data for ever', async () => {
    const { conversation, card } = quirky({ fetchesResponses: true }, { '81E2': '6101', '01C0': 'AA6101' });
    expect(await conversation.ask('AT+CSIM=10,"81E2910000"')).toContain('6101"');
    expect(card.commands).toHaveLength(257);
  });

  it('never hands over a response longer than it can', async () => {
    const { conversation } = quirky({ maximumResponseDataBytes: 2 }, { '80F2000001': 'AABB9000', '80F2000002': 'AABBCC9000' });
    expect(await conversation.ask('AT+CSIM=10,"80F2000001"')).toBe(line('+CSIM: 8,"AABB9000"') + OK);
    expect(await conversation.ask('AT+CSIM=10,"80F2000002"')).toBe(line('+CSIM: 4,"6100"') + OK);
  });

  it('refuses instructions and logical channels', async () => {
    const { conversation } = quirky({ refusedInstructions: [0xc0], basicChannelOnly: true }, { '80F2': '9000' });
    for (const apdu of ['00C0000010', '81F2000000', '42F2000000']) {
      expect(await conversation.ask(`AT+CMEE=1;+CSIM=10,"${apdu}"`)).toBe(line('+CME ERROR: 3'));
    }
    expect(await conversation.ask(CSIM)).toBe(ANSWER + OK);
  });

  it('is busy for a while after power-up', async () => {
    const { conversation } = quirky({ busyCommandsAfterReset: 2 }, { '80F2': '9000' });
    expect(await conversation.ask('AT+CMEE=1')).toBe(OK);
    expect(await conversation.ask('AT+CPIN?')).toBe(line('+CME ERROR: 14'));
    expect(await conversation.ask(CSIM)).toBe(line('+CME ERROR: 14'));
    expect(await conversation.ask(CSIM)).toBe(ANSWER + OK);
  });
});
