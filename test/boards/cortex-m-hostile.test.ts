// SPDX-License-Identifier: Apache-2.0
// What comes by the two lines of a device may be anything. It is refused on the device, nothing is written beside the module's memory, and the
// device does its job afterwards.

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { Event } from '../../host/abi.js';
import { encodeFrame, type Frame, FrameReader, MOST_BYTES_TO_DEVICE } from '../../host/network-processor/frames.js';
import { buildFirmware, type Firmware } from '../../scripts/boards/firmware.js';
import { type MainJobRun, runMainJob } from '../../scripts/boards/main-job.js';
import type { Tamper } from '../../scripts/boards/world.js';
import { armTools } from '../support/boards.js';

const tools = armTools();
/** What waits for something that does not come, waits so long. */
const TIMEOUT_MS = 300;
/** The card answers with at most 256 bytes and a status word, in hexadecimal digits. */
const CARD_ANSWER = /\+CSIM: \d+,"[0-9A-F]{40,}"/;

/** The same in each run. */
function noise(seed: string, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, index) => createHash('sha256').update(`${seed} ${index}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

/** Does something to the `number`th that fits, counted from 1, and lets the others pass. */
function once(number: number, fits: (bytes: Uint8Array) => boolean, change: Tamper): Tamper {
  let count = 0;
  return (bytes) => (fits(bytes) && ++count === number ? change(bytes) : bytes);
}

const isCardAnswer = (bytes: Uint8Array): boolean => CARD_ANSWER.test(Buffer.from(bytes).toString('latin1'));
const inText = (bytes: Uint8Array, change: (text: string) => string): Uint8Array =>
  Buffer.from(change(Buffer.from(bytes).toString('latin1')), 'latin1');

/** The frame that these bytes are, if they are one. */
function frameOf(bytes: Uint8Array): Frame | undefined {
  let found: Frame | undefined;
  const reader = new FrameReader(MOST_BYTES_TO_DEVICE, (frame) => {
    found = frame;
  });
  reader.take(bytes);
  return found;
}

const isData = (bytes: Uint8Array): boolean => frameOf(bytes)?.kind === Event.NetworkData;
const withPayload = (bytes: Uint8Array, payload: Uint8Array): Uint8Array => encodeFrame({ ...frameOf(bytes)!, payload });
const joined = (...parts: Uint8Array[]): Uint8Array => Buffer.concat(parts);

describe.skipIf(!tools)('bad input from the lines of a device', () => {
  let firmware: Firmware;

  beforeAll(async () => {
    firmware = await buildFirmware(tools!, {
      board: 'mps2-an386',
      runtime: 'native',
      variant: 'ipad',
      measured: true,
      stackBytes: 1024,
      defines: [`-DIPA_CARD_TIMEOUT_MS=${TIMEOUT_MS}`, `-DIPA_SERIAL_TIMEOUT_MS=${TIMEOUT_MS}u`],
      label: 'hostile',
    });
  });

  /** The job is done in spite of it all, if the operator asks again for what failed. */
  async function survive(tamper: { readonly tamperModem?: Tamper; readonly tamperNetwork?: Tamper }): Promise<MainJobRun> {
    const run = await runMainJob(tools!, firmware, { asksAgain: true, ...tamper });
    expect(run.report).toMatchObject({ error: 0, guards: 'intact' });
    return run;
  }

  describe('the modem', () => {
    it.each([
      ['lines that mean nothing before every answer', (bytes: Uint8Array) => joined(noise('lines', 200), Buffer.from('\r\n'), bytes)],
      ['zeros and lone carriage returns', (bytes: Uint8Array) => joined(Buffer.from('\0\0\r\r\r\0\n\n'), bytes)],
    ])('sends %s: passed over', async (_, tamperModem) => {
      const { polls } = await survive({ tamperModem });
      expect(polls.map(({ error }) => error)).toEqual([0, 0]);
    });

    it.each([
      ['behind 5,000 characters that mean nothing', (text: string) => `${'A'.repeat(5_000)}\r\n${text}`],
      ['cut off in the middle', (text: string) => text.slice(0, text.length / 2)],
      ['without its last digit', (text: string) => text.replace(/[0-9A-F]"/, '"')],
      ['longer than any card answers', (text: string) => text.replace(/\d+,"[0-9A-F]+/, `9000,"${'61'.repeat(4_500)}`)],
      ['with a length of twenty digits', (text: string) => text.replace(/\d+,"/, '99999999999999999999,"')],
      ['with letters in the place of digits', (text: string) => text.replace(/"[0-9A-F]{8}/, '"ZZZZZZZZ')],
    ])('sends an answer of the card %s: refused, the eIM is told, and another download works', async (_, change) => {
      const tamperModem = once(6, isCardAnswer, (bytes) => inText(bytes, change));
      const { world } = await survive({ tamperModem });
      expect(world.jobs, 'times asked').toHaveLength(2);
    });
  });

  describe('the network', () => {
    it('sends noise between all frames: dropped and counted', async () => {
      let number = 0;
      const { polls, report } = await survive({
        tamperNetwork: (bytes) => joined(noise(`frame ${number++}`, 300), Buffer.of(0x7e), bytes),
      });
      expect(polls.map(({ error }) => error)).toEqual([0, 0]);
      expect(report.droppedFrames).toBeGreaterThan(20);
    });

    it('sends whole frames that nobody waits for: dropped', async () => {
      const payload = noise('payload', 700);
      const strange = [0, Event.CardData, Event.Command, Event.Datagram, Event.NetworkData, 255].map((kind, index) =>
        encodeFrame({ kind, exchange: 200 + index, argument: -1, payload }),
      );
      const { polls, report } = await survive({ tamperNetwork: (bytes) => joined(...strange, bytes) });
      expect(polls.map(({ error }) => error)).toEqual([0, 0]);
      expect(report.droppedFrames).toBeGreaterThan(100);
    });

    it.each([
      ['one byte is another', (bytes: Uint8Array) => bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte))],
      ['the end is missing', (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
      ['the data is longer than the window', (bytes: Uint8Array) => withPayload(bytes, noise('long', 20_000))],
      ['the data is noise', (bytes: Uint8Array) => withPayload(bytes, noise('noise', 1_024))],
      ['the data is a length of 4 GB', (bytes: Uint8Array) => withPayload(bytes, Buffer.from('bf5084ffffffff30', 'hex'))],
      ['there is no data', (bytes: Uint8Array) => withPayload(bytes, Buffer.alloc(0))],
    ])('sends a frame in which %s: refused, the eIM is told, and another download works', async (_, change) => {
      const { world } = await survive({ tamperNetwork: once(2, isData, change) });
      expect(world.jobs, 'times asked').toHaveLength(2);
    });
  });

  it.each(['seed 1', 'seed 2', 'seed 3'])('both lines damage one byte of 2,000 in their first 12,000, %s', async (seed) => {
    const damage = (line: string): Tamper => {
      const dice = noise(`${seed} ${line}`, 24_000);
      let at = 0;
      const isHit = (index: number) => index < 12_000 && dice.readUInt16BE(2 * index) < 65_536 / 2_000;
      return (bytes) => bytes.map((byte) => (isHit(at++) ? byte ^ 0x55 : byte));
    };
    await survive({ tamperModem: damage('modem'), tamperNetwork: damage('network') });
  });
});
