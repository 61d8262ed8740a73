// SPDX-License-Identifier: Apache-2.0
// The profile interpreter (Interoperable Format 2.3.1): what it makes of a whole profile, and every way a profile element is refused.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readTlv, readTlvs, type Tlv, tlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex } from '../../../host/sim/codec/bytes.js';
import { ELEMENT_STATUS, euiccResponse } from '../../../host/sim/euicc/install/elements/status.js';
import { makeProfilePackage } from '../../../host/sim/profile/index.js';
import { type Change, changed, interpret } from './support/profile-elements.js';

const ICCID = '89000123456789012341';
const WHOLE = readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes: 10_000 }));
const { badValues, notEnoughMemory, invalidRequestFormat, invalidParameter, templateNotSupported, notSupported } = ELEMENT_STATUS;
const { featureNotSupported, libraryNotSupported, pinCodeMissing, unsupportedProfileVersion } = ELEMENT_STATUS;

/** Place of each kind of element in the whole profile, which is its identification as well. */
const AT = {
  header: 0,
  mf: 1,
  pukCodes: 2,
  pinCodes: 3,
  telecom: 4,
  telecomPins: 5,
  usim: 6,
  optUsim: 7,
  usimPins: 8,
  akaParameter: 9,
  isim: 10,
  isimPins: 11,
  isimAkaParameter: 12,
  securityDomain: 13,
  rfm: 14,
  usimRfm: 15,
  application: 16,
  file: 17,
  end: 18,
} as const;
type Kind = keyof typeof AT;

const raws = (): Uint8Array[] => WHOLE.map(({ raw }) => raw);
const to =
  (text: string): Change =>
  () =>
    fromHex(text);
const gone: Change = () => new Uint8Array(0);
const twice: Change = ({ raw }) => concat(raw, raw);

/** [status, identification] of the whole profile with one element changed. */
function outcome(kind: Kind, path: readonly string[], change: Change): [number, number | undefined] | undefined {
  const elements = raws();
  elements[AT[kind]] = changed(WHOLE[AT[kind]]!, path, change);
  const { failed } = interpret(elements);
  return failed && [failed.status, failed.identification];
}

describe('a whole profile', () => {
  test('is carried out to its end', () => {
    expect(WHOLE.map(({ tag }) => tag)).toEqual([
      0xa0, 0xb0, 0xa3, 0xa2, 0xb2, 0xa2, 0xb3, 0xb4, 0xa2, 0xa4, 0xb5, 0xa2, 0xa4, 0xa6, 0xa7, 0xa7, 0xa8, 0xa1, 0xaa,
    ]);
    const { failed, draft } = interpret(raws());
    expect(failed).toBeUndefined();
    expect(draft).toMatchObject({ ended: true, iccid: ICCID, warnings: [] });
    expect([...draft.adfAids]).toEqual(['A0000000871002FF49FF0189', 'A0000000871004FF49FF0189']);
    expect([...draft.packages]).toEqual([['F053494D504B47', new Set(['F053494D504B4701'])]]);
    expect([...draft.files.keys()].filter((path) => path.length === 4)).toEqual(['2F05', '2FE2', '2F00', '2F06', '7F10', '7FD0', '7FB0']);
    expect(hex(draft.stored.find(({ path }) => path === '7FD06F07')!.content)).toBe('080910107698103214');
  });

  test.each([600, 1_000, 2_000, 2_500, 5_000, 8_192, 32_768, 100_000, 1 << 20])('of %i bytes is carried out', (sizeBytes) => {
    for (const algorithm of ['milenage', 'tuak'] as const) {
      const { failed, draft } = interpret(
        readTlvs(makeProfilePackage({ iccid: ICCID, sizeBytes, algorithm })).map(({ raw }) => raw),
        1_100_000,
      );
      expect([failed, draft.ended, draft.warnings]).toEqual([undefined, true, []]);
    }
  });

  test('cannot do without any of its elements but the optional ones', () => {
    const needed = (Object.keys(AT) as Kind[]).filter((kind) => {
      const { failed, draft } = interpret(raws().filter((_, index) => index !== AT[kind]));
      return failed !== undefined || !draft.ended;
    });
    const optional: Kind[] = ['optUsim', 'rfm', 'usimRfm', 'application', 'file'];
    expect(needed).toEqual((Object.keys(AT) as Kind[]).filter((kind) => !optional.includes(kind)));
  });
});

