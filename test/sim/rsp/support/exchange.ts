// SPDX-License-Identifier: Apache-2.0
// One HTTPS request to a simulated RSP server on this machine.
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Exchange {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly servername?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const AGENT = { 'X-Admin-Protocol': 'gsma/rsp/v2.1.0', 'User-Agent': 'gsma-rsp-ipad' };
export const JSON_HEADERS = { 'Content-Type': 'application/json;charset=UTF-8', ...AGENT };
export const ASN1_HEADERS = { 'Content-Type': 'application/x-gsma-rsp-asn1', ...AGENT };
export const ASN1_PATH = '/gsma/rsp2/asn1';

/** Rejects when the TLS connection fails or the response breaks off. `ca`: what to trust, PEM. */
export function exchange({ port, ca }: { port: number; ca: string }, options: Exchange): Promise<Answered> {
  const { path, method = 'POST', headers = JSON_HEADERS, body = '{}', servername = 'smdp.example.com' } = options;
  return new Promise((resolve, reject) => {
    const request = httpsRequest({ host: '127.0.0.1', port, path, method, headers, ca, servername, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
