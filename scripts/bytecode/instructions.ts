// SPDX-License-Identifier: Apache-2.0
// Every instruction of the bytecode: what it takes, and what the interpreter does for it.

const POP = '(call $bytecode/pop)';
const OPERAND = '(local.get $operand)';
const A = '(local.get $a)';
const B = '(local.get $b)';

/** One instruction. */
export interface Definition {
  readonly name: string;
  /** Whether a byte follows that says more. */
  readonly hasOperand: boolean;
  /** How many values it gets, in $a, or in $a and $b. What it takes besides, it takes itself. */
  readonly takes: 0 | 1 | 2;
  /** What is done first, in the text form of WebAssembly. */
  readonly does: string;
  /** The value that is left, if one is. */
  readonly value?: string;
  /** Whether the rest is what the next one in the list does. */
  readonly falls?: boolean;
  /** Whether the program may go on elsewhere, so that nothing is joined behind it. */
  readonly isLast: boolean;
}

/** Where the interpreter finds what it works on, as constant addresses. */
export interface Places {
  /** Locals and operands. */
  readonly stack: number;
  readonly words: number;
  readonly variables: number;
}

const LOADS = ['load', 'load8_u', 'load8_s', 'load16_u', 'load16_s'];
const STORES = ['store', 'store8', 'store16'];
const BINARY =
  'add sub mul and or xor shl shr_u shr_s rotl rotr eq ne lt_u lt_s gt_u gt_s le_u le_s ge_u ge_s div_u div_s rem_u rem_s'.split(' ');
const UNARY = 'eqz ctz clz popcnt'.split(' ');
/** What a call can have as operand. */
const CALL_PAGE = 256;

/** The instructions in the order in which the interpreter has them, of which a module needs some. */
export function definitions(places: Places): Definition[] {
  return [...controls(), ...moves(places), ...computations()];
}

function controls(): Definition[] {
  const at = '(global.get $bytecode/at)';
  return [
    operand(0, 'far', { does: `(local.set $far (i32.shr_s (i32.shl ${OPERAND} (i32.const 24)) (i32.const 16))) (br $far)` }),
    falling(operand(0, 'call1', { does: `(local.set $operand (i32.add ${OPERAND} (i32.const ${CALL_PAGE})))` })),
    last(operand(0, 'call', { does: `(call $bytecode/enter ${OPERAND})` })),
    last(falling(operand(1, 'jumpIfZero', { does: `(local.set $a (i32.eqz ${A}))` }))),
    last(falling(operand(1, 'jumpIf', { does: `(br_if $next (i32.eqz ${A}))` }))),
    last(operand(0, 'jump', { does: `(global.set $bytecode/at (i32.add ${at} (i32.or ${OPERAND} (local.get $far))))` })),
    last(
      operand(1, 'table', {
        does: `(global.set $bytecode/at (i32.add ${at} (select ${A} ${OPERAND} (i32.lt_u ${A} ${OPERAND}))))
               (global.set $bytecode/at (i32.add (call $bytecode/byte) ${at}))`,
      }),
    ),
    last(bare(0, 'return', { does: '(if (i32.eqz (call $bytecode/leave)) (then (return (i32.const 0))))' })),
    last(bare(1, 'returnValue', { does: `(if (i32.eqz (call $bytecode/leave)) (then (return ${A})))`, value: A })),
  ];
}

function moves({ stack, words, variables }: Places): Definition[] {
  const index = `(i32.shl ${OPERAND} (i32.const 2))`;
  const local = `offset=${stack} (i32.add (global.get $bytecode/frame) ${index})`;
  const toVariable = `(local.set $operand (i32.add ${OPERAND} (i32.const ${(variables - words) / 4})))`;
  return [
    operand(0, 'local.get', { does: '', value: `(i32.load ${local})` }),
    operand(1, 'local.tee', { does: `(i32.store ${local} ${A})`, value: A }),
    operand(1, 'local.set', { does: `(i32.store ${local} ${A})` }),
    falling(operand(0, 'variable', { does: toVariable })),
    operand(0, 'word', { does: '', value: `(i32.load offset=${words} ${index})` }),
    falling(operand(1, 'setVariable', { does: toVariable })),
    operand(1, 'setWord', { does: `(i32.store offset=${words} ${index} ${A})` }),
    falling(operand(0, 'negative', { does: `(local.set $operand (i32.sub (i32.const 0) ${OPERAND}))` })),
    operand(0, 'constant', { does: '', value: OPERAND }),
    operand(1, 'extend', { does: '', value: `(i32.or (i32.shl ${A} (i32.const 8)) ${OPERAND})` }),
    ...LOADS.map((name) => operand(1, `i32.${name}`, { does: '', value: `(i32.${name} (i32.add ${A} ${OPERAND}))` })),
    ...STORES.map((name) => operand(2, `i32.${name}`, { does: `(i32.${name} (i32.add ${A} ${OPERAND}) ${B})` })),
  ];
}

function computations(): Definition[] {
  return [
    ...BINARY.map((name) => bare(2, `i32.${name}`, { does: '', value: `(i32.${name} ${A} ${B})` })),
    ...UNARY.map((name) => bare(1, `i32.${name}`, { does: '', value: `(i32.${name} ${A})` })),
    bare(2, 'select', { does: '', value: `(select ${POP} ${A} ${B})` }),
    bare(2, 'memory.copy', { does: `(memory.copy ${POP} ${A} ${B})` }),
    bare(2, 'memory.fill', { does: `(memory.fill ${POP} ${A} ${B})` }),
    bare(1, 'drop', { does: '' }),
  ];
}

/** The instruction that calls a compiled function. */
export function callOfCompiled(name: string, parameters: number, hasResult: boolean): Definition {
  if (parameters > 4) throw new Error(`${name} has ${parameters} parameters: the interpreter calls functions with four at most`);
  const third = parameters === 4 ? `(local.set $operand ${POP})` : '';
  const values = [[], [A], [A, B], [POP, A, B], [POP, OPERAND, A, B]][parameters] ?? [];
  const call = `(call ${name} ${values.join(' ')})`;
  const takes = Math.min(parameters, 2) as 0 | 1 | 2;
  return bare(takes, name, hasResult ? { does: third, value: call } : { does: `${third} ${call}` });
}

type Effect = Pick<Definition, 'does' | 'value'>;

function operand(takes: 0 | 1 | 2, name: string, effect: Effect): Definition {
  return { name, hasOperand: true, takes, isLast: false, ...effect };
}

function bare(takes: 0 | 1 | 2, name: string, effect: Effect): Definition {
  return { name, hasOperand: false, takes, isLast: false, ...effect };
}

function last(definition: Definition): Definition {
  return { ...definition, isLast: true };
}

function falling(definition: Definition): Definition {
  return { ...definition, falls: true };
}
