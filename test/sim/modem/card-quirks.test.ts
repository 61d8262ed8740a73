// SPDX-License-Identifier: Apache-2.0
// What odd modems do between a host and its card, byte by byte.

import { describe, expect, it } from 'vitest';
import type { SyncCardSlot } from '../../../host/interfaces.js';
import { KNOWN_MODEMS, type ModemQuirks, PlainSim, SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
const OK = '\r\nOK\r\n';
const line = (text: string): string => `\r\n${text}\r\n`;
const csim = (apdu: string): string => `AT+CSIM=${apdu.length},"${apdu}"`;
const cgla = (apdu: string, handle = '17'): string => `AT+CGLA=${handle},${apdu.length},"${apdu}"`;
const answer = (response: string, name = '+CSIM'): string => line(`${name}: ${response.length},"${response}"`) + OK;
const CCHO = `AT+CCHO="${ISDR}"`;

/** A modem that tells +CME ERROR numbers. */
async function talk(quirks: ModemQuirks, slot: SyncCardSlot, hasEnabledProfile?: () => boolean): Promise<Conversation> {
  const modem = new SimulatedModem({ echo: false, slot, quirks, ...(hasEnabledProfile ? { hasEnabledProfile } : {}) });
  const conversation = new Conversation(modem.connect());
  await conversation.ask('AT+CMEE=1');
  return conversation;
}

describe('a modem without room for 256 bytes (EC800G)', () => {
  const DATA = 'AB'.repeat(256);

  it('answers 6100 to each GET RESPONSE with Le 00, and loses nothing', async () => {
    const card = new RecordingCard({ '80E2': '6100', '00C00000FF': `${DATA.slice(2)}6101`, '00C0000001': 'CD9000' });
    const conversation = await talk(KNOWN_MODEMS['quectel-ec800g'].quirks, card);
    expect(await conversation.ask(csim('80E2910003BF2E00'))).toBe(answer('6100'));
    for (let count = 0; count < 3; count += 1) expect(await conversation.ask(csim('00C0000000'))).toBe(answer('6100'));
    expect(card.commands).toEqual(['80E2910003BF2E00']);
    expect(await conversation.ask(csim('00C00000FF'))).toBe(answer(`${DATA.slice(2)}6101`));
    expect(await conversation.ask(csim('00C0000001'))).toBe(answer('CD9000'));
  });

  it('keeps what a card gives at once until less is asked for', async () => {
    const card = new RecordingCard({ '80F2': 'AABBCCDDEE9000', '80CA': '9000' });
    const conversation = await talk({ maximumResponseDataBytes: 2 }, card);
    const answers: string[] = [];
    for (const apdu of ['80F2000000', '00C0000003', '00C0000002', '00C0000002', '00C0000002', '00C0000001', '00C0000001']) {
      answers.push(await conversation.ask(csim(apdu)));
    }
    expect(answers).toEqual(['6100', '6100', 'AABB6103', 'CCDD6101', '6C01', 'EE9000', '6D00'].map((response) => answer(response)));
    expect(card.commands).toEqual(['80F2000000', '00C0000001']);
  });

  it('drops what it keeps at the next other command', async () => {
    const conversation = await talk({ maximumResponseDataBytes: 2 }, new RecordingCard({ '80F2': 'AABBCC9000', '80CA': '9000' }));
    await conversation.ask(csim('80F2000000'));
    expect(await conversation.ask(csim('80CA000000'))).toBe(answer('9000'));
    expect(await conversation.ask(csim('00C0000002'))).toBe(answer('6D00'));
  });
});

describe('a modem that fetches', () => {
  const answers = { '81E2': '6100', '01C0000000': `${'5A'.repeat(256)}6102`, '01C0000002': 'CAFE9000' };

  it('all by itself gives one answer, however long', async () => {
    const conversation = await talk({ fetchesResponses: true }, new RecordingCard(answers));
    expect(await conversation.ask(csim('81E2910003BF2E00'))).toBe(answer(`${'5A'.repeat(256)}CAFE9000`));
  });

  it('once leaves the rest to the host', async () => {
    const conversation = await talk({ fetchesResponses: 'once' }, new RecordingCard(answers));
    expect(await conversation.ask(csim('81E2910003BF2E00'))).toBe(answer(`${'5A'.repeat(256)}6102`));
    expect(await conversation.ask(csim('01C0000002'))).toBe(answer('CAFE9000'));
  });
});

describe('last blocks', () => {
  const LAST = '80E2910103000000';
  const ERROR = line('ERROR');

  async function blocks(quirks: ModemQuirks, card: RecordingCard, apdus: readonly string[]): Promise<string[]> {
    const conversation = await talk(quirks, card);
    await conversation.ask(CCHO);
    const results: string[] = [];
    for (const apdu of apdus) results.push(await conversation.ask(apdu));
    return results;
  }

  it('are carried out and answered ERROR, by +CGLA alone where it says so', async () => {
    const card = new RecordingCard({ '01A404': '9000', '81E2': '9000', '80E2': '9000' });
    const quirks = { lostLastBlocks: { command: '+CGLA' } } as const;
    const seen = await blocks(quirks, card, [cgla('80E2110003000000'), cgla(LAST), csim(LAST), cgla('80E2910003000000')]);
    expect(seen).toEqual([answer('9000', '+CGLA'), ERROR, answer('9000'), answer('9000', '+CGLA')]);
    expect(card.commands.slice(2)).toEqual(['81E2110003000000', '81E2910103000000', LAST, '81E2910003000000']);
  });

  it('are lost every so often, and so many times', async () => {
    const card = new RecordingCard({ '80E2': '9000' });
    const seen = await blocks({ lostLastBlocks: { every: 2, times: 2 } }, card, Array(8).fill(csim(LAST)));
    expect(seen.map((text) => text === ERROR)).toEqual([false, true, false, true, false, false, false, false]);
  });

  it('are lost at the end of a profile: data after blocks that had none', async () => {
    const card = new RecordingCard({ '80E2910003': '9000', '80E2910001': '6104' });
    const [silent, speaking] = [csim('80E2910003000000'), csim('80E291000100')];
    const order = [speaking, silent, silent, speaking, speaking];
    const seen = await blocks({ lostLastBlocks: { at: 'profileEnd', fromBlock: 0 } }, card, order);
    expect(seen).toEqual([answer('6104'), answer('9000'), answer('9000'), ERROR, answer('6104')]);
  });
});

describe('+CSIM', () => {
  it('lets nothing through on logical channels though MANAGE CHANNEL works (EG25)', async () => {
    const conversation = await talk(KNOWN_MODEMS['quectel-eg25'].quirks, new RecordingCard({ '01A404': '9000', '81F2': '9000' }));
    expect(await conversation.ask(csim('0070000001'))).toBe(answer('019000'));
    expect(await conversation.ask(csim('81F2000000'))).toBe(line('+CME ERROR: 3'));
    expect(await conversation.ask(csim('0070800100'))).toBe(answer('9000'));
  });

  it('opens no channel, nor does +CCHO (MS2372h)', async () => {
    const conversation = await talk(KNOWN_MODEMS['huawei-ms2372'].quirks, new RecordingCard({ '80F2': '9000' }));
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('9000'));
    expect(await conversation.ask(csim('0070000001'))).toBe(line('+CME ERROR: 3'));
    expect(await conversation.ask(CCHO)).toBe(line('+CME ERROR: 3'));
  });

  it('checks lengths and refuses instructions (Wavecom)', async () => {
    const card = new RecordingCard({ '00A404': '6102', '80E2': '6102', '00C0': 'CAFE9000', '0070': '019000' });
    const conversation = await talk(KNOWN_MODEMS.wavecom.quirks, card);
    const refused = ['00A40400', `00A4040010${ISDR}00`, '80E2910003BF2E0000', '00C0000002', '00D6000000'];
    for (const apdu of refused) expect(await conversation.ask(csim(apdu)), apdu).toBe(line('+CME ERROR: 3'));
    expect(await conversation.ask(`AT+CSIM=524,"${'00'.repeat(262)}"`)).toBe(line('+CME ERROR: 3'));
    expect(card.commands).toEqual([]);
    expect(await conversation.ask(csim(`00A4040010${ISDR}`))).toBe(answer('CAFE9000'));
    expect(await conversation.ask(csim('80E2910003BF2E00'))).toBe(answer('CAFE9000'));
    expect(await conversation.ask(csim('0070000001'))).toBe(answer('019000'));
  });

  it('is refused while no profile is enabled, as it was when the card was read (nRF91)', async () => {
    let enabled = false;
    const card = new RecordingCard({ '80F2': '9000', '01A404': '9000', '81F2': '9000' });
    const conversation = await talk(KNOWN_MODEMS['nordic-nrf9160'].quirks, card, () => enabled);
    expect(await conversation.ask(csim('80F2000000'))).toBe(line('+CME ERROR: 13'));
    expect(await conversation.ask(CCHO)).toBe(line('+CCHO: 17') + OK);
    expect(await conversation.ask(cgla('80F2000000'))).toBe(answer('9000', '+CGLA'));
    enabled = true;
    expect(await conversation.ask(csim('80F2000000'))).toBe(line('+CME ERROR: 13'));
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=1');
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('9000'));
  });

  it('says +CME ERROR: 0 for an application that is not there (EG95)', async () => {
    const conversation = await talk(KNOWN_MODEMS['quectel-eg95'].quirks, new RecordingCard({ '01A404': '6A82', '02A404': '6A82' }));
    expect(await conversation.ask(csim('01A4040007A0000005590010'))).toBe(line('+CME ERROR: 0'));
    expect(await conversation.ask(csim('01B0000000'))).toBe(answer('6D00'));
    expect(await conversation.ask(CCHO)).toBe(line('+CME ERROR: 22'));
  });
});

