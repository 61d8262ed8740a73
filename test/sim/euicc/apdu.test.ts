// SPDX-License-Identifier: Apache-2.0
// The simulated eUICC at the level of APDUs: power, channels, selection, chaining, and every refusal (ETSI TS 102 221, SGP.22 v2.5 §5.7.2).
import { describe, expect, test } from 'vitest';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { SimulatedEuicc, seededRandom } from '../../../host/sim/euicc/index.js';
import { EID, es10, makeEuicc, openedEuicc, openIsdr, pki, send } from './support/card.js';

const SELECT_ISDR = 'A4040010A0000005591010FFFFFFFF8900000100';
const GET_EID = '81E2910006BF3E035C015A';
const EID_RESPONSE = `BF3E125A10${EID}`;

describe('power', () => {
  test('a card never reset answers 6F00', () => {
    expect(send(makeEuicc(), '0070000001')).toBe('6F00');
  });

  test('a card switched off answers 6F00 until the next reset', () => {
    const euicc = openedEuicc();
    euicc.powerOff();
    expect(send(euicc, GET_EID)).toBe('6F00');
    expect(hex(euicc.reset())).toMatch(/^3B/);
    expect(send(euicc, '0070000001')).toBe('019000');
  });

  test('reset closes channels and forgets the declared assistant', () => {
    const euicc = openedEuicc();
    euicc.reset();
    expect(send(euicc, GET_EID)).toBe('6881');
    send(euicc, '0070000001');
    send(euicc, `01${SELECT_ISDR}`);
    expect(send(euicc, GET_EID)).toBe('6985');
  });

  test('every command is counted, also without power', () => {
    const euicc = makeEuicc();
    send(euicc, GET_EID);
    openIsdr(euicc);
    expect(euicc.counters.apdus).toBe(4);
  });
});

describe('known answers', () => {
  test('start sequence and GetEID, byte for byte', () => {
    const euicc = makeEuicc();
    euicc.reset();
    expect(send(euicc, '80AA000005A903830107')).toBe('9000');
    expect(send(euicc, '0070000001')).toBe('019000');
    expect(send(euicc, `01${SELECT_ISDR}00`)).toBe('6122');
    expect(send(euicc, '01C0000022')).toBe('6F208410A0000005591010FFFFFFFF8900000100A500E0058203020500E1038001009000');
    expect(send(euicc, GET_EID)).toBe('6115');
    expect(send(euicc, '81C0000015')).toBe(`${EID_RESPONSE}9000`);
  });

  test('the FCI tells when a profile is enabled', () => {
    const euicc = makeEuicc({ profiles: [{ state: 'enabled' }] });
    euicc.reset();
    expect(send(euicc, `00${SELECT_ISDR}`)).toBe('6123');
    expect(send(euicc, '00C0000023')).toBe('6F218410A0000005591010FFFFFFFF8900000100A500E0058203020500E104800206409000');
  });

  test('inlineResponses gives data and status at once', () => {
    const euicc = openedEuicc({ inlineResponses: true });
    expect(send(euicc, GET_EID)).toBe(`${EID_RESPONSE}9000`);
    expect(send(euicc, `${GET_EID}00`)).toBe(`${EID_RESPONSE}9000`);
  });

  test('seeded challenges repeat', () => {
    const challenge = '81E2910003BF2E00';
    const first = openedEuicc({ inlineResponses: true, random: seededRandom('known') });
    expect(send(first, challenge)).toBe('BF2E1280102439325E53E2190AB22AA080D41F89D79000');
  });
});

