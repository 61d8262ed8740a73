// SPDX-License-Identifier: Apache-2.0
// Each AT command of the simulated modem: what it answers and what it refuses.

import { describe, expect, it } from 'vitest';
import { SimulatedModem, type SimulatedModemOptions } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
const OK = '\r\nOK\r\n';
const line = (text: string): string => `\r\n${text}\r\n`;

function talk(options: SimulatedModemOptions = {}): { modem: SimulatedModem; conversation: Conversation } {
  const modem = new SimulatedModem({ echo: false, ...options });
  return { modem, conversation: new Conversation(modem.connect()) };
}

/** A modem that tells +CME ERROR numbers. */
async function talkNumbers(options: SimulatedModemOptions = {}): Promise<{ modem: SimulatedModem; conversation: Conversation }> {
  const started = talk(options);
  await started.conversation.ask('AT+CMEE=1');
  return started;
}

describe('command lines', () => {
  it('answers AT with OK, in any case and after noise', async () => {
    const { conversation } = talk();
    for (const text of ['AT', 'at', 'aT', '  AT', '\x00\xffAT']) expect(await conversation.ask(text)).toBe(OK);
  });

  it('ignores line feeds, empty lines and lines without AT', async () => {
    const { conversation, modem } = talk();
    expect(await conversation.ask('\n\n')).toBe('');
    expect(await conversation.ask('hello')).toBe('');
    expect(await conversation.ask('\nA\nT\n')).toBe(OK);
    expect(modem.counters.commands).toBe(1);
  });

  it('echoes by default, and no longer after ATE0', async () => {
    const conversation = new Conversation(new SimulatedModem().connect());
    expect(await conversation.ask('ATE0')).toBe(`ATE0\r${OK}`);
    expect(await conversation.ask('AT')).toBe(OK);
    expect(await conversation.ask('ATE1')).toBe(OK);
    expect(await conversation.ask('AT')).toBe(`AT\r${OK}`);
  });

  it('runs several commands of one line', async () => {
    const { conversation } = talk();
    expect(await conversation.ask('ATE0V1+CMEE=1;+CMEE?;+CFUN?')).toBe(line('+CMEE: 1') + line('+CFUN: 1') + OK);
    expect(await conversation.ask('AT+CMEE?;+NONE;+CFUN?')).toBe(line('+CMEE: 1') + line('+CME ERROR: 4'));
  });

  it('takes a backspace back', async () => {
    const { conversation } = talk();
    expect(await conversation.ask('AX\bT')).toBe(OK);
  });

  it('restores what power-up set with ATZ and AT&F', async () => {
    const { conversation } = talk();
    for (const restore of ['ATZ', 'AT&F', 'ATZ0', 'AT&F0']) {
      await conversation.ask('AT+CMEE=2');
      expect(await conversation.ask(restore)).toBe(OK);
      expect(await conversation.ask('AT+CMEE?')).toBe(line('+CMEE: 0') + OK);
    }
  });

  it.each([
    'AT!',
    'AT+',
    'AT+CSIM"',
    'AT+CSIM=10,"00',
    'AT+CFUN=1 1',
    'ATE2',
    'ATV0',
    'ATQ1',
    'ATE0!',
    'AT+CMEE=3',
    'AT+CMEE=1,1',
    'AT+CMEE=',
    'AT__proto__',
    'AT+constructor',
  ])('refuses %s', async (command) => {
    const { conversation } = talk();
    expect(await conversation.ask(command)).toBe(line('ERROR'));
  });

  it('answers ERROR to a line longer than its buffer, and works on', async () => {
    const { conversation } = talk({ maximumLineLength: 40 });
    expect(await conversation.ask(`AT${' '.repeat(38)}`)).toBe(OK);
    expect(await conversation.ask(`AT${' '.repeat(39)}`)).toBe(line('ERROR'));
    expect(await conversation.ask('AT')).toBe(OK);
  });

  it('reports refusals as AT+CMEE says', async () => {
    const { conversation } = talk();
    expect(await conversation.ask('AT+NONE')).toBe(line('ERROR'));
    await conversation.ask('AT+CMEE=1');
    expect(await conversation.ask('AT+NONE')).toBe(line('+CME ERROR: 4'));
    await conversation.ask('AT+CMEE=2');
    expect(await conversation.ask('AT+NONE')).toBe(line('+CME ERROR: operation not supported'));
    expect(await conversation.ask('AT+CMEE=?')).toBe(line('+CMEE: (0,1,2)') + OK);
  });
});

