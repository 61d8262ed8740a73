// SPDX-License-Identifier: Apache-2.0
// `npm run bench:link`: what polls, packages and downloads cost on links of battery devices, over CoAP and over HTTPS. Writes
// build/link.json, fills the tables of docs/performance.md and tells which targets are met; fails when one that must be is not.
// `npm run bench:link -- --check` fails when a table is stale, and writes nothing but build/link.json.

import { mkdir, writeFile } from 'node:fs/promises';
import { loadGnutls } from '../host/datagram/gnutls-library.js';
import { createSurroundings, type Surroundings } from './bench-link/bed.js';
import { runOverHttps } from './bench-link/https-run.js';
import { measure, type Results } from './bench-link/measure.js';
import { blocks, type HttpsRecord, readHttps } from './bench-link/tables.js';
import { judge, type Verdict } from './bench-link/targets.js';
import { runAsScript } from './main.js';
import { inBuild } from './paths.js';
import { PERFORMANCE, readPerformance, updatePerformance } from './performance.js';

/** Lengths in TLS are those of one line of OpenSSL: another one takes what the document has, so that the rest can be checked. */
async function httpsRecord(surroundings: Surroundings, text: string, check: boolean): Promise<HttpsRecord> {
  const openssl = /^\d+\.\d+/.exec(process.versions.openssl)?.[0] ?? '';
  const recorded = readHttps(text);
  if (check && recorded && recorded.openssl !== openssl) {
    console.log(`HTTPS: taken from ${PERFORMANCE}, which has it with OpenSSL ${recorded.openssl}; here is ${openssl}`);
    return recorded;
  }
  const idle = await runOverHttps(surroundings, 'idle');
  const enable = await runOverHttps(surroundings, 'enable');
  return { openssl, runs: { idle, enable, download: await runOverHttps(surroundings, 'download') } };
}

/** What passed is for looking into runs, not for keeping. */
function toJson(results: Results, verdicts: readonly Verdict[]): string {
  return `${JSON.stringify({ ...results, verdicts }, (key, value) => (key === 'log' ? undefined : value), 2)}\n`;
}

function tell(verdicts: readonly Verdict[]): number {
  for (const { target, measured, limit, isMet, isGoal } of verdicts)
    console.log(`${isMet ? 'met' : isGoal ? 'not met, and only told' : 'NOT MET'}: ${target}: ${measured}, ${limit}`);
  return verdicts.every(({ isMet, isGoal }) => isMet || isGoal) ? 0 : 1;
}

async function main(check: boolean): Promise<number> {
  await loadGnutls();
  const text = await readPerformance();
  const surroundings = await createSurroundings();
  try {
    const https = await httpsRecord(surroundings, text, check);
    const results = await measure(surroundings, https.runs);
    const verdicts = judge(results);
    await mkdir(inBuild(), { recursive: true });
    await writeFile(inBuild('link.json'), toJson(results, verdicts));
    const status = await updatePerformance(text, blocks(results, https), 'npm run bench:link', check);
    return Math.max(tell(verdicts), status);
  } finally {
    await surroundings.close();
  }
}

await runAsScript(import.meta.url, (args) => main(args.includes('--check')));
