// SPDX-License-Identifier: Apache-2.0
// The benchmark of the line to the card: its lower bound against numbers worked out by hand, and the targets from a short run.

import { beforeAll, describe, expect, it } from 'vitest';
import type { SyncCardSlot } from '../../host/interfaces.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { answerCharacters, boundOf, commandCharacters } from '../../scripts/bench-card/bound.js';
import {
  countApdus,
  countSessions,
  type Es10Exchange,
  es10Exchanges,
  type LoggedApdu,
  logCard,
} from '../../scripts/bench-card/card-log.js';
import { type CardRow, measureCard, uartMs } from '../../scripts/bench-card/measure.js';
import { runOnCard } from '../../scripts/bench-card/run.js';
import { lineLines } from '../../scripts/bench-card/tables.js';
import { judgeCard } from '../../scripts/bench-card/targets.js';
import { createSurroundings, type Surroundings } from '../../scripts/bench-link/bed.js';

const exchange = (command: string, commandBytes: number, responseBytes: number): Es10Exchange => ({
  command: Buffer.concat([fromHex(command)], commandBytes),
  response: new Uint8Array(responseBytes),
});

describe('characters of an APDU on the line', () => {
  it('are those of AT+CSIM and its shortest answer', () => {
    expect(commandCharacters(5)).toBe('AT+CSIM=10,"0070000001"\r'.length);
    expect(answerCharacters(0)).toBe('\r\n+CSIM: 4,"9000"\r\n\r\nOK\r\n'.length);
    expect(answerCharacters(1)).toBe('\r\n+CSIM: 6,"019000"\r\n\r\nOK\r\n'.length);
  });

  it('are known numbers', () => {
    // 8 for AT+CSIM=, 2 or 3 for the length, 2 for ," and 2 for " and CR, and two for each byte
    expect([5, 11, 260].map(commandCharacters)).toEqual([12 + 2 + 10, 12 + 2 + 22, 12 + 3 + 520]);
    // 9 for CR LF +CSIM: and the blank, 1 to 3 for the length, 2 for ," and 3 for " CR LF, 6 for OK, and two for each byte
    expect([0, 21, 256].map(answerCharacters)).toEqual([20 + 1 + 4, 20 + 2 + 46, 20 + 3 + 516]);
  });

  it('take ten bits each, one direction after the other', () => {
    expect(uartMs({ out: 1_000, in: 152 })).toEqual({ 115200: 100, 921600: 12.5 });
  });
});

