// SPDX-License-Identifier: Apache-2.0
// A card in the virtual reader of vsmartcard: messages byte for byte, and what happens when the other side is no reader, or leaves.

import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { SyncCardSlot } from '../../../host/interfaces.js';
import { connectVpcd, type VpcdConnection } from '../../../host/sim/card/index.js';
import { seededRandom } from '../../../host/sim/euicc/index.js';
import { LPAD, makeEuicc } from '../euicc/support/card.js';
import { RecordingCard } from '../modem/recording-card.js';
import { type FakeReader, startFakeVpcd } from './fake-vpcd.js';

/** The ATR of RecordingCard, as a message. */
const ATR_MESSAGE = '00053B9F96C00A';
const GET_ATR = '0001 04';

async function insert(card: SyncCardSlot): Promise<{ reader: FakeReader; connection: VpcdConnection; port: number }> {
  const { port, inserted } = await startFakeVpcd();
  const connection = await connectVpcd(card, { port });
  onTestFinished(() => connection.close());
  return { reader: await inserted(), connection, port };
}

describe('the messages', () => {
  it('get ATR → the ATR, before the card has power and without a reset', async () => {
    const card = new RecordingCard();
    const { reader } = await insert(card);
    reader.send(GET_ATR);
    expect(await reader.receive(7)).toBe(ATR_MESSAGE);
    reader.send(`${GET_ATR} ${GET_ATR}`);
    expect(await reader.receive(14)).toBe(ATR_MESSAGE.repeat(2));
    expect(card.power, 'for its ATR when it was put in').toEqual(['reset', 'off']);
  });

  it('power on, reset, power off → the card does it and nothing is answered', async () => {
    const card = new RecordingCard();
    const { reader } = await insert(card);
    reader.send(`0001 01 0001 02 0001 00 ${GET_ATR}`);
    expect(await reader.receive(7)).toBe(ATR_MESSAGE);
    expect(card.power.slice(2)).toEqual(['reset', 'reset', 'off']);
  });

  it('anything longer → a command, and its response', async () => {
    const card = new RecordingCard({ '80F2': '62009000' });
    const { reader } = await insert(card);
    reader.send('0001 01 0005 80F2000000');
    expect(await reader.receive(6)).toBe('000462009000');
    reader.send('0002 00A4');
    expect(await reader.receive(4), 'however short').toBe('00026D00');
    expect(card.commands).toEqual(['80F2000000', '00A4']);
  });

  it('are put together from pieces of any size, several in one among them', async () => {
    const commands = Array.from({ length: 40 }, (_, index) => `80F200${hexByte(index)}${hexByte(index)}${'5A'.repeat(index)}`);
    const stream = commands.map((apdu) => `00${hexByte(apdu.length / 2)}${apdu}`).join('');
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const card = new RecordingCard({ '80F2': '9000' });
      const { reader, connection } = await insert(card);
      for (let at = 0; at < stream.length; ) {
        const end = at + 2 * (1 + (random(1)[0]! % 60));
        reader.send(stream.slice(at, end));
        at = end;
      }
      expect(await reader.receive(4 * commands.length), `seed ${seed}`).toBe('00029000'.repeat(commands.length));
      expect(card.commands, `seed ${seed}`).toEqual(commands);
      await connection.close();
    }
  });

  it('may have the greatest length there is, both ways', async () => {
    const card = new RecordingCard({ '80F2': `${'A5'.repeat(65_533)}9000` });
    const { reader } = await insert(card);
    reader.send(`FFFF 80F2 ${'00'.repeat(65_533)}`);
    const answer = await reader.receive(65_537);
    expect(answer.slice(0, 8)).toBe('FFFFA5A5');
    expect(answer.slice(-6)).toBe('A59000');
    expect(card.commands.map(({ length }) => length)).toEqual([2 * 65_535]);
  });
});

const hexByte = (value: number) => value.toString(16).toUpperCase().padStart(2, '0');

