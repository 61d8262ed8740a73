// SPDX-License-Identifier: Apache-2.0
// One card for modem and reader: only one of them has it, and it comes back as a card that was put in again.

import { describe, expect, it } from 'vitest';
import { shareCard } from '../../../host/sim/card/index.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { makeEuicc } from '../euicc/support/card.js';
import { Conversation } from '../modem/conversation.js';
import { RecordingCard } from '../modem/recording-card.js';

const OK = '\r\nOK\r\n';
const STATUS_COMMAND = fromHex('80F2000000');

describe('a shared card', () => {
  it('is at home until the guest resets it, and again when the guest switches it off', () => {
    const card = new RecordingCard({ '80F2': '9000' });
    const { home, guest } = shareCard(card);
    home.reset();
    expect(hex(home.transmit(STATUS_COMMAND))).toBe('9000');
    expect(hex(guest.transmit(STATUS_COMMAND)), 'no power').toBe('6F00');
    expect(hex(guest.reset())).toBe('3B9F96C00A');
    expect(hex(home.transmit(STATUS_COMMAND)), 'nothing is there').toBe('');
    expect(hex(guest.transmit(STATUS_COMMAND))).toBe('9000');
    guest.powerOff();
    expect(hex(home.transmit(STATUS_COMMAND))).toBe('9000');
    expect(card.power).toEqual(['reset', 'reset', 'off', 'reset']);
  });

  it('tells when it moves, and only then', () => {
    const moves: boolean[] = [];
    const { home, guest } = shareCard(new RecordingCard(), (atHome) => moves.push(atHome));
    home.reset();
    guest.powerOff();
    guest.reset();
    guest.reset();
    home.powerOff();
    guest.powerOff();
    guest.powerOff();
    expect(moves).toEqual([false, true]);
  });

  it('obeys nobody who does not have it', () => {
    const card = new RecordingCard();
    const { home, guest } = shareCard(card);
    home.reset();
    guest.powerOff();
    expect(card.power, 'the guest never had it').toEqual(['reset']);
    guest.reset();
    expect(hex(home.reset())).toBe('');
    home.powerOff();
    expect(card.power).toEqual(['reset', 'reset']);
  });

  it.each([
    ['off', ['reset', 'off', 'reset', 'off']],
    ['on', ['reset', 'off', 'reset', 'off', 'reset']],
  ])('comes back with its power %s when home wanted it so meanwhile', (wanted, power) => {
    const card = new RecordingCard();
    const { home, guest } = shareCard(card);
    home.reset();
    home.powerOff();
    guest.reset();
    if (wanted === 'on') home.reset();
    guest.powerOff();
    expect(card.power).toEqual(power);
  });

  it('is a SIM failure to the modem while it is away, and has forgotten its channels when it is back', async () => {
    const { home, guest } = shareCard(makeEuicc());
    const modem = new Conversation(new SimulatedModem({ slot: home, echo: false }).connect());
    expect(await modem.ask('AT+CMEE=1')).toBe(OK);
    expect(await modem.ask('AT+CSIM=10,"0070000001"')).toBe(`\r\n+CSIM: 6,"019000"\r\n${OK}`);
    guest.reset();
    expect(await modem.ask('AT+CSIM=10,"81F2000000"')).toBe('\r\n+CME ERROR: 13\r\n');
    guest.powerOff();
    expect(await modem.ask('AT+CSIM=10,"81F2000000"')).toBe(`\r\n+CSIM: 4,"6881"\r\n${OK}`);
  });
});
