// SPDX-License-Identifier: Apache-2.0
// Back-off of single notifications (SGP.32 v1.2 §3.7): one that was refused n times is left alone for the next 2^(n-1) - 1 runs, so
// that it neither blocks those behind it nor costs a connection each time. Kept over commands; 8 are remembered.

import { BACKOFF_BYTES } from '../abi/limits';
import { BACKOFF, S, SEQUENCE } from '../abi/state';

/** An entry: the last four bytes of the sequence number, failures so far (0: free), runs to leave it alone. */
const ENTRY_BYTES: u32 = 8;
const MOST_FAILURES: u32 = 6;

/** The sequence number in hand, as far as it tells notifications apart. */
function sequence(): u32 {
  let value: u32 = 0;
  for (let i: u32 = 0; i < S.sequenceLength; i++) value = (value << 8) | load<u8>(SEQUENCE + i);
  return value;
}

/** The entry of the sequence number in hand, or 0. */
function find(): usize {
  const wanted = sequence();
  for (let at = BACKOFF; at < BACKOFF + BACKOFF_BYTES; at += ENTRY_BYTES) {
    if (load<u16>(at, 4) && load<u32>(at) == wanted) return at;
  }
  return 0;
}

/** A new run begins: one less to wait for. Returns whether any notification is left alone. */
export function backoffBeginRun(): void {
  for (let at = BACKOFF; at < BACKOFF + BACKOFF_BYTES; at += ENTRY_BYTES) {
    const runs: u32 = load<u16>(at, 6);
    if (runs) store<u16>(at, runs - 1, 6);
  }
}

/** Whether any notification is remembered. */
export function backoffIsUsed(): bool {
  let failures: u32 = 0;
  for (let at = BACKOFF; at < BACKOFF + BACKOFF_BYTES; at += ENTRY_BYTES) failures |= load<u16>(at, 4);
  return failures != 0;
}

/** Whether the notification in hand is to be left alone in this run. */
export function isBackedOff(): bool {
  const at = find();
  return at && load<u16>(at, 6) != 0;
}

/** The notification in hand could not be delivered. */
export function backoffNote(): void {
  let at = find();
  let failures: u32 = 1;
  if (at) failures = min<u32>(load<u16>(at, 4) + 1, MOST_FAILURES);
  else {
    // a free entry, else the one that failed least
    at = BACKOFF;
    for (let other = BACKOFF; other < BACKOFF + BACKOFF_BYTES; other += ENTRY_BYTES) {
      if (load<u16>(other, 4) < load<u16>(at, 4)) at = other;
    }
    store<u32>(at, sequence());
  }
  store<u16>(at, failures, 4);
  store<u16>(at, <u16>((<u32>1) << (failures - 1)), 6); // one of them is taken away when the next run begins
}

/** The notification in hand is delivered. */
export function backoffForget(): void {
  const at = find();
  if (at) store<u16>(at, 0, 4);
}
