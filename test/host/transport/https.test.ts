// SPDX-License-Identifier: Apache-2.0
// The HTTPS transport against real servers: what it sends, how it streams, and what it makes of servers that fail.

import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Peer } from '../../../host/interfaces.js';
import type { KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { type HttpsOptions, HttpsTransport } from '../../../host/transport/https.js';
import { makeServer, spkiOf } from './certificates.js';
import { ASN1, answer, ask, collect, EIM, echo, headOf, readAll, startServer, type TestServer } from './server.js';

const MESSAGE = Buffer.from('BF4F0482021234', 'hex');
/** The most a Node socket hands over in one read, twice: one read waiting, one in the socket. */
const SOCKET_READ_BYTES = 2 * 65_536;

let owner: KeyAndCertificate;
let server: TestServer;
let transport: HttpsTransport;

beforeAll(async () => {
  owner = await makeServer();
});
afterEach(async () => {
  await transport.close();
  await server.close();
});

/** A server that does `listener` after it has read the request, and a transport that trusts it. */
async function serve(listener: (response: ServerResponse, body: Buffer) => void, options: HttpsOptions = {}): Promise<void> {
  await serveRaw(
    (request, response) =>
      void readAll(request).then(
        (body) => listener(response, body),
        () => {},
      ),
    options,
  );
}

async function serveRaw(listener: RequestListener, options: HttpsOptions = {}): Promise<void> {
  server = await startServer(owner, listener);
  transport = new HttpsTransport(options);
  await transport.open({ ...EIM, address: server.address, trust: { kind: 'publicKey', spki: spkiOf(owner) } });
}

const head = (response: ServerResponse, fields: Record<string, string | number> = {}): ServerResponse =>
  response.writeHead(200, { 'content-type': ASN1, ...fields });

describe('a request', () => {
  it('has the method, path and headers of the binding', async () => {
    await serveRaw(echo);
    expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
    const request = server.requests[0]!;
    expect([request.method, request.url, request.httpVersion]).toEqual(['POST', '/gsma/rsp2/asn1', '1.1']);
    expect(request.headers).toEqual({
      host: server.address,
      connection: 'keep-alive',
      'user-agent': 'gsma-rsp-ipad',
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': ASN1,
      'content-length': '7',
    });
  });

  it('takes other header values', async () => {
    await serveRaw(echo, { userAgent: 'gsma-rsp-ipae; x', adminProtocol: 'gsma/rsp/v2.5.0' });
    await ask(transport, MESSAGE);
    expect(server.requests[0]!.headers).toMatchObject({ 'user-agent': 'gsma-rsp-ipae; x', 'x-admin-protocol': 'gsma/rsp/v2.5.0' });
  });

  it('goes out in parts of any size, down to one byte', async () => {
    await serveRaw(echo);
    for (const sendBytes of [1, 2, 3, 7]) expect(await ask(transport, MESSAGE, { sendBytes })).toEqual(MESSAGE);
  });

  it('may end with an empty part, and may be empty', async () => {
    await serveRaw(echo);
    await transport.beginRequest(headOf(2));
    await transport.sendChunk(MESSAGE.subarray(0, 2), false);
    await transport.sendChunk(new Uint8Array(0), true);
    expect(await collect(transport)).toEqual(MESSAGE.subarray(0, 2));
    expect(await ask(transport, new Uint8Array(0))).toHaveLength(0);
  });

  it('is sent while it is made: the server reads the first part before the last exists', async () => {
    let firstPart = (_: Buffer): void => {};
    const arrived = new Promise<Buffer>((resolve) => {
      firstPart = resolve;
    });
    await serveRaw((request, response) => {
      request.once('data', (part: Buffer) => firstPart(part));
      request.once('end', () => answer(response, MESSAGE));
    });
    await transport.beginRequest(headOf(5));
    await transport.sendChunk(MESSAGE.subarray(0, 3), false);
    expect(await arrived).toEqual(MESSAGE.subarray(0, 3));
    await transport.sendChunk(MESSAGE.subarray(3, 5), true);
    expect(await collect(transport)).toEqual(MESSAGE);
  });

  it('waits while the server does not read', async () => {
    let read = (): void => {};
    await serveRaw((request, response) => {
      read = () => void readAll(request).then((body) => answer(response, Buffer.from(String(body.length))));
    });
    const part = new Uint8Array(1_048_576);
    const parts = 32;
    await transport.beginRequest(headOf(part.length * parts));
    let taken = 0;
    const sending = (async () => {
      for (; taken < parts; taken += 1) await transport.sendChunk(part, taken === parts - 1);
    })();
    // As long as more is taken, the kernel's buffers are being filled; then it must stand still.
    for (let before = -1; before !== taken; ) {
      before = taken;
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(taken).toBeLessThan(parts);
    read();
    await sending;
    expect((await collect(transport)).toString()).toBe(String(part.length * parts));
  });

  it('must have the length announced', async () => {
    await serveRaw(echo);
    await transport.beginRequest(headOf(3));
    await expect(transport.sendChunk(MESSAGE, true)).rejects.toThrow('7 bytes instead of the 3 announced');
    await transport.abort();
    await transport.beginRequest(headOf(9));
    await expect(transport.sendChunk(MESSAGE, true)).rejects.toThrow('7 bytes instead of the 9 announced');
    await transport.abort();
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    await expect(transport.sendChunk(new Uint8Array(0), true)).rejects.toThrow('already given');
    await transport.abort();
    await transport.beginRequest(headOf(7));
    const first = transport.sendChunk(MESSAGE.subarray(0, 3), false);
    await expect(transport.sendChunk(MESSAGE.subarray(3), true)).rejects.toThrow('not been taken yet');
    await first;
    await transport.abort();
    expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    expect(await collect(transport)).toEqual(MESSAGE);
  });

  it('needs a peer, and the exchange before it to be over', async () => {
    await serveRaw(echo);
    const unopened = new HttpsTransport();
    await expect(unopened.beginRequest(headOf(1))).rejects.toThrow('no peer');
    await expect(transport.receive(1)).rejects.toThrow('no request');
    await expect(transport.sendChunk(MESSAGE, true)).rejects.toThrow('no request');
    await transport.beginRequest(headOf(7));
    await expect(transport.beginRequest(headOf(7))).rejects.toThrow('not over');
    await transport.sendChunk(MESSAGE, true);
    await expect(transport.receive(0)).rejects.toThrow('cannot receive 0 bytes');
    expect(await collect(transport)).toEqual(MESSAGE);
  });
});

describe('a binding', () => {
  const JSON_TYPE = 'application/json;charset=UTF-8';

  /** A server that answers with `type`, and a peer that it is. */
  async function serveAs(type: string, peer: Pick<Peer, 'kind' | 'binding'>): Promise<void> {
    await serve((response, body) => void response.writeHead(200, { 'content-type': type }).end(body));
    await transport.open({ ...peer, address: server.address, trust: { kind: 'publicKey', spki: spkiOf(owner) } });
  }

  it.each([
    ['eim', 'asn1', 'getEimPackage', '/gsma/rsp2/asn1', 'v2.1.0'],
    ['eim', 'json', 'getEimPackage', '/gsma/rsp2/esipa/getEimPackage', 'v2.1.0'],
    ['eim', 'json', 'provideEimPackageResult', '/gsma/rsp2/esipa/provideEimPackageResult', 'v2.1.0'],
    ['smdp', 'asn1', 'initiateAuthentication', '/gsma/rsp2/asn1', 'v2.2.2'],
    ['smdp', 'json', 'initiateAuthentication', '/gsma/rsp2/es9plus/initiateAuthentication', 'v2.2.2'],
    ['smdp', 'json', 'getBoundProfilePackage', '/gsma/rsp2/es9plus/getBoundProfilePackage', 'v2.2.2'],
    ['smdp', 'json', 'handleNotification', '/gsma/rsp2/es9plus/handleNotification', 'v2.2.2'],
    ['smdp', 'json', 'cancelSession', '/gsma/rsp2/es9plus/cancelSession', 'v2.2.2'],
    ['smds', 'asn1', 'authenticateClient', '/gsma/rsp2/asn1', 'v2.2.2'],
    ['smds', 'json', 'authenticateClient', '/gsma/rsp2/es11/authenticateClient', 'v2.2.2'],
  ] as const)('%s %s has %s at %s', async (kind, binding, rspFunction, path, version) => {
    const type = binding === 'json' ? JSON_TYPE : ASN1;
    await serveAs(type, { kind, binding });
    expect(await ask(transport, MESSAGE, { function: rspFunction })).toEqual(MESSAGE);
    const { method, url, headers } = server.requests[0]!;
    expect({ method, url }).toEqual({ method: 'POST', url: path });
    expect(headers).toMatchObject({ 'content-type': type, 'user-agent': 'gsma-rsp-ipad', 'x-admin-protocol': `gsma/rsp/${version}` });
  });

  it.each([
    ['json', 'application/json', ''],
    ['json', 'Application/JSON; charset=utf-8', ''],
    ['json', ASN1, `content type ${ASN1}`],
    ['json', 'text/html', 'content type text/html'],
    ['asn1', JSON_TYPE, 'content type application/json'],
  ] as const)('%s takes an answer of %s: %s', async (binding, type, refusal) => {
    await serveAs(type, { kind: 'smdp', binding });
    const asked = ask(transport, MESSAGE, { function: 'authenticateClient' });
    if (refusal === '') expect(await asked).toEqual(MESSAGE);
    else await expect(asked).rejects.toMatchObject({ reason: 'malformed', message: expect.stringContaining(refusal) });
  });

  it('follows the peer over one connection', async () => {
    await serve((response, body) => {
      const json = response.req.headers['content-type'] === JSON_TYPE;
      response.writeHead(200, { 'content-type': json ? JSON_TYPE : ASN1 }).end(body);
    });
    const trust = { kind: 'publicKey', spki: spkiOf(owner) } as const;
    for (const [kind, binding] of [
      ['eim', 'asn1'],
      ['smdp', 'json'],
      ['eim', 'json'],
    ] as const) {
      await transport.open({ kind, binding, address: server.address, trust });
      await ask(transport, MESSAGE, { function: 'handleNotification' });
    }
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/gsma/rsp2/asn1',
      '/gsma/rsp2/es9plus/handleNotification',
      '/gsma/rsp2/esipa/handleNotification',
    ]);
    expect(server.resumed).toHaveLength(1);
  });
});

