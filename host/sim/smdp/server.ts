// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ on the network: ES9+ JSON over HTTPS (SGP.22 v2.5 §6.5) on the loopback interface.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificatePem } from '../pki/pem.js';
import { ES9_FUNCTIONS, type Es9Function } from './log.js';
import { type SmdpOptions, SmdpService } from './service.js';
import { type JsonObject, REFUSALS, type Refusal, SmdpError } from './status.js';

export interface SmdpServerOptions extends SmdpOptions {
  /** Default 0: any free one. */
  readonly port?: number;
}

const PATH = '/gsma/rsp2/es9plus/';
const ADMIN_PROTOCOL = 'gsma/rsp/v2.1.0';
/** No request of ES9+ comes near this. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** What the network layer does to one coming response. */
type Fault =
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'status'; readonly status: number };

class HttpRefusal extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** An SM-DP+ behind HTTPS; everything else is as in SmdpService. */
export class SimulatedSmdp extends SmdpService {
  /** PEM of the CI certificate, to be trusted by TLS clients. */
  readonly caPem: string;
  private readonly server: Server;
  private readonly wantedPort: number;
  private readonly faults = new Map<Es9Function, Fault[]>();

  constructor(options: SmdpServerOptions) {
    super(options);
    const { dpTls, ci } = options.pki;
    this.caPem = certificatePem(ci.certificate);
    this.wantedPort = options.port ?? 0;
    const key = dpTls.privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.server = createServer(
      { key, cert: certificatePem(dpTls.certificate), minVersion: 'TLSv1.2' },
      (request, response) => void this.serve(request, response),
    );
  }

  /** Listens on 127.0.0.1; rejects when the port is taken. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.wantedPort, '127.0.0.1', resolve);
    });
    this.addAddress(`localhost:${this.port}`);
    this.addAddress(`127.0.0.1:${this.port}`);
  }

  /** The port it listens on; only after start(). */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** The next response of this function breaks off, with its connection, after so many bytes of body. Several calls queue up. */
  cutNextResponse(name: Es9Function, afterBytes: number): void {
    this.addFault(name, { kind: 'cut', afterBytes });
  }

  /** The next call of this function is refused with this status without being looked at. */
  refuseNext(name: Es9Function, refusal: Refusal): void {
    this.addFault(name, { kind: 'refuse', refusal });
  }

  /** The next call of this function gets an HTTP status and no body. */
  failNext(name: Es9Function, status: number): void {
    this.addFault(name, { kind: 'status', status });
  }

  private addFault(name: Es9Function, fault: Fault): void {
    this.faults.set(name, [...(this.faults.get(name) ?? []), fault]);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const name = functionName(request);
      const body = await readBody(request);
      this.answer(name, request, response, body);
    } catch (error) {
      if (!response.headersSent) response.writeHead(error instanceof HttpRefusal ? error.status : 500);
      response.end();
    }
  }

  private answer(name: Es9Function, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const fault = this.faults.get(name)?.shift();
    if (fault?.kind === 'status') throw new HttpRefusal(fault.status);
    const refusal = fault?.kind === 'refuse' ? fault.refusal : headerRefusal(request);
    const result = refusal ? this.refuse(name, new SmdpError(refusal)) : this.call(name, parseJson(body));
    // A notification has no response body whatever it is like (SGP.22 v2.5 §6.5), unless the request was no ES9+ request at all.
    if (name === 'handleNotification' && !refusal) send(response, 204, undefined, fault);
    else send(response, 200, result, fault);
  }
}

function functionName(request: IncomingMessage): Es9Function {
  const path = (request.url ?? '').split('?')[0]!;
  const name = ES9_FUNCTIONS.find((each) => path === PATH + each);
  if (name === undefined) throw new HttpRefusal(404);
  if (request.method !== 'POST') throw new HttpRefusal(405);
  return name;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) throw new HttpRefusal(413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function headerRefusal(request: IncomingMessage): Refusal | undefined {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) return REFUSALS.contentType;
  const protocol = request.headers['x-admin-protocol'];
  return typeof protocol === 'string' && /^gsma\/rsp\/v\d+\.\d+/.test(protocol) ? undefined : REFUSALS.adminProtocol;
}

function parseJson(body: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpRefusal(400);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HttpRefusal(400);
  return value as JsonObject;
}

function send(response: ServerResponse, status: number, result: JsonObject | undefined, fault: Fault | undefined): void {
  const body = result ? Buffer.from(JSON.stringify(result)) : Buffer.alloc(0);
  response.writeHead(status, {
    'X-Admin-Protocol': ADMIN_PROTOCOL,
    ...(result ? { 'Content-Type': 'application/json;charset=UTF-8', 'Content-Length': body.length } : {}),
  });
  if (fault?.kind !== 'cut') response.end(body);
  else response.write(body.subarray(0, fault.afterBytes), () => response.destroy());
}
