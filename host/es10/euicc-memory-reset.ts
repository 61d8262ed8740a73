// SPDX-License-Identifier: Apache-2.0
// ES10c.eUICCMemoryReset of consumer eUICCs (SGP.22 v2.5 §5.7.19), and ES10b.eUICCMemoryReset of IoT eUICCs (SGP.32 v1.2 §5.9.5).

import type { Element } from '../asn1/element.js';
import { tlv } from '../asn1/tlv.js';
import { bitContents } from '../asn1/values.js';
import { defineEs10, Refusal, type ResultNames } from './function.js';

/** resetOptions from bit 0 on. */
const IOT_OPTIONS = [
  'deleteOperationalProfiles',
  'deleteFieldLoadedTestProfiles',
  'resetDefaultSmdpAddress',
  'deletePreLoadedTestProfiles',
  'deleteProvisioningProfiles',
  'resetEimConfigData',
  'resetImmediateEnableConfig',
] as const;

/** What a consumer eUICC can reset. */
export type ResetOption = 'deleteOperationalProfiles' | 'deleteFieldLoadedTestProfiles' | 'resetDefaultSmdpAddress';

/** What an IoT eUICC can reset. */
export type IotResetOption = (typeof IOT_OPTIONS)[number];

/** True: something was reset; false: there was nothing to reset; undefined: the eUICC does not tell. */
export interface ResetOutcome {
  /** Of profiles and the default SM-DP+ address. */
  readonly profiles: boolean;
  readonly eimConfiguration: boolean | undefined;
  readonly immediateEnableConfiguration: boolean | undefined;
}

const RESULTS = { 0: 'ok', 1: 'nothingToDelete', 5: 'catBusy', 104: 'ecallActive', 127: 'undefinedError' };
const EIM_RESULTS = { 0: 'ok', 1: 'nothingToDelete', 2: 'eimResetNotSupported', 127: 'undefinedError' };
const IMMEDIATE_ENABLE_RESULTS = { 0: 'ok', 1: 'resetIECNotSupported', 127: 'undefinedError' };

const define = <Option extends IotResetOption>(tag: number) =>
  defineEs10<readonly Option[], ResetOutcome>({
    name: 'EuiccMemoryReset',
    tag,
    request: (options) => [tlv(0x82, bitContents(IOT_OPTIONS, options))],
    response: readOutcome,
  });

/** SGP.22. */
export const euiccMemoryReset = define<ResetOption>(0xbf34);

/** SGP.32. */
export const euiccMemoryResetIot = define<IotResetOption>(0xbf64);

/** Each part is done or not on its own: a refusal tells how the others went. */
function readOutcome(response: Element): ResetOutcome {
  const parts: readonly (readonly [string, Element | undefined, ResultNames])[] = [
    ['resetResult', response.required(0x80, 'resetResult'), RESULTS],
    ['resetEimResult', response.optional(0x81, 'resetEimResult'), EIM_RESULTS],
    ['resetImmediateEnableConfigResult', response.optional(0x82, 'resetImmediateEnableConfigResult'), IMMEDIATE_ENABLE_RESULTS],
  ];
  const words = parts.map(([, element, names]) => element && (names[element.integer()] ?? 'unknownResult'));
  const refused = words.findIndex((word) => word !== undefined && word !== 'ok' && word !== 'nothingToDelete');
  if (refused >= 0) {
    const [field, element] = parts[refused]!;
    const all = parts.flatMap(([name], index) => (words[index] === undefined ? [] : [`${name} ${words[index]}`])).join(', ');
    throw new Refusal(words[refused]!, element!.integer(), `response.${field}`, all);
  }
  const done = (index: number) => (words[index] === undefined ? undefined : words[index] === 'ok');
  return { profiles: done(0)!, eimConfiguration: done(1), immediateEnableConfiguration: done(2) };
}
