// SPDX-License-Identifier: Apache-2.0
// An ES9+ or ES11 server that answers what a test tells it to, signed or wrong as it pleases; for answers that no honest SM-DP+ gives.
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex, utf8 } from '../../../../host/sim/codec/bytes.js';
import { signRs } from '../../../../host/sim/crypto/ecdsa.js';
import type { KeyAndCertificate, TestPki } from '../../../../host/sim/pki/index.js';
import { certificatePem } from '../../../../host/sim/pki/pem.js';

type Answer = object | string | { readonly httpStatus: number };

export class ScriptedServer {
  /** By function name; what is not here gets HTTP 404. */
  answers: Record<string, Answer> = {};
  readonly requests: { readonly path: string; readonly name: string; readonly body: Record<string, string> }[] = [];
  private readonly server: Server;

  constructor(
    private readonly pki: TestPki,
    { privateKey, certificate }: KeyAndCertificate = pki.dpTls,
  ) {
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    this.server = createServer({ key, cert: certificatePem(certificate) }, async (request, response) => {
      const path = request.url!;
      const name = path.split('/').at(-1)!;
      this.requests.push({ path, name, body: JSON.parse(await bodyOf(request)) as Record<string, string> });
      const answer = this.answers[name] ?? { httpStatus: 404 };
      if (typeof answer === 'object' && 'httpStatus' in answer) response.writeHead(answer.httpStatus).end();
      else response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** A right answer to InitiateAuthentication, but for what `wrong` changes. */
  authentication(
    wrong: { address?: string; challenge?: Uint8Array; identity?: KeyAndCertificate; signer?: KeyAndCertificate; bare?: boolean } = {},
  ): Record<string, string> {
    const {
      address = 'smdp.example.com',
      challenge = new Uint8Array(16).fill(7),
      identity = this.pki.dpAuth,
      signer = identity,
      bare,
    } = wrong;
    const transactionId = '0A0B';
    const signed = tlv(
      0x30,
      tlv(0x80, fromHex(transactionId)),
      tlv(0x81, challenge),
      tlv(0x83, utf8(address)),
      tlv(0x84, new Uint8Array(16).fill(9)),
    );
    const signature = signRs(signer.privateKey, signed);
    return {
      transactionId,
      serverSigned1: base64(signed),
      serverSignature1: base64(bare ? signature : tlv(0x5f37, signature)),
      euiccCiPKIdToBeUsed: base64(bare ? this.pki.ciPkId : tlv(0x04, this.pki.ciPkId)),
      serverCertificate: base64(identity.certificate),
    };
  }
}

export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
