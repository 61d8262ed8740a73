// SPDX-License-Identifier: Apache-2.0
// Every known modem can reach an application on the card by at least one of the two ways.

import { expect, it } from 'vitest';
import { KNOWN_MODEMS, type KnownModem, SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ANSWERS = { '01A404': '9000', '01F2': '6102', '01C0000002': 'CAFE9000', '00F2': '6102', '00C0000002': 'CAFE9000' };

/** Fetches two bytes by GET RESPONSE where the modem has not done it. */
async function read(conversation: Conversation, write: (apdu: string) => string, channel: string): Promise<string> {
  const answer = await conversation.ask(write(`${channel}F2000000`));
  return answer.includes('6102') ? conversation.ask(write(`${channel}C0000002`)) : answer;
}

it.each(Object.keys(KNOWN_MODEMS) as KnownModem[])('%s reaches the card', async (name) => {
  const modem = new SimulatedModem({ echo: false, slot: new RecordingCard(ANSWERS), ...KNOWN_MODEMS[name] });
  const conversation = new Conversation(modem.connect());
  for (let count = 0; count < 5; count += 1) await conversation.ask('AT+CPIN?');
  const opened = await conversation.ask('AT+CCHO="A0000005591010FFFFFFFF8900000100"');
  const handle = /(?:\+CCHO: )?([0-9a-f]+)\r\n\r\nOK/.exec(opened)?.[1];
  const write = (apdu: string): string => (handle === undefined ? `AT+CSIM=10,"${apdu}"` : `AT+CGLA=${handle},10,"${apdu}"`);
  expect(await read(conversation, write, '00')).toContain(': 8,"CAFE9000"');
});
