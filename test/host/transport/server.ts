// SPDX-License-Identifier: Apache-2.0
// HTTPS servers on this machine for tests of the transport, and the usual way to ask them.

import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RequestHead, RspFunction, Transport } from '../../../host/interfaces.js';
import type { KeyAndCertificate } from '../../../host/sim/pki/index.js';
import { pem } from './certificates.js';

export const ASN1 = 'application/x-gsma-rsp-asn1';

/** An eIM in the ASN.1 binding, but for its address. */
export const EIM = { kind: 'eim', binding: 'asn1' } as const;

/** The head of a request. */
export const headOf = (totalBytes: number, rspFunction: RspFunction = 'getEimPackage'): RequestHead => ({
  totalBytes,
  function: rspFunction,
});

export interface TestServer {
  readonly port: number;
  /** "127.0.0.1:port" */
  readonly address: string;
  /** Requests whose head arrived. */
  readonly requests: IncomingMessage[];
  /** One entry per TLS connection: whether its session was resumed. */
  readonly resumed: boolean[];
  close(): Promise<void>;
}

/** Starts a server; `chain` are certificates sent after its own. */
export async function startServer(
  owner: KeyAndCertificate,
  listener: RequestListener,
  options: { chain?: Uint8Array[]; keepAlive?: boolean; minVersion?: 'TLSv1.3'; maxVersion?: 'TLSv1.1' | 'TLSv1.2' } = {},
): Promise<TestServer> {
  const { chain = [], keepAlive = true, ...versions } = options;
  const key = owner.privateKey.export({ type: 'pkcs8', format: 'pem' });
  const server = createServer({ key, cert: [owner.certificate, ...chain].map(pem).join(''), ...versions });
  const requests: IncomingMessage[] = [];
  const resumed: boolean[] = [];
  server.on('request', (request, response) => {
    requests.push(request);
    if (!keepAlive) response.setHeader('connection', 'close');
    listener(request, response);
  });
  server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { port, address: `127.0.0.1:${port}`, requests, resumed, close };
}

/** Reads a whole request body. */
export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** Answers with the request's own body. */
export const echo: RequestListener = (request, response) => {
  // A request that is cut off gets no answer.
  void readAll(request).then(
    (body) => answer(response, body),
    () => {},
  );
};

/** Answers 200 with a body of known length. */
export function answer(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, { 'content-type': ASN1, 'content-length': body.length });
  response.end(body);
}

/** Sends one whole request and collects the response. */
export async function ask(
  transport: Transport,
  body: Uint8Array,
  options: { sendBytes?: number; receiveBytes?: number; function?: RspFunction } = {},
): Promise<Buffer> {
  const { sendBytes = 1024, receiveBytes = 1024 } = options;
  await transport.beginRequest(headOf(body.length, options.function));
  for (let at = 0; at === 0 || at < body.length; at += sendBytes) {
    await transport.sendChunk(body.subarray(at, at + sendBytes), at + sendBytes >= body.length);
  }
  return collect(transport, receiveBytes);
}

/** Receives until nothing more follows. */
export async function collect(transport: Transport, receiveBytes = 1024): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const { bytes, more } = await transport.receive(receiveBytes);
    if (bytes.length > receiveBytes || (more && bytes.length === 0)) throw new Error(`a chunk of ${bytes.length} bytes, more ${more}`);
    parts.push(bytes);
    if (!more) return Buffer.concat(parts);
  }
}
