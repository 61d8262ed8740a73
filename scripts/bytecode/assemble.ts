// SPDX-License-Identifier: Apache-2.0
// A function of a module as bytecode for a machine with a stack: operands first, jumps instead of blocks.

import { type Access, accessOf, isAccess } from '../shrink/access.js';
import { isDeclaration, isList, type List, lists } from '../shrink/tree.js';
import { type InterpretedFunction, type Item, instruction, LARGEST_OPERAND, type Label, newLabel } from './code.js';
import { comparison, conditionOf } from './comparisons.js';
import { tidy } from './tidy.js';

/** What the assembler must know of the module around a function. */
export interface Surroundings {
  /** Number of an interpreted function. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly withResult: ReadonlySet<string>;
  /** Values of the globals that never change. */
  readonly constants: ReadonlyMap<string, number>;
  /** Number of each other global, which lies in memory. */
  readonly variables: ReadonlyMap<string, number>;
  /** Where the words lie that are read and written by number. */
  readonly words: number;
}

const WORD = 4;
const CALL_PAGE = 256;
/** Instructions that leave no value. */
const WITHOUT_VALUE = /^(drop|memory\.(copy|fill))$/;
const COMPARISON = /^i32\.(ne|[lg][te]_[us])$/;
const MEMORY_INSTRUCTION = /^i32\.(load|store)(8|16)?(_[su])?$/;

/** Translates one function. Throws on what the machine cannot do. */
export function assemble(each: List, surroundings: Surroundings): InterpretedFunction {
  return new Assembler(each, surroundings).result();
}

/** Where a block, loop or function is left to. */
interface Target {
  readonly name: string | undefined;
  readonly label: Label;
  readonly height: number;
  readonly hasValue: boolean;
}

class Assembler {
  readonly #function: List;
  readonly #around: Surroundings;
  readonly #locals = new Map<string, number>();
  readonly #items: Item[] = [];
  readonly #targets: Target[] = [];
  readonly #calls = new Map<string, number>();
  #height = 0;
  #highest = 0;
  #isReachable = true;

  constructor(each: List, surroundings: Surroundings) {
    this.#function = each;
    this.#around = surroundings;
    for (const [kind, name] of lists(each)) if (kind === 'param' || kind === 'local') this.#locals.set(String(name), this.#locals.size);
  }