describe('name plate and network', () => {
  it('answers who it is', async () => {
    const { conversation } = talk({ identity: { model: 'Other', serialNumber: '490154203237518' } });
    expect(await conversation.ask('AT+CGMI')).toBe(line('ipa-wasm') + OK);
    expect(await conversation.ask('AT+CGMM')).toBe(line('Other') + OK);
    expect(await conversation.ask('AT+CGMR')).toBe(line('1.0') + OK);
    expect(await conversation.ask('AT+CGSN')).toBe(line('490154203237518') + OK);
    expect(await conversation.ask('AT+CGSN=?')).toBe(OK);
    expect(await conversation.ask('AT+CGSN?')).toBe(line('ERROR'));
  });

  it('is registered while radio and card are on, and reports changes when asked to', async () => {
    const { conversation } = talk({ slot: new RecordingCard() });
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 0,1') + OK);
    expect(await conversation.ask('AT+COPS?')).toBe(line('+COPS: 0,2,"00101",7') + OK);
    expect(await conversation.ask('AT+COPS=3,2')).toBe(OK);
    expect(await conversation.ask('AT+CSQ')).toBe(line('+CSQ: 20,99') + OK);
    expect(await conversation.ask('AT+CEREG=1')).toBe(OK);
    expect(await conversation.ask('AT+CFUN=4')).toBe(OK + line('+CEREG: 0'));
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 1,0') + OK);
    expect(await conversation.ask('AT+COPS?')).toBe(line('+COPS: 0') + OK);
    expect(await conversation.ask('AT+CSQ')).toBe(line('+CSQ: 99,99') + OK);
    expect(await conversation.ask('AT+CEREG=3')).toBe(line('ERROR'));
    expect(await conversation.ask('AT+COPS=1')).toBe(line('ERROR'));
    expect(await conversation.ask('AT+CSQ?')).toBe(line('ERROR'));
  });
});

