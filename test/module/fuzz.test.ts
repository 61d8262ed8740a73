// SPDX-License-Identifier: Apache-2.0
// Hostile peers at every step: the module always ends with Finished and a result of at most 0 within a bounded number of
// calls, never traps, never writes outside its state region, and a clean poll that follows succeeds.
// A longer run: IPA_FUZZ_SECONDS=600; another one: IPA_SEED=…

import { describe, expect, it } from 'vitest';
import { ErrorCode, Event } from '../../host/abi.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { type AtModem, plainModem, type RunApdu } from './support/at-modem.js';
import { DerInputs } from './support/der-inputs.js';
import { formOfRun, Module } from './support/module.js';
import { type Peers, Session, type SessionOptions } from './support/session.js';
import { SimplePeers } from './support/simple-peers.js';
import { type Transcript, transcripts } from './support/transcript.js';

const SEED = Number(process.env.IPA_SEED ?? 20_260_103);
const SECONDS = Number(process.env.IPA_FUZZ_SECONDS ?? 0);
const RUNS = 10_000;
const TIMEOUT_MS = 60_000 + 1000 * SECONDS;
const MOST_CALLS = 60_000;

/** Gives the answers of a transcript in turn, whatever was asked, and spoils some of them. */
class HostilePeers implements Peers {
  readonly #inputs: DerInputs;
  readonly #es10: string[];
  readonly #esipa: string[];
  #response: Uint8Array = new Uint8Array();

  constructor(
    transcript: Transcript,
    readonly random: () => number,
    /** Share of answers that are spoilt. */
    readonly spoilt: number,
  ) {
    this.#inputs = new DerInputs(random);
    const received = (kind: 'es10' | 'esipa') =>
      transcript.exchanges.filter((exchange) => exchange[kind] !== undefined).map(({ receive }) => receive ?? '');
    this.#es10 = received('es10');
    this.#esipa = received('esipa');
  }

  readonly card: RunApdu = (command) => {
    if (this.random() < this.spoilt) return this.#spoiltApdu();
    const [, ins, p1, , p3] = command;
    if (ins === 0x70) return fromHex(p1 === 0 ? '029000' : '9000');
    if (ins === 0xc0) return this.#give(p3 || 256);
    if (ins !== 0xe2 || p1 === 0x11) return fromHex('9000');
    this.#response = this.#spoil(fromHex(this.#es10.shift() ?? 'BF2B02A000'));
    return this.#give(0);
  };

  readonly eim = (): Uint8Array | number => {
    if (this.random() < this.spoilt / 4) return 1 + this.#inputs.below(6) + 256 * this.#inputs.below(600);
    return this.#spoil(fromHex(this.#esipa.shift() ?? 'BF4F03020101'));
  };

  readonly open = (): number | undefined => (this.random() < this.spoilt / 8 ? 1 + this.#inputs.below(6) : undefined);

  #spoil(bytes: Uint8Array): Uint8Array {
    if (this.random() >= this.spoilt) return bytes;
    const kind = this.random();
    if (kind < 0.1) return this.#inputs.bytes(this.#inputs.below(3000));
    return kind < 0.25 ? this.#inputs.tree() : this.#inputs.mutated(bytes);
  }

  #spoiltApdu(): Uint8Array {
    const status = this.#inputs.pick([
      '6100',
      '6101',
      '61FF',
      '6C00',
      '6C05',
      '9000',
      '910A',
      '6200',
      '6310',
      '6985',
      '6A80',
      '6A82',
      '6D00',
      '0000',
      'FFFF',
    ]);
    const data = this.random() < 0.5 ? new Uint8Array() : this.#inputs.bytes(this.#inputs.below(257));
    return this.random() < 0.1 ? this.#inputs.bytes(this.#inputs.below(3)) : fromHex(hex(data) + status);
  }

  #give(count: number): Uint8Array {
    const data = this.#response.subarray(0, count);
    this.#response = this.#response.subarray(count);
    const left = this.#response.length;
    return fromHex(hex(data) + (left > 0 ? `61${hex(Uint8Array.of(Math.min(left, 256) & 0xff))}` : '9000'));
  }
}

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

