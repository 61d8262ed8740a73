// SPDX-License-Identifier: Apache-2.0
// Which servers the HTTPS transport talks to, and that a wrong one never sees a request.

import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TrustAnchor } from '../../../host/interfaces.js';
import { DEFAULT_SMDP_ADDRESS, type KeyAndCertificate, loadSgp26 } from '../../../host/sim/pki/index.js';
import { type HttpsOptions, HttpsTransport } from '../../../host/transport/https.js';
import { makeAuthority, makeServer, pem, spkiOf } from './certificates.js';
import { ask, EIM, echo, startServer, type TestServer } from './server.js';

const MESSAGE = Buffer.from('BF4F00', 'hex');

describe('the trust anchor', () => {
  let root: KeyAndCertificate;
  let issuing: KeyAndCertificate;
  let owner: KeyAndCertificate;
  let stranger: KeyAndCertificate;
  let server: TestServer;
  let transport = new HttpsTransport();

  beforeAll(async () => {
    root = await makeAuthority('root');
    issuing = await makeAuthority('issuing', root);
    owner = await makeServer(issuing);
    stranger = await makeServer();
    server = await startServer(owner, echo, { chain: [issuing.certificate] });
  });
  afterAll(() => server.close());
  afterEach(() => transport.close());

  async function talk(trust: TrustAnchor, address = server.address, options: HttpsOptions = {}): Promise<string> {
    transport = new HttpsTransport(options);
    await transport.open({ ...EIM, address, trust });
    return (await ask(transport, MESSAGE)).toString('hex').toUpperCase();
  }

  async function refused(trust: TrustAnchor, words: string, address = server.address, options: HttpsOptions = {}): Promise<void> {
    const before = server.requests.length;
    await expect(talk(trust, address, options)).rejects.toMatchObject({ reason: 'tlsRefused', message: expect.stringContaining(words) });
    await expect(transport.receive(10)).rejects.toMatchObject({ reason: 'tlsRefused' });
    expect(server.requests).toHaveLength(before);
  }

  const key = (of: KeyAndCertificate): TrustAnchor => ({ kind: 'publicKey', spki: spkiOf(of) });
  const certificate = (of: KeyAndCertificate): TrustAnchor => ({ kind: 'certificate', certificate: of.certificate });

  it('accepts the pinned key whatever the host name', async () => {
    expect(await talk(key(owner))).toBe('BF4F00');
    expect(await talk(key(owner), `other.example.com:${server.port}`, { resolve: { 'other.example.com': server.address } })).toBe('BF4F00');
  });

  it('refuses another key, also that of the issuer', async () => {
    await refused(key(stranger), 'not the trusted key');
    await refused(key(issuing), 'not the trusted key');
  });

  it("accepts the server's own certificate whatever the host name", async () => {
    expect(await talk(certificate(owner), 'other.example.com', { resolve: { 'other.example.com': server.address } })).toBe('BF4F00');
  });

  it('accepts a chain to a root or to an intermediate authority', async () => {
    expect(await talk(certificate(root))).toBe('BF4F00');
    expect(await talk(certificate(issuing))).toBe('BF4F00');
    expect(await talk(certificate(root), `localhost:${server.port}`)).toBe('BF4F00');
  });

  it('refuses a chain to another authority', async () => {
    await refused(certificate(await makeAuthority('other')), 'certificate');
    await refused(certificate(stranger), 'certificate');
  });

  it('refuses the right chain for the wrong host name or IP address', async () => {
    await refused(certificate(root), 'certificate is not for', 'smdp.example.com', { resolve: { 'smdp.example.com': server.address } });
    await refused(certificate(root), 'certificate is not for', '127.0.0.2', { resolve: { '127.0.0.2': server.address } });
  });

  it("does not know the test authority by the platform's store, but by the option", async () => {
    await refused({ kind: 'platform' }, 'certificate');
    expect(await talk({ kind: 'platform' }, server.address, { ca: root.certificate })).toBe('BF4F00');
    expect(await talk({ kind: 'platform' }, server.address, { ca: pem(root.certificate) })).toBe('BF4F00');
    expect(await talk({ kind: 'platform' }, server.address, { ca: Buffer.from(pem(root.certificate)) })).toBe('BF4F00');
    await refused({ kind: 'platform' }, 'certificate is not for', 'smdp.example.com', {
      ca: root.certificate,
      resolve: { 'smdp.example.com': server.address },
    });
  });

  it('knows a server by an authority of the option that is no root, or by one of several', async () => {
    expect(await talk({ kind: 'platform' }, server.address, { ca: issuing.certificate })).toBe('BF4F00');
    const several = [stranger, root].map((owner) => pem(owner.certificate)).join('');
    expect(await talk({ kind: 'platform' }, server.address, { ca: several })).toBe('BF4F00');
    await refused({ kind: 'platform' }, 'certificate', server.address, { ca: stranger.certificate });
  });

  it.skipIf(!process.env.IPA_SHARED)('knows an SM-DP+ by the published CI of SGP.26 alone, critical policies and all', async () => {
    const { ci, dpTls } = await loadSgp26(path.join(process.env.IPA_SHARED!, 'vectors'));
    const smdp = await startServer(dpTls, echo);
    try {
      const resolve = { [DEFAULT_SMDP_ADDRESS]: smdp.address };
      expect(await talk({ kind: 'platform' }, DEFAULT_SMDP_ADDRESS, { ca: ci.certificate, resolve })).toBe('BF4F00');
    } finally {
      await smdp.close();
    }
  });

  it('does not let the option widen what an anchor allows', async () => {
    await refused(key(stranger), 'not the trusted key', server.address, { ca: root.certificate });
    await refused(certificate(stranger), 'certificate', server.address, { ca: root.certificate });
  });

  it('refuses an anchor that cannot be read', async () => {
    for (const trust of [{ kind: 'publicKey', spki: MESSAGE } as const, { kind: 'certificate', certificate: MESSAGE } as const]) {
      await expect(talk(trust)).rejects.toMatchObject({ reason: 'tlsRefused', message: expect.stringContaining('trust anchor') });
    }
  });

  it('refuses TLS below 1.2', async () => {
    const old = await startServer(owner, echo, { maxVersion: 'TLSv1.1' });
    await refused(key(owner), 'no TLS connection', old.address);
    await old.close();
  });

  it('resumes a session only under the anchor that judged it', async () => {
    const counting = await startServer(owner, echo, { keepAlive: false });
    transport = new HttpsTransport();
    for (const trust of [key(owner), key(owner)]) {
      await transport.open({ ...EIM, address: counting.address, trust });
      await ask(transport, MESSAGE);
    }
    await transport.open({ ...EIM, address: counting.address, trust: key(stranger) });
    await expect(ask(transport, MESSAGE)).rejects.toMatchObject({ reason: 'tlsRefused' });
    await transport.open({ ...EIM, address: counting.address, trust: certificate(owner) });
    await ask(transport, MESSAGE);
    await transport.open({ ...EIM, address: counting.address, trust: key(owner) });
    await ask(transport, MESSAGE);
    expect(counting.resumed.filter((reused) => reused)).toHaveLength(2);
    expect(counting.requests).toHaveLength(4);
    await counting.close();
  });
});
