// SPDX-License-Identifier: Apache-2.0
// What a command is at, for people who wait for it: each call as it begins, and a sign of life in between.

import { Action } from '../../abi.js';
import type { Action as Request } from '../../interfaces.js';
import { CallObserver } from '../calls.js';

/** Longest silence while the module works. */
const SILENCE_MS = 2000;

/** Sees the actions of one command in order, and tells what people should know of them. */
export class CallProgress {
  private readonly observer = new CallObserver();
  private toldMs: number;
  private exchanges = 0;

  /** `tell` gets lines; `nowMs` is a clock that never goes back. */
  constructor(
    private readonly tell: (line: string) => void,
    private readonly nowMs: () => number,
  ) {
    this.toldMs = nowMs();
  }

  /** Sees the next action. */
  see(action: Request): void {
    const call = this.observer.observe(action);
    const toCard = action.kind === Action.CardTransmit || action.kind === Action.CardWrite;
    if (toCard) this.exchanges += 1;
    if (call) this.say(`${call.peer.padEnd(6)} ${call.name}`);
    else if (toCard && this.nowMs() - this.toldMs >= SILENCE_MS) this.say(this.signOfLife(action));
  }

  private signOfLife({ bytes }: Request): string {
    // the module asks a modem that does not answer once more, for half a minute
    if (Buffer.from(bytes).toString('latin1') === 'AT\r') return 'modem  no answer yet';
    return `eUICC  … ${this.exchanges} commands so far`;
  }

  private say(line: string): void {
    this.tell(line);
    this.toldMs = this.nowMs();
  }
}