/** A modem whose answers are at times broken, doubled, late or noise. */
function hostileModem(card: RunApdu, random: () => number, spoilt: number): AtModem {
  const plain = plainModem(card);
  const inputs = new DerInputs(random);
  return (line) => {
    const answer = plain(line);
    if (random() >= spoilt) return answer;
    const bytes = Uint8Array.from(Buffer.from(answer, 'latin1'));
    switch (inputs.below(6)) {
      case 0:
        return '';
      case 1:
        return inputs.pick([
          '\r\nERROR\r\n',
          '\r\n+CME ERROR: 14\r\n',
          '\r\n+CME ERROR: 100\r\n',
          '\r\nOK\r\n',
          '\r\n+CSIM: 4,"9000"\r\n',
          '+CSIM:\r\nOK\r\n',
        ]);
      case 2:
        return answer + answer;
      case 3:
        return latin1(inputs.bytes(inputs.below(200))) + answer;
      case 4:
        return `${latin1(bytes.subarray(0, inputs.below(bytes.length)))}\r\nOK\r\n`;
      default:
        return latin1(inputs.mutated(bytes));
    }
  };
}

const all = transcripts();

/** One hostile command and a clean one after it, in the same instance. */
function run(seed: number, link: 'at' | 'apdu'): void {
  const random = seededRandom(seed);
  const inputs = new DerInputs(random);
  const transcript = inputs.pick(all);
  const spoilt = inputs.pick([0.01, 0.05, 0.2, 0.6]);
  const peers = new HostilePeers(transcript, random, spoilt);
  const modem = hostileModem(peers.card, random, spoilt / 2);
  const initialEim = inputs.mutated(fromHex(transcript.initialEim ?? 'BF5702A000'));
  const cut = 1 + inputs.below(600);
  const cutNetwork = (length: number) => (cut < length ? [cut] : []);
  const options: SessionOptions = {
    link,
    modem,
    initialEim,
    cutNetwork,
    blockBytes: inputs.pick([16, 63, 120, 255]),
    mostCalls: MOST_CALLS,
  };
  const session = new Session(peers, options, new Module(undefined, formOfRun(seed)));
  const outside = session.module.outside();
  const result = session.run();
  expect(result.error).toBeLessThanOrEqual(0);
  expect(result.error).toBeGreaterThanOrEqual(ErrorCode.TooManyPackages);
  expect(outside.equals(session.module.outside()), 'memory outside the region is untouched').toBe(true);
  expect(new Session(new SimplePeers(), { link }, session.module).run()).toMatchObject({ error: 0 });
}

function fuzz(name: string, count: number, one: (seed: number) => void): void {
  const until = Date.now() + 1000 * SECONDS;
  for (let i = 0; i < count || Date.now() < until; i++) {
    try {
      one(SEED + i);
    } catch (cause) {
      throw new Error(`${name}: IPA_SEED=${SEED + i}: ${(cause as Error).message}`, { cause });
    }
  }
}

describe('hostile peers', () => {
  it('over APDUs', () => fuzz('APDUs', RUNS, (seed) => run(seed, 'apdu')), TIMEOUT_MS);
  it('over a modem line', () => fuzz('modem line', RUNS, (seed) => run(seed, 'at')), TIMEOUT_MS);
});

describe('hostile options', () => {
  it(
    'are refused or taken, and the module ends either way',
    () => {
      fuzz('options', RUNS, (seed) => {
        const inputs = new DerInputs(seededRandom(seed));
        const module = new Module(undefined, formOfRun(seed));
        const outside = module.outside();
        const command = fromHex('800101810100');
        const bytes =
          inputs.random() < 0.5 ? inputs.mutated(fromHex(`${hex(command)}8B010582021234830161`)) : inputs.bytes(inputs.below(300));
        const taken = module.event(Event.Command, 0, bytes);
        expect([ErrorCode.BadOption, bytes.length]).toContain(taken);
        if (taken < 0) expect(new Session(new SimplePeers(), {}, module).run()).toMatchObject({ error: 0 });
        else {
          const peers = new SimplePeers();
          expect(new Session(peers, { mostCalls: MOST_CALLS }, module).goOn().error).toBeLessThanOrEqual(0);
        }
        expect(outside.equals(module.outside())).toBe(true);
      });
    },
    TIMEOUT_MS,
  );
});
