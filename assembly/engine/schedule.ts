// SPDX-License-Identifier: Apache-2.0
// When to poll next: after the interval, sooner after a failure but with growing pauses, at a random moment so that a fleet does
// not come at once, and where the device is awake only at times (eDRX, PSM), in the first window that is not too early.

import { O, POLL_SCHEDULE, S } from '../abi/state';
import { random } from '../wire/random';

/** The first pause after a failure; it doubles with each further one, up to the interval. */
const FIRST_RETRY_SECONDS: u32 = 60;
const MOST_DOUBLINGS: u32 = 15;
/** Numbers of the schedule are below 2^30, so that sums of two do not overflow. */
const MASK: u32 = 0x3fffffff;

/** The numbers of option PollSchedule, in seconds. */
const enum Part {
  Interval = 0,
  Jitter = 4,
  WindowIn = 8,
  WindowPeriod = 12,
  WindowLength = 16,
}

function part(offset: usize): u32 {
  return bswap(load<u32>(POLL_SCHEDULE + offset)) & MASK;
}

/** Seconds from now until the next poll is due, or -1 when the host did not ask. Counts the failure when the command has failed. */
export function nextPollSeconds(): i32 {
  if (!O.pollScheduleLength) return -1;
  const failures = S.error ? S.pollFailures : 0;
  S.pollFailures = S.error ? failures + 1 : 0;
  let wait = part(Part.Interval);
  if (S.error) wait = min(wait, FIRST_RETRY_SECONDS << min(failures, MOST_DOUBLINGS));
  return nextWindow(wait) + addition();
}

/** At most what the schedule says, and not past the end of a window. */
function addition(): u32 {
  const most = part(Part.WindowPeriod) ? min(part(Part.Jitter), part(Part.WindowLength)) : part(Part.Jitter);
  return random() % (most + 1);
}

/** The first moment from `wait` on at which a window opens. */
function nextWindow(wait: u32): u32 {
  const period = part(Part.WindowPeriod);
  const first = part(Part.WindowIn);
  if (!period || wait <= first) return period ? first : wait;
  return first + ((wait - first + period - 1) / period) * period;
}
