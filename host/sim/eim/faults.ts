// SPDX-License-Identifier: Apache-2.0
// Disturbances between the eIM and the IPA, for scenario tests. Those here act on HTTP messages; the protocol behind them stays honest.
import type { EsipaFunctionName } from './functions.js';

/** One disturbance of one exchange. */
export type Fault =
  /** The connection breaks before the eIM has seen the request. */
  | { readonly kind: 'loseRequest' }
  /** The eIM has done its work, but nothing of the answer arrives. */
  | { readonly kind: 'loseResponse' }
  /** The connection breaks after this many bytes of the answer's body. */
  | { readonly kind: 'cutResponse'; readonly afterBytes: number }
  /** Other bytes arrive than the eIM has sent. */
  | { readonly kind: 'replaceResponse'; readonly body: Uint8Array }
  /** The answer is passed through this function. */
  | { readonly kind: 'alterResponse'; readonly alter: (body: Uint8Array) => Uint8Array }
  /** An HTTP status instead of the answer; the eIM has not seen the request. */
  | { readonly kind: 'refuse'; readonly httpStatus: number }
  /** The answer waits until `until` is settled. */
  | { readonly kind: 'delay'; readonly until: Promise<unknown> };

/** The faults that wait for their function to be called; each acts once, in the order in which they were planned. */
export class FaultPlan<Kind = Fault> {
  private readonly planned: { readonly functionName: EsipaFunctionName; readonly fault: Kind }[] = [];

  /** Disturbs the next call of the function that no earlier fault has taken. */
  add(functionName: EsipaFunctionName, fault: Kind): void {
    this.planned.push({ functionName, fault });
  }

  /** The fault for this call, which is then used up. */
  take(functionName: EsipaFunctionName | undefined): Kind | undefined {
    const index = this.planned.findIndex((each) => each.functionName === functionName);
    return index < 0 ? undefined : this.planned.splice(index, 1)[0]!.fault;
  }

  /** How many have not acted yet. */
  get pending(): number {
    return this.planned.length;
  }
}
