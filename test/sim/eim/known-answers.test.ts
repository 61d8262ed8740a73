// SPDX-License-Identifier: Apache-2.0
// Package results frozen once: put together by a script of its own and signed with the OpenSSL command line, over data ‖ 84 02 012C
// (associationToken 300), with a throw-away key of which only the public half is kept. They pin what euiccSignEPR and euiccSignEPE cover.
import { createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readTlv } from '../../../host/sim/codec/ber.js';
import { fromHex } from '../../../host/sim/codec/bytes.js';
import { decodeEuiccPackageResult, isSignedBy } from '../../../host/sim/eim/results/euicc-package-result.js';

const SPKI =
  '3059301306072A8648CE3D020106082A8648CE3D03010703420004A1CB91F7424956719C99445E7DFCF3758D2F4198D5E3CB586E975081C82C4CA8' +
  '33855F81A6E507AA898915103EF950336F97475619E3B5A59F88451FAD3FD1B5';
const RESULT =
  'BF516AA0683023800F65696D2E6578616D706C652E636F6D8101058202112283010930068401008301005F3740DCE724708B734DE164F3BAD32FBF08EF' +
  '502186388583353782876A05A0EA1FC9FEACE1CC3487C10ABB3D09911E8CBB2EE2DAAFD9603463397F9E5090C62FC78E';
const ERROR =
  'BF5162A160301B800F65696D2E6578616D706C652E636F6D810105820211220201065F3740E68C727659F7D20BF9F54B22EC697EDE076592939B1D4213' +
  '04088482A40CDC3A90F1FDA6E5ABC2CDD7C5E9A2D2AB6ECF82D24E280AEC4F31E28EAA73DF91E99F';

const key = createPublicKey({ key: Buffer.from(SPKI, 'hex'), format: 'der', type: 'spki' });
const decode = (bytes: string) => decodeEuiccPackageResult(readTlv(fromHex(bytes)));

describe('signatures over data and association token (§2.11.1.1)', () => {
  test.each([
    ['result', RESULT],
    ['error', ERROR],
  ])('%s', (_name, bytes) => {
    expect(isSignedBy(decode(bytes), key, 300)).toBe(true);
    expect(isSignedBy(decode(bytes), key, 0)).toBe(false);
    expect(isSignedBy(decode(bytes.replace('810105', '810106')), key, 300)).toBe(false);
  });
});

test('the fields of both', () => {
  expect(decode(RESULT)).toMatchObject({
    form: 'signed',
    eimId: 'eim.example.com',
    counterValue: 5,
    eimTransactionId: '1122',
    seqNumber: 9,
    results: [
      { operation: 'disable', code: 0 },
      { operation: 'enable', code: 0 },
    ],
  });
  expect(decode(ERROR)).toMatchObject({ form: 'errorSigned', counterValue: 5, errorCode: 6, errorWord: 'counterValueOutOfRange' });
});
