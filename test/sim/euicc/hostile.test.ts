// SPDX-License-Identifier: Apache-2.0
// Hostile bytes: whatever is sent, the eUICC answers a status word, never fails inside, and keeps working.
import { describe, expect, test } from 'vitest';
import { concat, equal } from '../../../host/sim/codec/bytes.js';
import { addInitialEimRequest } from '../../../host/sim/eim/configuration-data.js';
import { enable, listProfileInfo } from '../../../host/sim/eim/packages/psmo.js';
import { type SimulatedEuicc, seededRandom } from '../../../host/sim/euicc/index.js';
import { ask, askHex, EID, es10, LPAD, openedConsumerEuicc, openedEuicc, openIsdr } from './support/card.js';
import { configuration, managedEuicc, packageRequest } from './support/eim.js';
import { loadCrlRequest, revocationList } from './support/revocation-list.js';
import { authenticateRequest, ICCID, prepare, prepareRequest, segments } from './support/server.js';

const SEED = 20_240_601;

/** A list with an entry, in two parts, so that every extension is there. */
const REVOCATION_LIST = await revocationList({ revoked: ['1234'], crlNumber: 7, part: [1, 2] });

/** Small numbers from a seed. */
function dice(seed: number): (limit: number) => number {
  const random = seededRandom(seed);
  return (limit) => {
    const [a, b, c] = random(3);
    return (a! * 65_536 + b! * 256 + c!) % limit;
  };
}

/** Bytes changed, removed, doubled or cut. */
function mutated(bytes: Uint8Array, roll: (limit: number) => number): Uint8Array {
  const at = roll(bytes.length);
  const kind = roll(5);
  if (kind === 0) return bytes.subarray(0, at);
  if (kind === 1) return concat(bytes.subarray(0, at), bytes.subarray(at + 1));
  if (kind === 2) return concat(bytes.subarray(0, at), bytes.subarray(at), bytes.subarray(at));
  const copy = bytes.slice();
  copy[at] = kind === 3 ? roll(256) : [0x00, 0x7f, 0x80, 0x81, 0x84, 0xff][roll(6)]!;
  return copy;
}

function expectSound(euicc: SimulatedEuicc, what: string): void {
  expect(euicc.lastFault, `${what}, seed ${SEED}`).toBeUndefined();
}

