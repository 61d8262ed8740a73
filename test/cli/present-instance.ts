// SPDX-License-Identifier: Apache-2.0
// The instance that `ipa` runs in place of the module. Apart from local-rig.ts, because a mock must not wait for what imports it.

import type { IpaInstance } from '../../host/interfaces.js';

const present: { instance: IpaInstance | undefined } = { instance: undefined };

/** Sets it. */
export function setInstance(instance: IpaInstance | undefined): void {
  present.instance = instance;
}

/** In place of host/cli/runtime.ts, for vi.mock, which must stand in the test file itself. */
export async function withoutRuntime(original: () => Promise<unknown>) {
  return {
    ...((await original()) as typeof import('../../host/cli/runtime.js')),
    openRuntime: async () => ({ instance: present.instance! }),
  };
}
