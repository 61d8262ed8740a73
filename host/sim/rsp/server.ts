// SPDX-License-Identifier: Apache-2.0
// An RSP server on the network: functions in JSON and ASN.1 over HTTPS (SGP.22 v2.5 §6.5, §6.6) on the loopback interface.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CodecError } from '../codec/ber.js';
import { text } from '../codec/bytes.js';
import type { KeyAndCertificate } from '../pki/index.js';
import { certificatePem } from '../pki/pem.js';
import { type Fault, FaultPlan, faulty } from './faults.js';
import { type JsonObject, JsonRequest, jsonResponse } from './json-binding.js';
import { type JsonStyle, writeJson } from './json-style.js';
import type { RspService } from './service.js';
import { COMMON_REFUSALS, type Refusal } from './status.js';

export interface RspServerOptions {
  /** Default 0: any free one. */
  readonly port?: number;
  /** How responses of the JSON binding are written; default plainly. */
  readonly jsonStyle?: JsonStyle;
  /** Answers in chunked transfer coding, this many bytes each; by default in one piece with Content-Length. */
  readonly responseChunkBytes?: number;
}

const ASN1_PATH = '/gsma/rsp2/asn1';
const ASN1_CONTENT_TYPE = 'application/x-gsma-rsp-asn1';
const JSON_CONTENT_TYPE = 'application/json';
const ADMIN_PROTOCOL = 'gsma/rsp/v2.1.0';
/** No request of ES9+ or ES11 comes near this. */
const MAX_REQUEST_BYTES = 256 * 1024;

/** What goes out; without a body there is no content type. */
interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly body?: Uint8Array;
  readonly fault: Fault | undefined;
}

class HttpRefusal extends Error {
  constructor(readonly status: number) {
    super(`HTTP ${status}`);
  }
}

/** Serves the functions of one RspService. */
export class RspServer<Name extends string> {
  readonly faults = new FaultPlan<Name>();
  jsonStyle: JsonStyle;
  private readonly server: Server;
  private readonly wantedPort: number;
  private readonly responseChunkBytes: number | undefined;

  /** `jsonPaths`: what stands before the name of a function in the URL of the JSON binding, "/gsma/rsp2/es9plus/". */
  constructor(
    private readonly service: RspService<Name>,
    tls: KeyAndCertificate,
    private readonly jsonPaths: readonly string[],
    options: RspServerOptions,
  ) {
    this.wantedPort = options.port ?? 0;
    this.jsonStyle = options.jsonStyle ?? {};
    this.responseChunkBytes = options.responseChunkBytes;
    const key = tls.privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.server = createServer(
      { key, cert: certificatePem(tls.certificate), minVersion: 'TLSv1.2' },
      (request, response) => void this.serve(request, response),
    );
  }

