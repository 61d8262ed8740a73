// SPDX-License-Identifier: Apache-2.0
// A real PC/SC service, a reader and an eUICC in it: only where IPA_PCSC_READER names the reader, or a part of its name.

import { describe, expect, it } from 'vitest';
import { openPcscCard } from '../../host/modem/pcsc-card.js';
import { ipaHere } from '../cli/support.js';

const reader = process.env.IPA_PCSC_READER;

describe.skipIf(!reader)(`the eUICC in the reader ${reader ?? '(skipped: IPA_PCSC_READER names none)'}`, () => {
  it('answers to reset and opens a logical channel, again after each reset', async () => {
    const card = await openPcscCard(reader);
    expect(card.atr[0]).toBeOneOf([0x3b, 0x3f]);
    for (let round = 0; round < 2; round++) {
      expect(await card.transmit(Uint8Array.of(0x00, 0x70, 0x00, 0x00, 0x01))).toEqual(Uint8Array.of(1, 0x90, 0x00));
      expect(await card.reset()).toEqual(card.atr);
    }
    await card.close();
  });

  it('cannot be opened twice, and can after it was closed', async () => {
    const card = await openPcscCard(reader);
    await expect(openPcscCard(reader)).rejects.toThrow('another program uses the card');
    await card.close();
    await (await openPcscCard(reader)).close();
  });

  it('tells its EID to ipa', async () => {
    const { status, stdout } = await ipaHere('modem', 'probe', '--modem', `pcsc:${reader}`, '--runtime', 'node', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, eid: expect.stringMatching(/^\d{32}$/) });
    expect(status).toBe(0);
  });

  it('is told apart from readers that are not there', async () => {
    await expect(openPcscCard('no such reader')).rejects.toThrow(/no card reader has "no such reader" in its name; there are ".*"/);
  });
});