  result(): InterpretedFunction {
    const declared = (wanted: string) => lists(this.#function).filter(([kind]) => kind === wanted).length;
    const hasResult = declared('result') > 0;
    for (const node of lists(this.#function)) if (!isDeclaration(node)) this.#node(node);
    if (this.#isReachable) this.#return(hasResult);
    return {
      name: String(this.#function[1]),
      parameters: declared('param'),
      locals: declared('local'),
      operands: this.#highest,
      calls: this.#calls,
      items: tidy(this.#items),
    };
  }

  #emit(name: string, operand: number | undefined, change: number): void {
    if (operand !== undefined && (operand < 0 || operand > LARGEST_OPERAND)) throw new Error(`${name} ${operand} in ${this.#function[1]}`);
    this.#items.push(instruction(name, operand));
    this.#changeHeight(change);
  }

  #changeHeight(change: number): void {
    this.#height += change;
    this.#highest = Math.max(this.#highest, this.#height);
  }

  #jump(name: 'jump' | 'jumpIfZero' | 'jumpIf', label: Label): void {
    label.isUsed = true;
    this.#items.push({ kind: 'instruction', name, target: label });
    if (name === 'jump') this.#isReachable = false;
    else this.#changeHeight(-1);
  }

  #place(label: Label, height: number): void {
    if (this.#isReachable && this.#height !== height)
      throw new Error(`${this.#height} values where a block of ${this.#function[1]} ends, not ${height}`);
    if (label.isUsed) this.#isReachable = true;
    this.#items.push(label);
    this.#height = height;
  }

  #return(hasValue: boolean): void {
    this.#emit(hasValue ? 'returnValue' : 'return', undefined, hasValue ? -1 : 0);
    this.#isReachable = false;
  }

  /** What the instructions are for each kind of list; all others are operands and one instruction. */
  readonly #forms: Readonly<Record<string, (node: List) => void>> = {
    nop: () => {},
    block: (node) => this.#block(node),
    loop: (node) => this.#loop(node),
    if: (node) => this.#if(node),
    br: (node) => this.#with(lists(node), () => this.#leave(this.#targetOf(node[1]), 'jump')),
    br_if: (node) => this.#with(lists(node).slice(0, -1), () => this.#leaveIf(node)),
    br_table: (node) => this.#with(lists(node), () => this.#table(node)),
    return: (node) => this.#with(lists(node), () => this.#return(lists(node).length > 0)),
    call: (node) => this.#with(lists(node), () => this.#call(String(node[1]), lists(node).length)),
    'i32.const': (node) => this.#constant(Number(node[1])),
    'global.get': (node) => this.#getGlobal(String(node[1])),
    'global.set': (node) => this.#with(lists(node), () => this.#numbered('setVariable', -1, this.#around.variables.get(String(node[1])))),
    'local.get': (node) => this.#numbered('local.get', 1, this.#locals.get(String(node[1]))),
    'local.set': (node) => this.#with(lists(node), () => this.#numbered('local.set', -1, this.#locals.get(String(node[1])))),
    'local.tee': (node) => this.#with(lists(node), () => this.#numbered('local.tee', 0, this.#locals.get(String(node[1])))),
  };

  /** Instructions for a list; what cannot be reached gets none. */
  #node(node: List): void {
    if (!this.#isReachable) return;
    const kind = String(node[0]);
    const form = this.#forms[kind];
    if (form) form(node);
    else if (isAccess(node)) this.#access(node);
    else if (COMPARISON.test(kind) && comparison(node) !== node) this.#node(comparison(node));
    else this.#with(lists(node), () => this.#emit(kind, undefined, (WITHOUT_VALUE.test(kind) ? 0 : 1) - lists(node).length));
  }

  /** Operands, then what is done with them, unless one of them does not come to it. */
  #with(operands: readonly List[], then: () => void): void {
    this.#nodes(operands);
    if (this.#isReachable) then();
  }

  #nodes(nodes: readonly List[]): void {
    for (const node of nodes) this.#node(node);
  }

