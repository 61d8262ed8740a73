// SPDX-License-Identifier: Apache-2.0
// The interpreter of one module's bytecode, with those instructions alone that the module uses. The program lies in a passive data
// segment, which is no part of the memory: the interpreter fetches a line of it at a time.

import { type List, parseTree } from '../shrink/tree.js';
import type { Definition } from './instructions.js';
import { LINE, type Program } from './layout.js';

/** Where the interpreter has its memory. */
export interface Workspace {
  /** The line of the program that was fetched last. */
  readonly line: number;
  /** The two bytes that were fetched last of one of the tables. */
  readonly entry: number;
  /** Second members of pairs whose first ones are at work. */
  readonly waiting: number;
  /** Where each call goes back to. */
  readonly returns: number;
  /** Locals and operands. */
  readonly stack: number;
}

/** Functions and globals of the interpreter, as fields of a module. `$bytecode/run` runs the function of a number. */
export function interpreter(program: Program, definitions: readonly Definition[], workspace: Workspace): List[] {
  const text = `(module
    (global $bytecode/at (mut i32) (i32.const 0))
    (global $bytecode/fetched (mut i32) (i32.const 0))
    (global $bytecode/top (mut i32) (i32.const 0))
    (global $bytecode/frame (mut i32) (i32.const 0))
    (global $bytecode/depth (mut i32) (i32.const 0))
    (global $bytecode/waiting (mut i32) (i32.const 0))
    ${stackFunctions(workspace)}
    ${byteFunction(workspace)}
    ${callFunctions(workspace)}
    ${runFunction(program, definitions, workspace)})`;
  return parseTree(text).slice(1) as List[];
}

function stackFunctions({ stack }: Workspace): string {
  return `
    (func $bytecode/pop (result i32)
      (global.set $bytecode/top (i32.sub (global.get $bytecode/top) (i32.const 4)))
      (i32.load offset=${stack} (global.get $bytecode/top)))
    (func $bytecode/push (param $value i32)
      (i32.store offset=${stack} (global.get $bytecode/top) (local.get $value))
      (global.set $bytecode/top (i32.add (global.get $bytecode/top) (i32.const 4))))`;
}

/**
 * The next byte: one that a pair has left waiting, or else one of the program. No function begins in the first line, so nothing is taken
 * for fetched that never was.
 */
function byteFunction({ line, waiting }: Workspace): string {
  return `
    (func $bytecode/byte (result i32)
      (local $at i32) (local $line i32)
      (if (global.get $bytecode/waiting)
        (then
          (global.set $bytecode/waiting (i32.sub (global.get $bytecode/waiting) (i32.const 1)))
          (return (i32.load8_u offset=${waiting} (global.get $bytecode/waiting)))))
      (local.set $at (global.get $bytecode/at))
      (global.set $bytecode/at (i32.add (local.get $at) (i32.const 1)))
      (local.set $line (i32.and (local.get $at) (i32.const ${-LINE})))
      (if (i32.ne (global.get $bytecode/fetched) (local.get $line))
        (then
          (global.set $bytecode/fetched (local.get $line))
          (memory.init $bytecode (i32.const ${line}) (local.get $line) (i32.const ${LINE}))))
      (i32.load8_u offset=${line} (i32.and (local.get $at) (i32.const ${LINE - 1}))))`;
}