  /** Listens on 127.0.0.1, and answers for that address; rejects when the port is taken. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.wantedPort, '127.0.0.1', resolve);
    });
    this.service.addAddress(`localhost:${this.port}`);
    this.service.addAddress(`127.0.0.1:${this.port}`);
  }

  /** Only after start(). */
  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = (request.url ?? '').split('?')[0]!;
      const name = path === ASN1_PATH ? undefined : this.functionAt(path);
      if (request.method !== 'POST') throw new HttpRefusal(405);
      const body = await readBody(request);
      const answer = name === undefined ? this.answerAsn1(request, body) : this.answerJson(name, request, body);
      send(response, answer, this.responseChunkBytes);
    } catch (error) {
      if (!response.headersSent) response.writeHead(error instanceof HttpRefusal ? error.status : 500);
      response.end();
    }
  }

  private functionAt(path: string): Name {
    const name = this.service.functionNames.find((each) => this.jsonPaths.some((before) => path === before + each));
    if (name === undefined) throw new HttpRefusal(404);
    return name;
  }

  /** A header that is wrong is refused with a status code in the body (SGP.22 v2.5 §6.5.1.4). */
  private answerJson(name: Name, request: IncomingMessage, body: Buffer): Answer {
    const fault = this.takeFault(name);
    const headers = headerRefusal(request);
    const run = () => (headers ? this.service.refuse(name, headers) : this.service.run(name, new JsonRequest(parseJson(body))));
    const outcome = faulty(fault, run, (refusal) => this.service.refuse(name, refusal));
    // A notification has no response body whatever it is like (SGP.22 v2.5 §6.5), unless the request was no ES9+ request at all.
    const silent = !this.service.hasResponse(name) && !headers && (fault === undefined || fault.kind === 'cut');
    if (silent) return { status: 204, fault };
    return {
      status: 200,
      contentType: `${JSON_CONTENT_TYPE};charset=UTF-8`,
      body: Buffer.from(writeJson(jsonResponse(outcome), this.jsonStyle)),
      fault,
    };
  }

  /** There is no place for status codes in this binding: what no function can answer gets an HTTP status. */
  private answerAsn1(request: IncomingMessage, body: Buffer): Answer {
    if (!hasContentType(request, ASN1_CONTENT_TYPE)) throw new HttpRefusal(415);
    if (!hasAdminProtocol(request)) throw new HttpRefusal(400);
    const { name, request: message } = this.readAsn1(new Uint8Array(body));
    const fault = this.takeFault(name);
    const run = () => this.service.run(name, message);
    const outcome = faulty(fault, run, (refusal) => this.service.refuse(name, refusal));
    const answer = this.service.writeAsn1(name, outcome);
    if (answer !== undefined) return { status: 200, contentType: ASN1_CONTENT_TYPE, body: answer, fault };
    if (fault?.kind === 'refuse' || fault?.kind === 'expire') throw new HttpRefusal(500);
    return { status: 204, fault };
  }

  private readAsn1(body: Uint8Array): ReturnType<RspService<Name>['readAsn1']> {
    try {
      return this.service.readAsn1(body);
    } catch (error) {
      if (error instanceof CodecError) throw new HttpRefusal(400);
      throw error;
    }
  }

  private takeFault(name: Name): Fault | undefined {
    const fault = this.faults.take(name);
    if (fault?.kind === 'status') throw new HttpRefusal(fault.status);
    return fault;
  }
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
  if (!hasContentType(request, JSON_CONTENT_TYPE)) return COMMON_REFUSALS.contentType;
  return hasAdminProtocol(request) ? undefined : COMMON_REFUSALS.adminProtocol;
}

/** Parameters such as charset are let pass. */
function hasContentType(request: IncomingMessage, wanted: string): boolean {
  return (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase() === wanted;
}

function hasAdminProtocol(request: IncomingMessage): boolean {
  const protocol = request.headers['x-admin-protocol'];
  return typeof protocol === 'string' && /^gsma\/rsp\/v\d+\.\d+/.test(protocol);
}

function parseJson(body: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text(body));
  } catch {
    throw new HttpRefusal(400);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new HttpRefusal(400);
  return value as JsonObject;
}

function send(response: ServerResponse, answer: Answer, chunkBytes: number | undefined): void {
  const { status, contentType, body = new Uint8Array(), fault } = answer;
  response.writeHead(status, {
    'X-Admin-Protocol': ADMIN_PROTOCOL,
    ...(contentType ? { 'Content-Type': contentType } : {}),
    ...(contentType && chunkBytes === undefined ? { 'Content-Length': body.length } : {}),
  });
  if (fault?.kind === 'cut') cut(response, body, fault.afterBytes);
  else writeBody(response, body, chunkBytes ?? body.length);
}

function writeBody(response: ServerResponse, body: Uint8Array, chunkBytes: number): void {
  for (let sent = 0; sent < body.length; sent += chunkBytes) response.write(body.subarray(sent, sent + chunkBytes));
  response.end();
}

/** Ends the connection only after the bytes have left. A response without a body would be whole with its head, so that is held back. */
function cut(response: ServerResponse, body: Uint8Array, afterBytes: number): void {
  if (body.length === 0) response.destroy();
  else response.write(body.subarray(0, afterBytes), () => response.destroy());
}
