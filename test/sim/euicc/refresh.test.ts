// SPDX-License-Identifier: Apache-2.0
// What the terminal has to do after a profile switch: REFRESH as a proactive command (ETSI TS 102 221 §7.4.2, §11.2.3, §11.2.4), or a reset.
import { describe, expect, test } from 'vitest';
import { need, readTlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { disable, enable, getRat, listProfileInfo, type Psmo } from '../../../host/sim/eim/packages/psmo.js';
import type { PreinstalledProfile, SimulatedEuicc, SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { es10, LPAD, openedConsumerEuicc, openIsdr, refused, SMDP_ADDRESS, send } from './support/card.js';
import { codes, managedEuicc, packageRequest, run, verified } from './support/eim.js';
import { ICCID } from './support/server.js';

const A = ICCID;
const B = '89000123456789012358';

const UICC_RESET = 0x04;
const PROFILE_STATE_CHANGE = 0x09;

const ENABLE_B = 'BF3111A00C5A0A980010325476981032858101FF';
const ENABLE_B_WITHOUT_REFRESH = 'BF3111A00C5A0A98001032547698103285810100';
const DISABLE_A = 'BF3211A00C5A0A980010325476981032148101FF';
const GET_EID = 'BF3E035C015A';
const EID = 'BF3E125A1089049032123451234512345678901235';

const profiles: PreinstalledProfile[] = [
  { state: 'enabled', metadata: makeMetadata({ iccid: A, notifications: notifyAll(SMDP_ADDRESS) }) },
  { metadata: makeMetadata({ iccid: B, notifications: notifyAll(SMDP_ADDRESS) }) },
];

function consumer(options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  return openedConsumerEuicc({ profiles, proactiveRefresh: UICC_RESET, ...options });
}

function iot(options: Partial<SimulatedEuiccOptions> = {}): SimulatedEuicc {
  return managedEuicc({ profiles, proactiveRefresh: UICC_RESET, ...options });
}

/** Response data and status word of an ES10 command, in hexadecimal. */
function answer(euicc: SimulatedEuicc, request: string): string {
  const { data, status } = es10(euicc, fromHex(request));
  return `${hex(data)} ${status.toString(16).toUpperCase()}`;
}

const FETCH = '801200000B';
const respond = (result: string, qualifier = '04'): string => `801400000C81030101${qualifier}82028281${result}`;
const DONE = respond('830100');

describe('REFRESH', () => {
  test('is announced by 91XX, fetched and answered: known answers', () => {
    const euicc = consumer();
    expect(send(euicc, `81E2910014${ENABLE_B}`)).toBe('6106');
    expect(send(euicc, '81C0000006')).toBe('BF3103800100910B');
    expect(send(euicc, FETCH)).toBe('D009810301010482028182' + '9000');
    expect(send(euicc, DONE)).toBe('9000');
    expect(answer(euicc, GET_EID)).toBe(`${EID} 9000`);
    expect(euicc.refreshPending).toBe(true);
    openIsdr(euicc, LPAD);
    expect(euicc.refreshPending).toBe(false);
  });

  test('is announced with every 9000 until it is fetched, not with other status words', () => {
    const euicc = consumer();
    answer(euicc, ENABLE_B);
    expect(send(euicc, '80F2000C00')).toBe('910B');
    expect(answer(euicc, GET_EID)).toBe(`${EID} 910B`);
    expect(answer(euicc, 'BF7E00')).toBe(' 6A88');
    expect(send(euicc, FETCH)).toMatch(/9000$/);
    expect(send(euicc, '80F2000C00')).toBe('9000');
  });

  test('profile state change: the switch is dealt with by the terminal response', () => {
    const euicc = consumer({ proactiveRefresh: PROFILE_STATE_CHANGE });
    expect(answer(euicc, ENABLE_B)).toBe('BF3103800100 910B');
    expect(send(euicc, FETCH)).toBe('D009810301010982028182' + '9000');
    expect(euicc.refreshPending).toBe(true);
    expect(send(euicc, respond('830100', '09'))).toBe('9000');
    expect(euicc.refreshPending).toBe(false);
  });

  test('the tags of the response may come without the comprehension bit, and with text for the user', () => {
    const euicc = consumer();
    answer(euicc, ENABLE_B);
    send(euicc, FETCH);
    expect(send(euicc, '801400000D 0103010104 02028281 03020104'.replace(/ /g, ''))).toBe('9000');
    expect(answer(euicc, DISABLE_A)).toBe('BF3203800102 9000');
  });

  test('while it is open, another switch is answered catBusy(5), before and after FETCH', () => {
    const euicc = consumer();
    expect(answer(euicc, DISABLE_A)).toBe('BF3203800100 910B');
    expect(answer(euicc, ENABLE_B)).toBe('BF3103800105 910B');
    expect(answer(euicc, 'BF340482020780')).toBe('BF3403800105 910B');
    send(euicc, FETCH);
    expect(answer(euicc, ENABLE_B)).toBe('BF3103800105 9000');
    send(euicc, DONE);
    expect(answer(euicc, ENABLE_B)).toBe('BF3103800100 910B');
  });

  test('a reset ends the proactive session', () => {
    const euicc = consumer();
    answer(euicc, DISABLE_A);
    openIsdr(euicc, LPAD);
    expect(send(euicc, FETCH)).toBe('6985');
    expect(answer(euicc, ENABLE_B)).toBe('BF3103800100 910B');
  });

  test('a terminal unable for the moment (2X) is asked again; one that never will (3X) is not', () => {
    const euicc = consumer();
    answer(euicc, ENABLE_B);
    send(euicc, FETCH);
    expect(send(euicc, respond('830120'))).toBe('910B');
    expect(send(euicc, FETCH)).toMatch(/^D0/);
    expect(send(euicc, respond('830131'))).toBe('9000');
    expect(send(euicc, FETCH)).toBe('6985');
    expect(euicc.refreshPending).toBe(true);
  });

  test('with refreshFlag FALSE, and when it is not set up, nothing is asked of the terminal', () => {
    expect(answer(consumer(), ENABLE_B_WITHOUT_REFRESH)).toBe('BF3103800100 9000');
    const never = openedConsumerEuicc({ profiles });
    expect(answer(never, ENABLE_B)).toBe('BF3103800100 9000');
    expect(answer(never, DISABLE_A)).toBe('BF3203800102 9000');
    expect(send(never, FETCH)).toBe('6985');
  });

  test('deleting a disabled profile needs none, a memory reset that deletes the enabled one does', () => {
    const euicc = consumer();
    expect(answer(euicc, 'BF330C5A0A98001032547698103285')).toBe('BF3303800100 9000');
    expect(answer(euicc, 'BF340482020780')).toBe('BF3403800100 910B');
  });
});

test('TERMINAL PROFILE is taken, and announces REFRESH like any other command', () => {
  const euicc = consumer();
  expect(send(euicc, '8010000002FFFF')).toBe('9000');
  expect(send(euicc, '8010000000')).toBe('6700');
  expect(send(euicc, '8010010002FFFF')).toBe('6A86');
  answer(euicc, ENABLE_B);
  expect(send(euicc, '8010000002FFFF')).toBe('910B');
});

describe('FETCH and TERMINAL RESPONSE refused', () => {
  function announced(): SimulatedEuicc {
    const euicc = consumer();
    answer(euicc, ENABLE_B);
    return euicc;
  }

  test.each([
    ['a shorter length', '801200000A', '6C0B'],
    ['a longer length', '8012000000', '6C0B'],
    ['parameters', '801201000B', '6A86'],
    ['data', '801200000100', '6700'],
    ['another class', '001200000B', '6E00'],
  ])('FETCH with %s', (_, command, status) => {
    const euicc = announced();
    expect(send(euicc, command)).toBe(status);
    expect(send(euicc, FETCH)).toMatch(/^D0/);
  });

  test('a response before FETCH: 6985', () => {
    expect(send(announced(), DONE)).toBe('6985');
    expect(send(consumer(), DONE)).toBe('6985');
  });

  test.each([
    ['for another command number', '801400000C 8103020104 82028281 830100', '6A80'],
    ['for another command type', '801400000C 8103010204 82028281 830100', '6A80'],
    ['for another qualifier', '801400000C 8103010109 82028281 830100', '6A80'],
    ['without command details', '8014000007 82028281 830100', '6A80'],
    ['without a result', '8014000009 8103010104 82028281', '6A80'],
    ['with an empty result', '801400000B 8103010104 82028281 8300', '6A80'],
    ['cut short', '801400000B 8103010104 82028281 8301', '6A80'],
    ['with parameters', '801400010C 8103010104 82028281 830100', '6A86'],
  ])('a response %s, and the session stays open', (_, command, status) => {
    const euicc = announced();
    send(euicc, FETCH);
    expect(send(euicc, command.replace(/ /g, ''))).toBe(status);
    expect(send(euicc, DONE)).toBe('9000');
  });
});

describe('on an IoT eUICC', () => {
  test('a package that switches is followed by REFRESH; the result is signed before', () => {
    const euicc = iot();
    const { data, status } = es10(euicc, packageRequest(euicc, { psmos: [enable(B, { rollback: true })] }));
    expect(status).toBe(0x910b);
    expect(data[0]).toBe(0xbf);
    expect(send(euicc, FETCH)).toMatch(/^D009810301010482028182/);
  });

  test('a package that does not switch is not', () => {
    const euicc = iot();
    expect(es10(euicc, packageRequest(euicc, { psmos: [getRat()] })).status).toBe(0x9000);
  });

  /** Runs operations while REFRESH waits, so that the status word is 910B; the results. */
  function during(euicc: SimulatedEuicc, operation: Psmo): string[] {
    const { data } = es10(euicc, packageRequest(euicc, { psmos: [operation] }));
    return need(verified(need(readTlv(data), 0xa0)), 0x30).children.map((each) => hex(each.raw));
  }

  test('until it is answered: catBusy(5) for switches, profileChangeOngoing(11) for lists', () => {
    const euicc = iot();
    es10(euicc, packageRequest(euicc, { psmos: [disable(A)] }));
    expect(during(euicc, enable(B))).toEqual(['830105']);
    expect(during(euicc, listProfileInfo())).toEqual(['BF2D0381010B']);
    expect(answer(euicc, 'BF2D00')).toBe('BF2D0381010B 910B');
    send(euicc, FETCH);
    expect(answer(euicc, 'BF2D00')).toBe('BF2D0381010B 9000');
    send(euicc, DONE);
    expect(answer(euicc, 'BF2D035C015A')).toBe('BF2D1EA01CE30C5A0A98001032547698103214E30C5A0A98001032547698103285 9000');
    expect(codes(run(euicc, { psmos: [listProfileInfo()] }))).toEqual([[0xbf2d]]);
  });

  test.each([
    ['ProfileRollback', 'BF58038001', 'BF5803020105'],
    ['ExecuteFallbackMechanism', 'BF5D038001', 'BF5D03800105'],
    ['EnableEmergencyProfile', 'BF5B038001', 'BF5B03800105'],
  ])('%s: REFRESH by refreshFlag; catBusy(5) in between', (_, request, busy) => {
    const options = (): Partial<SimulatedEuiccOptions> => ({
      profiles: [
        { state: 'enabled', metadata: makeMetadata({ iccid: A }) },
        { metadata: makeMetadata({ iccid: B, fallbackAllowed: true }), fallbackAttribute: true },
        { metadata: makeMetadata({ iccid: '89000123456789012366', ecallIndication: true }) },
        { metadata: makeMetadata({ iccid: '89000123456789012374' }) },
      ],
    });
    const prepared = (): SimulatedEuicc => {
      const euicc = iot(options());
      es10(euicc, packageRequest(euicc, { psmos: [enable('89000123456789012374', { rollback: true })] }));
      return euicc;
    };
    const euicc = prepared();
    expect(answer(euicc, `${request}FF`)).toBe(`${busy} 910B`);
    openIsdr(euicc);
    expect(answer(euicc, `${request}00`)).toMatch(/ 9000$/);
    const other = prepared();
    openIsdr(other);
    expect(answer(other, `${request}FF`)).toMatch(/ 910B$/);
  });
});

describe('refuseUntilReset', () => {
  test('refreshFlag FALSE: ES10 answers 6985 until the terminal resets the card', () => {
    const euicc = consumer({ refuseUntilReset: true });
    expect(answer(euicc, ENABLE_B_WITHOUT_REFRESH)).toBe('BF3103800100 9000');
    expect(refused(euicc, GET_EID)).toBe('6985');
    openIsdr(euicc, LPAD);
    expect(answer(euicc, GET_EID)).toBe(`${EID} 9000`);
  });

  test('refreshFlag TRUE: until the profile state change is dealt with', () => {
    const euicc = consumer({ refuseUntilReset: true, proactiveRefresh: PROFILE_STATE_CHANGE });
    answer(euicc, ENABLE_B);
    expect(refused(euicc, GET_EID)).toBe('6985');
    send(euicc, FETCH);
    send(euicc, respond('830100', '09'));
    expect(answer(euicc, GET_EID)).toBe(`${EID} 9000`);
  });
});