function callFunctions({ entry, returns, stack }: Workspace): string {
  return `
    (func $bytecode/entry (param $number i32) (result i32)
      (memory.init $bytecode (i32.const ${entry}) (i32.shl (local.get $number) (i32.const 1)) (i32.const 2))
      (i32.load16_u (i32.const ${entry})))
    (func $bytecode/enter (param $number i32)
      (local $header i32)
      (i32.store offset=${returns} (global.get $bytecode/depth)
        (i32.or (i32.shl (global.get $bytecode/at) (i32.const 16)) (global.get $bytecode/frame)))
      (global.set $bytecode/depth (i32.add (global.get $bytecode/depth) (i32.const 4)))
      (global.set $bytecode/at (call $bytecode/entry (local.get $number)))
      (global.set $bytecode/frame (i32.sub (global.get $bytecode/top)
        (i32.shl (i32.shr_u (local.tee $header (call $bytecode/byte)) (i32.const 5)) (i32.const 2))))
      (local.set $header (i32.shl (i32.and (local.get $header) (i32.const 31)) (i32.const 2)))
      (memory.fill (i32.add (global.get $bytecode/top) (i32.const ${stack})) (i32.const 0) (local.get $header))
      (global.set $bytecode/top (i32.add (global.get $bytecode/top) (local.get $header))))
    (func $bytecode/leave (result i32)
      (local $return i32)
      (global.set $bytecode/top (global.get $bytecode/frame))
      (global.set $bytecode/depth (i32.sub (global.get $bytecode/depth) (i32.const 4)))
      (global.set $bytecode/frame (i32.and
        (local.tee $return (i32.load offset=${returns} (global.get $bytecode/depth))) (i32.const 65535)))
      (global.set $bytecode/at (i32.shr_u (local.get $return) (i32.const 16)))
      (global.get $bytecode/at))`;
}

function runFunction({ instructions, pairs }: Program, definitions: readonly Definition[], { waiting }: Workspace): string {
  const count = instructions.length;
  const before = (test: (each: Definition) => boolean) => instructions.filter(test).length;
  const withOperand = before(({ hasOperand }) => hasOperand);
  const [simple, storing] = [0, 2].map((takes) => before((each) => each.hasOperand && each.takes === takes)) as [number, number];
  const [pairing, single] = [2, 1].map((takes) => before((each) => !each.hasOperand && each.takes === takes)) as [number, number];
  return `
    (func $bytecode/run (param $number i32) (result i32)
      (local $symbol i32) (local $operand i32) (local $far i32) (local $a i32) (local $b i32)
      (call $bytecode/enter (local.get $number))
      (loop $next
        (local.set $far (i32.const 0))
        (loop $far
          (local.set $symbol (call $bytecode/byte))
          (loop $expand
            (if (i32.ge_u (local.get $symbol) (i32.const ${count}))
              (then
                (local.set $symbol (call $bytecode/entry (i32.add (local.get $symbol) (i32.const ${pairs / 2 - count}))))
                (i32.store8 offset=${waiting} (global.get $bytecode/waiting) (i32.shr_u (local.get $symbol) (i32.const 8)))
                (global.set $bytecode/waiting (i32.add (global.get $bytecode/waiting) (i32.const 1)))
                (local.set $symbol (i32.and (local.get $symbol) (i32.const 255)))
                (br $expand))))
          (if (i32.lt_u (local.get $symbol) (i32.const ${withOperand})) (then (local.set $operand (call $bytecode/byte))))
          (if (i32.lt_u (i32.sub (local.get $symbol) (i32.const ${simple})) (i32.const ${withOperand - simple + pairing + single}))
            (then
              (local.set $a (call $bytecode/pop))
              (if (i32.lt_u (i32.sub (local.get $symbol) (i32.const ${withOperand - storing})) (i32.const ${storing + pairing}))
                (then (local.set $b (local.get $a)) (local.set $a (call $bytecode/pop))))))
          (call $bytecode/push ${handlers(instructions, definitions)})
          (br $next)))
      (unreachable))`;
}

/** A block with the value of the instruction; one without a value goes on with the next instruction itself. */
function handlers(numbered: readonly Definition[], definitions: readonly Definition[]): string {
  const inCode = definitions.filter((each) => numbered.includes(each));
  const label = ({ name }: Definition) => `$handle/${name}`;
  const opened = [...inCode].reverse().map((each) => `(block ${label(each)}`);
  const bodies = inCode.map(({ does, value, falls }) => {
    const end = value === undefined ? '(br $next)' : `(br $value ${value})`;
    return `) ${does} ${falls ? '' : end}`;
  });
  const table = `(br_table ${numbered.map(label).join(' ')} ${label(numbered[0] as Definition)} (local.get $symbol))`;
  return `(block $value (result i32) ${opened.join(' ')} ${table} ${bodies.join('\n')})`;
}