describe('AT+CFUN and AT+CPIN', () => {
  it('resets the card at power-up, powers it off with 0 and on with 1', async () => {
    const card = new RecordingCard();
    const { conversation, modem } = await talkNumbers({ slot: card });
    expect(card.power).toEqual(['reset']);
    expect(await conversation.ask('AT+CPIN?')).toBe(line('+CPIN: READY') + OK);
    expect(await conversation.ask('AT+CFUN=0')).toBe(OK);
    expect(modem.functionality).toBe(0);
    expect(await conversation.ask('AT+CPIN?')).toBe(line('+CME ERROR: 13'));
    expect(await conversation.ask('AT+CSIM=10,"0070000001"')).toBe(line('+CME ERROR: 13'));
    expect(await conversation.ask('AT+CFUN=1')).toBe(OK);
    expect(await conversation.ask('AT+CFUN?')).toBe(line('+CFUN: 1') + OK);
    expect(card.power).toEqual(['reset', 'off', 'reset']);
  });

  it('keeps the card on with 4 and reads it anew with 1', async () => {
    const card = new RecordingCard();
    const { conversation } = talk({ slot: card });
    await conversation.ask('AT+CFUN=4');
    expect(card.power).toEqual(['reset']);
    await conversation.ask('AT+CFUN=1');
    await conversation.ask('AT+CFUN=1');
    expect(card.power).toEqual(['reset', 'reset']);
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=4');
    expect(card.power).toEqual(['reset', 'reset', 'off', 'reset']);
  });

  it('restarts with 1,1: settings, sessions and card begin anew', async () => {
    const card = new RecordingCard({ '01A404': '9000' });
    const { conversation, modem } = talk({ slot: card, echo: true, quirks: { bootLines: ['RDY'] } });
    await conversation.ask('ATE0');
    await conversation.ask(`AT+CCHO="${ISDR}"`);
    expect(modem.sessions.size).toBe(1);
    expect(await conversation.ask('AT+CFUN=1,1')).toBe(OK + line('RDY'));
    expect(modem.sessions.size).toBe(0);
    expect(card.power).toEqual(['reset', 'off', 'reset']);
    expect(await conversation.ask('AT')).toBe(`AT\r${OK}`);
  });

  it.each(['AT+CFUN', 'AT+CFUN=', 'AT+CFUN=5', 'AT+CFUN=1,2', 'AT+CFUN=1,1,1', 'AT+CFUN=-1'])('refuses %s', async (command) => {
    const { conversation } = await talkNumbers();
    expect(await conversation.ask(command)).toBe(line('+CME ERROR: 50'));
  });

  it('tells that the slot is empty', async () => {
    const { conversation } = await talkNumbers();
    expect(await conversation.ask('AT+CPIN?')).toBe(line('+CME ERROR: 10'));
    expect(await conversation.ask('AT+CFUN=?')).toBe(line('+CFUN: (0,1,4),(0,1)') + OK);
    expect(await conversation.ask('AT+CPIN')).toBe(line('+CME ERROR: 4'));
  });
});

describe('AT+CSIM', () => {
  it('passes APDUs of each case and hands 61xx to the host', async () => {
    const card = new RecordingCard({
      '81E2910006BF3E035C015A': '6115',
      '81C0000015': 'BF3E12105A10890490321234512345678901234567809000',
      '00A40000': '9000',
    });
    const { conversation, modem } = talk({ slot: card });
    expect(await conversation.ask('AT+CSIM=22,"81E2910006BF3E035C015A"')).toBe(line('+CSIM: 4,"6115"') + OK);
    expect(await conversation.ask('AT+CSIM=10,"81c0000015"')).toBe(
      line('+CSIM: 48,"BF3E12105A10890490321234512345678901234567809000"') + OK,
    );
    expect(await conversation.ask('AT+CSIM=8,00A40000')).toBe(line('+CSIM: 4,"9000"') + OK);
    expect(await conversation.ask('AT+CSIM=?')).toBe(OK);
    expect(modem.counters.apdus).toBe(3);
  });

  it('takes the longest short APDU', async () => {
    const { conversation } = talk({ slot: new RecordingCard({ '80E29100': '9000' }) });
    const apdu = `80E29100FF${'AB'.repeat(255)}00`;
    expect(await conversation.ask(`AT+CSIM=522,"${apdu}"`)).toBe(line('+CSIM: 4,"9000"') + OK);
    expect(await conversation.ask(`AT+CSIM=524,"${apdu}00"`)).toBe(line('ERROR'));
  });

  it.each([
    ['a length that does not fit', 'AT+CSIM=12,"0070000001"'],
    ['a length in bytes', 'AT+CSIM=5,"0070000001"'],
    ['half a byte', 'AT+CSIM=9,"007000000"'],
    ['less than a header', 'AT+CSIM=6,"007000"'],
    ['other characters', 'AT+CSIM=10,"00700000zz"'],
    ['no command', 'AT+CSIM=10'],
    ['too much', 'AT+CSIM=10,"0070000001",1'],
    ['nothing', 'AT+CSIM'],
  ])('refuses %s', async (_, command) => {
    const card = new RecordingCard();
    const { conversation } = await talkNumbers({ slot: card });
    expect(await conversation.ask(command)).toBe(line('+CME ERROR: 50'));
    expect(card.commands).toEqual([]);
  });

  it('reports a card that answers less than a status word', async () => {
    const { conversation } = await talkNumbers({ slot: new RecordingCard({ '80': '90' }) });
    expect(await conversation.ask('AT+CSIM=10,"80F2000000"')).toBe(line('+CME ERROR: 13'));
  });
});

