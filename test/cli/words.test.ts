// SPDX-License-Identifier: Apache-2.0
// What people read: advice for every error, events in words, and the calls seen in actions.

import { describe, expect, it } from 'vitest';
import { Action, ErrorCode, RspFunction } from '../../host/abi.js';
import { adviceFor, detailText } from '../../host/cli/advice.js';
import { CallObserver } from '../../host/cli/calls.js';
import { CallProgress } from '../../host/cli/connection/progress.js';
import { oneLine } from '../../host/cli/failure.js';
import { eimWords, smdpWords } from '../../host/cli/sim/event-words.js';
import { IpaError } from '../../host/core/errors.js';

const NONE = new Uint8Array();
const errorOf = (name: keyof typeof ErrorCode) => IpaError.fromNumber(ErrorCode[name]);

describe('advice', () => {
  it('is there for every error of the module and of the host', () => {
    for (const number of Object.values(ErrorCode)) expect(adviceFor(IpaError.fromNumber(number))).toMatch(/^.{15,}$/);
    expect(adviceFor(IpaError.host('RuntimeMissing', ''))).toContain('--runtime node');
    expect(adviceFor(IpaError.fromNumber(-99_999))).toContain('newer');
  });

  it.each([
    ['StatusWord', 0x6a82, 'status word 6A82'],
    ['NotAnEuicc', 0x6a, 'status word 006A'],
    ['ModemCmeError', 14, '+CME ERROR: 14'],
    ['ModemCmeError', -1, '+CME ERROR with words'],
    ['NetworkHttpStatus', 503, 'HTTP 503'],
    ['InstallationFailed', 10, 'code 10'],
    ['SmdpError', 11, 'code 11'],
    ['SmdpError', 0x8_a139, 'subject 8.10.1, reason 3.9: the session is unknown'],
    ['SmdpError', 0x8_1048, 'subject 8.1, reason 4.8: not enough room on the eUICC'],
    ['SmdpError', 0x9_1111, 'subject 9.1.1, reason 1.1'],
    ['ModemTimeout', 0, undefined],
  ] as const)('tells the detail of %s %i as %s', (name, detail, words) => {
    expect(detailText(errorOf(name), detail)).toBe(words);
  });
});

describe('calls', () => {
  const action = (kind: number, bytes: Uint8Array, argument = 0) => ({ kind, argument, bytes });
  const at = (line: string) => action(Action.CardWrite, Buffer.from(line));

  it('begin with the first block of an ES10 command, on either link', () => {
    const observer = new CallObserver();
    expect(observer.observe(at('AT+CSIM=16,"81E2910003BF5500"\r'))).toEqual({ peer: 'eUICC', name: 'GetEimConfigurationData' });
    expect(observer.observe(action(Action.CardTransmit, Buffer.from('81E2910003BF2E00', 'hex')))).toEqual({
      peer: 'eUICC',
      name: 'GetEuiccChallenge',
    });
    expect(observer.observe(at('AT+CGLA=00000000038aa32f,16,"80E2910003BF2000"\r'))).toEqual({ peer: 'eUICC', name: 'GetEuiccInfo1' });
    for (const line of ['AT+CSIM=16,"81E2910103BF5500"\r', 'AT+CSIM=10,"81C0000000"\r', 'AT\r', 'AT+CSIM=16,"81E2910003BF7F00"\r'])
      expect(observer.observe(at(line))).toBeUndefined();
  });

  it('begin with the first part of a request, also after one that was given up', () => {
    const observer = new CallObserver();
    const part = (rspFunction: number, bytes: number, totalBytes: number) =>
      observer.observe(action(Action.NetworkSend, new Uint8Array(bytes), rspFunction * 2 ** 24 + totalBytes));
    expect(part(RspFunction.GetEimPackage, 3, 6)).toEqual({ peer: 'eIM', name: 'GetEimPackage' });
    expect(part(RspFunction.GetEimPackage, 3, 6)).toBeUndefined();
    expect(part(RspFunction.HandleNotification, 3, 9)).toEqual({ peer: 'eIM', name: 'HandleNotification' });
    observer.observe(action(Action.NetworkAbort, NONE));
    observer.observe(action(Action.NetworkOpen, Buffer.from('800101820101810161', 'hex')));
    expect(part(RspFunction.CancelSession, 3, 3)).toEqual({ peer: 'SM-DP+', name: 'CancelSession' });
  });
});