describe('class, instruction and parameters', () => {
  const cases: readonly [string, string, string][] = [
    ['shorter than a header', '8070', '6700'],
    ['empty', '', '6700'],
    ['class with secure messaging', '0470000001', '6E00'],
    ['class of another technology', 'A0A40000023F00', '6E00'],
    ['instruction in the wrong class', '80A4040010A0000005591010FFFFFFFF8900000100', '6E00'],
    ['channel above 3', '4070000001', '6881'],
    ['channel not open', '82E2910006BF3E035C015A', '6881'],
    ['unknown instruction', '81FF000000', '6D00'],
    ['Lc larger than the data', '81E2910007BF3E035C015A', '6700'],
    ['Lc smaller than the data', '81E2910003BF3E035C015A', '6700'],
    ['extended length', '81E29100000006BF3E035C015A', '6700'],
    ['STORE DATA without data', '81E2910000', '6700'],
    ['STORE DATA with another P1', '81E2900006BF3E035C015A', '6A86'],
    ['SELECT of another application', '01A4040007A0000000871002', '6A82'],
    ['SELECT by file identifier', '01A40000023F00', '6A86'],
    ['SELECT with another P2', '01A4040110A0000005591010FFFFFFFF8900000100', '6A86'],
    ['MANAGE CHANNEL with data', '007000000100', '6700'],
    ['MANAGE CHANNEL with another P1', '0070400001', '6A86'],
    ['MANAGE CHANNEL open of channel 4', '0070000401', '6A81'],
    ['MANAGE CHANNEL with Le 2', '0070000002', '6C01'],
    ['closing the basic channel', '0070800000', '6A86'],
    ['closing channel 4', '0070800400', '6881'],
    ['closing a closed channel', '0070800300', '6200'],
    ['GET RESPONSE with nothing waiting', '81C0000010', '6985'],
    ['GET RESPONSE with parameters', '81C0010010', '6A86'],
    ['GET RESPONSE with data', '81C00000021234', '6700'],
    ['TERMINAL CAPABILITY on a closed channel', '82AA000005A903840101', '6881'],
    ['TERMINAL CAPABILITY with parameters', '80AA010005A903840101', '6A86'],
    ['TERMINAL CAPABILITY without A9', '80AA000005A803840101', '6A80'],
    ['TERMINAL CAPABILITY that is no TLV', '80AA000003A90384', '6A80'],
    ['STATUS with another P1', '80F2030000', '6A86'],
    ['STATUS with another P2', '80F2000200', '6A86'],
    ['STATUS with data', '80F200000112', '6700'],
  ];
  test.each(cases)('%s', (_, apdu, status) => {
    const euicc = openedEuicc();
    expect(send(euicc, apdu)).toBe(status);
    expect(euicc.lastFault).toBeUndefined();
  });
});

describe('STATUS', () => {
  test('names what is selected on the channel', () => {
    const euicc = openedEuicc();
    expect(send(euicc, '81F2000112')).toBe('8410A0000005591010FFFFFFFF89000001009000');
    expect(send(euicc, '81F2000110')).toBe('6C12');
    expect(send(euicc, '80F2000100')).toBe('9000');
    expect(send(euicc, '80F2000C')).toBe('9000');
    expect(send(euicc, '81F2000000')).toMatch(/^6F208410A0.*9000$/);
    expect(send(euicc, '80F2000000')).toBe('620D8202782183023F00A5008A01059000');
  });
});

describe('logical channels', () => {
  test('three can be opened, then 6A81; a closed one is free again', () => {
    const euicc = makeEuicc();
    euicc.reset();
    expect(['0070000001', '0070000001', '0070000001'].map((apdu) => send(euicc, apdu))).toEqual(['019000', '029000', '039000']);
    expect(send(euicc, '0070000001')).toBe('6A81');
    expect(send(euicc, '0070800200')).toBe('9000');
    expect(send(euicc, '0070000001')).toBe('029000');
  });

  test('a channel can be opened by number, once', () => {
    const euicc = makeEuicc();
    euicc.reset();
    expect(send(euicc, '00700003')).toBe('9000');
    expect(send(euicc, '00700003')).toBe('6A81');
  });

  test('selection is per channel', () => {
    const euicc = openedEuicc();
    send(euicc, '0070000001');
    expect(send(euicc, '82E2910006BF3E035C015A')).toBe('6D00');
    expect(send(euicc, GET_EID)).toBe('6115');
  });

  test('a closed and opened channel has forgotten the selection', () => {
    const euicc = openedEuicc();
    send(euicc, '0070800100');
    send(euicc, '0070000001');
    expect(send(euicc, GET_EID)).toBe('6D00');
  });
});

describe('declaring the assistant', () => {
  const declare = (capability: string): string => {
    const euicc = makeEuicc();
    euicc.reset();
    if (capability) expect(send(euicc, capability)).toBe('9000');
    send(euicc, '0070000001');
    send(euicc, `01${SELECT_ISDR}`);
    return send(euicc, GET_EID);
  };

  test('IPAd or LPAd enables ES10', () => {
    expect(declare('80AA000005A903840101')).toBe('6115');
    expect(declare('80AA000005A903830107')).toBe('6115');
    expect(declare('80AA000008A906830107840101')).toBe('6115');
  });

  test('without either, ES10 is refused with 6985', () => {
    expect(declare('')).toBe('6985');
    expect(declare('80AA000004A9028100')).toBe('6985');
    expect(declare('80AA000005A903830101')).toBe('6985');
    expect(declare('80AA000005A903840100')).toBe('6985');
  });

  test('TERMINAL CAPABILITY counts for all channels, and comes on any that is open', () => {
    const euicc = openedEuicc();
    send(euicc, '80AA000004A9028100');
    expect(send(euicc, '81E2910006BF3E035C015A')).toBe('6985');
    expect(send(euicc, '81AA000005A903840101')).toBe('9000');
    expect(send(euicc, '81E2910006BF3E035C015A')).toBe('6115');
  });

  test('a later TERMINAL CAPABILITY replaces the earlier one', () => {
    const euicc = openedEuicc();
    send(euicc, '80AA000004A9028100');
    expect(send(euicc, GET_EID)).toBe('6985');
  });
});

