// SPDX-License-Identifier: Apache-2.0
// `ipa download` from an SM-DP+ with SGP.26 certificates: --ca is all that the program needs to be told about trust.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSgp26 } from '../../host/sim/pki/index.js';
import { certificatePem } from '../../host/sim/pki/pem.js';
import { Testbed } from '../../host/sim/testbed.js';
import { ipa, temporaryFolder } from './support.js';

const shared = process.env.IPA_SHARED;
const folder = temporaryFolder();

describe.skipIf(!shared)('ipa download with the published SGP.26 set', () => {
  it.each(['json', 'asn1'])('installs with --ca alone, over %s', async (binding) => {
    const pki = await loadSgp26(path.join(shared!, 'vectors'));
    const bed = await Testbed.start({ pki, euicc: { kind: 'consumer' } });
    const modem = await bed.modem.listenTcp();
    const ca = path.join(folder, 'ci.pem');
    writeFileSync(ca, certificatePem(pki.ci.certificate));
    const { activationCode } = bed.prepareProfile({ sizeBytes: 3_000 });
    const resolve = Object.entries(bed.resolve).flatMap(([name, place]) => ['--resolve', `${name}=${place}`]);
    const place = ['--modem', `tcp:127.0.0.1:${modem.port}`, '--assistant', 'lpad', '--ca', ca, ...resolve];
    const { status, stderr, stdout } = await ipa(
      'download',
      activationCode,
      ...place,
      '--yes',
      '--rsp-binding',
      binding,
      '--runtime',
      'node',
    );
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/\ndone: 1 profile installed, 1 notification delivered\n$/);
    expect(bed.euicc.profiles).toHaveLength(1);
    await modem.close();
    await bed.close();
  });
});
