// SPDX-License-Identifier: Apache-2.0
// A package that runs while the network or the card is lost: as an eUICC does, the virtual ISD-R brings it to its end, and keeps the result.

import { expect, it } from 'vitest';
import { ErrorCode } from '../../../host/abi.js';
import { tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { Module } from '../support/module.js';
import { Session } from '../support/session.js';
import { inTurn, SimplePeers } from '../support/simple-peers.js';
import { SIGNATURE, VirtualIsdr } from '../support/virtual-isdr.js';

const EID = '89049032123451234512345678901235';
const ICCID = '98001032547698103214';
/** eIM "e" at "h", counterValue 5, some key. */
const ADD_INITIAL_EIM = 'BF5713A011300F800165810168830105A504A0020500';
const ENABLE = `A30C5A0A${ICCID}`;
const PACKAGE = tlv(0xbf51, tlv(0x30, fromHex(`8001655A10${EID}810106A00E${ENABLE}`)), fromHex('5F3702AABB'));
const resultOf = (results: string) =>
  hex(tlv(0xbf51, tlv(0xa0, tlv(0x30, fromHex('800165810106830440000001'), tlv(0x30, fromHex(results))), fromHex(`5F3740${SIGNATURE}`))));

it('the card is lost in an operation: the result says undefinedError, and is kept', () => {
  const isdr = new VirtualIsdr();
  isdr.run(ADD_INITIAL_EIM);
  const outcome = isdr.run(hex(PACKAGE), { lostAt: 'BF31' });
  expect(outcome).toMatchObject({ error: ErrorCode.CardLost, answer: resultOf('83017F') });
  expect(isdr.run('BF2B04A0028200').answer).toBe(hex(tlv(0xbf2b, tlv(0xa2, fromHex(resultOf('83017F'))))));
});

it('the card is lost before the first operation: an error is signed, and the counter is not used up', () => {
  const isdr = new VirtualIsdr();
  isdr.run(ADD_INITIAL_EIM);
  const outcome = isdr.run(hex(PACKAGE), { lostAt: 'BF3E' });
  expect(outcome).toMatchObject({ error: ErrorCode.CardLost, answer: expect.stringMatching(/02017F5F3740(5A)+$/) });
  expect(isdr.run(hex(PACKAGE), { card: { BF31: 'BF3103800100' } }).answer).toBe(resultOf('830100'));
});

it('what follows the package cannot be read: it is run all the same, and its result goes out with the stored ones', () => {
  const garbage = fromHex('1FFF00');
  const answer = tlv(0xbf4f, concat(PACKAGE, garbage));
  const peers = new SimplePeers({
    card: { BF31: 'BF3103800100' },
    eim: { BF4F: inTurn(answer, 'BF4F03020101'), BF50: inTurn('BF50023000', 'BF5009BF5306800440000001') },
  });
  const module = new Module(undefined, 'ipad-consumer');
  const options = { initialEim: fromHex(ADD_INITIAL_EIM) };
  const session = new Session(peers, options, module);
  const first = session.run();
  expect(peers.es10.filter((command) => command.startsWith('BF31'))).toHaveLength(1);
  expect(first).toMatchObject({ error: ErrorCode.BadEncoding, packages: 1 });
  new Session(peers, options, module).run();
  const told = peers.esipa.filter((message) => message.includes(resultOf('830100')));
  expect(told).toHaveLength(1);
  expect(peers.es10.filter((command) => command.startsWith('BF31'))).toHaveLength(1);
});