describe('hostile input', () => {
  test('random APDUs', () => {
    const random = seededRandom(SEED);
    const roll = dice(SEED);
    const euicc = openedEuicc();
    for (let round = 0; round < 3_000; round++) {
      const apdu = random(roll(40));
      if (roll(2) === 0 && apdu.length > 3) apdu.set([0x80 | roll(4), [0xe2, 0xc0, 0xf2, 0xaa][roll(4)]!, [0x11, 0x91][roll(2)]!, roll(2)]);
      const response = euicc.transmit(apdu);
      expect(response.length).toBeGreaterThanOrEqual(2);
      expectSound(euicc, `round ${round}`);
    }
    openIsdr(euicc);
    expect(askHex(euicc, 'BF3E035C015A')).toContain(EID);
  });

  const requests: readonly [string, (euicc: SimulatedEuicc) => Uint8Array][] = [
    ['AuthenticateServer', (euicc) => authenticateRequest(euicc)],
    ['LoadEuiccPackage', (euicc) => packageRequest(euicc, { psmos: [listProfileInfo({ tags: [0x5a] }), enable(ICCID)] })],
    ['AddInitialEim', () => addInitialEimRequest(configuration({ associationToken: -1, eimIdType: 2 }))],
    ['RetrieveNotificationsList', () => Uint8Array.of(0xbf, 0x2b, 0x05, 0xa0, 0x03, 0x80, 0x01, 0x01)],
    ['GetProfilesInfo', () => Uint8Array.of(0xbf, 0x2d, 0x08, 0xa0, 0x03, 0x95, 0x01, 0x02, 0x5c, 0x01, 0x5a)],
    ['CancelSession', () => Uint8Array.of(0xbf, 0x41, 0x07, 0x80, 0x02, 1, 2, 0x81, 0x01, 0x03)],
    ['LoadCRL', () => loadCrlRequest(REVOCATION_LIST)],
    ['eUICCMemoryReset', () => Uint8Array.of(0xbf, 0x64, 0x04, 0x82, 0x02, 0x07, 0x80)],
  ];
  test.each(requests)('%s with bytes changed', (name, make) => {
    const roll = dice(SEED + name.length);
    const euicc = name === 'AddInitialEim' ? openedEuicc() : managedEuicc({ profiles: [{ iccid: ICCID }] });
    const request = make(euicc);
    for (let round = 0; round < 150; round++) {
      es10(euicc, mutated(request, roll));
      expectSound(euicc, `${name} round ${round}`);
    }
    expect(ask(euicc, 'BF3E035C015A').tag).toBe(0xbf3e);
  });

  test('a revocation list with bytes changed is never stored', () => {
    const roll = dice(SEED);
    const euicc = openedEuicc();
    const before = euicc.saveNonVolatile();
    const request = loadCrlRequest(REVOCATION_LIST);
    for (let round = 0; round < 300; round++) {
      const changed = mutated(request, roll);
      if (equal(changed, request)) continue;
      es10(euicc, changed);
      expectSound(euicc, `round ${round}`);
      expect(euicc.saveNonVolatile(), `round ${round}, seed ${SEED}`).toBe(before);
    }
  });

  const consumerRequests: readonly [string, string][] = [
    ['EnableProfile', 'BF3111A00C5A0A980010325476981032148101FF'],
    ['DisableProfile', 'BF3215A0104F10A0000005591010FFFFFFFF89000010008101FF'],
    ['DeleteProfile', 'BF330C5A0A98001032547698103214'],
    ['SetNickname', 'BF29105A0A9800103254769810321490024D65'],
    ['GetProfilesInfo', 'BF2D0AA0039501005C035A9F70'],
  ];
  test.each(consumerRequests)('%s of a consumer eUICC with bytes changed', (name, request) => {
    const roll = dice(SEED + name.length);
    const euicc = openedConsumerEuicc({ profiles: [{ iccid: ICCID }], proactiveRefresh: 0x09 });
    for (let round = 0; round < 150; round++) {
      es10(euicc, mutated(Buffer.from(request, 'hex'), roll));
      expectSound(euicc, `${name} round ${round}`);
    }
    openIsdr(euicc, LPAD);
    expect(askHex(euicc, 'BF3E035C015A')).toContain(EID);
  });

  test('TERMINAL RESPONSE with bytes changed', () => {
    const roll = dice(SEED);
    const euicc = openedConsumerEuicc({ profiles: [{ iccid: ICCID }], proactiveRefresh: 0x09 });
    es10(euicc, Buffer.from('BF3111A00C5A0A980010325476981032148101FF', 'hex'));
    euicc.transmit(Uint8Array.of(0x80, 0x12, 0, 0, 0x0b));
    for (let round = 0; round < 500; round++) {
      const response = mutated(Buffer.from('810301010982028281830130', 'hex'), roll);
      if (response.length > 0) euicc.transmit(concat(Uint8Array.of(0x80, 0x14, 0, 0, response.length), response));
      expectSound(euicc, `round ${round}`);
    }
  });

  test('PrepareDownload with bytes changed', () => {
    const roll = dice(SEED);
    for (let round = 0; round < 30; round++) {
      const euicc = openedEuicc();
      const signature = ask(euicc, authenticateRequest(euicc)).children[0]!.children[1]!.raw;
      for (let again = 0; again < 10; again++) es10(euicc, mutated(prepareRequest(signature), roll));
      expectSound(euicc, `round ${round}`);
    }
  });

  test('bound profile packages with bytes changed end in a result or a status word, never in a profile', () => {
    const roll = dice(SEED);
    for (let round = 0; round < 60; round++) {
      const euicc = openedEuicc();
      const list = segments(prepare(euicc), { segmentBytes: 600 });
      const at = roll(list.length);
      const changed = mutated(list[at]!, roll);
      if (equal(changed, list[at]!) || changed.length === 0) continue;
      list[at] = changed;
      for (const segment of list) es10(euicc, segment);
      expectSound(euicc, `round ${round}, segment ${at}`);
      expect(euicc.profiles, `round ${round}, segment ${at}, seed ${SEED}`).toEqual([]);
    }
  });

  test('deep nesting and long lengths', () => {
    const euicc = openedEuicc();
    const deep = Uint8Array.from({ length: 400 }, (_, index) => (index % 2 === 0 ? 0x30 : Math.min(127, 400 - index)));
    for (const bytes of [
      deep,
      concat(Uint8Array.of(0xbf, 0x2d), deep),
      Uint8Array.of(0xbf, 0x2d, 0x84, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0xbf, 0x2d, 0x80, 0, 0),
    ]) {
      es10(euicc, bytes);
      expectSound(euicc, 'deep');
    }
  });

  test('a function that fails leaves nothing behind', () => {
    const euicc = managedEuicc();
    const before = euicc.saveNonVolatile();
    for (const request of ['BF5100', 'BF3800', 'BF2100', 'BF5800', 'BF6400', 'BF2900']) es10(euicc, Buffer.from(request, 'hex'));
    expect(euicc.saveNonVolatile()).toBe(before);
  });
});