describe('the simulated eUICC in the reader', () => {
  it('offers T=0 alone: programs that ask for it find it, and all others fetch response data as T=0 wants it', async () => {
    const { reader } = await insert(makeEuicc());
    reader.send(GET_ATR);
    const atr = await reader.receive(20);
    // TD1 announces T=0 and another TD; TD2 the global bytes (T=15), which are no protocol (ISO/IEC 7816-3 §8.2.3).
    expect(atr).toBe('00123B9B96801FC753494D2D45554943432D316A');
  });

  it('gives the EID, with and without Le in the command', async () => {
    const euicc = makeEuicc();
    const { reader } = await insert(euicc);
    reader.send(`0001 01 000A 80AA000005${LPAD}`);
    expect(await reader.receive(4)).toBe('00029000');
    reader.send('0015 00A4040010A0000005591010FFFFFFFF8900000100');
    expect(await reader.receive(4)).toBe('00026122');
    for (const command of ['000B 80E2910006BF3E035C015A', '000C 80E2910006BF3E035C015A00']) {
      reader.send(command);
      expect(await reader.receive(4)).toBe('00026115');
      reader.send('0005 00C0000015');
      expect(await reader.receive(25)).toBe(`0017BF3E125A10${euicc.eid}9000`);
    }
  });

  it('serves lpac, whose first commands these are: a channel of its own, GET RESPONSE on it', async () => {
    const euicc = makeEuicc({ kind: 'consumer' });
    const { reader } = await insert(euicc);
    for (const [command, answer] of [
      ['0001 01 000F 80AA00000AA9088100820101830107', '00029000'],
      ['0005 0070000001', '0003019000'],
      ['0015 01A4040010A0000005591010FFFFFFFF8900000100', '0002611D'],
      ['000B 81E2910006BF3E035C015A', '00026115'],
      ['0005 81C0000015', `0017BF3E125A10${euicc.eid}9000`],
      ['0005 0070800100', '00029000'],
    ] as const) {
      reader.send(command);
      expect(await reader.receive(answer.length / 2), command).toBe(answer);
    }
  });

  it('answers what it cannot do with a status word: an extended length, no power', async () => {
    const { reader } = await insert(makeEuicc());
    reader.send('0004 00A40400');
    expect(await reader.receive(4)).toBe('00026F00');
    reader.send(`0001 01 0107 80E29100 000100 ${'00'.repeat(256)}`);
    expect(await reader.receive(4)).toBe('00026700');
  });
});

describe('the end', () => {
  it('close() → the card is out and off, and closed resolves to nothing', async () => {
    const card = new RecordingCard();
    const { reader, connection } = await insert(card);
    reader.send(`0001 01 ${GET_ATR}`);
    await reader.receive(7);
    await connection.close();
    await connection.close();
    expect(await connection.closed).toBeUndefined();
    await reader.gone;
    expect(card.power.at(-1)).toBe('off');
  });

  it.each([
    ['between messages', GET_ATR, /^vpcd at 127\.0\.0\.1:\d+ closed the connection$/],
    ['within a length', `${GET_ATR} 00`, /^vpcd at 127\.0\.0\.1:\d+ closed in the middle of a message, after 1 bytes of it$/],
    ['within a message', `${GET_ATR} 0005 80F2`, /^vpcd at 127\.0\.0\.1:\d+ closed in the middle of a message, after 4 bytes of it$/],
  ])('the reader leaves %s → closed says so, and the card is off', async (_, bytes, problem) => {
    const card = new RecordingCard();
    const { reader, connection } = await insert(card);
    reader.send(bytes);
    await reader.receive(7);
    reader.leave();
    expect((await connection.closed)?.message).toMatch(problem);
    expect(card.power.at(-1)).toBe('off');
    expect(card.commands).toEqual([]);
    await connection.close();
  });

  it('the connection breaks → closed says so', async () => {
    const { reader, connection } = await insert(new RecordingCard());
    reader.send(GET_ATR);
    await reader.receive(7);
    reader.leave('reset');
    expect((await connection.closed)?.message).toMatch(/^the connection to vpcd at 127\.0\.0\.1:\d+ broke: .*ECONNRESET/);
  });

  it.each([
    ['0000', 'an empty message'],
    ['0001 03', 'the unknown control message 3'],
    ['0001 FF', 'the unknown control message 255'],
  ])('%s → %s: nobody there who is vpcd', async (bytes, what) => {
    const card = new RecordingCard();
    const { reader, connection } = await insert(card);
    reader.send(`${bytes} 0005 80F2000000 0001 01`);
    expect((await connection.closed)?.message).toMatch(new RegExp(`^vpcd at .* sent ${what}; is it vpcd that listens there\\?$`));
    await reader.gone;
    expect(card.commands, 'nothing after it is believed').toEqual([]);
    expect(card.power).toEqual(['reset', 'off', 'off']);
  });

  it('a card that fails → closed says so', async () => {
    const card = new RecordingCard();
    card.transmit = () => {
      throw new Error('no contact');
    };
    const { reader, connection } = await insert(card);
    reader.send('0001 01 0005 80F2000000');
    expect((await connection.closed)?.message).toMatch(/^the card in the reader of vpcd at .* failed: no contact$/);
  });
});

describe('connecting', () => {
  it('says where it cannot, and leaves the card alone', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const card = new RecordingCard();
    await expect(connectVpcd(card, { port })).rejects.toThrow(
      `cannot reach vpcd at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}; start pcscd where the package vsmartcard-vpcd is installed`,
    );
    expect(card.power).toEqual([]);
  });

  it('rejects with what the card says when it gives no ATR', async () => {
    const { port, inserted } = await startFakeVpcd();
    const card = new RecordingCard();
    card.reset = () => {
      throw new Error('no contact');
    };
    await expect(connectVpcd(card, { port })).rejects.toThrow('no contact');
    await (await inserted()).gone;
  });
});