describe('AT+CCHO, AT+CGLA and AT+CCHC', () => {
  it('opens a channel, selects, fetches the FCI for itself, and puts the channel into the class byte', async () => {
    const card = new RecordingCard({ '01A404': '6102', '01C0': '6F009000', '81E2': '9000', '01F2': '9000' });
    const { conversation, modem } = talk({ slot: card });
    expect(await conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CCHO: 17') + OK);
    expect([...modem.sessions]).toEqual([['17', 1]]);
    expect(await conversation.ask('AT+CGLA=17,22,"80E2910006BF3E035C015A"')).toBe(line('+CGLA: 4,"9000"') + OK);
    expect(await conversation.ask('AT+CGLA=17,10,"03F2000000"')).toBe(line('+CGLA: 4,"9000"') + OK);
    expect(await conversation.ask('AT+CCHC=17')).toBe(line('+CCHC') + OK);
    expect(card.commands).toEqual(['0070000001', `01A4040010${ISDR}`, '01C0000002', '81E2910006BF3E035C015A', '01F2000000', '0070800100']);
  });

  it('uses the other form of class byte from channel 4 on', async () => {
    const card = new RecordingCard({ '0070000001': '059000', '41A404': '9000', C1E2: '9000' });
    const { conversation } = talk({ slot: card });
    await conversation.ask(`AT+CCHO="${ISDR}"`);
    expect(await conversation.ask('AT+CGLA=17,10,"80E2910000"')).toBe(line('+CGLA: 4,"9000"') + OK);
  });

  it('closes the channel again when the application is not there', async () => {
    const card = new RecordingCard({ '01A404': '6A82', '02A404': '6F00' });
    const { conversation, modem } = await talkNumbers({ slot: card });
    expect(await conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CME ERROR: 22'));
    expect(card.commands.at(-1)).toBe('0070800100');
    expect(await conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CME ERROR: 13'));
    expect(modem.sessions.size).toBe(0);
  });

  it('reports that no channel is free', async () => {
    const { conversation } = await talkNumbers({ slot: new RecordingCard({ '01A404': '9000' }, 1) });
    expect(await conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CCHO: 17') + OK);
    expect(await conversation.ask(`AT+CCHO="${ISDR}"`)).toBe(line('+CME ERROR: 20'));
  });

  it('forgets handles when the card is reset', async () => {
    const { conversation } = await talkNumbers({ slot: new RecordingCard({ '01A404': '9000' }) });
    await conversation.ask(`AT+CCHO="${ISDR}"`);
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=1');
    expect(await conversation.ask('AT+CGLA=17,10,"80F2000000"')).toBe(line('+CME ERROR: 21'));
    expect(await conversation.ask('AT+CCHC=17')).toBe(line('+CME ERROR: 21'));
  });

  it.each([
    'AT+CCHO',
    'AT+CCHO=',
    'AT+CCHO="A0"',
    'AT+CCHO="A000000559101"',
    'AT+CCHO="zz00000559"',
    'AT+CGLA=17',
    'AT+CGLA=17,10',
    'AT+CCHC',
    'AT+CCHC=1,2',
  ])('refuses %s', async (command) => {
    const { conversation } = await talkNumbers({ slot: new RecordingCard() });
    expect(await conversation.ask(command)).toBe(line('+CME ERROR: 50'));
  });

  it('answers the test forms', async () => {
    const { conversation } = talk();
    for (const name of ['CCHO', 'CGLA', 'CCHC']) expect(await conversation.ask(`AT+${name}=?`)).toBe(OK);
  });
});
