// SPDX-License-Identifier: Apache-2.0
// Every status code of ES9+ and ES11 (SGP.22 v2.5 §5.2.6) as the error code of ESipa (SGP.32 v1.2 §6.3.2) that the IPA gets for it.
import { describe, expect, test } from 'vitest';
import type { EsipaFunctionName } from '../../../host/sim/eim/index.js';
import { errorStatus } from '../../../host/sim/eim/json/error-statuses.js';
import {
  authenticateClientCodes,
  CANCEL_SESSION_CODES,
  esipaError,
  GET_BOUND_PROFILE_PACKAGE_CODES,
  INITIATE_AUTHENTICATION_CODES,
  Refusal,
} from '../../../host/sim/eim/relay/error-codes.js';
import { RelayError, type RelayFailure } from '../../../host/sim/eim/relay/relay-error.js';

const CODES = {
  initiateAuthentication: INITIATE_AUTHENTICATION_CODES,
  authenticateClient: authenticateClientCodes('1.2'),
  getBoundProfilePackage: GET_BOUND_PROFILE_PACKAGE_CODES,
  cancelSession: CANCEL_SESSION_CODES,
};

const codeFor = (functionName: keyof typeof CODES, statusCode: string) =>
  esipaError(CODES[functionName], new RelayError('refused', 'x', { statusCode })).errorCode;

/** Subject and reason, then the codes of InitiateAuthentication, AuthenticateClient, GetBoundProfilePackage and CancelSession. */
test.each<[string, number, number, number, number]>([
  ['8.1/4.8', 127, 11, 127, 127],
  ['8.1/6.1', 127, 5, 1, 2],
  ['8.1.1/2.2', 127, 127, 127, 127],
  ['8.1.1/3.1', 127, 7, 127, 127],
  ['8.1.1/3.8', 127, 7, 127, 127],
  ['8.1.2/6.1', 127, 1, 127, 127],
  ['8.1.2/6.3', 127, 2, 127, 127],
  ['8.1.3/6.1', 127, 3, 127, 127],
  ['8.1.3/6.3', 127, 4, 127, 127],
  ['8.1.4/6.1', 127, 3, 127, 127],
  ['8.2/1.2', 127, 127, 127, 127],
  ['8.2/3.7', 127, 127, 5, 127],
  ['8.2.5/3.7', 127, 8, 127, 127],
  ['8.2.5/4.3', 127, 8, 127, 127],
  ['8.2.6/3.1', 127, 6, 127, 127],
  ['8.2.6/3.3', 127, 6, 127, 127],
  ['8.2.6/3.8', 127, 6, 127, 127],
  ['8.2.7/2.2', 127, 127, 2, 127],
  ['8.2.7/3.8', 127, 127, 3, 127],
  ['8.2.7/6.4', 127, 127, 4, 127],
  ['8.8/3.10', 127, 127, 127, 127],
  ['8.8.1/3.8', 1, 127, 127, 127],
  ['8.8.2/3.1', 3, 127, 127, 127],
  ['8.8.3/3.1', 2, 127, 127, 127],
  ['8.8.4/3.7', 3, 127, 127, 127],
  ['8.8.5/4.1', 127, 127, 6, 127],
  ['8.8.5/6.4', 127, 127, 6, 127],
  ['8.9/4.2', 127, 127, 127, 127],
  ['8.9/5.1', 127, 127, 127, 127],
  ['8.9.1/3.8', 1, 127, 127, 127],
  ['8.9.2/3.1', 3, 127, 127, 127],
  ['8.9.3/3.1', 2, 127, 127, 127],
  ['8.9.4/3.7', 3, 127, 127, 127],
  ['8.9.5/3.9', 127, 56, 127, 127],
  ['8.10.1/3.9', 127, 10, 95, 1],
  ['8.11.1/3.9', 127, 9, 127, 127],
])('%s', (statusCode, ...expected) => {
  expect((Object.keys(CODES) as (keyof typeof CODES)[]).map((name) => codeFor(name, statusCode))).toEqual(expected);
});

test.each<[RelayFailure, number]>([
  ['unknownAddress', 1],
  ['unreachable', 127],
  ['refused', 127],
  ['malformed', 127],
])('no status, but %s → %i', (failure, code) => {
  expect(esipaError(INITIATE_AUTHENTICATION_CODES, new RelayError(failure, 'x'))).toEqual({ errorCode: code, problem: 'x' });
});

test('a refusal of the eIM keeps its code; a fault of the program is not hidden', () => {
  expect(esipaError(CANCEL_SESSION_CODES, new Refusal(50, 'x')).errorCode).toBe(50);
  expect(() => esipaError(CANCEL_SESSION_CODES, new TypeError('x'))).toThrow(TypeError);
});

describe('back to status codes, for JSON', () => {
  /** Error codes of SGP.32 v1.2 §6.3.2 and 18 of v1.3. */
  const ERRORS: [EsipaFunctionName, number[]][] = [
    ['initiateAuthentication', [1, 2, 3, 50, 51, 52, 127]],
    ['authenticateClient', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 18, 50, 56, 127]],
    ['getBoundProfilePackage', [1, 2, 3, 4, 5, 6, 50, 95, 127]],
    ['cancelSession', [1, 2, 127]],
  ];

  test.each(ERRORS)('%s: each its own', (name, codes) => {
    const statuses = codes.map((code) => errorStatus(name, code));
    expect(new Set(statuses.map(({ subjectCode, reasonCode }) => `${subjectCode}/${reasonCode}`)).size).toBe(codes.length);
    expect(new Set(statuses.map(({ message }) => message)).size).toBe(codes.length);
  });

  test.each(ERRORS)('%s: what an SM-DP+ gives for it comes to the same code', (name, codes) => {
    const ofTheEim = [50, 51, 52, 18, 127];
    for (const code of codes.filter((each) => !ofTheEim.includes(each))) {
      const { subjectCode, reasonCode } = errorStatus(name, code);
      expect(codeFor(name as keyof typeof CODES, `${subjectCode}/${reasonCode}`)).toBe(code);
    }
  });
});
