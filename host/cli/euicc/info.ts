// SPDX-License-Identifier: Apache-2.0
// `ipa info`: what the eUICC tells of itself.

import type { Command } from 'commander';
import type { ConfiguredAddresses, EuiccInfo2 } from '../../es10/index.js';
import { addLocalCommand } from './local.js';

interface Info extends EuiccInfo2, ConfiguredAddresses {
  readonly eid: string;
}

/** Adds the command. */
export function addInfoCommand(program: Command): void {
  addLocalCommand<Info>(program, {
    name: 'info',
    description: 'tells EID, versions, memory and servers of the eUICC',
    examples: '  ipa info --modem pty:/dev/ttyUSB2\n  ipa info --modem sim: --json',
    work: async (euicc) => ({ eid: await euicc.eid(), ...(await euicc.info2()), ...(await euicc.configuredAddresses()) }),
    lines: linesOf,
  });
}

function linesOf(info: Info): string[] {
  const { resource, iotVersions } = info;
  const abilities = [info.fallbackSupported && 'fallback', info.ecallSupported && 'emergency profile'].filter(Boolean).join(', ');
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['EID', info.eid],
    ['kind', iotVersions.length > 0 ? `IoT, SGP.32 v${iotVersions.join(', v')}` : 'consumer'],
    ['SGP.22', `v${info.svn}`],
    ['firmware', info.euiccFirmwareVersion],
    ['free memory', resource.freeNonVolatileBytes === undefined ? undefined : `${resource.freeNonVolatileBytes} bytes`],
    ['can', abilities || undefined],
    ['IPA', info.ipaMode],
    ['default SM-DP+', info.defaultSmdpAddress ?? 'none'],
    ['root SM-DS', info.rootSmdsAddress || 'none'],
    ['CIs', info.euiccCiPKIdListForVerification.join(', ')],
  ];
  return rows.flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}  ${value}`]));
}