describe('refused', () => {
  const cases: readonly [string, [number, number | undefined], Kind, readonly string[], Change][] = [
    ['a header of version 1', [unsupportedProfileVersion, undefined], 'header', ['80'], to('800101')],
    ['a header of version 3', [unsupportedProfileVersion, undefined], 'header', ['80'], to('800103')],
    ['a header without ICCID', [invalidRequestFormat, undefined], 'header', ['83'], gone],
    ['a header with a short ICCID', [invalidRequestFormat, undefined], 'header', ['83'], to('8303890001')],
    ['a header with an ICCID of letters', [badValues, undefined], 'header', ['83'], to('830AABCDEF0123456789ABCD')],
    ['a header with a type of no characters', [badValues, undefined], 'header', ['82'], to('8200')],
    ['a service that does not exist', [featureNotSupported, undefined], 'header', ['A5', '81'], to('9F4000')],
    ['MULTOS', [featureNotSupported, undefined], 'header', ['A5', '8B'], to('8C00')],
    ['a mandatory template that does not exist', [templateNotSupported, undefined], 'header', ['A6', '06'], to('060667810F010263')],
    ['a mandatory library that is not there', [libraryNotSupported, undefined], 'header', ['A6'], librariesAfter('A0000000620299')],

    ['an element without header', [invalidRequestFormat, undefined], 'pukCodes', ['A0'], gone],
    ['an element without identification', [invalidRequestFormat, undefined], 'pukCodes', ['A0', '81'], gone],
    ['an identification that is used', [badValues, 1], 'pukCodes', ['A0', '81'], to('810101')],
    ['an identification of three bytes', [badValues, undefined], 'pukCodes', ['A0', '81'], to('8103010000')],
    ['a negative identification', [badValues, undefined], 'pukCodes', ['A0', '81'], to('8101FF')],
    ['an element of another kind than its template', [templateNotSupported, 1], 'mf', ['81'], to('810667810F010204')],
    ['an element that does not exist', [notSupported, 14], 'rfm', [], ({ value }) => tlv(0xaf, value)],
    ['an element that is no BER inside', [invalidRequestFormat, undefined], 'pukCodes', ['A1'], to('A1028105')],

    ['an MF without EF.ICCID', [invalidRequestFormat, 1], 'mf', ['A4'], gone],
    ['an EF.SPN that is not to be created', [badValues, 6], 'usim', ['AD'], to('AD028000')],
    ['a size with leading zeros', [invalidRequestFormat, 1], 'mf', ['A3', 'A1', '80'], to('80020004')],
    ['an MF without PIN status template', [invalidRequestFormat, 1], 'mf', ['A2', 'A1', 'C6'], to('8B032F0601')],
    ['more content than the template has room for', [badValues, 1], 'mf', ['A4', '83'], to(`830B${'00'.repeat(11)}`)],
    ['more content than the file says', [badValues, 1], 'mf', ['A3', 'A1', '80'], to('800103')],
    ['an offset behind the end of the file', [badValues, 1], 'mf', ['A5', '83'], to('82020100 830101')],
    ['a file in another file', [invalidRequestFormat, 1], 'mf', ['A5', '83'], to('840101')],
    ['a size that is not one of whole records', [badValues, 1], 'mf', ['A5', 'A1', '80'], to('80012D')],
    ['records of no bytes', [badValues, 1], 'mf', ['A5', 'A1', '82'], to('820442210000')],
    ['a size of five bytes', [invalidRequestFormat, 1], 'mf', ['A5', 'A1', '80'], to('80050000000001')],
    ['a size of 16 MB', [badValues, 1], 'mf', ['A3', 'A1', '80'], to('800401000000')],
    ['a size beyond the free memory', [notEnoughMemory, 1], 'mf', ['A3', 'A1', '80'], to('8003100000')],
    ['a file identifier of one byte', [invalidRequestFormat, 4], 'telecom', ['A5', 'A1', '83'], to('83016F')],
    ['a file twice', [badValues, 4], 'telecom', ['A5', 'A1', '83'], to('83026F06')],
    ['a directory without file identifier', [invalidRequestFormat, 6], 'usim', ['A2', 'A1', '83'], to('8B032F0601')],
    ['an application without AID', [invalidRequestFormat, 6], 'usim', ['A2', 'A1', '84'], gone],
    ['an application with an AID of 4 bytes', [invalidRequestFormat, 6], 'usim', ['A2', 'A1', '84'], to('8404A0000000')],
    ['a USIM without EF.IMSI', [invalidRequestFormat, 6], 'usim', ['A3'], gone],
    ['a file that nothing gives an identifier', [invalidRequestFormat, 7], 'optUsim', ['A5'], to('BF2105 A103 800101')],
    ['two patterns to fill a file with', [badValues, 4], 'telecom', ['A5', 'A1', '80'], to('80010A A506C101FFC20100')],
    ['an empty pattern', [invalidRequestFormat, 4], 'telecom', ['A5', 'A1', '80'], to('80010A A502C100')],
    ['content for a linked file', [badValues, 4], 'telecom', ['A5', 'A1', '80'], to('C7022FE2')],
    ['a link to a file that is not there', [invalidParameter, 7], 'optUsim', ['A5'], to('A50B A109 83026F3E C7037FD0AA')],

    ['a PUK of letters', [badValues, 2], 'pukCodes', ['A1', '30', '81'], to('81083131313131313141')],
    ['a PUK of 7 digits', [invalidRequestFormat, 2], 'pukCodes', ['A1', '30', '81'], to('810731313131313131')],
    ['a PUK twice', [badValues, 2], 'pukCodes', ['A1', '30'], twice],
    ['a PUK of an administrator', [badValues, 2], 'pukCodes', ['A1', '30', '80'], to('80010A')],
    ['no PUK at all', [invalidRequestFormat, 2], 'pukCodes', ['A1'], to('A100')],
    ['more attempts left than there are', [badValues, 2], 'pukCodes', ['A1', '30'], withField('820123')],
    ['PUK codes twice', [invalidRequestFormat, 3], 'pinCodes', [], () => renumbered(WHOLE[AT.pukCodes]!, 3)],
    ['a PIN of letters', [badValues, 3], 'pinCodes', ['A1', 'A0', '30', '81'], to('8108414141414141FFFF')],
    ['a PIN of 3 digits', [badValues, 3], 'pinCodes', ['A1', 'A0', '30', '81'], to('8108303030FFFFFFFFFF')],
    ['a PIN of 4 bytes', [invalidRequestFormat, 3], 'pinCodes', ['A1', 'A0', '30', '81'], to('810430303030')],
    ['a key reference that no PIN has', [badValues, 3], 'pinCodes', ['A1', 'A0', '30', '80'], to('800110')],
    ['a local PIN of the MF', [badValues, 3], 'pinCodes', ['A1', 'A0', '30', '80'], to('80020081')],
    ['a global PIN of a directory', [badValues, 5], 'telecomPins', ['A1', 'A0', '30', '80'], to('800102')],
    ['a PIN whose PUK is not there', [invalidParameter, 3], 'pinCodes', ['A1', 'A0', '30', '82'], to('820102')],
    ['PIN attributes that do not exist', [badValues, 3], 'pinCodes', ['A1', 'A0', '30', '83'], to('830108')],
    ['a PIN twice', [badValues, 3], 'pinCodes', ['A1', 'A0', '30'], twice],
    ['PINs shared with a directory that has none', [invalidParameter, 5], 'telecomPins', ['A1'], to('A10481027FD0')],
    ['neither PINs nor a directory', [invalidRequestFormat, 5], 'telecomPins', ['A1'], to('A10482020001')],
    ['a global PIN that a directory names and nobody has', [pinCodeMissing, 4], 'telecom', ['A2', 'A1', 'C6'], to('C6020102')],
    ['a local PIN that a directory names and nobody has', [pinCodeMissing, 4], 'telecom', ['A2', 'A1', 'C6'], to('C6020182')],

    ['an algorithm that does not exist', [badValues, 9], 'akaParameter', ['A1', 'A1', '80'], to('800109')],
    ['a K of 15 bytes', [invalidRequestFormat, 9], 'akaParameter', ['A1', 'A1', '82'], to(`820F${'00'.repeat(15)}`)],
    ['no OPc', [invalidRequestFormat, 9], 'akaParameter', ['A1', 'A1', '83'], gone],
    ['TUAK with an OPc of Milenage', [invalidRequestFormat, 9], 'akaParameter', ['A1', 'A1', '80'], to('800102')],
    ['a rotation by 128 bits', [badValues, 9], 'akaParameter', ['A1', 'A1', '84'], to('84054000204080')],
    ['four rotation constants', [invalidRequestFormat, 9], 'akaParameter', ['A1', 'A1', '84'], to('840440002040')],
    ['a constant c1 alone', [invalidRequestFormat, 9], 'akaParameter', ['A1', 'A1', '85'], to(`8510${'00'.repeat(16)}`)],
    ['31 sequence numbers', [invalidRequestFormat, 9], 'akaParameter', ['A5', '04'], gone],
    ['a sequence number of 44 bits', [badValues, 9], 'akaParameter', ['A5', '04'], to('0406080000000000')],
    ['a sequence number of 5 bytes', [invalidRequestFormat, 9], 'akaParameter', ['A5', '04'], to('04050000000000')],
    ['keys of an application that is not there', [invalidParameter, 12], 'isimAkaParameter', ['A1'], to('A10C A00A 800100 8105A000000001')],
    ['neither keys nor an application', [invalidRequestFormat, 9], 'akaParameter', ['A1'], to('A100')],

    ['a directory that is not there', [invalidParameter, 17], 'file', ['A1', '30', '80'], to('80027F11')],
    ['a path of three bytes', [invalidRequestFormat, 17], 'file', ['A1', '30', '80'], to('80037F1001')],
    ['a path of ten bytes', [invalidRequestFormat, 17], 'file', ['A1', '30', '80'], to('800A7F107F107F107F107F10')],
    ['a new file that is there already', [badValues, 17], 'file', ['A1', '30', '62', '83'], to('83026F54')],
    ['a new file without identifier', [invalidRequestFormat, 17], 'file', ['A1', '30', '62', '83'], gone],
    ['a new file that is too small', [badValues, 17], 'file', ['A1', '30', '62', '80'], to('800110')],
    ['content without a file', [invalidParameter, 17], 'file', ['A1', '30', '62'], gone],
    ['content for a new directory', [invalidRequestFormat, 17], 'file', ['A1', '30', '62', '82'], to('82027821')],
    ['more content for an old file', [badValues, 17], 'file', ['A1', '30', '80'], to(`80047F106F54 810B${'00'.repeat(11)} 80027F10`)],
    ['a command that does not exist', [invalidRequestFormat, 17], 'file', ['A1', '30', '80'], to('850100')],
    ['an empty list of commands', [invalidRequestFormat, 17], 'file', ['A1', '30'], to('3000')],
    ['no list of commands', [invalidRequestFormat, 17], 'file', ['A1', '30'], gone],
    [
      'a new directory without PIN status template',
      [invalidRequestFormat, 17],
      'file',
      ['A1'],
      to('A115 3013 80027F10 620D 82027821 83025F51 8B032F0601'),
    ],

    ['a security domain of an unknown package', [invalidParameter, 13], 'securityDomain', ['A1', '4F'], to('4F07A0000001515351')],
    ['a security domain with two AIDs', [invalidRequestFormat, 13], 'securityDomain', ['A1', '4F'], gone],
    ['a security domain without parameters', [invalidRequestFormat, 13], 'securityDomain', ['A1', 'C9'], gone],
    ['privileges of two bytes', [invalidRequestFormat, 13], 'securityDomain', ['A1', '82'], to('820282DC')],
    ['a key twice', [badValues, 13], 'securityDomain', ['A2', '30'], twice],
    ['a key of version 0', [badValues, 13], 'securityDomain', ['A2', '30', '83'], to('830100')],
    ['a key type that does not exist', [badValues, 13], 'securityDomain', ['A2', '30', '30', '30', '80'], to('800199')],
    ['an AES key of 15 bytes', [invalidRequestFormat, 13], 'securityDomain', ['A2', '30', '30', '30', '86'], to(`860F${'00'.repeat(15)}`)],
    ['a key without components', [invalidRequestFormat, 13], 'securityDomain', ['A2', '30', '30'], to('3000')],

    ['remote file management without AID', [invalidRequestFormat, 14], 'rfm', [], without(0x4f)],
    ['remote file management of no security domain', [invalidParameter, 14], 'rfm', ['4F#1'], to('4F05A000000002')],
    ['a toolkit application reference of 2 bytes', [invalidRequestFormat, 14], 'rfm', ['A0#1', '04'], to('0402B000')],
    ['a toolkit application reference twice', [badValues, 15], 'usimRfm', ['A0#1', '04'], to('0403B00000')],
    ['one access domain', [invalidRequestFormat, 14], 'rfm', ['04'], gone],
    ['access to an application that is not there', [invalidParameter, 15], 'usimRfm', ['30', '80'], to('8005A000000003')],

    ['an application of nothing', [invalidRequestFormat, 16], 'application', [], ({ children }) => tlv(0xa8, children[0]!.raw)],
    ['a load block with another hash', [badValues, 16], 'application', ['A1', 'C1'], to(`C120${'00'.repeat(32)}`)],
    ['a hash of 16 bytes', [invalidRequestFormat, 16], 'application', ['A1', 'C1'], to(`C110${'00'.repeat(16)}`)],
    ['a load package of another AID', [badValues, 16], 'application', ['A1', '4F'], to('4F07F053494D504B48')],
    ['a load package of no security domain', [invalidParameter, 16], 'application', ['A1', '4F#1'], to('4F05A000000002')],
    ['a memory limit that cannot be kept', [notEnoughMemory, 16], 'application', ['A1', 'C8'], to('C80400FFFFFF')],
    ['a load block that is no package', [badValues, 16], 'application', ['A1'], loadBlock('01000C DECAFFEE 0102 04 0001 02 F053')],
    ['a component that is cut short', [badValues, 16], 'application', ['A1'], loadBlock('010020 DECAFFED')],
    ['an applet component that is cut short', [badValues, 16], 'application', ['A1'], loadBlock(`${HEADER_COMPONENT} 030003 0108F0`)],
    [
      'an instance of a class that is not in the package',
      [invalidParameter, 16],
      'application',
      ['A2', '30', '4F#1'],
      to('4F05F053494D99'),
    ],
    ['an instance with an AID that is used', [badValues, 16], 'application', ['A2', '30', '4F#2'], to('4F08A000000151000000')],
    ['an instance of no security domain', [invalidParameter, 16], 'application', ['A2', '30', '4F#3'], to('4F05A000000002')],
  ];

  test.each(cases)('%s: %j', (_, expected, kind, path, change) => {
    expect(outcome(kind, path, change)).toEqual(expected);
  });
});

