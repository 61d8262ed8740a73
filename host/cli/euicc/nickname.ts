// SPDX-License-Identifier: Apache-2.0
// `ipa nickname`: names a profile of a consumer eUICC.

import { type Command, InvalidArgumentError } from 'commander';
import { iccid } from '../arguments.js';
import { addLocalCommand, LEFT_TO_EIM } from './local.js';

/** Adds the command. */
export function addNicknameCommand(program: Command): void {
  addLocalCommand<{ readonly iccid: string; readonly nickname: string }>(program, {
    name: 'nickname',
    description: 'names a profile of a consumer eUICC; an empty name removes the present one',
    examples: "  ipa nickname --modem pty:/dev/ttyUSB2 --assistant lpad 89000123456789012341 'in the field'",
    configure: (command) => command.argument('<iccid>', '18 to 20 digits', iccid).argument('<name>', 'at most 64 bytes', nickname),
    work: async (euicc, [profile = '', name = '']) => {
      await euicc.setNickname(profile, name);
      return { iccid: profile, nickname: name };
    },
    lines: ({ iccid: profile, nickname: name }) => [
      name ? `done: profile ${profile} is "${name}"` : `done: profile ${profile} has no name`,
    ],
    withoutFunction: LEFT_TO_EIM,
  });
}

function nickname(text: string): string {
  if (Buffer.byteLength(text) > 64) throw new InvalidArgumentError('Write a name of at most 64 bytes.');
  return text;
}