  #numbered(name: string, change: number, operand: number | undefined): void {
    if (operand === undefined) throw new Error(`${name} without a number in ${this.#function[1]}`);
    this.#emit(name, operand, change);
  }

  #getGlobal(name: string): void {
    const value = this.#around.constants.get(name);
    if (value === undefined) this.#numbered('variable', 1, this.#around.variables.get(name));
    else this.#constant(value);
  }

  /** A number in as many bytes as it needs: the first with its sign, the others behind it. */
  #constant(value: number): void {
    const bytes: number[] = [];
    let rest = value | 0;
    for (; rest < -LARGEST_OPERAND || rest > LARGEST_OPERAND; rest >>= 8) bytes.unshift(rest & 0xff);
    this.#emit(rest < 0 ? 'negative' : 'constant', Math.abs(rest), 1);
    for (const byte of bytes) this.#emit('extend', byte, 0);
  }

  #call(name: string, takes: number): void {
    const change = (this.#around.withResult.has(name) ? 1 : 0) - takes;
    const number = this.#around.numbers.get(name);
    // a compiled function has an instruction of its own
    if (number === undefined) this.#emit(name, undefined, change);
    else {
      this.#calls.set(name, Math.max(this.#calls.get(name) ?? 0, this.#height - takes));
      this.#emit(number < CALL_PAGE ? 'call' : `call${Math.floor(number / CALL_PAGE)}`, number % CALL_PAGE, change);
    }
  }

  #access(node: List): void {
    const kind = String(node[0]);
    if (!MEMORY_INSTRUCTION.test(kind)) throw new Error(`${kind} in ${this.#function[1]}`);
    const known = accessOf(node);
    if (known) this.#accessAt(kind, known);
    else this.#accessBehind(kind, node);
  }

  /** A load or store at an address that is known: by number where it is that of a word. */
  #accessAt(kind: string, { address, width, value }: Access): void {
    const number = (address - this.#around.words) / WORD;
    const hasNumber = width === WORD && Number.isInteger(number) && number >= 0 && number <= LARGEST_OPERAND;
    const values = isList(value) ? [value] : [];
    if (!hasNumber) this.#constant(address);
    this.#with(values, () => {
      if (!hasNumber) this.#emit(kind, 0, values.length > 0 ? -2 : 0);
      else if (values.length > 0) this.#emit('setWord', number, -1);
      else this.#emit('word', number, 1);
    });
  }

  /** A load or store so many bytes behind an address. */
  #accessBehind(kind: string, node: List): void {
    const offset = Number(node.find((word) => /^offset=/.test(String(word)))?.slice(7) ?? 0);
    const [address = [], ...values] = lists(node);
    this.#with([address], () => {
      if (offset > LARGEST_OPERAND) {
        this.#constant(offset);
        this.#emit('i32.add', undefined, -1);
      }
      this.#with(values, () => this.#emit(kind, offset > LARGEST_OPERAND ? 0 : offset, values.length > 0 ? -2 : 0));
    });
  }

  #block(node: List): void {
    const label = newLabel();
    const hasValue = hasResult(node);
    const height = this.#height;
    const name = isList(node[1]) ? undefined : node[1];
    this.#targets.push({ name, label, height, hasValue });
    this.#nodes(lists(node).filter(([kind]) => kind !== 'result'));
    this.#targets.pop();
    this.#place(label, height + (hasValue ? 1 : 0));
  }

  #loop(node: List): void {
    const label = newLabel();
    const name = isList(node[1]) ? undefined : node[1];
    this.#items.push(label);
    this.#targets.push({ name, label, height: this.#height, hasValue: false });
    this.#nodes(lists(node).filter(([kind]) => kind !== 'result'));
    this.#targets.pop();
  }

  #if(node: List): void {
    const [condition = [], then = [], otherwise] = lists(node).filter(([kind]) => kind !== 'result');
    const [past, end] = [newLabel(), newLabel()];
    const { value, isNegated } = conditionOf(condition);
    this.#node(value);
    if (!this.#isReachable) return;
    this.#jump(isNegated ? 'jumpIf' : 'jumpIfZero', past);
    const height = this.#height;
    const after = height + (hasResult(node) ? 1 : 0);
    const name = isList(node[1]) ? undefined : node[1];
    this.#targets.push({ name, label: end, height, hasValue: after > height });
    this.#nodes(lists(then));
    if (otherwise) {
      if (this.#isReachable) this.#jump('jump', end);
      this.#place(past, height);
      this.#nodes(lists(otherwise));
    } else this.#place(past, height);
    this.#targets.pop();
    this.#place(end, after);
  }

  #targetOf(name: unknown): Target {
    const target = this.#targets.findLast((each) => each.name === name);
    if (!target) throw new Error(`no block ${String(name)} in ${this.#function[1]}`);
    return target;
  }

  /** Leaves a block. What lies on the stack besides the block's value would stay there, which the machine has no instruction for. */
  #leave({ label, height, hasValue }: Target, name: 'jump' | 'jumpIfZero' | 'jumpIf'): void {
    const left = this.#height - (name === 'jump' ? 0 : 1) - height - (hasValue ? 1 : 0);
    if (left > 0 && (hasValue || name !== 'jump')) throw new Error(`a block in ${this.#function[1]} is left from within an expression`);
    for (let count = 0; count < left; count++) this.#emit('drop', undefined, -1);
    this.#jump(name, label);
  }

  #leaveIf(node: List): void {
    const { value, isNegated } = conditionOf(lists(node).at(-1) ?? []);
    this.#node(value);
    if (this.#isReachable) this.#leave(this.#targetOf(node[1]), isNegated ? 'jumpIfZero' : 'jumpIf');
  }

  #table(node: List): void {
    const targets = node
      .filter((word): word is string => !isList(word))
      .slice(1)
      .map((name) => this.#targetOf(name));
    this.#emit('table', targets.length - 1, -1);
    for (const { label, height, hasValue } of targets) {
      if (this.#height !== height + (hasValue ? 1 : 0)) throw new Error(`a table in ${this.#function[1]} leaves values behind`);
      label.isUsed = true;
    }
    this.#items.push({ kind: 'targets', labels: targets.map(({ label }) => label) });
    this.#isReachable = false;
  }
}

function hasResult(node: List): boolean {
  return lists(node).some(([kind]) => kind === 'result');
}
