// SPDX-License-Identifier: Apache-2.0
// Registration that takes its time, needs a profile, and is told in more than one form.

import { describe, expect, it } from 'vitest';
import { type ModemQuirks, SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const OK = '\r\nOK\r\n';
const line = (text: string): string => `\r\n${text}\r\n`;

function talk(quirks: ModemQuirks, hasEnabledProfile = (): boolean => true): Conversation {
  return new Conversation(new SimulatedModem({ echo: false, slot: new RecordingCard(), quirks, hasEnabledProfile }).connect());
}

/** The states that so many queries in a row tell. */
async function states(conversation: Conversation, queries: number): Promise<string> {
  let told = '';
  for (let count = 0; count < queries; count += 1) told += /\+CEREG: \d,(\d)/.exec(await conversation.ask('AT+CEREG?'))![1];
  return told;
}

describe('registration', () => {
  it('is looked for anew after each power-up of card or radio', async () => {
    const conversation = talk({ searchesAfterReset: 2 });
    expect(await states(conversation, 4)).toBe('2211');
    for (const off of ['AT+CFUN=0', 'AT+CFUN=4']) {
      await conversation.ask(off);
      expect(await states(conversation, 2)).toBe('00');
      await conversation.ask('AT+CFUN=1');
      expect(await states(conversation, 4)).toBe('2211');
    }
    await conversation.ask('AT+CFUN=1,1');
    expect(await conversation.ask('AT+COPS?')).toBe(line('+COPS: 0') + OK);
    expect(await states(conversation, 3)).toBe('221');
    expect(await conversation.ask('AT+COPS?')).toBe(line('+COPS: 0,2,"00101",7') + OK);
  });

  it('may be abroad', async () => {
    const conversation = talk({ roams: true, searchesAfterReset: 1 });
    expect(await states(conversation, 3)).toBe('255');
    expect(await conversation.ask('AT+COPS?')).toBe(line('+COPS: 0,2,"00101",7') + OK);
  });

  it('needs a profile, as the card had it when it was read', async () => {
    let enabled = false;
    const conversation = talk({ registration: 'withProfile', searchesAfterReset: 1 }, () => enabled);
    expect(await states(conversation, 2)).toBe('00');
    enabled = true;
    expect(await states(conversation, 1)).toBe('0');
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=1');
    expect(await states(conversation, 3)).toBe('211');
  });

  it('is told with the cell, and twice', async () => {
    const conversation = talk({ tellsCell: true, reportsWithQuery: true, searchesAfterReset: 1 });
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 2') + line('+CEREG: 2,2') + OK);
    const cell = '1,"1A2D","01A2D101",7';
    expect(await conversation.ask('AT+CEREG?')).toBe(line(`+CEREG: ${cell}`) + line(`+CEREG: 2,${cell}`) + OK);
  });

  it('is reported when it comes, where that was asked for', async () => {
    const conversation = talk({ searchesAfterReset: 1 });
    expect(await conversation.ask('AT+CEREG=1')).toBe(OK);
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 1,2') + OK + line('+CEREG: 1'));
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 1,1') + OK);
    await conversation.ask('AT+CFUN=4');
    expect(await conversation.ask('AT+CFUN=1')).toBe(OK + line('+CEREG: 2'));
  });
});