describe('a response', () => {
  it.each([1, 2, 6, 7, 8])('comes in chunks of at most %i bytes, the last one known', async (receiveBytes) => {
    for (const framing of [{ 'content-length': 7 }, { 'transfer-encoding': 'chunked' }, { connection: 'close' }]) {
      await serve((response) => head(response, framing as Record<string, string | number>).end(MESSAGE));
      await transport.beginRequest(headOf(0));
      await transport.sendChunk(new Uint8Array(0), true);
      const sizes: [number, boolean][] = [];
      for (let more = true; more; ) {
        const chunk = await transport.receive(receiveBytes);
        more = chunk.more;
        sizes.push([chunk.bytes.length, more]);
      }
      expect(sizes.map(([size]) => size).reduce((sum, size) => sum + size)).toBe(7);
      expect(sizes).toHaveLength(Math.ceil(7 / receiveBytes));
      await transport.close();
      await server.close();
    }
    await serve((response) => answer(response, MESSAGE));
  });

  it('may arrive byte by byte', async () => {
    await serve(async (response) => {
      head(response, { 'transfer-encoding': 'chunked' });
      for (const byte of MESSAGE) {
        response.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    expect(await ask(transport, MESSAGE, { receiveBytes: 3 })).toEqual(MESSAGE);
    expect(await ask(transport, MESSAGE, { receiveBytes: 1 })).toEqual(MESSAGE);
  });

  it.each([
    ['204', (response: ServerResponse) => response.writeHead(204).end()],
    ['200 of length 0', (response: ServerResponse) => response.writeHead(200, { 'content-length': 0 }).end()],
    [
      '200 chunked and empty, of another type',
      (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/plain' }).end(),
    ],
  ])('may be empty: %s', async (_, listener) => {
    await serve(listener);
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    expect(await transport.receive(100)).toEqual({ bytes: new Uint8Array(0), more: false });
  });

  it('of 5 MB passes in bounded memory while its reader is slow', async () => {
    const size = 5_000_000;
    const body = Buffer.alloc(size, 'profile ');
    for (const framing of [{ 'content-length': size }, { 'transfer-encoding': 'chunked' }]) {
      let buffered = 0;
      await serve((response) => {
        head(response, framing as Record<string, string | number>).end(body);
        buffered = response.writableLength;
      });
      await transport.beginRequest(headOf(7));
      await transport.sendChunk(MESSAGE, true);
      let at = 0;
      for (let more = true; more; ) {
        const chunk = await transport.receive(1024);
        expect(body.compare(chunk.bytes, 0, chunk.bytes.length, at, at + chunk.bytes.length)).toBe(0);
        at += chunk.bytes.length;
        more = chunk.more;
        if (at % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      expect(at).toBe(size);
      expect(buffered).toBeGreaterThan(0);
      expect(transport.largestBufferedBytes).toBeGreaterThan(0);
      expect(transport.largestBufferedBytes).toBeLessThanOrEqual(SOCKET_READ_BYTES);
      await transport.close();
      await server.close();
    }
    await serveRaw(echo);
  });

  it('stops the server while nobody reads', async () => {
    const total = 64;
    let written = 0;
    await serve(async (response) => {
      head(response, { 'transfer-encoding': 'chunked' });
      for (; written < total; written += 1) {
        if (!response.write(Buffer.alloc(1_048_576))) await once(response, 'drain');
      }
      response.end();
    });
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    await transport.receive(1);
    for (let before = -1; before !== written; ) {
      before = written;
      for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(total);
    expect(await collect(transport, 1_048_576)).toHaveLength(total * 1_048_576 - 1);
  });

  it('may begin before the request is complete', async () => {
    await serveRaw((_, response) => answer(response, MESSAGE));
    await transport.beginRequest(headOf(9_000_000));
    await transport.sendChunk(MESSAGE, false);
    expect(await collect(transport)).toEqual(MESSAGE);
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    expect(await collect(transport)).toEqual(MESSAGE);
  });

  it('is announced by 1xx heads without harm', async () => {
    await serve((response) => {
      response.writeProcessing();
      answer(response, MESSAGE);
    });
    expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
  });
});

describe('connections', () => {
  it('are kept over requests, and resumed when the server closed them', async () => {
    await serveRaw(echo);
    for (let count = 0; count < 3; count += 1) await ask(transport, MESSAGE);
    expect(server.resumed).toEqual([false]);
    await serve((response, body) => {
      response.setHeader('connection', 'close');
      answer(response, body);
    });
    for (let count = 0; count < 3; count += 1) await ask(transport, MESSAGE);
    expect(server.resumed).toEqual([false, true, true]);
  });

  it('are counted, bodies and wire', async () => {
    await serveRaw(echo);
    await ask(transport, MESSAGE);
    const first = { ...transport.counters };
    expect(first).toMatchObject({ requests: 1, bodyBytesUp: 7, bodyBytesDown: 7 });
    expect(first.wireBytesUp).toBeGreaterThan(200);
    expect(first.wireBytesDown).toBeGreaterThan(500);
    await ask(transport, MESSAGE);
    expect(transport.counters.wireBytesUp - first.wireBytesUp).toBeLessThan(first.wireBytesUp);
    await transport.close();
    expect(transport.counters.wireBytesUp).toBeGreaterThan(first.wireBytesUp);
  });

  it('go where the base URL or the map says, under the name of the address', async () => {
    await serveRaw(echo);
    const trust = { kind: 'publicKey', spki: spkiOf(owner) } as const;
    for (const [options, host] of [
      [{ baseUrl: `https://${server.address}` }, server.address],
      [{ baseUrl: `https://${server.address}/gsma/rsp2/asn1` }, server.address],
      [{ resolve: { 'eim.example.com': server.address } }, 'eim.example.com'],
      [{ resolve: { 'eim.example.com:443': server.address } }, 'eim.example.com'],
    ] as const) {
      const other = new HttpsTransport(options);
      await other.open({ ...EIM, address: 'eim.example.com', trust });
      expect(await ask(other, MESSAGE)).toEqual(MESSAGE);
      expect(server.requests.at(-1)!.headers.host).toBe(host);
      await other.close();
    }
  });

  it('need a proper address', async () => {
    await serveRaw(echo);
    const trust = { kind: 'platform' } as const;
    for (const address of ['', 'a/b', 'user@host', 'host:99999', 'a b', 'https://host', 'host?x', 'host#x', 'h\\x']) {
      await expect(transport.open({ ...EIM, address, trust }), address).rejects.toThrow('no server address');
    }
    for (const baseUrl of ['http://host', 'host', 'https://host/other', 'https://me@host', 'https://host?x']) {
      await expect(new HttpsTransport({ baseUrl }).open({ ...EIM, address: 'host', trust }), baseUrl).rejects.toThrow('no server URL');
    }
  });
});

describe('abort', () => {
  it.each(['before the body', 'in the body', 'before the response', 'in the response', 'after the response'])(
    '%s leaves the transport usable',
    async (when) => {
      await serve((response, body) => {
        if (body.length === 7) answer(response, MESSAGE);
        else head(response, { 'content-length': 2_000_000 }).write(Buffer.alloc(1_000_000));
      });
      await transport.beginRequest(headOf(8));
      if (when !== 'before the body') await transport.sendChunk(Buffer.alloc(5), false);
      if (when.includes('response')) await transport.sendChunk(Buffer.alloc(3), true);
      if (when === 'before the response') {
        const waiting = expect(transport.receive(2_000_000)).rejects.toMatchObject({ reason: 'connectionLost' });
        await transport.abort();
        await waiting;
      }
      if (when === 'in the response') expect((await transport.receive(1024)).more).toBe(true);
      if (when === 'after the response') {
        await transport.abort();
        await ask(transport, MESSAGE);
      }
      await transport.abort();
      await transport.abort();
      expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
    },
  );

  it('while connecting gives up the connection', async () => {
    await serveRaw(echo);
    const { silent, address } = await silentServer();
    await transport.open({ ...EIM, address, trust: { kind: 'platform' } });
    await transport.beginRequest(headOf(7));
    const sending = expect(transport.sendChunk(MESSAGE, true)).rejects.toMatchObject({ reason: 'connectionLost' });
    await once(silent, 'connection');
    await transport.abort();
    await sending;
    silent.close();
    await once(silent, 'close');
  });

  it('keeps the connection when the whole response had come', async () => {
    await serveRaw(echo);
    await ask(transport, MESSAGE);
    await transport.abort();
    await ask(transport, MESSAGE);
    expect(server.resumed).toHaveLength(1);
  });
});

describe('failures', () => {
  async function failure(options: { body?: Buffer } = {}): Promise<unknown> {
    return ask(transport, options.body ?? MESSAGE).then(
      (body) => `no failure but ${body.length} bytes`,
      (error: unknown) => error,
    );
  }

  it.each([301, 302, 307, 308, 400, 404, 415, 500, 503])('reports HTTP status %i, and works on', async (status) => {
    let refuse = true;
    await serve((response, body) => {
      if (!refuse) return answer(response, body);
      response.writeHead(status, { location: '/elsewhere', 'content-type': ASN1 }).end('BF4F00');
    });
    expect(await failure()).toMatchObject({ name: 'NetworkError', reason: 'httpStatus', status });
    await expect(transport.receive(1)).rejects.toMatchObject({ reason: 'httpStatus', status });
    refuse = false;
    expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
    expect(server.requests).toHaveLength(2);
  });

  it('reports a status that comes before the request is complete', async () => {
    await serveRaw((_, response) => void response.writeHead(413).end());
    expect(await failure({ body: Buffer.alloc(20_000_000) })).toMatchObject({ reason: 'httpStatus', status: 413 });
  });

  it.each([
    ['another content type', { 'content-type': 'text/html' }, 'content type text/html'],
    ['no content type', {}, 'no content type'],
    ['a coding nobody asked for', { 'content-type': ASN1, 'content-encoding': 'gzip' }, 'content encoding gzip'],
  ])('reports %s', async (_, fields, words) => {
    await serve((response) => void response.writeHead(200, fields as Record<string, string>).end('x'));
    expect(await failure()).toMatchObject({ reason: 'malformed', message: expect.stringContaining(words) });
  });

  it('takes the content type in any case and with parameters', async () => {
    await serve((response) => void response.writeHead(200, { 'content-type': 'Application/X-GSMA-RSP-ASN1; v=1' }).end(MESSAGE));
    expect(await ask(transport, MESSAGE)).toEqual(MESSAGE);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-x\r\n', 'malformed'],
    ['two lengths', `HTTP/1.1 200 OK\r\nContent-Type: ${ASN1}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`, 'connectionLost'],
    ['a wrong chunk size', `HTTP/1.1 200 OK\r\nContent-Type: ${ASN1}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 'malformed'],
    ['endless headers', `HTTP/1.1 200 OK\r\n${'X-Fill: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(2000)}\r\n`, 'malformed'],
    ['nothing', '', 'connectionLost'],
    ['half a head', 'HTTP/1.1 200 OK\r\nContent-Ty', 'connectionLost'],
    ['less than its length', `HTTP/1.1 200 OK\r\nContent-Type: ${ASN1}\r\nContent-Length: 5\r\n\r\nabc`, 'connectionLost'],
    [
      'less than its length, closing',
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: ${ASN1}\r\nContent-Length: 5\r\n\r\nabc`,
      'connectionLost',
    ],
    ['half a chunk', `HTTP/1.1 200 OK\r\nContent-Type: ${ASN1}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc`, 'connectionLost'],
    [
      'no last chunk',
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: ${ASN1}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
      'connectionLost',
    ],
  ])('reports a server that sends %s and closes', async (_, text, reason) => {
    await serve((response) => void response.socket!.end(text));
    expect(await failure()).toMatchObject({ name: 'NetworkError', reason });
  });

  it('hands over what came before the connection was cut', async () => {
    await serve((response) => {
      head(response, { 'content-length': 10 }).write('abc', () => response.socket!.destroy());
    });
    await transport.beginRequest(headOf(7));
    await transport.sendChunk(MESSAGE, true);
    expect(await transport.receive(10)).toEqual({ bytes: new Uint8Array(Buffer.from('abc')), more: true });
    await expect(transport.receive(10)).rejects.toMatchObject({ reason: 'connectionLost' });
    await expect(transport.receive(10)).rejects.toMatchObject({ reason: 'connectionLost' });
  });

  it('reports a connection cut in the middle of the request', async () => {
    await serveRaw((request) => request.socket.destroy());
    expect(await failure({ body: Buffer.alloc(20_000_000) })).toMatchObject({ reason: 'connectionLost' });
  });

  it('reports a server that is not there, also for a part given later', async () => {
    await serveRaw(echo);
    const { silent, address } = await silentServer();
    silent.close();
    await once(silent, 'close');
    await transport.open({ ...EIM, address, trust: { kind: 'platform' } });
    expect(await failure()).toMatchObject({ reason: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    await transport.beginRequest(headOf(7));
    await expect(transport.receive(1)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(transport.sendChunk(MESSAGE, true)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it('reports a server that does not speak TLS', async () => {
    await serveRaw(echo);
    const plain = await silentServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await transport.open({ ...EIM, address: plain.address, trust: { kind: 'platform' } });
    expect(await failure()).toMatchObject({ reason: 'tlsRefused' });
    plain.silent.close();
  });

  it('reports a server that hangs up or resets while TLS is set up', async () => {
    await serveRaw(echo);
    for (const leave of [(socket: Socket) => socket.destroy(), (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())]) {
      const rude = await silentServer(leave);
      await transport.open({ ...EIM, address: rude.address, trust: { kind: 'platform' } });
      expect(await failure()).toMatchObject({ reason: 'connectionLost' });
      rude.silent.close();
    }
  });

  it('reports a connection reset in the middle of a response', async () => {
    await serve((response) => {
      head(response, { 'content-length': 10 }).write('abc', () =>
        (response.socket as TLSSocket & { _parent: Socket })._parent.resetAndDestroy(),
      );
    });
    expect(await failure()).toMatchObject({ reason: 'connectionLost' });
  });

  it('gives up on a server that does not finish connecting', async () => {
    await serveRaw(echo, { connectTimeoutMs: 50 });
    const { silent, address } = await silentServer();
    await transport.open({ ...EIM, address, trust: { kind: 'platform' } });
    expect(await failure()).toMatchObject({ reason: 'timeout', message: expect.stringContaining('50 ms') });
    silent.close();
  });

  it('gives up on a server that does not answer', async () => {
    await serve(() => {}, { headersTimeoutMs: 50 });
    expect(await failure()).toMatchObject({ reason: 'timeout' });
  });

  it('gives up on a response that does not go on', async () => {
    await serve((response) => void head(response, { 'content-length': 10 }).write('abc'), { bodyTimeoutMs: 50 });
    expect(await failure()).toMatchObject({ reason: 'timeout' });
  });
});

/** A TCP server that says nothing, or does what `onSocket` says. */
async function silentServer(onSocket: (socket: Socket) => void = () => {}): Promise<{ silent: Server; address: string }> {
  const silent = createServer((socket) => {
    socket.on('error', () => {});
    onSocket(socket);
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  return { silent, address: `127.0.0.1:${(silent.address() as { port: number }).port}` };
}