describe('the lower bound', () => {
  /** TERMINAL CAPABILITY of 10 bytes, MANAGE CHANNEL of 5 with a byte of answer, SELECT of 21. */
  const ATTACHED = { apdus: 3, out: 34 + 24 + 56, in: 25 + 27 + 25 };

  /** What these functions need on the line besides attaching. */
  function needed(exchanges: readonly Es10Exchange[], inline = false) {
    const { apdus, line } = boundOf(exchanges, { inline });
    return { apdus: apdus - ATTACHED.apdus, out: line.out - ATTACHED.out, in: line.in - ATTACHED.in };
  }

  it('of nothing is to be attached, once for each session of the card', () => {
    const { apdus, line, link, functions } = boundOf([]);
    expect({ apdus, ...line }).toEqual(ATTACHED);
    expect([link, functions]).toEqual([{ out: 10 + 5 + 21, in: 2 + 3 + 2 }, []]);
    expect(boundOf([], { sessions: 2 }).line).toEqual({ out: 2 * 114, in: 2 * 77 });
  });

  it('of a short function is a block and a GET RESPONSE', () => {
    // GetEID: BF3E035C015A in a block of 11 bytes, answered 61xx; GET RESPONSE of 5 bytes, answered with 21 bytes
    expect(needed([exchange('BF3E035C015A', 6, 21)])).toEqual({ apdus: 2, out: 36 + 24, in: 25 + 68 });
    expect(boundOf([exchange('BF3E035C015A', 6, 21)]).link).toEqual({ out: 36 + 11 + 5, in: 7 + 2 + 23 });
  });

  it('of a long command is blocks of 255 bytes', () => {
    // 4 blocks of 260 bytes; one byte more is a block of 6 bytes: 12 digits
    expect(needed([exchange('86', 1_020, 0)])).toEqual({ apdus: 4, out: 4 * 535, in: 4 * 25 });
    expect(needed([exchange('86', 1_021, 0)])).toEqual({ apdus: 5, out: 4 * 535 + 26, in: 5 * 25 });
  });

  it('of a long response is GET RESPONSE for each 256 bytes', () => {
    // a block of 8 bytes: 16 digits
    expect(needed([exchange('BF5500', 3, 256)])).toEqual({ apdus: 2, out: 30 + 24, in: 25 + 539 });
    expect(needed([exchange('BF5500', 3, 257)])).toEqual({ apdus: 3, out: 30 + 2 * 24, in: 25 + 539 + 27 });
  });

  it('of a response that comes inline has no GET RESPONSE, unless it is longer than a response APDU', () => {
    expect(needed([exchange('BF5500', 3, 256)], true)).toEqual({ apdus: 1, out: 30, in: 539 });
    expect(needed([exchange('BF5500', 3, 257)], true)).toEqual({ apdus: 3, out: 30 + 2 * 24, in: 25 + 539 + 27 });
    // only the last block has it
    expect(needed([exchange('BF38', 256, 1)], true)).toEqual({ apdus: 2, out: 535 + 26, in: 25 + 27 });
  });

  it('has a function that is called again only once, with its longest answer', () => {
    const list = (responseBytes: number) => exchange('BF2B00', 3, responseBytes);
    const { functions, repeated, line } = boundOf([list(5), exchange('BF3003800102', 6, 6), list(200), list(5)]);
    expect([functions, repeated]).toEqual([
      ['BF2B', 'BF30'],
      ['BF2B', 'BF2B'],
    ]);
    expect(line).toEqual(boundOf([list(200), exchange('BF3003800102', 6, 6)]).line);
  });

  it('has each segment of a profile package as a command of its own', () => {
    // BF36 with BF23, then A0 and A1: blocks of 6, 7 and 8 bytes, and the answer to the last
    const segments = [exchange('BF', 1, 0), exchange('A0', 2, 0), exchange('A1', 3, 1)];
    expect(needed(segments)).toEqual({ apdus: 4, out: 26 + 28 + 30 + 24, in: 3 * 25 + 27 });
    const whole = [exchange('BF3603BF2300', 6, 0), exchange('A000', 2, 0), exchange('BF3003800102', 6, 6)];
    expect(boundOf(whole).functions).toEqual(['BF36', 'BF30']);
  });
});

describe('the log of a card', () => {
  /** A card that gives these answers in turn. */
  function scripted(answers: readonly string[]): SyncCardSlot {
    let at = 0;
    return { reset: () => new Uint8Array(), powerOff: () => {}, transmit: () => fromHex(answers[at++]!) };
  }

  function logOf(pairs: readonly (readonly [string, string])[]): LoggedApdu[] {
    const log: LoggedApdu[] = [];
    const card = logCard(scripted(pairs.map(([, answer]) => answer)), log);
    card.reset();
    for (const [command] of pairs) {
      if (command === '0070000001') card.reset();
      card.transmit(fromHex(command));
    }
    return log;
  }

  const LOG = logOf([
    ['80AA000005A903840101', '9000'],
    ['0070000001', '019000'],
    ['01A4040002A000', '6122'],
    ['81E2110002BF38', '9000'],
    ['81E2910101FF', '6103'],
    ['01C0000002', 'AAAA6101'],
    ['01C0000001', 'BB9000'],
    ['80F2000C00', '9000'],
    ['0070000001', '019000'],
    ['81E2910002A000', '9000'],
    ['801200000B', 'D009000000000000000000'],
  ]);

  it('counts APDUs by kind, and what goes on with a response', () => {
    expect(countApdus(LOG)).toEqual({
      kinds: { terminalCapability: 1, manageChannel: 2, select: 1, storeData: 3, getResponse: 2, status: 1, other: 1 },
      all: 11,
      continuations: 1,
    });
  });

  it('has the functions put together', () => {
    const found = es10Exchanges(LOG).map(({ command, response }) => [hex(command), hex(response)]);
    expect(found).toEqual([
      ['BF38FF', 'AAAABB'],
      ['A000', ''],
    ]);
    expect(countSessions(LOG)).toBe(2);
  });
});

