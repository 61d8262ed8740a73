// SPDX-License-Identifier: Apache-2.0
// Instances that are interrupted: replaced by a fresh one at every call, or gone for ever at one of them.

import { Action } from '../../host/abi.js';
import type { IpaInstance } from '../../host/interfaces.js';

/** An instance whose every call is made by a fresh one, into which the state of the one before was put (design property P5). */
export async function replacedAtEveryCall(create: () => Promise<IpaInstance>): Promise<IpaInstance> {
  let present = await create();
  const replace = async () => {
    const state = await present.saveState();
    await present.close();
    present = await create();
    await present.restoreState(state);
  };
  return {
    runtime: present.runtime,
    memoryBytes: present.memoryBytes,
    async poll(nowMs) {
      await replace();
      return present.poll(nowMs);
    },
    async event(kind, argument, bytes) {
      await replace();
      return present.event(kind, argument, bytes);
    },
    saveState: () => present.saveState(),
    restoreState: (state) => present.restoreState(state),
    close: () => present.close(),
  };
}

const CARD_ACTIONS: readonly (number | undefined)[] = [Action.CardWrite, Action.CardTransmit, Action.CardReset];

/** Actions, which begin with their kind, of the card and all others: which of two lanes is asked first is a matter of who answers first. */
export function byLane<A extends readonly number[]>(actions: readonly A[]): { readonly card: A[]; readonly others: A[] } {
  const isOfCard = ([kind]: A) => CARD_ACTIONS.includes(kind);
  return { card: actions.filter(isOfCard), others: actions.filter((action) => !isOfCard(action)) };
}

/** Thrown by an instance without power. */
export class PowerCut extends Error {
  constructor() {
    super('the power is gone, as the test wants it');
  }
}

/** Counts the events told to an instance, and cuts its power when the one with number `cutAt`, from 1, would come. */
export function withPowerUntil(instance: IpaInstance, cutAt: number): IpaInstance & { readonly events: number } {
  let events = 0;
  const spend = () => {
    if (events >= cutAt) throw new PowerCut();
  };
  return {
    get events() {
      return events;
    },
    runtime: instance.runtime,
    memoryBytes: instance.memoryBytes,
    async poll(nowMs) {
      spend();
      return instance.poll(nowMs);
    },
    async event(kind, argument, bytes) {
      events += 1;
      spend();
      return instance.event(kind, argument, bytes);
    },
    saveState: () => instance.saveState(),
    restoreState: (state) => instance.restoreState(state),
    close: () => instance.close(),
  };
}