describe('the progress of a command', () => {
  const write = (text: string) => ({ kind: Action.CardWrite, argument: 0, bytes: Buffer.from(text) });

  it('tells calls at once, and breaks each silence of two seconds', () => {
    const told: string[] = [];
    let nowMs = 0;
    const progress = new CallProgress(
      (line) => told.push(line),
      () => nowMs,
    );
    const at = (timeMs: number, text: string) => {
      nowMs = timeMs;
      progress.see(write(text));
    };
    at(0, 'AT\r');
    at(1999, 'AT\r');
    at(2000, 'AT\r');
    at(3999, 'AT\r');
    at(4100, 'AT+CSIM=16,"81E2910003BF5500"\r');
    at(6000, 'AT+CSIM=10,"8070000001"\r');
    at(6200, 'AT+CSIM=10,"8070000001"\r');
    expect(told).toEqual(['modem  no answer yet', 'eUICC  GetEimConfigurationData', 'eUICC  … 7 commands so far']);
  });
});

describe('words of other programs', () => {
  it.each([
    ['Command failed: stty -F /dev/none raw\nstty: /dev/none: No such file or directory\n', 'stty: /dev/none: No such file or directory'],
    [
      'no TLS: 80CC4161A37F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../a/b.c:350:\n',
      'no TLS: wrong version number',
    ],
    ['cannot reach https://[::1]:4: ECONNREFUSED', 'cannot reach https://[::1]:4: ECONNREFUSED'],
  ])('%j → %j', (text, line) => {
    expect(oneLine(text)).toBe(line);
  });
});

describe('events in words', () => {
  const about = { verified: true, raw: NONE } as const;
  const reported = { ...about, route: 'provideEimPackageResult', carrier: 'euiccPackageResult', succeeded: false } as const;
  const result = { eimId: 'e', raw: NONE, counterValue: 1, signedData: NONE, signature: NONE } as const;

  it.each([
    [
      eimWords({ kind: 'getEimPackage', ...about, notifyStateChange: true, stateChangeWord: 'local', answer: 'noEimPackageAvailable' }),
      'GetEimPackage, tells a state change (local): noEimPackageAvailable',
    ],
    [
      eimWords({ kind: 'transferEimPackage', ...about, pushed: 'eimAcknowledgements', answer: 'received' }),
      'TransferEimPackage of eimAcknowledgements: received',
    ],
    [
      eimWords({ kind: 'transferEimPackage', ...about, pushed: 'package', answer: 'elsewhere' }),
      'TransferEimPackage of package: the device has reported by itself',
    ],
    [
      eimWords({ kind: 'transferEimPackage', ...about, pushed: 'package', answer: 'error', errorCode: 2, errorWord: 'unknownPackage' }),
      'TransferEimPackage of package: unknownPackage',
    ],
    [
      eimWords({
        kind: 'euiccPackageResult',
        ...reported,
        duplicate: true,
        result: { form: 'signed', ...result, seqNumber: 1, results: [{ operation: 'enable', code: 0, word: 'ok', raw: NONE }] },
      }),
      'result of an eUICC package, again: enable ok (signature verified)',
    ],
    [
      eimWords({
        kind: 'euiccPackageResult',
        ...reported,
        verified: false,
        problem: 'the signature is wrong',
        duplicate: false,
        result: { form: 'errorSigned', ...result, errorCode: 4, errorWord: 'replayError' },
      }),
      'error of an eUICC package: replayError (NOT VERIFIED) — PROBLEM: the signature is wrong',
    ],
    [
      eimWords({ kind: 'cancelSession', ...about, cancelReason: 3, cancelWord: 'pprNotAllowed' }),
      'CancelSession, reason pprNotAllowed (signature verified)',
    ],
    [
      eimWords({ kind: 'authenticateClient', ...about, smdpAddress: 'smdp.example.com', errorCode: 11 }),
      'AuthenticateClient for smdp.example.com: refused with 11',
    ],
    [
      eimWords({ kind: 'packageError', ...reported, errorCode: 2, errorWord: 'unknownPackage' }),
      'the IPA cannot use a package: unknownPackage',
    ],
    [eimWords({ kind: 'downloadResult', ...reported, error: { reason: 127, word: 'undefinedError' } }), 'download failed: undefinedError'],
    [
      eimWords({ kind: 'ipaEuiccData', ...reported, data: { form: 'error', errorCode: 1, errorWord: 'incorrectTagList' } }),
      'no data: incorrectTagList',
    ],
    [eimWords({ kind: 'malformed', ...about, problem: 'no tag' }), 'a message that is no ESipa message — PROBLEM: no tag'],
    [smdpWords({ kind: 'cancelSession', transactionId: '01' }), 'CancelSession, reason not given'],
    [
      smdpWords({ kind: 'refused', function: 'authenticateClient', subjectCode: '8.2.6', reasonCode: '3.8', message: 'no such profile' }),
      'authenticateClient refused: 8.2.6/3.8 no such profile',
    ],
  ])('%s', (words, expected) => {
    expect(words).toBe(expected);
  });
});
