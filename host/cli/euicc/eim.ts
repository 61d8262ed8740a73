// SPDX-License-Identifier: Apache-2.0
// `ipa eim`: the eIMs that the eUICC knows, and the first one.

import type { Command } from 'commander';
import type { EimConfiguration } from '../../es10/index.js';
import { readInitialEim } from '../connection/eim-options.js';
import { addLocalCommand, IOT_ONLY } from './local.js';

/** Keys are of no use in a list. */
type Listed = Omit<EimConfiguration, 'publicKey' | 'trustedKeyTls'>;

/** Adds the group of commands. */
export function addEimCommands(program: Command): void {
  const group = program.command('eim').description('lists the eIMs that the eUICC knows, or gives it its first one');
  addLocalCommand<{ readonly eims: readonly Listed[] }>(group, {
    name: 'list',
    description: 'lists them (default)',
    isDefault: true,
    examples: '  ipa eim list --modem pty:/dev/ttyUSB2',
    work: async (euicc) => ({ eims: (await euicc.eims()).map(({ publicKey: _, trustedKeyTls: __, ...eim }) => eim) }),
    lines: ({ eims }) => (eims.length === 0 ? ['no eIM'] : eims.map(lineOf)),
    withoutFunction: IOT_ONLY,
  });
  addLocalCommand<{ readonly associationTokens: readonly (number | null)[] }>(group, {
    name: 'add',
    description: 'gives an eUICC without an eIM its first one',
    examples: '  ipa eim add --modem pty:/dev/ttyUSB2 eim.der',
    configure: (command) => command.argument('<file>', 'AddInitialEimRequest (DER, BF57)'),
    check: ([file = '']) => readInitialEim('<file>', file),
    work: async (euicc, [file = '']) => {
      const tokens = await euicc.addInitialEim(readInitialEim('<file>', file));
      return { associationTokens: tokens.map((token) => token ?? null) };
    },
    lines: ({ associationTokens }) => [
      `done: the eUICC knows ${associationTokens.length === 1 ? 'its eIM' : `${associationTokens.length} eIMs`}`,
    ],
    withoutFunction: IOT_ONLY,
  });
}

function lineOf({ eimId, eimFqdn, indirectProfileDownload }: Listed): string {
  return `${eimId}  at ${eimFqdn ?? eimId}${indirectProfileDownload ? ', downloads go through it' : ''}`;
}
