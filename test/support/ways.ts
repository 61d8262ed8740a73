// SPDX-License-Identifier: Apache-2.0
// The ways a profile comes to a device: through its eIM, straight for its eIM, straight for its local user.

import type { DriverLinks } from '../../host/driver.js';
import type { RspOptions } from '../../host/options.js';
import type { CommandResult } from '../../host/result.js';
import { Bench, type BenchOptions } from './bench.js';

export type Way = 'through the eIM' | 'straight for the eIM' | 'for the local user';

export const WAYS: readonly Way[] = ['through the eIM', 'straight for the eIM', 'for the local user'];
export const STRAIGHT: readonly Way[] = WAYS.slice(1);

/** A bench whose eUICC knows the eIM; downloads go the given way. */
export function startWay(way: Way, options: BenchOptions = {}): Promise<Bench> {
  const eimConfiguration = { indirectProfileDownload: way === 'through the eIM', ...options.eimConfiguration };
  return Bench.start({ ...options, eimConfiguration });
}

export interface WayOptions extends RspOptions {
  /** What the user or the operator knows of the order. */
  readonly confirmationCode?: string;
}

/** Downloads what the activation code names, the given way. */
export function downloadBy(
  way: Way,
  bench: Bench,
  activationCode: string,
  { confirmationCode, ...options }: WayOptions = {},
  links: Partial<DriverLinks> = {},
): Promise<CommandResult> {
  const code = confirmationCode === undefined ? {} : { confirmationCode };
  if (way === 'for the local user') return bench.download({ activationCode, ...code, ...options }, links);
  bench.eim.queue(bench.bed.eid, { kind: 'download', activationCode, ...(way === 'through the eIM' ? code : {}) });
  return bench.poll(options, links);
}

/** The reasons of the sessions that were cancelled, as the SM-DP+ got them. */
export function cancelReasons(bench: Bench): (number | undefined)[] {
  return bench.smdp.log.flatMap((event) => (event.kind === 'cancelSession' ? [event.reason] : []));
}

/** What the eIM was told of failed downloads: none where the local user asked for them. */
export function failuresTold(bench: Bench): (string | undefined)[] {
  return bench.events('downloadResult').map(({ error }) => error?.word);
}
