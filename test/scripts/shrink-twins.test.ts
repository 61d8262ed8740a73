// SPDX-License-Identifier: Apache-2.0
// The module in its shipped forms, bytecode and all WebAssembly, beside the debug module, which neither the compiler nor shrink/ has optimised: in
// the frozen sessions both are told the same, and after every call give the same and have the same state region, the scalars at their own places.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Command, Option } from '../../host/abi.js';
import { checkExports, type IpaExports } from '../../host/core/exports.js';
import type { Action } from '../../host/interfaces.js';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { inBuild } from '../../scripts/paths.js';
import type { Move } from '../../scripts/shrink/promote.js';
import { CoapByHand } from '../module/support/coap-by-hand.js';
import { drawParameters, runTransfer } from '../module/support/coap-transfer.js';
import { Module } from '../module/support/module.js';
import { Session, type SessionOptions } from '../module/support/session.js';
import { SimplePeers } from '../module/support/simple-peers.js';
import { type Transcript, TranscriptPeers, transcripts } from '../module/support/transcript.js';
import { movesOf, unmoved } from '../support/unmoved.js';

const unoptimised = new WebAssembly.Module(readFileSync(inBuild('ipad.debug.wasm')));

class Difference extends Error {}

/** The shipped module; the other one gets the same calls. Throws a Difference after the first call that is not the same for both. */
class Twins extends Module {
  calls = 0;
  readonly #moves: readonly Move[];
  readonly #twin: IpaExports = checkExports(new WebAssembly.Instance(unoptimised, {}).exports);

  constructor(form: string) {
    super(undefined, form);
    this.#moves = movesOf(form);
  }

  override poll(nowMs: number): Action {
    const action = super.poll(nowMs);
    const kind = this.#twin.ipa_poll(nowMs);
    const told = [kind, this.#twin.ipa_argument(), this.#twin.ipa_data() - this.#twin.ipa_state(), this.#twin.ipa_length()];
    this.#compare(`ipa_poll(${nowMs})`, told, [
      action.kind,
      action.argument,
      this.exports.ipa_data() - this.exports.ipa_state(),
      action.bytes.length,
    ]);
    return action;
  }

  override event(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): number {
    const taken = super.event(kind, argument, bytes);
    const window = new Uint8Array(this.#twin.memory.buffer, this.#twin.ipa_window(kind), this.#twin.ipa_window_size(kind));
    window.set(bytes.subarray(0, window.length));
    const result = this.#twin.ipa_event(kind, argument, bytes.length);
    this.#compare(`ipa_event(${kind}, ${argument}, ${bytes.length})`, [result], [taken]);
    return taken;
  }

  #compare(call: string, expected: readonly number[], actual: readonly number[]): void {
    this.calls++;
    const region = Buffer.from(this.#twin.memory.buffer, this.#twin.ipa_state(), this.#twin.ipa_state_size());
    const state = unmoved(this.state(), this.#moves);
    const at = state.findIndex((byte, index) => byte !== region[index]);
    const told = String(expected) === String(actual) ? undefined : `${actual}, not ${expected}`;
    if (told || at >= 0 || state.length !== region.length) {
      throw new Difference(`call ${this.calls}, ${call}: ${told ?? `the region differs at offset ${at}`}`);
    }
  }
}

/** Runs a transcript on both and returns the number of calls. Both may be wrong alike: what is sent is judged in test/module. */
function play(form: string, transcript: Transcript, options: SessionOptions): number {
  const twins = new Twins(form);
  const session = new Session(
    new TranscriptPeers(transcript, options.blockBytes ? { blockBytes: options.blockBytes } : {}),
    {
      ...(transcript.options && { options: fromHex(transcript.options) }),
      ...(transcript.initialEim && { initialEim: fromHex(transcript.initialEim) }),
      ...options,
    },
    twins,
  );
  try {
    session.run();
  } catch (failure) {
    if (failure instanceof Difference || (failure as Error).name === 'RuntimeError') throw failure;
  }
  return twins.calls;
}

/** Forms of the module as the build writes them. */
const FORMS = ['ipad', 'ipad.fast'];

describe.each(FORMS.flatMap((form) => transcripts().map((transcript) => ({ form, name: transcript.name, transcript }))))(
  '$form: $name',
  ({ form, transcript }) => {
    it.each([
      ['over APDUs', {}],
      ['over a modem line, in small blocks', { link: 'at', blockBytes: 63 }],
      ['from the network in pieces of 7 bytes', { cutNetwork: (length) => Array.from({ length: length / 7 }, (_, index) => 7 * index) }],
    ] as [string, SessionOptions][])('%s', (_, options) => {
      expect(play(form, transcript, options)).toBeGreaterThan(10);
    });
  },
);

describe.each(FORMS)('%s over CoAP', (form) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('a package and an answer on a bad network (seed %i)', (seed) => {
    const twins = new Twins(form);
    runTransfer({ ...drawParameters(seed), packageBytes: 1_500, answerBytes: 1_500 }, twins);
    expect(twins.calls).toBeGreaterThan(50);
  });

  it('a package that is pushed in two blocks, and the silence behind it', () => {
    const twins = new Twins(form);
    const path = 'B467736D6104727370320461736E31';
    const result = 'BF5117A015300E80014181010183010730038601005F37021234';
    const hand = new CoapByHand({ command: Command.Listen, module: twins, peers: new SimplePeers({ card: { BF51: result } }) });
    hand.begin();
    hand.pass(5_000);
    // Block1 0/1/16 and 1/0/16
    expect(hand.down(`41020101AA${path}D10308FFBF4E18BF51153013041100ABABABABAB`)).toEqual(['615F0101AAD10E08']);
    hand.pass(5_000);
    expect(hand.down(`41020102AA${path}D10310FF${'AB'.repeat(11)}`)).toEqual([`61450102AAD10E10FFBF4E1A${result}`]);
    hand.pass(100_000);
    expect(hand.result).toMatchObject({ error: 0, packages: 1 });
  });

  it('a device that is asked to come back later and fails', () => {
    const twins = new Twins(form);
    const hand = new CoapByHand({
      module: twins,
      options: `${Option.PollSchedule.toString(16)}14${'00000E10'}${'0000003C'}${'00'.repeat(12)}`,
    });
    hand.begin();
    hand.pass(200_000);
    expect(hand.result?.nextPollSeconds).toBeGreaterThanOrEqual(60);
  });
});
