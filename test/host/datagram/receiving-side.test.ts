// SPDX-License-Identifier: Apache-2.0
// What a channel's listeners are told, whenever they are set.

import { expect, it } from 'vitest';
import { ReceivingSide } from '../../../host/datagram/receiving-side.js';
import { NetworkError } from '../../../host/interfaces.js';
import { settled } from '../../support/turned-clock.js';

const lost = (message = 'gone') => new NetworkError('connectionLost', message);

function listening() {
  const side = new ReceivingSide();
  const told: string[] = [];
  return {
    side,
    told,
    hear: () => side.onDatagram((bytes) => told.push(String(bytes[0]))),
    heed: () => side.onFailure((error) => told.push(error.message)),
  };
}

it('what came before there was a listener is delivered to it, up to a limit', () => {
  const { side, told, hear } = listening();
  for (let number = 0; number < 100; number++) side.arrive(Uint8Array.of(number));
  hear();
  expect(told).toEqual(Array.from({ length: 64 }, (_, number) => String(number)));
});

it.each(['hear first', 'heed first'])('datagrams come before the failure, and it comes once: %s', async (order) => {
  const { side, told, hear, heed } = listening();
  side.arrive(Uint8Array.of(1));
  side.fail(lost());
  side.fail(lost('again'));
  side.arrive(Uint8Array.of(2));
  for (const listen of order === 'hear first' ? [hear, heed] : [heed, hear]) listen();
  await settled();
  expect(told).toEqual(['1', 'gone']);
});

it('a failure is told even to one who wants no datagrams', async () => {
  const { side, told, heed } = listening();
  side.arrive(Uint8Array.of(1));
  heed();
  side.fail(lost());
  await settled();
  expect(told).toEqual(['gone']);
});

it('nobody is told anything after the end', async () => {
  const { side, told, hear, heed } = listening();
  side.arrive(Uint8Array.of(1));
  side.onDatagram(() => side.close());
  heed();
  hear();
  side.arrive(Uint8Array.of(2));
  side.fail(lost());
  await settled();
  expect(told).toEqual([]);
});
