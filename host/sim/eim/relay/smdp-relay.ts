// SPDX-License-Identifier: Apache-2.0
// The eIM as a client of SM-DP+ and SM-DS: ES9+ and ES11 in JSON over HTTPS (SGP.22 v2.5 §6.5).
import { isIP } from 'node:net';
import { Client } from 'undici';
import { readTlv } from '../../codec/ber.js';
import { certificatePem } from '../../pki/pem.js';
import { RelayError } from './relay-error.js';

/** Where the address of an SM-DP+ or SM-DS leads. */
export interface SmdpTarget {
  readonly host: string;
  readonly port: number;
  /** CI certificate that the server's TLS certificate must lead to, DER or PEM; left out, the eIM's own trusted CIs. */
  readonly ca?: Uint8Array | string;
}

/** Finds the server for an address ("smdp.example.com"); undefined when there is none. */
export type ResolveSmdp = (smdpAddress: string) => SmdpTarget | undefined;

/** A server by its address and by what it is asked for. */
export interface RspServer {
  /** Also of an SM-DS, for which ES11 has no member of its own. */
  readonly smdpAddress: string;
  /** It is an SM-DS and speaks ES11. */
  readonly atSmds?: boolean;
}

/** The ES9+ functions that the eIM uses; ES11 has the first two. */
export type Es9Function =
  | 'initiateAuthentication'
  | 'authenticateClient'
  | 'getBoundProfilePackage'
  | 'handleNotification'
  | 'cancelSession';

/** A JSON object as it came. */
export type JsonObject = Readonly<Record<string, unknown>>;

const HEADERS = {
  'content-type': 'application/json;charset=UTF-8',
  'user-agent': 'gsma-rsp-eim',
  'x-admin-protocol': 'gsma/rsp/v2.1.0',
};
const TIMEOUT_MS = 30_000;

/** Keeps one connection per server. */
export class SmdpRelay {
  private readonly clients = new Map<string, Client>();

  constructor(
    private readonly resolveSmdp: ResolveSmdp | undefined,
    private readonly resolveSmds: ResolveSmdp | undefined,
    private readonly defaultCas: readonly Uint8Array[],
  ) {}

  /** Whether there is any SM-DP+ to talk to. */
  get isConnected(): boolean {
    return this.resolveSmdp !== undefined;
  }

  /** Whether an address of which nothing else is known is that of an SM-DS. */
  isSmds(address: string): boolean {
    return this.resolveSmds?.(address) !== undefined && this.resolveSmdp?.(address) === undefined;
  }

  /** Calls an ES9+ or ES11 function; rejects with RelayError when the answer is not a success. An empty answer gives an empty object. */
  async call(server: RspServer, functionName: Es9Function, request: JsonObject): Promise<JsonObject> {
    const { statusCode, text } = await this.post(server, functionName, JSON.stringify(request));
    const answer = parseObject(text);
    refuseFailure(answer);
    if (statusCode < 200 || statusCode > 299) {
      throw new RelayError(statusCode < 500 ? 'refused' : 'unreachable', `${server.smdpAddress} answered HTTP ${statusCode}`);
    }
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all([...this.clients.values()].map((client) => client.destroy()));
    this.clients.clear();
  }

  private async post(server: RspServer, functionName: Es9Function, body: string): Promise<{ statusCode: number; text: string }> {
    const client = this.clientFor(server);
    const { smdpAddress, atSmds } = server;
    try {
      const path = `/gsma/rsp2/${atSmds ? 'es11' : 'es9plus'}/${functionName}`;
      const answer = await client.request({ path, method: 'POST', headers: { ...HEADERS, host: smdpAddress }, body });
      return { statusCode: answer.statusCode, text: await answer.body.text() };
    } catch (cause) {
      throw new RelayError('unreachable', `${smdpAddress}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }

  private clientFor({ smdpAddress, atSmds }: RspServer): Client {
    const role = atSmds ? 'SM-DS' : 'SM-DP+';
    const key = `${role} ${smdpAddress}`;
    const known = this.clients.get(key);
    if (known !== undefined) return known;
    const resolve = atSmds ? (this.resolveSmds ?? this.resolveSmdp) : this.resolveSmdp;
    const target = resolve?.(smdpAddress);
    if (target === undefined) throw new RelayError('unknownAddress', `no ${role} is known at ${smdpAddress}`);
    const client = new Client(`https://${target.host}:${target.port}`, {
      connect: { ca: this.trustFor(target), timeout: TIMEOUT_MS, ...serverName(smdpAddress) },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    this.clients.set(key, client);
    return client;
  }

  private trustFor(target: SmdpTarget): string[] {
    return (target.ca === undefined ? this.defaultCas : [target.ca]).map((ca) => (typeof ca === 'string' ? ca : certificatePem(ca)));
  }
}

/** The text that stands for bytes in ES9+ JSON. */
export function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A text field; throws RelayError when it is absent. */
export function textField(answer: JsonObject, name: string): string {
  const value = answer[name];
  if (typeof value !== 'string') throw new RelayError('malformed', `no ${name} in the answer of the SM-DP+`);
  return value;
}

/** A field of base64 with one TLV in it; throws RelayError when it is absent or anything else. */
export function tlvField(answer: JsonObject, name: string): Uint8Array {
  const bytes = bytesField(answer, name);
  try {
    return readTlv(bytes).raw;
  } catch (cause) {
    throw new RelayError('malformed', `${name} of the SM-DP+ is not one TLV`, { cause });
  }
}

/** A field of base64; throws RelayError when it is absent or anything else. */
export function bytesField(answer: JsonObject, name: string): Uint8Array {
  const value = textField(answer, name);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) throw new RelayError('malformed', `${name} of the SM-DP+ is not base64`);
  return new Uint8Array(Buffer.from(value, 'base64'));
}

function parseObject(text: string): JsonObject {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Falls through to the one refusal for everything that is not a JSON object.
  }
  throw new RelayError('malformed', 'the answer of the SM-DP+ is not a JSON object');
}

/** functionExecutionStatus other than success (SGP.22 v2.5 §6.5.1.4) becomes an error with its status codes. */
function refuseFailure(answer: JsonObject): void {
  const header = answer.header as { functionExecutionStatus?: { status?: unknown; statusCodeData?: JsonObject } } | undefined;
  const execution = header?.functionExecutionStatus;
  if (typeof execution?.status !== 'string' || execution.status.startsWith('Executed')) return;
  const data = execution.statusCodeData ?? {};
  const subject = String(data.subjectCode ?? '');
  const reason = String(data.reasonCode ?? '');
  throw new RelayError('refused', `${execution.status} ${subject}/${reason} ${String(data.message ?? '')}`.trim(), {
    statusCode: `${subject}/${reason}`,
  });
}

function serverName(smdpAddress: string): { servername?: string } {
  const host = smdpAddress.replace(/:\d+$/, '');
  return isIP(host) ? {} : { servername: host };
}
