// SPDX-License-Identifier: Apache-2.0
// Where the tests are, how long one may take on a small machine, where the published vectors are, if anywhere, and whether marks
// of the rows taken are wanted (scripts/coverage.ts).

import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** The folder that holds vectors/: IPA_SHARED, or its parent when it names vectors/ itself. Tests that need it are skipped without it. */
function sharedFolder(): string {
  const named = process.env.IPA_SHARED;
  if (!named) return '';
  const found = [named, path.dirname(path.resolve(named))].find((folder) => existsSync(path.join(folder, 'vectors', 'sgp26_v1')));
  if (!found) console.warn('IPA_SHARED has no vectors: the tests against published vectors are skipped');
  return found ?? '';
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    env: { IPA_SHARED: sharedFolder() },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    setupFiles: process.env.IPA_STEP_COVERAGE ? ['test/support/coverage.ts'] : [],
  },
});
