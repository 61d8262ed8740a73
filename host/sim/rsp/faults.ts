// SPDX-License-Identifier: Apache-2.0
// What an RSP server does to coming calls on purpose, for tests of devices: one fault per call, in the order they were planned.
import type { Outcome } from './response.js';
import type { Refusal } from './status.js';

export type Fault =
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  | { readonly kind: 'expire' }
  | { readonly kind: 'warn'; readonly refusal: Refusal }
  | { readonly kind: 'status'; readonly status: number };

export class FaultPlan<Name extends string> {
  private readonly faults = new Map<Name, Fault[]>();

  add(name: Name, fault: Fault): void {
    this.faults.set(name, [...(this.faults.get(name) ?? []), fault]);
  }

  /** The fault for this call of a function, if there is one; it is used up. */
  take(name: Name): Fault | undefined {
    return this.faults.get(name)?.shift();
  }
}

/** Runs a call as the fault wants it. */
export function faulty(fault: Fault | undefined, run: () => Outcome, refuse: (refusal: Refusal) => Outcome): Outcome {
  if (fault?.kind === 'refuse') return refuse(fault.refusal);
  if (fault?.kind === 'expire') return { kind: 'expired' };
  const outcome = run();
  return fault?.kind === 'warn' && outcome.kind === 'done' ? { ...outcome, warning: fault.refusal } : outcome;
}
