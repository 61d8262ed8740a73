// SPDX-License-Identifier: Apache-2.0
// The reader of HTTP responses of the POSIX port, by itself: known answers in pieces of every size, refusals, and responses made up from a seed.

import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildPosixPart, canBuildPosix } from './support/posix-build.js';

interface Reading {
  readonly outcome: 'wantsInput' | 'bodyFull' | 'complete' | 'refused' | 'malformed';
  readonly status: number;
  readonly problem: string;
  readonly keepsConnection: boolean;
  /** Bytes after the end. */
  readonly left: number;
  readonly body: string;
}

const SEED = Number(process.env.IPA_SEED ?? 1);
const ROUNDS = Number(process.env.IPA_HTTP_ROUNDS ?? 30_000);
const ASN1 = 'Content-Type: application/x-gsma-rsp-asn1';
const JSON_TYPE = 'Content-Type: application/json';

/** Lines with their ends; the body follows the last. */
const response = (...lines: string[]): string => lines.join('\r\n');

describe.skipIf(!canBuildPosix())('HTTP responses in the POSIX port', () => {
  let program: string;
  beforeAll(async () => {
    program = await buildPosixPart('posix_http.c', ['http_response.c']);
  }, 60_000);

  function ask(args: readonly string[], input = ''): string {
    const { status, stdout, stderr } = spawnSync(program, [...args], { input: Buffer.from(input, 'latin1'), encoding: 'utf8' });
    expect([status, stderr], stdout).toEqual([0, '']);
    return stdout;
  }

  /** Reads in pieces of these bytes. */
  function read(text: string, binding: 'asn1' | 'json' = 'asn1', pieceBytes = 4096, roomBytes = 1024): Reading {
    return JSON.parse(ask(['read', binding === 'asn1' ? '0' : '1', String(pieceBytes), String(roomBytes)], text)) as Reading;
  }

  const good: readonly (readonly [string, string, Partial<Reading>])[] = [
    ['with a length', response('HTTP/1.1 200 OK', ASN1, 'Content-Length: 5', '', 'hello'), { body: '68656c6c6f', keepsConnection: true }],
    [
      'in chunks, with extensions and trailers',
      response('HTTP/1.1 200 OK', ASN1, 'Transfer-Encoding: chunked', '', '3;a="b"', 'hel', '02', 'lo', '0', 'X: y', '', ''),
      { body: '68656c6c6f', keepsConnection: true },
    ],
    ['empty', response('HTTP/1.1 200 OK', 'Content-Length: 0', '', ''), { body: '', status: 200 }],
    ['empty by its status', response('HTTP/1.1 204 No Content', '', ''), { body: '', status: 204 }],
    ['empty by its status, whatever it says', response('HTTP/1.1 204 No Content', 'Content-Length: 7', '', ''), { body: '' }],
    [
      'after others that are none',
      response('HTTP/1.1 100 Continue', '', 'HTTP/1.1 103', 'Link: x', '', 'HTTP/1.1 200', ASN1, 'Content-Length: 1', '', 'x'),
      { body: '78' },
    ],
    ['of HTTP/1.0', response('HTTP/1.0 200 OK', ASN1, 'Content-Length: 1', '', 'x'), { body: '78', keepsConnection: false }],
    ['that closes', response('HTTP/1.1 200 OK', ASN1, 'connection: Close', 'Content-Length: 1', '', 'x'), { keepsConnection: false }],
    [
      'with parameters and odd spaces',
      response('HTTP/1.1 200 OK', `${ASN1.toUpperCase()} ;charset=x`, 'CONTENT-length:\t 1 ', '', 'x'),
      { body: '78' },
    ],
    [
      'with a long header that is nobody’s concern',
      response('HTTP/1.1 200 OK', `X: ${'y'.repeat(9000)}`, ASN1, 'Content-Length: 1', '', 'x'),
      { body: '78' },
    ],
    ['with bytes behind it', response('HTTP/1.1 200 OK', ASN1, 'Content-Length: 1', '', 'xHTTP'), { body: '78', left: 4 }],
    ['with the same length twice', response('HTTP/1.1 200 OK', ASN1, 'Content-Length: 1', 'Content-Length: 1', '', 'x'), { body: '78' }],
  ];

  it.each(good)('is read: %s', (_, text, expected) => {
    for (const [piece, room] of [
      [4096, 1024],
      [1, 1024],
      [4096, 1],
      [1, 1],
      [7, 3],
    ] as const)
      expect(read(text, 'asn1', piece, room), `pieces of ${piece}, room for ${room}`).toMatchObject({ outcome: 'complete', ...expected });
  });

  it('is of the media type of its binding', () => {
    const json = response('HTTP/1.1 200 OK', `${JSON_TYPE};charset=UTF-8`, 'Content-Length: 2', '', '{}');
    expect(read(json, 'json')).toMatchObject({ outcome: 'complete', body: '7b7d' });
    expect(read(json, 'asn1')).toMatchObject({ outcome: 'malformed', body: '' });
  });

  it.each([300, 302, 404, 500, 599])('is refused by status %i, before its body', (status) => {
    const text = response(`HTTP/1.1 ${status} No`, 'Content-Length: 3', '', 'no!');
    expect(read(text)).toMatchObject({ outcome: 'refused', status, body: '' });
  });

  it('is not over before its end', () => {
    const text = response('HTTP/1.1 200 OK', ASN1, 'Content-Length: 5', '', 'hello');
    for (let bytes = 0; bytes < text.length; bytes++) expect(read(text.slice(0, bytes)).outcome, `${bytes} bytes`).toBe('wantsInput');
    const endless = response('HTTP/1.1 200 OK', ASN1, '', 'to the end of the connection');
    expect(read(endless)).toMatchObject({
      outcome: 'wantsInput',
      keepsConnection: false,
      body: Buffer.from('to the end of the connection').toString('hex'),
    });
  });

  const chunked = (...rest: string[]) => response('HTTP/1.1 200 OK', ASN1, 'Transfer-Encoding: chunked', '', ...rest);
  const bad: readonly (readonly [string, string, string])[] = [
    ['no HTTP', '220 mail.example.com ESMTP\r\n', 'HTTP/1.1'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n', 'HTTP/1.1'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n', 'HTTP/1.1'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n', 'HTTP/1.1'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n', 'HTTP status'],
    ['another protocol', response('HTTP/1.1 101 Switching', '', ''), 'HTTP status'],
    ['a head without end', response('HTTP/1.1 200 OK', ...Array.from({ length: 2000 }, () => 'X: yyyyyyyyyy')), 'does not end'],
    ['other responses without end', response(...Array.from({ length: 2000 }, () => 'HTTP/1.1 100 C\r\n')), 'does not end'],
    ['a status line without end', `HTTP/1.1 200 ${'O'.repeat(20_000)}`, 'does not end'],
    ['a header without name', response('HTTP/1.1 200 OK', ': x', ''), 'no name'],
    ['a header without colon', response('HTTP/1.1 200 OK', 'Content-Length 5', ''), 'no name'],
    ['a space before the colon', response('HTTP/1.1 200 OK', 'Content-Length : 5', ''), 'no name'],
    ['a folded header', response('HTTP/1.1 200 OK', 'X: y', ' z', ''), 'no name'],
    ['a line that ends with LF alone', 'HTTP/1.1 200 OK\n', 'CR LF'],
    ['CR within a line', 'HTTP/1.1 200 O\rK\r\n', 'CR LF'],
    ['a zero byte', response('HTTP/1.1 200 OK', 'X: \0y', ''), 'control character'],
    ['a length that is none', response('HTTP/1.1 200 OK', 'Content-Length: 5a', ''), 'Content-Length'],
    ['a negative length', response('HTTP/1.1 200 OK', 'Content-Length: -1', ''), 'Content-Length'],
    ['no length', response('HTTP/1.1 200 OK', 'Content-Length:', ''), 'Content-Length'],
    ['a length of 2^31', response('HTTP/1.1 200 OK', 'Content-Length: 2147483648', ''), 'Content-Length'],
    ['a length of 2^32 + 1', response('HTTP/1.1 200 OK', 'Content-Length: 4294967297', ''), 'Content-Length'],
    ['two lengths', response('HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 2', ''), 'two different'],
    ['two lengths in one', response('HTTP/1.1 200 OK', 'Content-Length: 1, 1', ''), 'Content-Length'],
    ['a length and chunks', response('HTTP/1.1 200 OK', ASN1, 'Content-Length: 1', 'Transfer-Encoding: chunked', '', ''), 'both'],
    ['another transfer coding', response('HTTP/1.1 200 OK', 'Transfer-Encoding: gzip, chunked', ''), 'Transfer-Encoding'],
    ['chunks in chunks', response('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', ''), 'Transfer-Encoding'],
    ['a length in a header that is too long', response('HTTP/1.1 200 OK', `Content-Length: ${'0'.repeat(300)}5`, ''), 'too long'],
    ['no type', response('HTTP/1.1 200 OK', 'Content-Length: 5', '', 'hello'), 'Content-Type'],
    ['another type', response('HTTP/1.1 200 OK', 'Content-Type: text/html', 'Content-Length: 5', '', 'hello'), 'Content-Type'],
    ['a type that only begins so', response('HTTP/1.1 200 OK', `${ASN1}x`, 'Content-Length: 5', '', 'hello'), 'Content-Type'],
    ['a coding', response('HTTP/1.1 200 OK', ASN1, 'Content-Encoding: gzip', 'Content-Length: 5', '', 'hello'), 'Content-Encoding'],
    ['a chunk of no size', chunked('', 'hello'), 'size of a chunk'],
    ['a chunk of nonsense', chunked('xyz', 'hello'), 'size of a chunk'],
    ['a chunk of 2^32 + 5', chunked('100000005', 'hello'), 'size of a chunk'],
    ['a negative chunk', chunked('-5', 'hello'), 'size of a chunk'],
    ['a chunk that is longer than its size', chunked('4', 'hello', ''), 'chunk is longer'],
    ['a chunk extension without end', chunked(`5;${'x'.repeat(300)}`), 'line of a chunk'],
    ['trailers without end', chunked('0', ...Array.from({ length: 2000 }, () => 'X: yyyyyyyyyy')), 'does not end'],
  ];

  it.each(bad)('is malformed: %s', (_, text, problem) => {
    for (const piece of [4096, 1]) {
      const { outcome, problem: told } = read(text, 'asn1', piece);
      expect([outcome, told], `pieces of ${piece}`).toEqual(['malformed', expect.stringContaining(problem)]);
    }
  });

  it(`says the same however it is cut, and never reads or writes too far (IPA_SEED=${SEED})`, () => {
    const counts = JSON.parse(ask(['fuzz', String(SEED), String(ROUNDS)])) as Record<Reading['outcome'], number>;
    // the made-up ones must be of all kinds to prove anything
    for (const outcome of ['wantsInput', 'complete', 'refused', 'malformed'] as const)
      expect(counts[outcome], `${outcome} of ${ROUNDS}`).toBeGreaterThan(ROUNDS / 50);
  });
});