describe("Telit's lock", () => {
  const card = (): RecordingCard => new RecordingCard({ '80F2': '9000' });
  const LOCKED = OK + line('#QSS: 0');
  const UNLOCKED = OK + line('#QSS: 1');

  it('is not known to other modems', async () => {
    const conversation = await talk({}, card());
    for (const value of [0, 1]) expect(await conversation.ask(`AT+CSIM=${value}`)).toBe(line('+CME ERROR: 50'));
  });

  it('may be used', async () => {
    const conversation = await talk({ simLock: 'optional' }, card());
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('9000'));
    expect(await conversation.ask('AT+CSIM=1')).toBe(LOCKED);
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('9000'));
    expect(await conversation.ask('AT+CSIM=0')).toBe(UNLOCKED);
    expect(await conversation.ask('AT+CSIM=2')).toBe(line('+CME ERROR: 50'));
  });

  it('must be used, and ends with the power of the card', async () => {
    const conversation = await talk({ simLock: 'required' }, card());
    expect(await conversation.ask(csim('80F2000000'))).toBe(line('+CME ERROR: 3'));
    expect(await conversation.ask('AT+CSIM=1')).toBe(LOCKED);
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('9000'));
    await conversation.ask('AT+CFUN=0');
    await conversation.ask('AT+CFUN=1');
    expect(await conversation.ask(csim('80F2000000'))).toBe(line('+CME ERROR: 3'));
  });
});

