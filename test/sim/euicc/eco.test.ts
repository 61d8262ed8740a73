// SPDX-License-Identifier: Apache-2.0
// Associating eIMs: AddInitialEim, GetEimConfigurationData and the eIM configuration operations (SGP.32 v1.2 §3.5, §5.9.4, §5.9.18).
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { need, readTlv, tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { addInitialEimRequest, type EimConfiguration } from '../../../host/sim/eim/configuration-data.js';
import { addEim, deleteEim, type Eco, listEim, updateEim } from '../../../host/sim/eim/packages/eco.js';
import { getRat } from '../../../host/sim/eim/packages/psmo.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { ask, askHex, makeEuicc, openedEuicc, openIsdr, pki, withChild } from './support/card.js';
import { strangePki } from './support/certificates.js';
import { codes, configuration, EIM_ID, EIM_SPKI, managedEuicc, packageRequest, run, unsignedError } from './support/eim.js';

const OTHER = 'eim2.example.com';
const KEY = { spki: EIM_SPKI };
const P384 = {
  spki: Uint8Array.from(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'der' })),
};

const other: EimConfiguration = { eimId: OTHER, eimFqdn: OTHER, eimIdType: 2, counterValue: 5, eimPublicKeyData: KEY };

function initial(euicc: SimulatedEuicc, ...configurations: Uint8Array[]): string {
  return hex(ask(euicc, addInitialEimRequest(...configurations)).raw);
}

function ecos(euicc: SimulatedEuicc, ...list: Eco[]): string[] {
  return run(euicc, { ecos: list }).map((each) => hex(each.raw));
}

describe('AddInitialEim', () => {
  test('a token is given when asked for, addOk otherwise, in order', () => {
    const euicc = openedEuicc();
    expect(initial(euicc, configuration({ associationToken: -1 }), configuration({ eimId: OTHER, associationToken: -1 }))).toBe(
      'BF5708A006840101840102',
    );
    expect(initial(openedEuicc(), configuration(), configuration({ eimId: OTHER, associationToken: -1 }))).toBe('BF5707A0050500840101');
    expect(euicc.eimConfigurations).toEqual([
      { eimId: EIM_ID, counterValue: 10, associationToken: 1 },
      { eimId: OTHER, counterValue: 10, associationToken: 2 },
    ]);
  });

  test('the eIM can send packages then, also after a reset', () => {
    const euicc = openedEuicc();
    initial(euicc, configuration({ associationToken: -1 }));
    openIsdr(euicc);
    expect(codes(run(euicc, { psmos: [getRat()] }))).toEqual([[0xa6]]);
  });

  test('associatedEimAlreadyExists(2) once there is one', () => {
    const euicc = openedEuicc();
    initial(euicc, configuration());
    expect(initial(euicc, configuration({ eimId: OTHER }))).toBe('BF5703810102');
  });

  const refusals: readonly [string, number, Uint8Array][] = [
    ['the same eIM twice: associatedEimAlreadyExists(2)', 2, configuration()],
    ['an unknown CI: ciPKUnknown(3)', 3, configuration({ eimId: OTHER, euiccCiPkId: strangePki.ciPkId })],
    ['a token of its own: invalidAssociationToken(5)', 5, configuration({ eimId: OTHER, associationToken: 4 })],
    ['a negative counter: counterValueOutOfRange(6)', 6, configuration({ eimId: OTHER, counterValue: -1 })],
    ['a counter beyond the range: counterValueOutOfRange(6)', 6, configuration({ eimId: OTHER, counterValue: 0x80000000 })],
    ['a counter of nine bytes: counterValueOutOfRange(6)', 6, withChild(configuration(), 0x83, fromHex('8309010000000000000000'))],
    ['no counter: commandError(7)', 7, withChild(configuration(), 0x83, undefined)],
    ['no key: commandError(7)', 7, withChild(configuration(), 0xa5, undefined)],
    ['an empty key: commandError(7)', 7, withChild(configuration(), 0xa5, fromHex('A500'))],
    ['a key that cannot be read: commandError(7)', 7, withChild(configuration(), 0xa5, fromHex('A505A003020101'))],
    ['a certificate that cannot be read: commandError(7)', 7, withChild(configuration(), 0xa5, fromHex('A505A103020101'))],
    ['a key on another curve: commandError(7)', 7, configuration({ eimPublicKeyData: P384 })],
    ['no eimId: commandError(7)', 7, withChild(configuration(), 0x80, undefined)],
    ['an eimId of 129 bytes: commandError(7)', 7, configuration({ eimId: 'x'.repeat(129) })],
    ['an element that is no configuration: commandError(7)', 7, fromHex('8000')],
  ];
  test.each(refusals)('%s, and nothing is stored', (title, code, second) => {
    const euicc = openedEuicc();
    const first = configuration(title.startsWith('the same eIM') ? {} : { eimId: 'first.example.com' });
    expect(initial(euicc, first, second)).toBe(`BF57038101${code.toString(16).padStart(2, '0').toUpperCase()}`);
    expect(euicc.eimConfigurations).toEqual([]);
    expect(initial(euicc, configuration({ associationToken: -1 }))).toBe('BF5705A003840101');
  });

  test('too many: insufficientMemory(1)', () => {
    const euicc = openedEuicc({ maximumEims: 1 });
    expect(initial(euicc, configuration(), configuration({ eimId: OTHER }))).toBe('BF5703810101');
  });

  test('no list, or an empty one: commandError(7)', () => {
    expect(askHex(openedEuicc(), 'BF5700')).toBe('BF5703810107');
    expect(askHex(openedEuicc(), 'BF5702A000')).toBe('BF5703810107');
  });
});

