// SPDX-License-Identifier: Apache-2.0
// The pseudo-terminal belongs to the program that opens it: the simulator's own process takes nothing from it.

import { describe, it } from 'vitest';
import { openPtyLine } from '../../../host/modem/pty-line.js';
import { SimulatedModem } from '../../../host/sim/modem/index.js';
import { Conversation } from './conversation.js';

describe.skipIf(process.platform === 'win32')('the pseudo-terminal of a modem', () => {
  it('keeps what the modem says until a program reads it', async () => {
    const modem = new SimulatedModem();
    const device = await modem.openPty();
    modem.sendUnsolicited('+CEREG: 1');
    const conversation = new Conversation(await openPtyLine(device.path));
    await conversation.until('+CEREG: 1\r\n');
    await conversation.line.close();
    await device.close();
  });
});
