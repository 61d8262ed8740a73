// SPDX-License-Identifier: Apache-2.0
// The link to the card: AT+CSIM and everything modems put around it (3GPP TS 27.007 §8.17), and the APDU cases with 61xx,
// 6Cxx, 91xx and inline data (ETSI TS 102 221 §7.3). Driven through the whole module; time is counted, not waited for.

import { describe, expect, it } from 'vitest';
import { Action, CARD_WINDOW_BYTES, ErrorCode, Event, NetworkFailure } from '../../host/abi.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { type AtModem, csimAnswer, csimCommand, plainModem } from './support/at-modem.js';
import { Module } from './support/module.js';
import { Session, type SessionOptions } from './support/session.js';
import { SimplePeers } from './support/simple-peers.js';

const OK = '\r\nOK\r\n';
const NO_ERROR = { error: 0, detail: 0, packages: 0 };

/** What a test changes in the answers of a modem: gets each line, the plain answer, and the number of the line. */
type Change = (line: string, answer: string, number: number) => string;

function session(change: Change, options: SessionOptions = {}, peers = new SimplePeers()) {
  const plain = plainModem(peers.card);
  const lines: string[] = [];
  const modem: AtModem = (line) => change(line, plain(line), lines.push(line) - 1);
  return { peers, lines, session: new Session(peers, { link: 'at', modem, ...options }) };
}

/** Option CardAccess: AT+CSIM and nothing else. */
const CSIM = fromHex('9D0101');
const poll = (change: Change, options: SessionOptions = {}) => session(change, { options: CSIM, ...options }).session.run();
/** Changes the answers to AT+CSIM only. */
const csim =
  (change: (answer: string) => string): Change =>
  (line, answer) =>
    line.startsWith('AT+CSIM') ? change(answer) : answer;
const isOpenChannel = (line: string) => line === 'AT+CSIM=10,"0070000001"';
/** Answers MANAGE CHANNEL, the first command that must succeed, with this. */
const openChannel =
  (answer: string): Change =>
  (line, plain) =>
    isOpenChannel(line) ? answer : plain;
/** Changes the response APDUs of the card. */
const card = (apdu: (command: Uint8Array, number: number) => Uint8Array | undefined) => new SimplePeers({}, apdu);
const overApdus = (peers: SimplePeers, options: SessionOptions = {}) => new Session(peers, options).run();

