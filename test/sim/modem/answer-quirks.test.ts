// SPDX-License-Identifier: Apache-2.0
// How answers of odd modems look, byte by byte; and which command lines they refuse or lose.

import { describe, expect, it } from 'vitest';
import { type ModemQuirks, SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
const OK = '\r\nOK\r\n';
const CSIM = 'AT+CSIM=10,"80F2000000"';
const CCHO = `AT+CCHO="${ISDR}"`;
const line = (text: string): string => `\r\n${text}\r\n`;

function talk(quirks: ModemQuirks, options: { readonly echo?: boolean } = {}): Conversation {
  const slot = new RecordingCard({ '80F2': 'ABCD9000', '01A404': '9000', '81F2': 'ABCD9000' });
  return new Conversation(new SimulatedModem({ echo: false, slot, quirks, ...options }).connect());
}

describe('responses', () => {
  const forms: readonly (readonly [string, ModemQuirks, string])[] = [
    ['as the standard has them', {}, '+CSIM: 8,"ABCD9000"'],
    ['without quotes', { unquotedResponses: true }, '+CSIM: 8,ABCD9000'],
    ['with a bare length', { bareResponses: 'length' }, '8,"ABCD9000"'],
    ['with a bare length and without quotes', { bareResponses: 'length', unquotedResponses: true }, '8,ABCD9000'],
    ['as digits alone', { bareResponses: 'digits' }, 'ABCD9000'],
    ['in lower case', { lowerCaseResponses: true }, '+CSIM: 8,"abcd9000"'],
    ['without blanks', { blanks: 'none' }, '+CSIM:8,"ABCD9000"'],
    ['with many blanks', { blanks: 'many' }, '+CSIM:  8 , "ABCD9000" '],
    ['with all of that', { bareResponses: 'length', lowerCaseResponses: true, blanks: 'many', unquotedResponses: true }, '8 , abcd9000 '],
  ];
  it.each(forms)('come %s', async (_, quirks, expected) => {
    expect(await talk(quirks).ask(CSIM)).toBe(line(expected) + OK);
  });

  it('of +CGLA come the same ways', async () => {
    const conversation = talk({ unquotedResponses: true, bareSession: true, blanks: 'none' });
    expect(await conversation.ask(CCHO)).toBe(line('17') + OK);
    expect(await conversation.ask('AT+CGLA=17,10,"80F2000000"')).toBe(line('+CGLA:8,ABCD9000') + OK);
  });
});

describe('lines', () => {
  const ends: readonly (readonly [NonNullable<ModemQuirks['lineEnds']>, string])[] = [
    ['CRLF', '\r\n+CSIM: 8,"ABCD9000"\r\n\r\nOK\r\n'],
    ['CR', '\r+CSIM: 8,"ABCD9000"\r\rOK\r'],
    ['LF', '\n+CSIM: 8,"ABCD9000"\n\nOK\n'],
    ['trailing', '+CSIM: 8,"ABCD9000"\r\nOK\r\n'],
  ];
  it.each(ends)('end with %s', async (lineEnds, expected) => {
    expect(await talk({ lineEnds }).ask(CSIM)).toBe(expected);
  });

  it('that nobody asked for end so, too, and errors of long lines', async () => {
    const modem = new SimulatedModem({ echo: false, quirks: { lineEnds: 'CR', maximumLineLength: 10 } });
    const conversation = new Conversation(modem.connect());
    modem.sendUnsolicited('RDY');
    await conversation.until('\rRDY\r');
    expect(await conversation.ask(CSIM)).toBe('\rERROR\r');
  });

  it('are echoed by a modem that cannot be silenced', async () => {
    const conversation = talk({ stubbornEcho: true }, { echo: true });
    expect(await conversation.ask('ATE0')).toBe(`ATE0\r${OK}`);
    expect(await conversation.ask('AT')).toBe(`AT\r${OK}`);
  });
});

describe('refusals', () => {
  const forms: readonly (readonly [ModemQuirks['errorForm'], readonly string[]])[] = [
    [undefined, ['ERROR', '+CME ERROR: 4', '+CME ERROR: operation not supported']],
    ['bare', ['ERROR', 'ERROR', 'ERROR']],
    ['numbers', ['+CME ERROR: 4', '+CME ERROR: 4', '+CME ERROR: 4']],
    ['words', Array(3).fill('+CME ERROR: operation not supported')],
    ['sms', ['+CMS ERROR: 4', '+CMS ERROR: 4', '+CMS ERROR: 4']],
  ];
  it.each(forms)('of form %s come so after each AT+CMEE', async (errorForm, expected) => {
    const conversation = talk(errorForm === undefined ? {} : { errorForm });
    for (const [reporting, text] of expected.entries()) {
      expect(await conversation.ask(`AT+CMEE=${reporting}`)).toBe(OK);
      expect(await conversation.ask('AT+NONE')).toBe(line(text));
    }
  });

  it("come in the maker's own words", async () => {
    const conversation = talk({ errorForm: 'words', errorWords: { 4: 'Unknown command' } });
    expect(await conversation.ask('AT+NONE')).toBe(line('+CME ERROR: Unknown command'));
    expect(await conversation.ask('AT+CSIM=1')).toBe(line('+CME ERROR: incorrect parameters'));
  });
});

describe('command lines', () => {
  it('lack a test form where the quirk says so', async () => {
    const conversation = talk({ noTestForms: ['+CGLA'] });
    expect(await conversation.ask('AT+CGLA=?')).toBe(line('ERROR'));
    expect(await conversation.ask('AT+CCHO=?')).toBe(OK);
  });

  it('that are too long are refused, or lost', async () => {
    expect(await talk({ maximumLineLength: 22 }).ask(CSIM)).toBe(line('ERROR'));
    const deaf = talk({ maximumLineLength: 22, longLines: 'lost' });
    expect(await deaf.ask(CSIM)).toBe('');
    expect(await deaf.ask('AT')).toBe(OK);
  });

  it('get lost, one in so many', async () => {
    const conversation = talk({ lostCommands: { prefix: 'at+csim', every: 3 } });
    const answers: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      answers.push(await conversation.ask(CSIM));
      expect(await conversation.ask('AT')).toBe(OK);
    }
    const answer = line('+CSIM: 8,"ABCD9000"') + OK;
    expect(answers).toEqual([answer, answer, '', answer, answer, '']);
  });
});
