// SPDX-License-Identifier: Apache-2.0
// The serial lines of each board: no byte is lost, doubled or overtaken when more come than the firmware takes.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { armTools, buildTestFirmware, startOnTestLines, type TestLines } from '../support/boards.js';

const BYTES = 6_000;
const tools = armTools();

/** The same in each run. */
function bytesOf(name: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(BYTES / 32) }, (_, index) => createHash('sha256').update(`${name} ${index}`).digest());
  return Buffer.concat(blocks).subarray(0, BYTES);
}

describe.skipIf(!tools).each(['mps2-an386', 'lm3s6965evb', 'mps2-an505'])('the serial lines of %s', (board) => {
  it('bring all bytes both ways, in order, on both at the same time', async () => {
    const { modem, network } = await startEcho(board);
    const sent = { modem: bytesOf('modem'), network: bytesOf('network') };
    modem.write(sent.modem);
    network.write(sent.network);
    const [fromModem, fromNetwork] = await Promise.all([modem.read(BYTES), network.read(BYTES)]);
    expect(fromModem.equals(sent.modem), 'modem').toBe(true);
    expect(fromNetwork.equals(sent.network), 'network').toBe(true);
  });

  it('wake the firmware for a single byte', async () => {
    const { modem, network } = await startEcho(board);
    modem.write(Buffer.from('x'));
    expect(String(await modem.read(1))).toBe('x');
    network.write(Buffer.from('y'));
    expect(String(await network.read(1))).toBe('y');
  });
});

/** A UART loses what comes before it is set up, so the firmware says when it is. */
async function startEcho(board: string): Promise<TestLines> {
  const lines = await startOnTestLines(tools!, await buildTestFirmware(tools!, board, 'cortex-m-echo'));
  for (const line of [lines.modem, lines.network]) expect(String(await line.read(1))).toBe('!');
  return lines;
}
