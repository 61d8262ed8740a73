// SPDX-License-Identifier: Apache-2.0
// The package serialport over a pseudo-terminal: bytes as they are, in both directions, and what is said when there is no port.

import { describe, expect, it, vi } from 'vitest';
import { openSerialLine } from '../../../host/modem/serial-line.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from '../../sim/modem/conversation.js';
import { RecordingCard } from '../../sim/modem/recording-card.js';

const OK = '\r\nOK\r\n';
/** Every byte value except CR, LF and backspace, which mean something to a modem. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value).filter((value) => ![0x08, 0x0a, 0x0d].includes(value));

/** Why the tests with a real port cannot run here; undefined: they can. */
async function obstacle(): Promise<string | undefined> {
  const device = await new SimulatedModem().openPty().catch((error: Error) => error);
  if (device instanceof Error) return device.message;
  const line = await openSerialLine(device.path).catch((error: Error) => error);
  if (!(line instanceof Error)) await line.close();
  await device.close();
  return line instanceof Error ? line.message : undefined;
}

const reason = await obstacle();

describe.skipIf(reason !== undefined)(`over a pseudo-terminal${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('passes every byte value both ways unchanged, and can be opened again', async () => {
    const modem = new SimulatedModem({ slot: new RecordingCard({ '80F2': '9000' }) });
    const device = await modem.openPty();
    const line = await openSerialLine(device.path, { baudRate: 921_600, rtscts: true });
    expect(line.name).toBe(`serial:${device.path}`);
    const conversation = new Conversation(line);
    line.write(ALL_BYTES);
    conversation.send('\n\r\nATE0\r');
    await conversation.until(OK);
    expect(conversation.received).toBe(`${Buffer.from(ALL_BYTES).toString('latin1')}\n\r\nATE0\r${OK}`);
    await line.close();
    await line.close();
    line.write(ALL_BYTES);
    const again = new Conversation(await openSerialLine(device.path));
    again.send('AT+CSIM=10,"80F2000000"\r');
    await again.until(OK);
    expect(again.received).toBe(`\r\n+CSIM: 4,"9000"\r\n${OK}`);
    await again.line.close();
    await device.close();
  });

  it('keeps what came before there was a listener, and gives it to the last one', async () => {
    const modem = new SimulatedModem();
    const device = await modem.openPty();
    const line = await openSerialLine(device.path);
    line.onData(() => expect.unreachable());
    const conversation = new Conversation(line);
    modem.sendUnsolicited('+CEREG: 1');
    await conversation.until('+CEREG: 1\r\n');
    await line.close();
    await device.close();
  });

  it('lets nobody else have the port meanwhile', async () => {
    const device = await new SimulatedModem().openPty();
    const line = await openSerialLine(device.path);
    await expect(openSerialLine(device.path)).rejects.toThrow(`cannot use the serial port ${device.path}: `);
    await line.close();
    await device.close();
  });

  it('says when the modem is gone, also to who listens later', async () => {
    const device = await new SimulatedModem().openPty();
    const line = await openSerialLine(device.path);
    const conversation = new Conversation(line);
    await device.close();
    // the package takes the end of a pseudo-terminal for silence until something is written
    conversation.send('AT\r');
    await conversation.until();
    expect(conversation.closed?.message).toMatch(`the modem line serial:${device.path} `);
    const later = new Conversation(line);
    await later.until();
    expect(later.closed).toBe(conversation.closed);
    await line.close();
  });

  it('names a port that is not there', async () => {
    await expect(openSerialLine('/dev/no-such-port')).rejects.toThrow('cannot use the serial port /dev/no-such-port: ');
  });
});

describe('without the package', () => {
  it('says what to install', async () => {
    vi.doMock('serialport', () => {
      throw new Error('Cannot find package');
    });
    vi.resetModules();
    const without = await import('../../../host/modem/serial-line.js');
    await expect(without.openSerialLine('/dev/ttyUSB2')).rejects.toThrow(
      'install it with: npm install serialport, or open the port by pty:',
    );
    vi.doUnmock('serialport');
  });
});