describe('GetEimConfigurationData', () => {
  test('what was stored, without the counter, with the token', () => {
    const euicc = openedEuicc();
    const whole = configuration({
      eimFqdn: 'eim.example.com:8443',
      eimIdType: 2,
      associationToken: -1,
      trustedPublicKeyDataTls: { certificate: pki.eimTls.certificate },
      eimSupportedProtocol: [0],
      euiccCiPkId: pki.ciPkId,
      indirectProfileDownload: true,
    });
    initial(euicc, whole);
    const withToken = withChild(withChild(whole, 0x83, undefined), 0x84, fromHex('840101'));
    expect(hex(need(ask(euicc, 'BF5500'), 0xa0).value)).toBe(hex(withToken));
  });

  test('an empty list, known answer', () => {
    expect(askHex(openedEuicc(), 'BF5500')).toBe('BF5502A000');
  });

  test('only the one asked for', () => {
    const euicc = managedEuicc({ eimConfigurations: [configuration(), configuration({ eimId: OTHER })] });
    const criteria = tlv(0xbf55, tlv(0xa0, tlv(0x80, new TextEncoder().encode(OTHER))));
    expect(need(ask(euicc, criteria), 0xa0).children.map((each) => hex(need(each, 0x80).value))).toEqual([
      hex(new TextEncoder().encode(OTHER)),
    ]);
    expect(askHex(euicc, 'BF5505A003800178')).toBe('BF5502A000');
  });
});

describe('addEim', () => {
  test('ok without, token with a request', () => {
    const euicc = managedEuicc();
    expect(ecos(euicc, addEim(other), addEim({ ...other, eimId: 'eim3.example.com', associationToken: -1 }))).toEqual([
      'A803020100',
      'A803840101',
    ]);
    expect(euicc.eimConfigurations.map((each) => each.eimId)).toEqual([EIM_ID, OTHER, 'eim3.example.com']);
  });

  const refusals: readonly [string, string, Eco][] = [
    ['associatedEimAlreadyExists(2)', 'A803020102', addEim({ ...other, eimId: EIM_ID })],
    ['ciPKUnknown(3)', 'A803020103', addEim({ ...other, euiccCiPkId: strangePki.ciPkId })],
    ['invalidAssociationToken(5)', 'A803020105', addEim({ ...other, associationToken: 7 })],
    ['counterValueOutOfRange(6)', 'A803020106', addEim({ ...other, counterValue: -2 })],
    ['commandError(7) without key', 'A803020107', addEim({ eimId: OTHER, counterValue: 1 })],
    ['commandError(7) without contents', 'A803020107', { operation: 'addEim', bytes: fromHex('A800') }],
  ];
  test.each(refusals)('%s, and the package ends', (_, result, eco) => {
    const euicc = managedEuicc();
    expect(ecos(euicc, eco, listEim())).toEqual([result]);
    expect(euicc.eimConfigurations).toHaveLength(1);
  });

  test('insufficientMemory(1)', () => {
    expect(ecos(managedEuicc({ maximumEims: 1 }), addEim(other))).toEqual(['A803020101']);
  });
});

describe('deleteEim', () => {
  const two = () => managedEuicc({ eimConfigurations: [configuration({ associationToken: -1 }), configuration({ eimId: OTHER })] });

  test('ok(0), eimNotFound(1), commandError(7)', () => {
    const euicc = two();
    expect(ecos(euicc, deleteEim(OTHER), deleteEim(OTHER))).toEqual(['890100', '890101']);
    expect(euicc.eimConfigurations.map((each) => each.eimId)).toEqual([EIM_ID]);
    expect(ecos(euicc, { operation: 'deleteEim', bytes: fromHex('A900') })).toEqual(['890107']);
  });

  test('an eIM can delete itself; its result is still signed with its token', () => {
    const euicc = two();
    expect(ecos(euicc, deleteEim(EIM_ID), listEim())).toEqual(['890100', `AB16A0143012 8010 ${hexText(OTHER)}`.replace(/ /g, '')]);
    expect(unsignedError(euicc, packageRequest(euicc, { psmos: [getRat()] }))).toEqual({ transaction: true, token: undefined });
    expect(euicc.packageResults).toHaveLength(1);
  });

  test('lastEimDeleted(2) is no failure; AddInitialEim works again', () => {
    const euicc = two();
    expect(ecos(euicc, deleteEim(OTHER), deleteEim(EIM_ID), listEim())).toEqual(['890100', '890102', 'AB02A000']);
    expect(euicc.eimConfigurations).toEqual([]);
    expect(initial(euicc, configuration({ associationToken: -1 }))).toBe('BF5705A003840102');
  });

  test('a deleted eIM can be added again in the same package', () => {
    const euicc = two();
    expect(ecos(euicc, deleteEim(OTHER), addEim(other))).toEqual(['890100', 'A803020100']);
    expect(euicc.eimConfigurations.map((each) => each.counterValue)).toEqual([11, 5]);
  });
});

