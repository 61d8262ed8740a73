// SPDX-License-Identifier: Apache-2.0
// One way to open whatever an address names.

import { describe, expect, it } from 'vitest';
import { openCard } from '../../../host/modem/open.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';

describe('openCard', () => {
  it('opens a modem over TCP, by text or by its parts', async () => {
    const server = await new SimulatedModem().listenTcp();
    const address = { kind: 'tcp', host: '127.0.0.1', port: server.port } as const;
    for (const opened of [await openCard(`tcp:127.0.0.1:${server.port}`), await openCard(address)]) {
      expect(opened).toMatchObject({ name: `tcp:127.0.0.1:${server.port}`, card: { write: expect.any(Function) } });
      await opened.close();
    }
    await server.close();
  });

  it('passes the baud rate on to the device', async () => {
    await expect(openCard('pty:/dev/null', { baudRate: 9600 })).rejects.toThrow(/stty .* 9600/);
    await expect(openCard('serial:/dev/no-such-port@9600')).rejects.toThrow(
      /cannot use the serial port \/dev\/no-such-port|npm install serialport/,
    );
  });

  it.each([
    ['usb:1', 'is not a kind of line'],
    ['sim:', 'a program makes a SimulatedModem of ipa-wasm/sim'],
  ])('refuses %s', async (address, words) => {
    await expect(openCard(address)).rejects.toThrow(words);
  });
});
