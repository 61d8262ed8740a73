// SPDX-License-Identifier: Apache-2.0
// What modems answer to the question who they are, and who takes the line afterwards.

import { describe, expect, it } from 'vitest';
import { identifyModem } from '../../../host/modem/identify.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { Conversation } from '../../sim/modem/conversation.js';
import { ScriptLine } from './script-line.js';

const OK = '\r\nOK\r\n';

/** Asks a modem with these lines of information. */
async function identityOf(answers: Readonly<Record<string, string>>) {
  const clock = new VirtualClock();
  const line = new ScriptLine(clock, (command) => {
    if (command === 'AT+CMEE?') return `\r\n+CMEE: 0\r\n${OK}`;
    const said = command === 'ATE0' ? '' : answers[command.slice(2)];
    return said === undefined ? '\r\nERROR\r\n' : `${said && `\r\n${said}\r\n`}${OK}`;
  });
  return clock.runUntil(identifyModem(line, clock));
}

describe('identifyModem', () => {
  it.each([
    [
      'bare',
      { '+CGMI': 'Quectel', '+CGMM': 'EG25', '+CGMR': 'EG25GGBR07A08M2G' },
      { manufacturer: 'Quectel', model: 'EG25', revision: 'EG25GGBR07A08M2G' },
    ],
    [
      'named and quoted',
      { '+CGMI': '+CGMI: "Fibocom Wireless Inc."', '+CGMM': '+CGMM: "FM350-GL"', '+CGMR': '+CGMR: "81600.0000"' },
      { manufacturer: 'Fibocom Wireless Inc.', model: 'FM350-GL', revision: '81600.0000' },
    ],
    [
      'among unsolicited lines',
      {
        '+CGMI': '+CREG: 1\r\n\r\nSIMCOM INCORPORATED',
        '+CGMM': 'RDY\r\n\r\nSIMCOM_SIM7600G-H\r\n\r\n^SIMST: 1',
        '+CGMR': 'Revision: LE20B03',
      },
      { manufacturer: 'SIMCOM INCORPORATED', model: 'SIMCOM_SIM7600G-H', revision: 'LE20B03' },
    ],
    ['in part', { '+CGMI': 'Telit' }, { manufacturer: 'Telit', model: '', revision: '' }],
    ['not at all', {}, undefined],
    ['with nothing but OK', { '+CGMI': '', '+CGMM': '' }, undefined],
  ])('reads what is told %s', async (_, answers, identity) => {
    expect(await identityOf(answers)).toEqual(identity);
  });

  it('gives up on a line where nobody answers', async () => {
    const clock = new VirtualClock();
    expect(await clock.runUntil(identifyModem(new ScriptLine(clock, () => ''), clock))).toBeUndefined();
    expect(clock.nowMs()).toBe(3000);
  });

  it('leaves the line to who comes next, with the echo off', async () => {
    const modem = new SimulatedModem({
      chunks: { kind: 'every', bytes: 1 },
      identity: { manufacturer: 'Sierra Wireless', model: 'MC7455' },
    });
    const line = modem.connect();
    expect(await identifyModem(line)).toEqual({ manufacturer: 'Sierra Wireless', model: 'MC7455', revision: '1.0' });
    const conversation = new Conversation(line);
    conversation.send('AT+CFUN?\r');
    await conversation.until(OK);
    expect(conversation.received).toBe(`\r\n+CFUN: 1\r\n${OK}`);
  });
});
