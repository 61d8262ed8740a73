// SPDX-License-Identifier: Apache-2.0
// The same modem over TCP and over a pseudo-terminal, talked to through the host's own lines.

import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openPtyLine } from '../../../host/modem/pty-line.js';
import { openTcpLine } from '../../../host/modem/tcp-line.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';
import { RecordingCard } from './recording-card.js';

const OK = '\r\nOK\r\n';
/** Every byte value except CR, LF and backspace, which mean something to a modem. */
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value).filter((value) => ![0x08, 0x0a, 0x0d].includes(value));

describe('over TCP', () => {
  it('answers, keeps its state over connections, and closes', async () => {
    const modem = new SimulatedModem({ slot: new RecordingCard({ '80F2': '9000' }), chunks: { kind: 'every', bytes: 1 } });
    const server = await modem.listenTcp();
    const first = new Conversation(await openTcpLine('127.0.0.1', server.port));
    first.send('ATE0\r');
    await first.until(OK);
    await first.line.close();
    const second = new Conversation(await openTcpLine('127.0.0.1', server.port));
    expect(second.line.name).toBe(`tcp:127.0.0.1:${server.port}`);
    second.send('AT+CSIM=10,"80F2000000"\r');
    await second.until(OK);
    expect(second.received).toBe(`\r\n+CSIM: 4,"9000"\r\n${OK}`);
    await server.close();
    await second.until();
    expect(second.closed?.message).toContain('the modem line tcp:127.0.0.1:');
  });

  it('echoes every byte value unchanged, also when nobody listens at first', async () => {
    const server = await new SimulatedModem().listenTcp();
    const line = await openTcpLine('127.0.0.1', server.port);
    line.write(ALL_BYTES);
    line.write(Buffer.from('\rAT\r'));
    const conversation = new Conversation(line);
    await conversation.until(OK);
    expect(conversation.received).toBe(`${Buffer.from(ALL_BYTES).toString('latin1')}\rAT\r${OK}`);
    await line.close();
    await line.close();
    line.write(Uint8Array.of(1));
    await server.close();
  });

  it('drops the line in the middle of an answer', async () => {
    const modem = new SimulatedModem({ echo: false });
    modem.disturb({ action: { kind: 'dropLine', afterBytes: 3 } });
    const server = await modem.listenTcp();
    const conversation = new Conversation(await openTcpLine('127.0.0.1', server.port));
    conversation.send('AT\r');
    await conversation.until();
    expect(conversation.received).toBe('\r\nO');
    await server.close();
  });

  it('says which modem cannot be reached', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    await expect(openTcpLine('127.0.0.1', port)).rejects.toThrow(`cannot reach the modem at tcp:127.0.0.1:${port}: connect ECONNREFUSED`);
  });
});

describe.skipIf(process.platform === 'win32')('over a pseudo-terminal', () => {
  it('passes every byte value both ways unchanged, and survives being opened again', async () => {
    const modem = new SimulatedModem({ slot: new RecordingCard({ '80F2': '9000' }) });
    const device = await modem.openPty();
    const line = await openPtyLine(device.path);
    expect(line.name).toBe(`pty:${device.path}`);
    const conversation = new Conversation(line);
    conversation.line.write(ALL_BYTES);
    conversation.send('\n\r\nATE0\r');
    await conversation.until(OK);
    expect(conversation.received).toBe(`${Buffer.from(ALL_BYTES).toString('latin1')}\n\r\nATE0\r${OK}`);
    await line.close();
    const again = new Conversation(await openPtyLine(device.path));
    again.send('AT+CSIM=10,"80F2000000"\r');
    await again.until(OK);
    expect(again.received).toBe(`\r\n+CSIM: 4,"9000"\r\n${OK}`);
    await again.line.close();
    await device.close();
    await device.close();
  });

  it('carries a long conversation in both directions', async () => {
    const response = `${'5A'.repeat(256)}9000`;
    const modem = new SimulatedModem({ slot: new RecordingCard({ '80E2': response }), echo: true });
    const device = await modem.openPty();
    const conversation = new Conversation(await openPtyLine(device.path));
    const command = `AT+CSIM=520,"80E29100FF${'C3'.repeat(255)}"\r`;
    const expected = `${command}\r\n+CSIM: 516,"${response}"\r\n${OK}`;
    for (let count = 0; count < 40; count += 1) {
      conversation.chunks.length = 0;
      conversation.send(command);
      await conversation.until(OK);
      expect(conversation.received).toBe(expected);
    }
    expect(modem.counters.apdus).toBe(40);
    await conversation.line.close();
    await device.close();
  });

  it('refuses what is no terminal', async () => {
    await expect(openPtyLine('/dev/null')).rejects.toThrow('cannot use /dev/null as a modem line');
    await expect(openPtyLine('/dev/no-such-device')).rejects.toThrow('cannot use /dev/no-such-device as a modem line');
  });
});
