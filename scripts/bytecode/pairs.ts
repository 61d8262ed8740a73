// SPDX-License-Identifier: Apache-2.0
// What stands in many places gets a number of its own: pairs of neighbours are replaced by a new symbol again and again, most
// frequent first (byte pair encoding). An instruction without its operand awaits it, so a symbol that ends in one can be joined
// with a number behind it, and nothing else.

/** The number of a byte that is known only when all code lies in place. */
export const UNKNOWN = -1;
/** Between what may not be joined. */
export const BARRIER = -2;
/** Numbers from here on stand for operands: OPERAND + 5 is the operand 5. */
export const OPERAND = 1 << 16;

/** What is known of the symbols that there are before any are joined. */
export interface Alphabet {
  readonly count: number;
  readonly hasOperand: (symbol: number) => boolean;
  /** Whether nothing may be joined behind it (and its operand). */
  readonly isLast: (symbol: number) => boolean;
}

/** A symbol for two others; the second may be an operand. */
export interface Pair {
  readonly first: number;
  readonly second: number;
}

export interface Paired {
  /** The sequences, with symbols of pairs: Alphabet.count and up, in the order of `pairs`. */
  readonly sequences: readonly (readonly number[])[];
  readonly pairs: readonly Pair[];
  /** How many second members wait at most while a symbol is taken apart. */
  readonly waiting: number;
}

/** More than there are numbers for the second of a pair. */
const SECONDS = 2 * OPERAND;
/** A symbol with a pair costs two bytes for the pair, and saves one for each place where it stands. */
const FEWEST_PLACES = 3;

/** Joins pairs until there are `most` symbols, or until nothing more is gained. */
export function joinPairs(sequences: readonly (readonly number[])[], alphabet: Alphabet, most: number): Paired {
  const state = new Joining(sequences, alphabet);
  while (state.used < most && state.joinBest());
  return state.result();
}

/** A sequence, and how often each pair stands in it that may be joined. */
interface Counted {
  readonly sequence: readonly number[];
  readonly counts: ReadonlyMap<number, number>;
}

function keyOf({ first, second }: Pair): number {
  return first * SECONDS + second;
}

function replaced(sequence: readonly number[], { first, second }: Pair, symbol: number): number[] {
  const joined: number[] = [];
  for (let index = 0; index < sequence.length; index++) {
    const isHere = sequence[index] === first && sequence[index + 1] === second;
    joined.push(isHere ? symbol : (sequence[index] ?? 0));
    if (isHere) index++;
  }
  return joined;
}

class Joining {
  readonly #sequences: Counted[];
  readonly #alphabet: Alphabet;
  readonly #pairs = new Map<number, Pair>();
  /** The sum of all sequences, by keyOf. */
  readonly #counts = new Map<number, number>();
  #next: number;

  constructor(sequences: readonly (readonly number[])[], alphabet: Alphabet) {
    this.#alphabet = alphabet;
    this.#next = alphabet.count;
    this.#sequences = sequences.map((sequence) => this.#counted(sequence));
    for (const { counts } of this.#sequences) this.#add(counts, 1);
  }

  get used(): number {
    return this.#alphabet.count + this.#pairs.size;
  }

  /** The symbol at the end of what a symbol stands for. */
  #end(symbol: number): number {
    const pair = this.#pairs.get(symbol);
    return pair ? this.#end(pair.second) : symbol;
  }

  /** The instruction that an ending operand belongs to. */
  #lastInstruction(symbol: number): number {
    const pair = this.#pairs.get(symbol);
    if (!pair) return symbol;
    return this.#lastInstruction(pair.second >= OPERAND ? pair.first : pair.second);
  }

  #canJoin(first: number, second: number): boolean {
    if (first < 0 || second < 0 || first >= OPERAND) return false;
    const end = this.#end(first);
    if (end < this.#alphabet.count && this.#alphabet.hasOperand(end)) return second >= OPERAND;
    return !this.#alphabet.isLast(this.#lastInstruction(first));
  }

  #counted(sequence: readonly number[]): Counted {
    const counts = new Map<number, number>();
    let previous = -1;
    for (let index = 0; index + 1 < sequence.length; index++) {
      const [first = 0, second = 0] = [sequence[index], sequence[index + 1]];
      if (!this.#canJoin(first, second)) continue;
      const key = keyOf({ first, second });
      // three in a row are one pair, not two
      if (key === previous && first === second) previous = -1;
      else {
        counts.set(key, (counts.get(key) ?? 0) + 1);
        previous = key;
      }
    }
    return { sequence, counts };
  }

  #add(counts: ReadonlyMap<number, number>, sign: 1 | -1): void {
    for (const [key, count] of counts) this.#counts.set(key, (this.#counts.get(key) ?? 0) + sign * count);
  }

  /** Joins the pair that stands in most places. Returns whether there was one worth it. */
  joinBest(): boolean {
    let [best, most] = [0, FEWEST_PLACES - 1];
    for (const [key, count] of this.#counts) if (count > most || (count === most && key < best)) [best, most] = [key, count];
    if (most < FEWEST_PLACES) return false;
    this.#join({ first: Math.floor(best / SECONDS), second: best % SECONDS });
    return true;
  }

  #join(pair: Pair): void {
    const symbol = this.#next++;
    this.#pairs.set(symbol, pair);
    this.#sequences.forEach((each, index) => {
      if (!each.counts.has(keyOf(pair))) return;
      const counted = this.#counted(replaced(each.sequence, pair, symbol));
      this.#add(each.counts, -1);
      this.#add(counted.counts, 1);
      this.#sequences[index] = counted;
    });
  }

  result(): Paired {
    const numbers = new Map([...this.#pairs.keys()].map((symbol, index) => [symbol, this.#alphabet.count + index]));
    const renumbered = (symbol: number) => numbers.get(symbol) ?? symbol;
    return {
      sequences: this.#sequences.map(({ sequence }) => sequence.map(renumbered)),
      pairs: [...this.#pairs.values()].map(({ first, second }) => ({ first: renumbered(first), second: renumbered(second) })),
      waiting: Math.max(0, ...[...this.#pairs.keys()].map((symbol) => this.#waiting(symbol))),
    };
  }

  #waiting(symbol: number): number {
    const pair = this.#pairs.get(symbol);
    return pair ? Math.max(1 + this.#waiting(pair.first), this.#waiting(pair.second)) : 0;
  }
}