describe('updateEim', () => {
  test('given elements replace the stored ones, the others and the token stay', () => {
    const euicc = managedEuicc({}, { eimFqdn: 'old.example.com', eimIdType: 2, associationToken: -1 });
    expect(ecos(euicc, updateEim({ eimId: EIM_ID, eimFqdn: 'new.example.com', indirectProfileDownload: true }))).toEqual(['8A0100']);
    const [stored] = need(ask(euicc, 'BF5500'), 0xa0).children;
    expect(stored!.children.map((each) => each.tag)).toEqual([0x80, 0x81, 0x82, 0x84, 0xa5, 0x89]);
    expect(hex(need(stored!, 0x81).value)).toBe(hexText('new.example.com'));
  });

  test('a new key may come with a lower counter', () => {
    const euicc = managedEuicc({ eimConfigurations: [configuration(), configuration({ eimId: OTHER })] });
    expect(ecos(euicc, updateEim({ eimId: OTHER, counterValue: 2, eimPublicKeyData: { certificate: pki.eimSign.certificate } }))).toEqual([
      '8A0100',
    ]);
    expect(euicc.eimConfigurations[1]!.counterValue).toBe(2);
  });

  test('an update of the sender itself counts after this package', () => {
    const euicc = managedEuicc();
    expect(ecos(euicc, updateEim({ eimId: EIM_ID, eimPublicKeyData: { spki: strangeSpki() } }))).toEqual(['8A0100']);
    expect(unsignedError(euicc, packageRequest(euicc, { psmos: [getRat()] }))).toEqual({ transaction: true, token: undefined });
    expect(euicc.eimConfigurations[0]!.counterValue).toBe(11);
  });

  const refusals: readonly [string, string, Eco][] = [
    ['eimNotFound(1)', '8A0101', updateEim({ eimId: OTHER, eimFqdn: 'a.example.com' })],
    ['ciPKUnknown(3)', '8A0103', updateEim({ eimId: EIM_ID, euiccCiPkId: strangePki.ciPkId })],
    ['counterValueOutOfRange(6)', '8A0106', updateEim({ eimId: EIM_ID, counterValue: 0x80000000 })],
    ['commandError(7) for a token', '8A0107', updateEim({ eimId: EIM_ID, eimFqdn: 'a.example.com', associationToken: -1 })],
    ['commandError(7) for nothing to change', '8A0107', updateEim({ eimId: EIM_ID })],
    ['commandError(7) for a lower counter without a new key', '8A0107', updateEim({ eimId: EIM_ID, counterValue: 9 })],
    ['commandError(7) without contents', '8A0107', { operation: 'updateEim', bytes: fromHex('AA00') }],
  ];
  test.each(refusals)('%s', (_, result, eco) => {
    expect(ecos(managedEuicc(), eco, listEim())).toEqual([result]);
  });

  test('eimNotFound(1) for one deleted before', () => {
    const euicc = managedEuicc({ eimConfigurations: [configuration(), configuration({ eimId: OTHER })] });
    expect(ecos(euicc, deleteEim(OTHER), updateEim({ ...other, eimFqdn: 'x' }))).toEqual(['890100', '8A0101']);
  });
});

describe('listEim', () => {
  test('identifiers and types, known answer', () => {
    const euicc = managedEuicc({}, { eimIdType: 2 });
    expect(ecos(euicc, listEim())).toEqual([`AB18A0163014800F${hexText(EIM_ID)}820102`]);
  });
});

describe('making an eUICC with eIMs', () => {
  test('a configuration that would be refused is an error', () => {
    expect(() => makeEuicc({ eimConfigurations: [configuration({ associationToken: 3 })] })).toThrow('result 5');
    expect(() => makeEuicc({ eimConfigurations: [fromHex('3000')] })).toThrow();
  });
});

function hexText(value: string): string {
  return hex(new TextEncoder().encode(value));
}

function strangeSpki(): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return readTlv(Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }))).raw;
}
