// SPDX-License-Identifier: Apache-2.0
// JSON written in other ways: known texts, and always the same value.
import { describe, expect, it } from 'vitest';
import { type JsonStyle, writeJson } from '../../../host/sim/rsp/json-style.js';

const body = {
  header: { functionExecutionStatus: { status: 'Failed', statusCodeData: { subjectCode: '8.1' } } },
  transactionId: '0A',
  serverSigned1: '+/8=',
};

describe('writeJson', () => {
  it.each<[string, JsonStyle, string]>([
    [
      'plain',
      {},
      '{"header":{"functionExecutionStatus":{"status":"Failed","statusCodeData":{"subjectCode":"8.1"}}},"transactionId":"0A","serverSigned1":"+/8="}',
    ],
    [
      'with the header last',
      { order: 'headerLast' },
      '{"transactionId":"0A","serverSigned1":"+/8=","header":{"functionExecutionStatus":{"status":"Failed","statusCodeData":{"subjectCode":"8.1"}}}}',
    ],
    [
      'reversed',
      { order: 'reversed' },
      '{"serverSigned1":"+/8=","transactionId":"0A","header":{"functionExecutionStatus":{"statusCodeData":{"subjectCode":"8.1"},"status":"Failed"}}}',
    ],
    [
      'with escapes',
      { escapes: true },
      '{"header":{"functionExecutionStatus":{"status":"\\u0046ailed","statusCodeData":{"subjectCode":"\\u0038.1"}}},"transactionId":"\\u0030A","serverSigned1":"\\u002b\\/8\\u003d"}',
    ],
  ])('%s', (_name, style, text) => {
    expect(writeJson(body, style)).toBe(text);
    expect(JSON.parse(text)).toEqual(body);
  });

  it('with white space', () => {
    expect(writeJson({ a: ['x', 1], b: {} }, { whiteSpace: true })).toBe(
      '\r\n{\t\t "a"\r\n:\t [\t "x"\r\n,\t 1\r\n]\r\n,\t "b"\r\n:\t \r\n{\t }\n\r\n }\n',
    );
  });

  it('all at once is the same value', () => {
    const style: JsonStyle = { order: 'reversed', whiteSpace: true, escapes: true };
    const hostile = { text: '/"\\\u0000é€😀+=', list: [null, true, -0.5, { eventId: '/' }], empty: '' };
    expect(JSON.parse(writeJson(hostile, style))).toEqual(hostile);
  });

  it('unknown members stand around the known ones and hide none', () => {
    const text = writeJson(body, { unknownMembers: true, whiteSpace: true, escapes: true });
    const parsed = JSON.parse(text) as Record<string, unknown>;
    expect(parsed).toMatchObject(body);
    expect(Object.keys(parsed)).toEqual(['x-vendor', 'header', 'transactionId', 'serverSigned1', 'zLast']);
  });

  it('bare signatures and CI identifiers lose tag and length', () => {
    const element = (tagAndLength: string, bytes: number) =>
      Buffer.concat([Buffer.from(tagAndLength, 'hex'), Buffer.alloc(bytes, 7)]).toString('base64');
    const elements = {
      serverSignature1: element('5F3740', 64),
      smdpSignature2: element('5F3740', 64),
      serverSigned1: element('3040', 64),
      euiccCiPKIdToBeUsed: element('0414', 20),
    };
    const bare = JSON.parse(writeJson(elements, { bareSignatures: true, bareCiPkId: true })) as Record<string, string>;
    const bytes = (name: string) => Buffer.from(bare[name]!, 'base64');
    expect(bytes('serverSignature1')).toEqual(Buffer.alloc(64, 7));
    expect(bytes('smdpSignature2')).toEqual(Buffer.alloc(64, 7));
    expect(bytes('euiccCiPKIdToBeUsed')).toEqual(Buffer.alloc(20, 7));
    expect(bare.serverSigned1).toBe(elements.serverSigned1);
  });
});
