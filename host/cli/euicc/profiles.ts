// SPDX-License-Identifier: Apache-2.0
// `ipa profiles`: the profiles of the eUICC.

import type { Command } from 'commander';
import type { ProfileInfo } from '../../es10/index.js';
import { addLocalCommand } from './local.js';

/** Adds the command. */
export function addProfilesCommand(program: Command): void {
  addLocalCommand<{ readonly profiles: readonly Omit<ProfileInfo, 'icon'>[] }>(program, {
    name: 'profiles',
    description: 'lists the profiles of the eUICC',
    examples: '  ipa profiles --modem pty:/dev/ttyUSB2',
    work: async (euicc) => ({ profiles: (await euicc.profiles()).map(({ icon: _, ...profile }) => profile) }),
    lines: ({ profiles }) => (profiles.length === 0 ? ['no profile'] : profiles.map(lineOf)),
  });
}

function lineOf({ iccid, state, nickname, serviceProviderName, profileName, profileClass }: Omit<ProfileInfo, 'icon'>): string {
  const names = [serviceProviderName, profileName, nickname && `"${nickname}"`].filter(Boolean).join(' ');
  const kind = profileClass === undefined || profileClass === 'operational' ? '' : `, ${profileClass}`;
  return `${(state ?? '').padEnd(8)}  ${(iccid ?? '').padEnd(20)}  ${printable(names)}${kind}`;
}

/** Names come from operators: what a terminal would take for a command must not reach it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
