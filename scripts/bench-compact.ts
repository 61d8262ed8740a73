// SPDX-License-Identifier: Apache-2.0
// `npm run bench:compact`: what minimizeEsipaBytes saves. Plays a download, an enabling and a cancelled session with simulated peers,
// lets the eIM measure each message as it came and as it would be in full, prints a table and writes build/compact.json.

import { mkdir, writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { readModule } from '../host/core/module-file.js';
import { createNodeInstance } from '../host/core/node.js';
import { poll } from '../host/driver.js';
import { type EimEvent, psmo } from '../host/sim/eim/index.js';
import { Testbed } from '../host/sim/testbed.js';
import { HttpsTransport } from '../host/transport/https.js';
import { runAsScript } from './main.js';
import { inBuild } from './paths.js';

const FEATURES = { indirectRspServerCommunication: true, eimCtxParams1Generation: true, minimizeEsipaBytes: true } as const;
const PROFILE_BYTES = 3_000;

interface Row {
  readonly message: string;
  readonly fullBytes: number;
  readonly compactBytes: number;
}

type Sized = EimEvent & { readonly sizes?: { readonly receivedBytes: number; readonly fullBytes: number } };

/** Every message that had a compact form, in the order they were sent. */
async function play(bed: Testbed): Promise<Row[]> {
  const instance = await createNodeInstance(await readModule());
  const transport = new HttpsTransport();
  const run = async () => {
    const card = bed.modem.connect();
    const { error } = await poll({ instance, card, transport }, { ipaFeatures: FEATURES });
    await card.close();
    return error;
  };
  const { iccid, activationCode } = bed.prepareProfile({ sizeBytes: PROFILE_BYTES });
  const refused = bed.prepareProfile({ sizeBytes: PROFILE_BYTES, matchingId: 'REFUSED', order: { confirmationCode: '1234' } });
  bed.eim.queue(bed.eid, { kind: 'dataRequest' });
  bed.eim.queue(bed.eid, { kind: 'download', activationCode });
  bed.eim.queue(bed.eid, { kind: 'euiccPackage', psmos: [psmo.enable(iccid)] });
  const failure = await run();
  bed.eim.queue(bed.eid, { kind: 'download', activationCode: refused.activationCode });
  await run();
  await Promise.all([transport.close(), instance.close()]);
  if (failure) throw failure;
  return bed.eim.log.flatMap((event: Sized) =>
    event.sizes ? [{ message: event.kind, fullBytes: event.sizes.fullBytes, compactBytes: event.sizes.receivedBytes }] : [],
  );
}

async function main(): Promise<number> {
  const bed = await Testbed.start({ associated: true });
  try {
    const rows = await play(bed);
    const saved = ({ fullBytes, compactBytes }: Omit<Row, 'message'>) => `${Math.round(100 * (1 - compactBytes / fullBytes))} %`;
    const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const total = { fullBytes: sum((row) => row.fullBytes), compactBytes: sum((row) => row.compactBytes) };
    const table = new Table({ head: ['message', 'full, bytes', 'compact, bytes', 'saved'] });
    for (const row of rows) table.push([row.message, row.fullBytes, row.compactBytes, saved(row)]);
    table.push(['all', total.fullBytes, total.compactBytes, saved(total)]);
    console.log(table.toString());
    await mkdir(inBuild(), { recursive: true });
    await writeFile(inBuild('compact.json'), `${JSON.stringify({ rows, total }, undefined, 2)}\n`);
    return 0;
  } finally {
    await bed.close();
  }
}

await runAsScript(import.meta.url, main);
