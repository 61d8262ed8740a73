// SPDX-License-Identifier: Apache-2.0
// ESipa over HTTPS (SGP.32 v1.2 §6.1): checks the HTTP part of a request, hands the body on, and applies planned faults to the answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { concat } from '../codec/bytes.js';
import type { KeyAndCertificate } from '../pki/index.js';
import { certificatePem } from '../pki/pem.js';
import { type Fault, FaultPlan } from './faults.js';
import type { HttpBinding } from './http-bindings.js';
import type { EsipaResponse } from './service.js';

const ADMIN_PROTOCOL = 'gsma/rsp/v2.1.0';

export interface EsipaServerOptions {
  readonly tlsIdentity: KeyAndCertificate;
  /** What is served on a path; undefined: nothing. */
  readonly bindingFor: (path: string) => HttpBinding | undefined;
  /** Longest request body taken, in bytes. */
  readonly maxRequestBytes: number;
  /** Present: answers go out with chunked transfer coding, in chunks of this many bytes; absent: in one piece with Content-Length. */
  readonly responseChunkBytes: number | undefined;
}

/** Why a request is refused before its body is looked at. */
class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** An HTTPS server on the loopback interface. */
export class EsipaServer {
  readonly faults = new FaultPlan();
  private readonly server: Server;
  private connections = 0;

  constructor(private readonly options: EsipaServerOptions) {
    this.server = createServer({ ...tlsOptions(options.tlsIdentity), minVersion: 'TLSv1.2' });
    this.server.on('request', (request, response) => void this.serve(request, response));
    this.server.on('secureConnection', () => this.connections++);
  }

  /** How many TLS connections were set up. */
  get connectionCount(): number {
    return this.connections;
  }

  /** Starts listening on 127.0.0.1; port 0 takes any. Rejects with the system's error. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** From now on shows another certificate; present connections are closed, so that every peer sees it. */
  present(tlsIdentity: KeyAndCertificate): void {
    this.server.setSecureContext(tlsOptions(tlsIdentity));
    this.server.closeAllConnections();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Admin-Protocol', ADMIN_PROTOCOL);
    try {
      const binding = this.options.bindingFor(request.url ?? '');
      if (binding === undefined) throw new HttpRefusal(404, 'nothing is served here');
      checkHead(request, binding);
      const body = await readBody(request, this.options.maxRequestBytes);
      await this.answer(body, binding, response);
    } catch (error) {
      if (!(error instanceof HttpRefusal)) response.destroy();
      else refuse(response, error);
    }
  }

  private async answer(body: Uint8Array, binding: HttpBinding, response: ServerResponse): Promise<void> {
    const fault = this.faults.take(binding.functionName(body));
    if (fault?.kind === 'loseRequest') return void response.destroy();
    if (fault?.kind === 'refuse') throw new HttpRefusal(fault.httpStatus, 'refused on purpose');
    const answer = await binding.handle(body);
    if (fault?.kind === 'loseResponse') return void response.destroy();
    if (fault?.kind === 'delay') await fault.until;
    response.setHeader('Content-Type', binding.contentType);
    await this.send(response, disturb(answer, fault), fault?.kind === 'cutResponse' ? fault.afterBytes : undefined);
  }

  private async send(response: ServerResponse, answer: EsipaResponse, cutAfterBytes: number | undefined): Promise<void> {
    const { status, body } = answer;
    const chunkBytes = this.options.responseChunkBytes;
    response.statusCode = status;
    if (body.length === 0) response.removeHeader('Content-Type');
    if (status !== 204 && chunkBytes === undefined) response.setHeader('Content-Length', body.length);
    if (cutAfterBytes !== undefined) return cut(response, body.subarray(0, cutAfterBytes));
    for (let sent = 0; sent < body.length; sent += chunkBytes ?? body.length) {
      await write(response, body.subarray(sent, sent + (chunkBytes ?? body.length)));
    }
    response.end();
  }
}

function tlsOptions(identity: KeyAndCertificate): { key: string | Buffer; cert: string } {
  return {
    key: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: certificatePem(identity.certificate),
  };
}

/** From the general to the particular, so that each mistake of a client gets its own status. */
function checkHead(request: IncomingMessage, binding: HttpBinding): void {
  const header = (name: string) => String(request.headers[name] ?? '');
  if (request.method !== 'POST') throw new HttpRefusal(405, 'only POST is served', { Allow: 'POST' });
  if (!header('user-agent').startsWith('gsma-rsp-ipa')) throw new HttpRefusal(400, 'User-Agent must be gsma-rsp-ipad or gsma-rsp-ipae');
  if (!header('x-admin-protocol').startsWith('gsma/rsp/v')) throw new HttpRefusal(400, 'X-Admin-Protocol must be gsma/rsp/v2.1.0');
  if (!binding.takes(header('content-type'))) throw new HttpRefusal(415, `Content-Type must be ${binding.contentType}`);
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new HttpRefusal(413, `a request of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return concat(...chunks);
}

function refuse(response: ServerResponse, refusal: HttpRefusal): void {
  if (response.headersSent) return void response.destroy();
  for (const [name, value] of Object.entries(refusal.headers)) response.setHeader(name, value);
  // The rest of an unread request body would be taken for the next request.
  response.setHeader('Connection', 'close');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.statusCode = refusal.status;
  response.end(`${refusal.message}\n`);
}

function disturb(answer: EsipaResponse, fault: Fault | undefined): EsipaResponse {
  if (fault?.kind === 'replaceResponse') return { status: 200, body: fault.body };
  return fault?.kind === 'alterResponse' ? { ...answer, body: fault.alter(answer.body) } : answer;
}

/** Destroys the connection only after the bytes have left, so that the peer surely sees them. */
async function cut(response: ServerResponse, body: Uint8Array): Promise<void> {
  response.flushHeaders();
  if (body.length > 0) await write(response, body);
  response.destroy();
}

function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => response.write(bytes, (error) => (error ? reject(error) : resolve())));
}
