// SPDX-License-Identifier: Apache-2.0
// Every known modem says who it is, and can reach an application on the card by at least one of the two ways.

import { describe, expect, it } from 'vitest';
import { KNOWN_MODEMS, type KnownModem, type ModemProfile, SimulatedModem } from '../../../host/sim/modem/index.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { makeEuicc } from '../euicc/support/card.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
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
  await conversation.ask('AT+CSIM=1');
  const opened = await conversation.ask(`AT+CCHO="${ISDR}"`);
  const handle = /(?:\+CCHO: )?([0-9a-f]+)\r\n\r\nOK/.exec(opened)?.[1];
  const write = (apdu: string): string => (handle === undefined ? `AT+CSIM=10,"${apdu}"` : `AT+CGLA=${handle},10,"${apdu}"`);
  expect(await read(conversation, write, '00')).toContain(': 8,"CAFE9000"');
});

it.each(Object.keys(KNOWN_MODEMS) as KnownModem[])('%s says who it is', async (name) => {
  const { identity } = KNOWN_MODEMS[name] as ModemProfile;
  const conversation = new Conversation(new SimulatedModem({ echo: false, ...KNOWN_MODEMS[name] }).connect());
  const { manufacturer = 'ipa-wasm', model = 'Simulated Modem' } = identity;
  expect(await conversation.ask('AT+CGMI')).toBe(`\r\n${manufacturer}\r\n\r\nOK\r\n`);
  expect(await conversation.ask('AT+CGMM')).toBe(`\r\n${model}\r\n\r\nOK\r\n`);
});

describe('a card whose REFRESH nobody answers', () => {
  const A = '89000123456789012341';
  const B = '89000123456789012358';
  const ENABLE_A = 'BF3111A00C5A0A980010325476981032148101FF';
  const ENABLE_B = 'BF3111A00C5A0A980010325476981032858101FF';

  /** A modem with a consumer eUICC that asks for a UICC reset when a profile is switched. */
  function plug(name: KnownModem): Conversation {
    const profiles = [{ state: 'enabled', metadata: makeMetadata({ iccid: A }) } as const, { metadata: makeMetadata({ iccid: B }) }];
    const slot = makeEuicc({ kind: 'consumer', profiles, proactiveRefresh: 0x04 });
    return new Conversation(new SimulatedModem({ echo: false, slot, ...KNOWN_MODEMS[name] }).connect());
  }

  const csim = (apdu: string): string => `AT+CSIM=${apdu.length},"${apdu}"`;

  async function switchProfile(conversation: Conversation, request: string): Promise<string> {
    for (const apdu of ['80AA000005A903830107', '0070000001', `01A4040C10${ISDR}`]) await conversation.ask(csim(apdu));
    await conversation.ask(csim(`81E2910014${request}`));
    const answer = await conversation.ask(csim('81C0000006'));
    await conversation.ask(csim('0070800100'));
    return /"(.*)"/.exec(answer)![1]!;
  }

  it('is busy with it until it loses its power (ML307R)', async () => {
    const conversation = plug('cmcc-ml307r');
    expect(await switchProfile(conversation, ENABLE_B)).toBe('BF3103800100910B');
    expect(await switchProfile(conversation, ENABLE_A)).toBe('BF3103800105910B');
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=1');
    expect(await switchProfile(conversation, ENABLE_A)).toBe('BF3103800100910B');
  });

  it('is not busy in a modem that answers', async () => {
    const conversation = plug('quectel-eg916q');
    expect(await switchProfile(conversation, ENABLE_B)).toBe('BF3103800100910B');
    expect(await switchProfile(conversation, ENABLE_A)).toBe('BF3103800100910B');
  });
});
