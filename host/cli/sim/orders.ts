// SPDX-License-Identifier: Apache-2.0
// The packages that the options of `ipa sim` ask for, in the order of the command line.

import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EimItem, psmo, type QueuedItem } from '../../sim/eim/index.js';
import type { PreparedDownload, Testbed } from '../../sim/testbed.js';
import { wholeNumber } from '../arguments.js';
import { UsageError } from '../failure.js';

/** One option that queues a package. */
export type Order =
  | { readonly kind: 'download'; readonly sizeBytes: number }
  | { readonly kind: 'enable' | 'disable' | 'delete' /** Digits, or "last". */; readonly iccid: string }
  | { readonly kind: 'listProfiles' }
  | { readonly kind: 'dataRequest' };

/** A package in the queue of the eIM, in words. */
export interface QueuedOrder {
  readonly words: string;
  readonly queued: QueuedItem;
}

const DEFAULT_PROFILE_BYTES = 5000;
const FIRST_ICCID = 89000123456789012341n;

function iccidOrLast(text: string): string {
  if (text !== 'last' && !/^\d{18,20}$/.test(text))
    throw new InvalidArgumentError('Write an ICCID of 18 to 20 digits, or "last" for the last --download.');
  return text;
}

/** Adds the options; each one given adds to `orders`. */
export function collectOrders(command: Command, orders: Order[]): void {
  const sizes = wholeNumber(600, 2_000_000);
  const onICCID = (kind: 'enable' | 'disable' | 'delete') => (text: string) => {
    orders.push({ kind, iccid: iccidOrLast(text) });
    return text;
  };
  const onSize = (text: string) => {
    orders.push({ kind: 'download', sizeBytes: sizes(text) });
    return text;
  };
  const size = new Option('--download [bytes]', `download a new profile of this size (default: ${DEFAULT_PROFILE_BYTES})`);
  command
    .addOption(size.preset(String(DEFAULT_PROFILE_BYTES)).argParser(onSize))
    .option('--enable <iccid>', 'enable a profile', onICCID('enable'))
    .option('--disable <iccid>', 'disable a profile', onICCID('disable'))
    .option('--delete <iccid>', 'delete a profile', onICCID('delete'))
    .option('--list-profiles', 'list the profiles')
    .option('--data-request', 'ask for all data of IPA and eUICC')
    .on('option:list-profiles', () => orders.push({ kind: 'listProfiles' }))
    .on('option:data-request', () => orders.push({ kind: 'dataRequest' }));
}

/** Puts the profiles into the SM-DP+ for an LPA; their activation codes. @throws UsageError for what only an eIM can ask for */
export function prepareDownloads(bed: Testbed, orders: readonly Order[]): string[] {
  return orders.map((order, index) => {
    if (order.kind === 'download') return prepareDownload(bed, order.sizeBytes, index).activationCode;
    throw new UsageError('a consumer eUICC has no eIM to send it packages; with --consumer, give no other orders than --download');
  });
}

/** Queues the packages at the eIM of the testbed. @throws UsageError for "last" without a download before it */
export function queueOrders(bed: Testbed, orders: readonly Order[]): QueuedOrder[] {
  let last: string | undefined;
  return orders.map((order, index) => {
    if (order.kind === 'download') {
      const { iccid, activationCode } = prepareDownload(bed, order.sizeBytes, index);
      last = iccid;
      return queueItem(bed, { kind: 'download', activationCode }, `download profile ${last} (${order.sizeBytes} bytes)`);
    }
    if (order.kind === 'dataRequest') return queueItem(bed, { kind: 'dataRequest' }, 'data request');
    if (order.kind === 'listProfiles') return queuePsmo(bed, psmo.listProfileInfo(), 'list profiles');
    return queueSwitch(bed, order.kind, order.iccid === 'last' ? lastIccid(order.kind, last) : order.iccid);
  });
}

function prepareDownload(bed: Testbed, sizeBytes: number, index: number): PreparedDownload {
  return bed.prepareProfile({ iccid: String(FIRST_ICCID + BigInt(index)), sizeBytes, matchingId: `MATCH-${index + 1}` });
}

function queueSwitch(bed: Testbed, kind: 'enable' | 'disable' | 'delete', digits: string): QueuedOrder {
  const make = { enable: psmo.enable, disable: psmo.disable, delete: psmo.deleteProfile }[kind];
  return queuePsmo(bed, make(digits), `${kind} profile ${digits}`);
}

function queuePsmo(bed: Testbed, operation: psmo.Psmo, words: string): QueuedOrder {
  return queueItem(bed, { kind: 'euiccPackage', psmos: [operation] }, words);
}

function queueItem(bed: Testbed, item: EimItem, words: string): QueuedOrder {
  return { words, queued: bed.eim.queue(bed.eid, item) };
}

function lastIccid(kind: string, last: string | undefined): string {
  if (last === undefined) throw new UsageError(`--${kind} last needs a --download before it; or write an ICCID`);
  return last;
}