describe('an application', () => {
  const lacking = (kind: Kind) => interpret(raws().filter((_, index) => index !== AT[kind])).failed;

  test('without keys is named', () => {
    expect(lacking('isimAkaParameter')).toEqual({ status: invalidParameter, identification: AT.isim });
    expect(lacking('akaParameter')).toEqual({ status: invalidParameter, identification: AT.usim });
  });

  test('may share the keys of another, and the PINs of a directory', () => {
    const elements = raws();
    elements[AT.isimAkaParameter] = changed(WHOLE[AT.isimAkaParameter]!, ['A1'], to('A113 A011 800100 810C A0000000871002FF49FF0189'));
    elements[AT.isimPins] = changed(WHOLE[AT.isimPins]!, ['A1'], to('A10481027F10'));
    const { failed, draft } = interpret(elements);
    expect(failed).toBeUndefined();
    expect(draft.pins.get('7FB0')).toEqual(new Set([0x81]));
  });
});

describe('order', () => {
  /** Status of the elements of these kinds in this order, each with the number it has in the whole profile. */
  function ordered(...kinds: Kind[]): number | undefined {
    return interpret(kinds.map((kind) => WHOLE[AT[kind]]!.raw)).failed?.status;
  }

  test('the header comes first and once', () => {
    expect(ordered('mf')).toBe(invalidRequestFormat);
    expect(ordered('header', 'header')).toBe(invalidRequestFormat);
  });

  test('files need the MF, optional files their application', () => {
    expect(ordered('header', 'telecom')).toBe(invalidParameter);
    expect(ordered('header', 'file')).toBe(invalidParameter);
    expect(ordered('header', 'mf', 'optUsim')).toBe(invalidParameter);
    expect(ordered('header', 'mf', 'usim', 'optUsim')).toBeUndefined();
  });

  test('codes need the MF, keys an application, everything else a security domain', () => {
    expect(ordered('header', 'pinCodes')).toBe(invalidRequestFormat);
    expect(ordered('header', 'pukCodes')).toBe(invalidRequestFormat);
    expect(ordered('header', 'mf', 'telecom', 'pukCodes')).toBe(invalidRequestFormat);
    expect(ordered('header', 'mf', 'akaParameter')).toBe(invalidParameter);
    expect(ordered('header', 'mf', 'rfm')).toBe(invalidParameter);
    expect(ordered('header', 'mf', 'application')).toBe(invalidParameter);
  });

  test('identifications may come in any order, as in the published test profiles', () => {
    const elements = raws();
    elements[AT.file] = renumbered(WHOLE[AT.file]!, 100);
    elements[AT.end] = renumbered(WHOLE[AT.end]!, 50);
    expect(interpret(elements)).toMatchObject({ failed: undefined, draft: { ended: true } });
  });

  test('the end comes last, behind an MF', () => {
    expect(ordered('header', 'end')).toBe(invalidParameter);
    expect(interpret([...raws(), WHOLE[AT.optUsim]!.raw]).failed).toEqual({ status: invalidRequestFormat, identification: undefined });
  });
});

