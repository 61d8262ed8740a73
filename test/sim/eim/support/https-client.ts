// SPDX-License-Identifier: Apache-2.0
// A small IPA's side of ESipa over HTTPS.
import { Client, type Dispatcher } from 'undici';
import { readTlv, type Tlv } from '../../../../host/sim/codec/ber.js';
import { certificatePem } from '../../../../host/sim/pki/pem.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Uint8Array;
}

export class HttpsClient {
  private readonly client: Client;

  /** `ca` is the certificate, DER, that the server's must lead to. */
  constructor(address: string, ca: Uint8Array) {
    this.client = new Client(`https://${address}`, { connect: { ca: certificatePem(ca) } });
  }

  async post(
    body: Uint8Array | string,
    headers: Record<string, string | null> = {},
    path = '/gsma/rsp2/asn1',
    method: Dispatcher.HttpMethod = 'POST',
  ): Promise<HttpAnswer> {
    const all: Record<string, string | null> = {
      'user-agent': 'gsma-rsp-ipad',
      'x-admin-protocol': 'gsma/rsp/v2.1.0',
      'content-type': 'application/x-gsma-rsp-asn1',
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
    const answer = await this.client.request({ path, method, headers: sent, body: method === 'GET' ? null : body });
    return { status: answer.statusCode, headers: answer.headers, body: new Uint8Array(await answer.body.arrayBuffer()) };
  }

  async ask(message: Uint8Array): Promise<Tlv> {
    return readTlv((await this.post(message)).body);
  }

  close(): Promise<void> {
    return this.client.destroy();
  }
}