describe('STORE DATA chaining', () => {
  const FIRST = '81E2110003BF3E03';
  const SECOND = '81E29101035C015A';

  test('blocks of any size give the same answer', () => {
    for (let blockBytes = 1; blockBytes <= 6; blockBytes++) {
      expect(hex(es10(openedEuicc(), fromHex('BF3E035C015A'), blockBytes).data)).toBe(EID_RESPONSE);
    }
  });

  test('a wrong block number drops the chain', () => {
    const euicc = openedEuicc();
    expect(send(euicc, FIRST)).toBe('9000');
    expect(send(euicc, '81E29102035C015A')).toBe('6A86');
    expect(send(euicc, SECOND)).toBe('6A86');
  });

  test('a wrong length drops the chain', () => {
    const euicc = openedEuicc();
    expect(send(euicc, FIRST)).toBe('9000');
    expect(send(euicc, '81E29101045C015A')).toBe('6700');
    expect(send(euicc, SECOND)).toBe('6A86');
  });

  test('block 00 begins anew', () => {
    const euicc = openedEuicc();
    expect(send(euicc, FIRST)).toBe('9000');
    expect(send(euicc, FIRST)).toBe('9000');
    expect(send(euicc, SECOND)).toBe('6115');
  });

  test('256 full blocks are the most a command can have', () => {
    const euicc = openedEuicc();
    const block = (number: number, p1: number) => concat(Uint8Array.of(0x81, 0xe2, p1, number, 255), new Uint8Array(255));
    for (let number = 0; number < 255; number++) expect(hex(euicc.transmit(block(number, 0x11)))).toBe('9000');
    expect(hex(euicc.transmit(block(255, 0x11)))).toBe('9000');
    expect(hex(euicc.transmit(block(0, 0x91)))).toBe('6A80');
  });

  test('selecting again drops the chain', () => {
    const euicc = openedEuicc();
    send(euicc, FIRST);
    send(euicc, `01${SELECT_ISDR}`);
    expect(send(euicc, SECOND)).toBe('6A86');
  });

  test('a chain on one channel does not disturb another', () => {
    const euicc = openedEuicc();
    send(euicc, '0070000001');
    send(euicc, `02${SELECT_ISDR}`);
    send(euicc, FIRST);
    expect(send(euicc, '82E2910006BF3E035C015A')).toBe('6115');
    expect(send(euicc, SECOND)).toBe('6115');
  });
});

describe('GET RESPONSE', () => {
  test('in parts, with 61XX in between and 6CXX for too much', () => {
    const euicc = openedEuicc();
    expect(send(euicc, GET_EID)).toBe('6115');
    expect(send(euicc, '81C0000016')).toBe('6C15');
    expect(send(euicc, '81C0000005')).toBe('BF3E125A106110');
    expect(send(euicc, '81C0000000')).toBe(`${EID}9000`);
    expect(send(euicc, '81C0000001')).toBe('6985');
  });

  test('data beyond 256 bytes is announced as 6100', () => {
    const euicc = openedEuicc();
    expect(send(euicc, '81E2910003BF5600')).toBe('6100');
    expect(send(euicc, '81C0000000')).toMatch(/6100$/);
  });

  test('another command on the channel drops what waits', () => {
    const euicc = openedEuicc();
    send(euicc, GET_EID);
    send(euicc, '81F2000C');
    expect(send(euicc, '81C0000015')).toBe('6985');
  });

  test('a command on another channel does not', () => {
    const euicc = openedEuicc();
    send(euicc, GET_EID);
    send(euicc, '80F2000C');
    expect(send(euicc, '81C0000015')).toBe(`${EID_RESPONSE}9000`);
  });
});

describe('making one', () => {
  test('the EID must be that of the certificate', () => {
    expect(() => new SimulatedEuicc({ pki, eid: '89049032123451234512345678901334' })).toThrow(RangeError);
    expect(new SimulatedEuicc({ pki, eid: EID }).eid).toBe(EID);
  });

  test('a chain that does not hold is refused', () => {
    expect(() => new SimulatedEuicc({ pki: { ...pki, eum: pki.dpAuth } })).toThrow();
  });
});
