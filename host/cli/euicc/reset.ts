// SPDX-License-Identifier: Apache-2.0
// `ipa reset`: removes what the options name from the eUICC, for good.

import type { Command } from 'commander';
import type { IotResetOption, ResetOutcome } from '../../es10/index.js';
import { UsageError } from '../failure.js';
import { addLocalCommand } from './local.js';

/** Options of the command line, by what they reset. */
const OPTIONS: readonly (readonly [flag: string, key: string, option: IotResetOption, what: string])[] = [
  ['--profiles', 'profiles', 'deleteOperationalProfiles', 'delete all operational profiles'],
  ['--test-profiles', 'testProfiles', 'deleteFieldLoadedTestProfiles', 'delete test profiles that were downloaded'],
  ['--default-smdp', 'defaultSmdp', 'resetDefaultSmdpAddress', 'forget the default SM-DP+'],
  ['--preloaded-test-profiles', 'preloadedTestProfiles', 'deletePreLoadedTestProfiles', 'delete test profiles of the maker'],
  ['--provisioning-profiles', 'provisioningProfiles', 'deleteProvisioningProfiles', 'delete provisioning profiles'],
  ['--eim', 'eim', 'resetEimConfigData', 'forget all eIMs'],
  ['--immediate-enable', 'immediateEnable', 'resetImmediateEnableConfig', 'forget the configuration of immediate enabling'],
];
/** What a consumer eUICC has. */
const CONSUMER_OPTIONS: readonly IotResetOption[] = [
  'deleteOperationalProfiles',
  'deleteFieldLoadedTestProfiles',
  'resetDefaultSmdpAddress',
];

/** Adds the command. */
export function addResetCommand(program: Command): void {
  addLocalCommand<ResetOutcome>(program, {
    name: 'reset',
    description: 'removes what the options name from the eUICC, for good and without a question',
    examples: '  ipa reset --modem pty:/dev/ttyUSB2 --profiles --eim\n  ipa reset --modem pty:/dev/ttyUSB2 --assistant lpad --default-smdp',
    configure: (command) => OPTIONS.reduce((all, [flag, , , what]) => all.option(flag, what), command),
    check: (_, options) => checkChosen(chosen(options), options.assistant === 'lpad'),
    work: (euicc, _, options) => euicc.reset(...chosen(options)),
    lines: linesOf,
  });
}

function chosen(options: Readonly<Record<string, unknown>>): IotResetOption[] {
  return OPTIONS.filter(([, key]) => options[key]).map(([, , option]) => option);
}

function checkChosen(options: readonly IotResetOption[], isConsumer: boolean): void {
  if (options.length === 0) throw new UsageError(`write what to reset: ${OPTIONS.map(([flag]) => flag).join(', ')}`);
  const foreign = options.find((option) => isConsumer && !CONSUMER_OPTIONS.includes(option));
  const [flag] = OPTIONS.find(([, , option]) => option === foreign) ?? [];
  if (flag) throw new UsageError(`${flag} is for eUICCs for IoT: leave --assistant lpad out`);
}

function linesOf({ profiles, eimConfiguration, immediateEnableConfiguration }: ResetOutcome): string[] {
  const done = [
    profiles && 'profiles or address',
    eimConfiguration && 'eIMs',
    immediateEnableConfiguration && 'configuration of immediate enabling',
  ].filter(Boolean);
  return [done.length === 0 ? 'done: there was nothing to reset' : `done: reset ${done.join(', ')}`];
}