describe('left out with a warning, unless the profile demands it', () => {
  const optional = (element: Tlv, tag: number) => readTlv(changed(readTlv(tlv(tag, element.value)), ['A0', '80'], gone));

  test('an element that does not exist', () => {
    const elements = raws();
    elements[AT.rfm] = optional(WHOLE[AT.rfm]!, 0xaf).raw;
    const { failed, draft } = interpret(elements);
    expect(failed).toBeUndefined();
    expect(draft.warnings).toEqual([{ status: notSupported, identification: 14 }]);
  });

  test('a template that does not exist', () => {
    const elements = raws();
    elements[AT.optUsim] = changed(optional(WHOLE[AT.optUsim]!, 0xb4), ['81'], to('810667810F010263'));
    expect(interpret(elements).draft.warnings).toEqual([{ status: templateNotSupported, identification: 7 }]);
  });
});

describe('files', () => {
  const stored = (elements: readonly Uint8Array[], path: string) => {
    const { failed, draft } = interpret(elements);
    expect(failed).toBeUndefined();
    return hex(draft.stored.find((file) => file.path === path)!.content);
  };

  function withTelecomFile(file: string): Uint8Array[] {
    const elements = raws();
    elements[AT.telecom] = changed(WHOLE[AT.telecom]!, ['A5'], to(file));
    return elements;
  }

  test('offsets count from the end of the piece before; the rest is erased, or filled with a pattern', () => {
    expect(stored(withTelecomFile('A51A A10B 82024121 83026F54 800108 820101 8302AABB 820102 8301CC'), '7F106F54')).toBe(
      'FFAABBFFFFCCFFFF',
    );
    expect(stored(withTelecomFile('A512 A110 82024121 83026F54 800106 A503C10112'), '7F106F54')).toBe('121212121212');
    expect(stored(withTelecomFile('A513 A111 82024121 83026F54 800105 A504C1021234'), '7F106F54')).toBe('1234343434');
    expect(stored(withTelecomFile('A513 A111 82024121 83026F54 800105 A504C2021234'), '7F106F54')).toBe('1234123412');
  });

  test('may be left out, but not below the MF', () => {
    const elements = raws();
    elements[AT.usim] = changed(WHOLE[AT.usim]!, ['A5'], to('A5028000'));
    elements[AT.mf] = changed(WHOLE[AT.mf]!, ['A3'], to('A3028000'));
    const { failed, draft } = interpret(elements);
    expect([failed, draft.files.has('7FD06F08'), draft.files.has('2F05')]).toEqual([undefined, false, true]);
    expect(hex(draft.stored.find(({ path }) => path === '2F05')!.content)).toBe('FFFF');
  });

  test('have identifier and size of the template when the package gives none', () => {
    const elements = raws();
    elements[AT.optUsim] = changed(WHOLE[AT.optUsim]!, ['A5'], to('A504 83021234'));
    expect(stored(elements, '7FD06F3E')).toBe('1234FFFFFFFFFFFF');
    elements[AT.optUsim] = changed(WHOLE[AT.optUsim]!, ['A7'], to('A708 A106 8204 42210018'));
    expect(stored(elements, '7FD06F40')).toBe('FF'.repeat(24));
    elements[AT.usim] = changed(WHOLE[AT.usim]!, ['B6'], to('B60E A106 8204 42210005 8304 11F2FF00'));
    expect(stored(elements, '7FD06FB7')).toBe('11F2FF00FF');
  });

  test('a further directory takes the files behind it', () => {
    const { draft } = interpret(withTelecomFile('A909 A107 83025F50 C60101 AA0D A10B 82024121 83024F20 800101'));
    expect([...draft.files.keys()].filter((path) => path.startsWith('7F105F50'))).toEqual(['7F105F50', '7F105F504F20']);
  });

  test('the MF may be made by generic file management, and a file be filled that is there', () => {
    const file = '620B 82024121 83022F05 800102 8101AA 80022F05 020101 8101BB';
    const made = `A136 A005 8000 810101 A12D 302B 8000 620B 82027821 83023F00 C60101 8000 ${file}`;
    const { failed, draft } = interpret([WHOLE[0]!.raw, fromHex(made)]);
    expect([failed, [...draft.files.keys()], draft.pinContext]).toEqual([undefined, ['', '2F05'], '']);
  });

  test('a link needs no memory of its own', () => {
    const whole = interpret(raws()).draft.neededBytes;
    expect(interpret(withTelecomFile('A50E A10C 82024121 83026F54 C7022FE2')).draft.neededBytes).toBe(whole - 10);
  });
});

