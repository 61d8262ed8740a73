// SPDX-License-Identifier: Apache-2.0
// Tries what a card in a reader can do for an eSIM. The reset at the beginning closes whatever was open on it.

import type { CardSlot } from '../../interfaces.js';
import * as apdu from './apdus.js';
import type { Findings } from './findings.js';

/** Tries everything; the findings tell. */
export async function tryCard(card: CardSlot, findings: Findings): Promise<void> {
  const exchange = async (command: string): Promise<string> => hex(await card.transmit(Buffer.from(command, 'hex')));
  await findings.try('reset', async () => ({ works: true, says: `ATR ${hex(await card.reset())}` }));
  if (!findings.works('reset')) return;
  await findings.try('ISD-R', async () => {
    const opened = await exchange(apdu.OPEN_CHANNEL);
    const channel = apdu.openedChannel(opened);
    if (channel === undefined) return { works: false, says: `MANAGE CHANNEL answers ${opened}` };
    try {
      const selected = await exchange(apdu.selectIsdR(channel));
      return { works: apdu.isDone(selected), says: `on channel ${channel} SELECT answers ${apdu.statusOf(selected)}` };
    } finally {
      await exchange(apdu.closeChannel(channel));
    }
  });
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}