describe('a modem line', () => {
  it('begins with AT, ATE0 and AT+CMEE=1, then speaks AT+CSIM', () => {
    const { lines, session: plain } = session((_, answer) => answer);
    expect(plain.run()).toMatchObject(NO_ERROR);
    expect(lines.slice(0, 5)).toEqual(['AT', 'ATE0', 'AT+CMEE=1', 'AT+CSIM=20,"80AA000005A903840101"', 'AT+CSIM=10,"0070000001"']);
  });

  it.each<[string, Change]>([
    ['an echo of every line', (line, answer) => `${line}\r${answer}`],
    ['an echo and extra carriage returns', (line, answer) => `${line}\r\r\n${answer.replaceAll('\r\n', '\r\r\n')}`],
    [
      'result codes nobody asked for, before the answer',
      (_, answer) => `\r\n+CREG: 1,"00C3","0A1B"\r\n\r\n+QIND: "csq",31,99\r\n${answer}`,
    ],
    ['… between answer and OK', (_, answer) => answer.replace(OK, `\r\n+CEREG: 5\r\n${OK}`)],
    ['… behind OK', (_, answer) => `${answer}\r\n+CTZV: 21/01/01,00:00:00+08\r\n`],
    ['… that look like answers', (_, answer) => `\r\nOKAY\r\n\r\nERRORS: 0\r\n\r\n+CSIMX\r\n${answer}`],
    ['… longer than what is kept of a line', (_, answer) => `\r\n+URC: ${'x'.repeat(300)} OK\r\n${answer}`],
    ['line feeds only', (_, answer) => answer.replaceAll('\r', '')],
    ['carriage returns only', (_, answer) => answer.replaceAll('\n', '')],
    ['no empty lines', (_, answer) => answer.replaceAll(/(\r\n)+/g, '\r\n').slice(2)],
    ['answers without quotation marks', csim((answer) => answer.replaceAll('"', ''))],
    ['answers without blanks', csim((answer) => answer.replace(': ', ':'))],
    ['answers with blanks everywhere', csim((answer) => answer.replace(',', ' , '))],
    ['answers in lower case', csim((answer) => answer.replace(/"[0-9A-F]*"/, (text) => text.toLowerCase()))],
    ['an OK of an earlier command before the answer', csim((answer) => OK + answer)],
    ['noise between lines', (_, answer) => `\x00\xff\x1b[0m\r\n${answer}`],
    ['an answer that is broken and then given again', csim((answer) => answer.replace(/,"../, ',"').replace(OK, '') + answer)],
  ])('with %s is read', (_, change) => {
    expect(poll(change)).toMatchObject(NO_ERROR);
    expect(poll(change, { cutCard: (length) => Array.from({ length }, (_unused, i) => i) })).toMatchObject(NO_ERROR);
    for (let cut = 1; cut < 40; cut++) expect(poll(change, { cutCard: () => [cut] })).toMatchObject(NO_ERROR);
  });

  it.each(['ATE0', 'AT+CMEE=1', 'AT'])('whose modem refuses %s is used as it is', (refused) => {
    for (const answer of ['\r\nERROR\r\n', '\r\n+CME ERROR: 4\r\n', '\r\n+CME ERROR: operation not supported\r\n'])
      expect(poll((line, plain) => (line === refused ? answer : plain))).toMatchObject(NO_ERROR);
  });

  it('whose modem keeps TERMINAL CAPABILITY to itself is used', () => {
    expect(poll((line, answer) => (line.includes('80AA') ? '\r\nERROR\r\n' : answer))).toMatchObject(NO_ERROR);
  });

  it.each([
    ['ERROR', '\r\nERROR\r\n', ErrorCode.ModemError, 0],
    ['a numeric error', '\r\n+CME ERROR: 13\r\n', ErrorCode.ModemCmeError, 13],
    ['a numeric error of three digits', '+CME ERROR:100\n', ErrorCode.ModemCmeError, 100],
    ['an error in words', '\r\n+CME ERROR: SIM failure\r\n', ErrorCode.ModemCmeError, -1],
    ['a message service error', '\r\n+CMS ERROR: 310\r\n', ErrorCode.ModemCmeError, 310],
    ['a length that is too small', '\r\n+CSIM: 4,"019000"\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['a length that is too large', '\r\n+CSIM: 8,"019000"\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['half a byte', '\r\n+CSIM: 5,"90000"\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['digits that are none', '\r\n+CSIM: 6,"01900G"\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['a length that is no number', '\r\n+CSIM: six,"019000"\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['a length beyond all bounds', `\r\n+CSIM: ${'9'.repeat(40)},"019000"\r\n\r\nOK\r\n`, ErrorCode.ModemGarbage, 0],
    ['a length alone', '\r\n+CSIM: 6\r\n\r\nOK\r\n', ErrorCode.ModemGarbage, 0],
    ['nothing behind the name', '\r\n+CSIM:\r\n\r\nOK\r\n', ErrorCode.BadResponse, 0],
    ['a long response whose end is no status word', csimAnswer(new Uint8Array(259)), ErrorCode.StatusWord, 0],
    ['no status word', '\r\n+CSIM: 2,"90"\r\n\r\nOK\r\n', ErrorCode.BadResponse, 0],
    ['an empty response', '\r\n+CSIM: 0,""\r\n\r\nOK\r\n', ErrorCode.BadResponse, 0],
  ])('with %s ends the command', (_, answer, error, detail) => {
    expect(poll(openChannel(answer))).toMatchObject({ error, detail });
    expect(poll(openChannel(answer), { cutCard: (length) => Array.from({ length }, (_unused, i) => i) })).toMatchObject({ error, detail });
  });

  it('is good again after the next command', () => {
    const { session: first, peers } = session(openChannel('\r\n+CSIM: 5,"90000"\r\n\r\nOK\r\n'), { options: CSIM });
    expect(first.run()).toMatchObject({ error: ErrorCode.ModemGarbage });
    expect(new Session(peers, { link: 'at' }, first.module).run()).toMatchObject(NO_ERROR);
  });
});

describe('a modem that takes its time', () => {
  it('is asked AT once a second until it answers', () => {
    const { session: slow, lines } = session((_, answer, number) => (number < 5 ? '' : answer));
    expect(slow.run()).toMatchObject(NO_ERROR);
    // each of them may be answered yet: AT+CFUN? has an answer of its own
    expect(lines.slice(0, 8)).toEqual(['AT', 'AT', 'AT', 'AT', 'AT', 'AT', 'AT+CFUN?', 'ATE0']);
    expect(slow.nowMs).toBe(5_000);
  });

  it('is given up after half a minute of silence', () => {
    const { session: silent, lines } = session(() => '');
    expect(silent.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
    expect(lines).toHaveLength(30);
    expect(silent.nowMs).toBe(30_000);
  });

  it.each([
    ['', 30_000],
    ['8904000003E8', 1_000],
    ['89047FFFFFFF', 0x7fff_ffff],
  ])('is given up when a card command takes too long (options %s)', (options, timeoutMs) => {
    const { session: silent } = session(openChannel(''), { options: fromHex(`9D0101${options}`) });
    expect(silent.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
    expect(silent.nowMs).toBe(timeoutMs);
    expect(silent.actions).toContain(Action.Finished);
  });

  it('because the SIM is busy is asked the same again every half second', () => {
    let busy = 6;
    const { session: patient, lines } = session((line, answer) => (isOpenChannel(line) && busy-- > 0 ? '\r\n+CME ERROR: 14\r\n' : answer));
    expect(patient.run()).toMatchObject(NO_ERROR);
    expect(lines.filter(isOpenChannel)).toHaveLength(7);
    expect(patient.nowMs).toBe(3_000);
  });

  it('because the SIM is busy for ever is given up', () => {
    const { session: patient, lines } = session(openChannel('\r\n+CME ERROR: 14\r\n'), { options: CSIM });
    expect(patient.run()).toMatchObject({ error: ErrorCode.ModemCmeError, detail: 14 });
    expect(lines.filter(isOpenChannel)).toHaveLength(40);
    expect(patient.nowMs).toBe(39 * 500);
  });

  it.each([0xffff_ff00, 0xffff_fffe, 0x7fff_ff00, 0x8000_0000 - 2_500])(
    'is waited for as long when the clock begins at %i and wraps',
    (nowMs) => {
      const { session: slow } = session((_, answer, number) => (number < 5 ? '' : answer), { nowMs });
      expect(slow.run()).toMatchObject(NO_ERROR);
      expect(slow.nowMs - nowMs).toBe(5_000);
      const { session: silent } = session(openChannel(''), { nowMs, options: CSIM });
      expect(silent.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
      expect(silent.nowMs - nowMs).toBe(30_000);
    },
  );

  it('and whose answers come when they are given up does not confuse the next command', () => {
    const { session: silent, peers } = session(openChannel(''), { options: CSIM });
    expect(silent.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
    const late = session((_, answer, number) => (number === 0 ? csimAnswer(fromHex('069000')) + answer : answer), {}, peers);
    const next = new Session(peers, late.session.options, silent.module);
    expect(next.run()).toMatchObject(NO_ERROR);
    expect(peers.apdus).toContain('81E2910006BF3E035C015A');
  });
});

describe('a line that the host has not written yet', () => {
  /** A second command, after which a report is delivered: action Persist comes before the line to the modem. */
  function upToPersist(link: 'at' | 'apdu' = 'at') {
    const peers = new SimplePeers({ eim: { BF4F: 'BF4F03BF6000', BF50: NetworkFailure.Timeout } });
    const first = new Session(peers, { link: 'at' });
    first.run();
    const next = session((_, answer) => answer, {}, new SimplePeers());
    const second = new Session(next.peers, { ...next.session.options, link }, first.module);
    second.tell(Event.Command, 0, second.commandBytes());
    while (second.actions.at(-1) !== Action.Persist) second.step();
    next.lines.length = 0;
    return { ...next, second };
  }

  it('is not given up when the host sleeps for long while it saves the state', () => {
    const { lines, second } = upToPersist();
    second.nowMs += 3_600_000;
    expect(second.goOn()).toMatchObject({ error: 0 });
    expect(lines.every((line) => line.startsWith('AT+CSIM='))).toBe(true);
  });

  it('is not written when the line to the modem has ended meanwhile', () => {
    const { lines, second } = upToPersist();
    second.tell(Event.CardFailed);
    second.goOn();
    expect(lines).toEqual([]);
  });

  it('nor is an APDU', () => {
    const { peers, second } = upToPersist('apdu');
    const count = peers.apdus.length;
    second.tell(Event.CardFailed);
    expect(second.goOn().error).toBe(ErrorCode.CardLost);
    expect(peers.apdus).toHaveLength(count);
  });
});

describe('bytes from the modem', () => {
  it('may come when nobody waits, and change nothing that matters', () => {
    const module = new Module();
    const unsolicited = Uint8Array.from(Buffer.from('\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n'));
    expect(module.event(Event.CardData, 0, unsolicited)).toBe(unsolicited.length);
    expect(new Session(new SimplePeers(), { link: 'at' }, module).run()).toMatchObject(NO_ERROR);
  });

  it('fill the window at most', () => {
    expect(new Module().event(Event.CardData, 0, new Uint8Array(CARD_WINDOW_BYTES + 1))).toBe(ErrorCode.WindowOverflow);
  });

  it('end with the line: the command ends with CardLost, at whatever step that needs the card', () => {
    const clean = session((_, answer) => answer);
    clean.session.run();
    const steps = clean.session.actions.length + 200;
    for (let step = 1; step < steps; step++) {
      const { session: cut, lines } = session((_, answer) => answer);
      cut.tell(Event.Command, 0, cut.commandBytes());
      let result: ReturnType<typeof cut.step>;
      for (let i = 0; i < step && !result; i++) result = cut.step();
      if (result) return expect(result).toMatchObject(NO_ERROR);
      const cardIsNeeded = lines.length < clean.lines.length;
      cut.tell(Event.CardFailed);
      const { error } = cut.goOn();
      if (cardIsNeeded) expect(error, `after step ${step}`).toBe(ErrorCode.CardLost);
      else expect([0, ErrorCode.CardLost]).toContain(error);
    }
    throw new Error('the command never ended');
  });
});

describe('a response APDU', () => {
  const getEid = (command: Uint8Array) => command[1] === 0xe2 && command[5] === 0xbf && command[6] === 0x3e;
  const EID_ANSWER = 'BF3E125A1089049032123451234512345678901235';
  /** From GetEID to what follows its answer: before it are TERMINAL CAPABILITY, the channel, SELECT, and the eIM with its answer. */
  const AT_EID = [5, 8] as const;

  it.each([
    ['data with 9000', `${EID_ANSWER}9000`],
    ['data with 91xx: a proactive command waits', `${EID_ANSWER}910F`],
    ['data with a warning', `${EID_ANSWER}6200`],
    ['data with 63xx', `${EID_ANSWER}63C2`],
  ])('may hold %s', (_, response) => {
    expect(overApdus(card((command) => (getEid(command) ? fromHex(response) : undefined)))).toMatchObject(NO_ERROR);
  });

  it('may hold a part, and tell how much follows', () => {
    const peers = card((command, number) => {
      if (getEid(command)) return fromHex('BF3E126105');
      if (command[1] !== 0xc0 || number < AT_EID[0] || number >= AT_EID[1]) return undefined;
      return command[4] === 5 ? fromHex('5A1089049061 0D') : fromHex('321234512345123456789012359000');
    });
    expect(overApdus(peers)).toMatchObject(NO_ERROR);
    expect(peers.apdus.slice(...AT_EID)).toEqual(['81E2910006BF3E035C015A', '01C0000005', '01C000000D']);
  });

  it('6Cxx has the same command repeated with the right length', () => {
    const peers = card((command) => {
      if (getEid(command)) return fromHex('6100');
      if (command[1] === 0xc0 && command[4] === 0) return fromHex('6C15');
      return command[1] === 0xc0 && command[4] === 0x15 ? fromHex(`${EID_ANSWER}9000`) : undefined;
    });
    expect(overApdus(peers)).toMatchObject(NO_ERROR);
    expect(peers.apdus.slice(...AT_EID)).toEqual(['81E2910006BF3E035C015A', '01C0000000', '01C0000015']);
  });

  it('6Cxx to a command with data is an error', () => {
    expect(overApdus(card((command) => (getEid(command) ? fromHex('6C15') : undefined)))).toMatchObject({
      error: ErrorCode.StatusWord,
      detail: 0x6c15,
    });
  });

  it.each(['6100', '6C00'])('%s without end is given up', (status) => {
    const peers = card((command) => (getEid(command) ? fromHex('6100') : command[1] === 0xc0 ? fromHex(status) : undefined));
    const expected = status === '6100' ? { error: ErrorCode.EndlessResponse } : { error: ErrorCode.StatusWord, detail: 0x6c00 };
    expect(overApdus(peers)).toMatchObject(expected);
    expect(peers.apdus.filter((apdu) => apdu.startsWith('01C0')).length).toBeLessThanOrEqual(513);
  });

  it.each(['6700', '6881', '6982', '6985', '6A80', '6A82', '6A88', '6D00', '6E00', '6F00', '9300', '0000', 'FFFF'])(
    '%s ends the command',
    (status) => {
      const detail = Number.parseInt(status, 16);
      expect(overApdus(card((command) => (getEid(command) ? fromHex(status) : undefined)))).toMatchObject({
        error: ErrorCode.StatusWord,
        detail,
      });
    },
  );

  it.each(['6A82', '6D00', '6985'])('%s to SELECT says that this is no eUICC', (status) => {
    const peers = card((command) => (command[1] === 0xa4 ? fromHex(status) : undefined));
    expect(overApdus(peers)).toMatchObject({ error: ErrorCode.NotAnEuicc, detail: Number.parseInt(status, 16) });
    expect(peers.apdus.at(-1), 'the channel is given back').toBe('0070800100');
  });

  it.each(['6D00', '6E00', '6A80', '6985'])('%s to TERMINAL CAPABILITY does not matter', (status) => {
    expect(overApdus(card((command) => (command[1] === 0xaa ? fromHex(status) : undefined)))).toMatchObject(NO_ERROR);
  });

  it.each(['', '90', '00'])('%s is none', (response) => {
    expect(overApdus(card((command) => (getEid(command) ? fromHex(response) : undefined)))).toMatchObject({ error: ErrorCode.BadResponse });
  });

  it('with data to a block that is not the last is refused', () => {
    const answerBlock = (command: Uint8Array) => (command[1] === 0xe2 && command[2] === 0x11 ? fromHex('019000') : undefined);
    const peers = new SimplePeers({ card: { BF55: 'BF5502A000' } }, answerBlock);
    const initialEim = fromHex(`BF571EA01C301A8018${'41'.repeat(24)}`);
    expect(overApdus(peers, { initialEim, blockBytes: 16 })).toMatchObject({ error: ErrorCode.BadResponse });
  });

  it.each([
    ['019000', '81'],
    ['039000', '83'],
    ['049000', 'C0'],
    ['139000', 'CF'],
  ])('%s opens the channel that ES10 then uses: class %s', (response, cla) => {
    const peers = card((command) => (command[1] === 0x70 && command[2] === 0 ? fromHex(response) : undefined));
    expect(overApdus(peers)).toMatchObject(NO_ERROR);
    expect(peers.apdus[3]).toBe(`${cla}E2910003BF5500`);
    expect(peers.apdus.at(-1)).toBe(`007080${response.slice(0, 2)}00`);
  });

  it.each(['9000', '009000', '149000', 'FF9000'])('%s opens no channel', (response) => {
    expect(overApdus(card((command) => (command[1] === 0x70 ? fromHex(response) : undefined)))).toMatchObject({
      error: ErrorCode.BadResponse,
    });
  });

  it('that never comes is a time-out', () => {
    const session = new Session(new SimplePeers(), { nowMs: 0xffff_f000 });
    session.tell(Event.Command, 0, session.commandBytes());
    expect(session.module.next(session.nowMs).kind).toBe(Action.CardTransmit);
    expect(session.module.next(session.nowMs)).toMatchObject({ kind: Action.Idle, argument: 30_000 });
    session.nowMs += 29_999;
    expect(session.module.next(session.nowMs >>> 0)).toMatchObject({ kind: Action.Idle, argument: 1 });
    session.nowMs += 1;
    expect(session.goOn()).toMatchObject({ error: ErrorCode.ModemTimeout });
  });
});

describe('a command line', () => {
  it('holds the length in digits and upper-case hexadecimal, and ends with a carriage return', () => {
    expect(csimCommand('AT+CSIM=10,"0070000001"')).toEqual(fromHex('0070000001'));
    const { lines, session: plain } = session((_, answer) => answer);
    plain.run();
    for (const line of lines.filter((each) => each.startsWith('AT+CSIM'))) expect(csimCommand(line)).toBeDefined();
  });
});
