// SPDX-License-Identifier: Apache-2.0
// A session with a simulated modem becomes a transcript, and the same session runs against the transcript alone.

import { expect, it } from 'vitest';
import type { ByteLine } from '../../../host/interfaces.js';
import { KNOWN_MODEMS, SimulatedModem } from '../../../host/sim/modem/index.js';
import { recordLine } from '../../../host/wrap/record-line.js';
import { replayLine } from '../../../host/wrap/replay-line.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { EID, makeEuicc } from '../euicc/support/card.js';
import { CarefulHost } from './careful-host.js';

/** Opens the ISD-R and reads the EID, in virtual time. */
async function readEid(line: ByteLine, clock: VirtualClock): Promise<string> {
  const session = async (): Promise<string> => {
    const es10 = await new CarefulHost(line, clock, 30_000).open();
    const answer = await es10('BF3E035C015A');
    await line.close();
    return answer;
  };
  return clock.runUntil(session());
}

async function record(): Promise<string> {
  const clock = new VirtualClock();
  const modem = new SimulatedModem({
    slot: makeEuicc(),
    clock,
    ...KNOWN_MODEMS['sierra-mc7455'],
    chunks: { kind: 'random', seed: 3, maxBytes: 60 },
  });
  modem.disturb({ prefix: 'AT', action: { kind: 'silence' } });
  modem.disturb({ prefix: 'AT+CSIM', nth: 3, action: { kind: 'delay', ms: 1_500 } });
  const lines: string[] = [];
  expect(
    await readEid(
      recordLine(modem.connect(), (line) => lines.push(line), clock),
      clock,
    ),
  ).toBe(`BF3E125A10${EID}`);
  return lines.join('\n');
}

it('a recorded session runs again without the modem, in the same time', async () => {
  const transcript = await record();
  expect(await record()).toBe(transcript);
  const clock = new VirtualClock();
  const line = replayLine(transcript, { clock });
  expect(await readEid(line, clock)).toBe(`BF3E125A10${EID}`);
  line.finish();
  expect(clock.nowMs()).toBe(2_500);
});

it('a transcript reads like the session', async () => {
  const lines = (await record()).split('\n');
  expect(lines.slice(0, 3)).toEqual(['{"transcript":1,"line":"sim:"}', '{"ms":0,"out":"AT\\r"}', '{"ms":0,"in":"AT\\r"}']);
  expect(lines[3]).toBe('{"ms":1000,"out":"AT\\r"}');
  expect(lines).toContain('{"ms":2500,"out":"AT+CSIM=22,\\"81E2910006BF3E035C015A\\"\\r"}');
  expect(lines.at(-1)).toBe('{"ms":2500,"closed":true}');
});

it('a session that goes otherwise is found out', async () => {
  const transcript = (await record()).replaceAll('01C0000015', '01C0000010');
  const clock = new VirtualClock();
  const line = replayLine(transcript, { clock });
  await expect(readEid(line, clock)).rejects.toThrow('no answer to AT+CSIM=10');
  expect(line.failure?.message).toMatch(/at line \d+: expected "AT\+CSIM=10,\\"01C0000010\\"\\r", seen "AT\+CSIM=10,\\"01C0000015\\"\\r"/);
});