describe('EUICCResponse', () => {
  test('known answers', () => {
    expect(hex(euiccResponse([], false))).toBe('3007A0053003800100');
    expect(hex(euiccResponse([{ status: 5, identification: 12 }], true))).toBe('300CA008300680010581010C8100');
    expect(hex(euiccResponse([{ status: 1, identification: 200 }], false))).toBe('300BA0093007800101810200C8');
    expect(hex(euiccResponse([{ status: 31, identification: undefined }], true))).toBe('3009A005300380011F8100');
  });
});

const HEADER_COMPONENT = '010011 DECAFFED 0102 04 0001 07 F053494D504B47';

function renumbered(element: Tlv, identification: number): Uint8Array {
  return changed(element, ['A0', '81'], () => Uint8Array.of(0x81, 1, identification));
}

/** The element without any field of a tag. */
function without(tag: number): Change {
  return (element) => tlv(element.tag, ...element.children.filter((each) => each.tag !== tag).map(({ raw }) => raw));
}

/** The element with one more field. */
function withField(field: string): Change {
  return ({ tag, value }) => tlv(tag, value, fromHex(field));
}

/** The list of templates, and a list of one library in version 1.0 behind it. */
function librariesAfter(aid: string): Change {
  const library = tlv(0x30, tlv(0x80, fromHex(aid)), fromHex('81020100'));
  return ({ raw }) => concat(raw, tlv(0xa8, library));
}

/** The load package with this block, and the hash of it. */
function loadBlock(block: string): Change {
  const bytes = fromHex(block);
  const hash = createHash('sha256').update(bytes).digest();
  return (element) => {
    const hashed = readTlv(changed(element, ['C1'], () => tlv(0xc1, hash)));
    return changed(hashed, ['C4'], () => tlv(0xc4, bytes));
  };
}