describe('the module', () => {
  let surroundings: Surroundings;
  let rows: CardRow[];

  beforeAll(async () => {
    surroundings = await createSurroundings();
    rows = await measureCard(surroundings, { blockSizes: [255, 63] });
    return () => surroundings.close();
  });

  it('meets every target', () => {
    const judged = judgeCard(rows);
    expect(judged.map(({ target }) => target)).toEqual([
      'download by AT+CSIM in blocks of 255: bytes both ways / lower bound',
      'download by AT+CGLA in blocks of 255: bytes both ways / lower bound',
      'download by APDUs in blocks of 255: bytes both ways / lower bound',
      'start-up by AT+CSIM: APDUs besides continuations of a response',
      'start-up by AT+CGLA: APDUs besides continuations of a response',
      'start-up by APDUs: APDUs besides continuations of a response',
    ]);
    expect(judged.filter(({ isMet }) => !isMet)).toEqual([]);
  });

  it('would not meet them with more bytes and more APDUs', () => {
    const more = rows.map((row) => ({ ...row, ratio: row.ratio + 0.03, apdus: { ...row.apdus, all: row.apdus.all + 2 } }));
    expect(judgeCard(more).map(({ isMet }) => isMet)).toEqual(judgeCard(rows).map(() => false));
  });

  it('calls the functions that the job needs', () => {
    const functionsOf = (wanted: string) => rows.find(({ job, inline }) => job === wanted && !inline)?.bound.functions;
    const lists = ['BF2B', 'BF2B'];
    expect(functionsOf('startUp')).toEqual(['BF55', 'BF3E']);
    expect(functionsOf('idle')).toEqual(['BF55', 'BF3E', ...lists]);
    // BF2B by sequence number, for what belongs to the result, and BF30 for the result and for the notification
    expect(functionsOf('enable')).toEqual(['BF55', 'BF3E', ...lists, 'BF51', 'BF2B', 'BF30', 'BF30']);
    const authentication = ['BF20', 'BF2E', 'BF38', 'BF21'];
    expect(functionsOf('download')).toEqual(['BF55', 'BF3E', ...lists, ...authentication, 'BF36', 'BF5A', 'BF30']);
  });

  it.each([255, 120, 63])('fills its blocks of %i bytes', async (blockBytes) => {
    const { whole } = await runOnCard({ surroundings, job: 'download', way: 'csim', blockBytes });
    const blocks = es10Exchanges(whole.apdus).map(({ command }) => Math.ceil(command.length / blockBytes));
    expect(countApdus(whole.apdus).kinds.storeData).toBe(blocks.reduce((sum, count) => sum + count, 0));
  });

  it('asks for no STATUS, and has each channel once and closes it', () => {
    for (const { job, apdus } of rows.filter((row) => row.job !== 'startUp')) {
      const sessions = job === 'enable' ? 2 : 1;
      expect(apdus.kinds).toMatchObject({ terminalCapability: sessions, manageChannel: sessions + 1, select: sessions, status: 0 });
    }
  });

  it('is told in one line where neither way nor blocks make a difference', () => {
    const fetched = lineLines(rows.filter(({ inline }) => !inline));
    expect(fetched.filter(([job]) => job === 'start-up').map((cells) => cells.slice(0, 3))).toEqual([
      ['start-up', 'AT+CSIM', '255, 63'],
      ['start-up', 'AT+CGLA', '255, 63'],
      ['start-up', 'APDUs', '255, 63'],
      ['start-up', 'lower bound, AT+CSIM', '255'],
      ['start-up', 'lower bound, APDUs', '255'],
    ]);
  });
});