describe('+CCHO', () => {
  it('does not like any AID, in words (EM9191)', async () => {
    const card = new RecordingCard();
    const conversation = await talk(KNOWN_MODEMS['sierra-em9191'].quirks, card);
    expect(await conversation.ask(CCHO)).toBe(line('+CME ERROR: Parameters error'));
    expect(card.commands).toEqual([]);
    expect(await conversation.ask('AT+CCHC=17')).toBe(line('+CME ERROR: operation not supported'));
  });

  it('may give the number of the channel for a handle', async () => {
    const quirks = { sessionHandles: 'channelNumber', passesClassByte: true } as const;
    const conversation = await talk(quirks, new RecordingCard({ '01A404': '9000', '02A404': '9000', '82F2': '9000' }));
    expect(await conversation.ask(CCHO)).toBe(line('+CCHO: 1') + OK);
    expect(await conversation.ask(CCHO)).toBe(line('+CCHO: 2') + OK);
    expect(await conversation.ask(cgla('82F2000000', '2'))).toBe(answer('9000', '+CGLA'));
  });

  it('finds no ISD-R on a card that is no eUICC, and says SIM failure where the modem does', async () => {
    const conversation = await talk({ missingApplicationError: 13 }, new PlainSim());
    expect(await conversation.ask(CCHO)).toBe(line('+CME ERROR: 13'));
    expect(await conversation.ask('AT+CCHO="A0000000871002FFFFFFFF8903020000"')).toBe(line('+CCHO: 17') + OK);
    const replies = [
      ['0070000001', '029000'],
      ['0070000001', '039000'],
      ['0070000001', '6A81'],
      [`02A4040010${ISDR}`, '6A82'],
      ['82E2910003BF2E00', '6E00'],
      ['02B0000000', '6D00'],
      ['80F2000000', '9000'],
      ['0070800300', '9000'],
      ['03F2000000', '6881'],
      ['0070800000', '6200'],
      ['40F2000000', '6E00'],
    ];
    for (const [apdu, response] of replies) expect(await conversation.ask(csim(apdu!)), apdu).toBe(answer(response!));
    expect(await (await talk({}, new PlainSim())).ask(CCHO)).toBe(line('+CME ERROR: 22'));
  });
});

describe('proactive commands', () => {
  const REFRESH = 'D009810301010482028182';
  const FETCH = '801200000B';
  const DONE = '801400000C810301010482028281830100';

  function refreshing(qualifier: string): RecordingCard {
    const fetched = REFRESH.replace('010104', `0101${qualifier}`);
    return new RecordingCard({ '80F2': '910B', [FETCH]: `${fetched}9000`, '8014': '9000' });
  }

  it('are left to the host', async () => {
    const card = refreshing('04');
    const conversation = await talk({}, card);
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('910B'));
    expect(card.commands).toEqual(['80F2000000']);
    expect(await conversation.ask(csim(FETCH))).toBe(answer(`${REFRESH}9000`));
  });

  it('are served by the modem, which resets the card when it is asked to', async () => {
    const card = refreshing('04');
    const conversation = await talk({ proactiveCommands: 'modem' }, card);
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('910B'));
    expect(card.commands).toEqual(['80F2000000', FETCH, DONE]);
    expect(card.power).toEqual(['reset', 'reset']);
  });

  it('are served by the modem, which only reads the card again after a profile state change', async () => {
    const card = refreshing('09');
    let enabled = false;
    const conversation = await talk({ proactiveCommands: 'modem', registration: 'withProfile' }, card, () => enabled);
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 0,0') + OK);
    enabled = true;
    await conversation.ask(csim('80F2000000'));
    expect(card.power).toEqual(['reset']);
    expect(await conversation.ask('AT+CEREG?')).toBe(line('+CEREG: 0,1') + OK);
  });

  it('are no reason to hang for a card that has ever more of them, or none that can be read', async () => {
    const endless = new RecordingCard({ '80F2': '910B', [FETCH]: `${REFRESH}9000`, '8014': '910B' });
    await (await talk({ proactiveCommands: 'modem' }, endless)).ask(csim('80F2000000'));
    expect(endless.commands).toHaveLength(17);
    const empty = new RecordingCard({ '80F2': '910B', [FETCH]: '6F00' });
    expect(await (await talk({ proactiveCommands: 'modem' }, empty)).ask(csim('80F2000000'))).toBe(answer('910B'));
    expect(empty.commands).toEqual(['80F2000000', FETCH]);
  });

  it('stay where they are when nobody is there for them (ML307R)', async () => {
    const card = refreshing('04');
    const conversation = await talk(KNOWN_MODEMS['cmcc-ml307r'].quirks, card);
    expect(await conversation.ask(csim('80F2000000'))).toBe(answer('910B'));
    expect(await conversation.ask(csim(FETCH))).toBe(line('+CME ERROR: 3'));
    expect(await conversation.ask(csim(DONE))).toBe(line('+CME ERROR: 3'));
    expect(card.commands).toEqual(['80F2000000']);
  });
});
