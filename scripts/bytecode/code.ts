// SPDX-License-Identifier: Apache-2.0
// Bytecode as the assembler writes it: instructions with at most one operand, jumps to labels, and the labels.

/** A place in a function that jumps lead to. */
export interface Label {
  readonly kind: 'label';
  /** Whether anything jumps here: what has no jump may be joined with what stands before it. */
  isUsed: boolean;
}

/** One instruction. */
export interface Instruction {
  readonly kind: 'instruction';
  readonly name: string;
  /** A number from 0 to 255, where the instruction has one and it is known. */
  readonly operand?: number;
  /** Where a jump leads; its operand is known when all code lies in place. */
  readonly target?: Label;
}

/** The targets of a `table` instruction, a byte for each. */
export interface Targets {
  readonly kind: 'targets';
  readonly labels: readonly Label[];
}

export type Item = Instruction | Label | Targets;

/** A function in bytecode. */
export interface InterpretedFunction {
  readonly name: string;
  readonly parameters: number;
  /** Locals besides the parameters. */
  readonly locals: number;
  /** Values on the stack at most, locals and parameters not counted. */
  readonly operands: number;
  /** For each function that it calls the most values that lie on the stack then, those for the function not counted. */
  readonly calls: ReadonlyMap<string, number>;
  readonly items: readonly Item[];
}

export const LARGEST_OPERAND = 255;

/** A label that nothing jumps to yet. */
export function newLabel(): Label {
  return { kind: 'label', isUsed: false };
}

export function instruction(name: string, operand?: number): Instruction {
  return operand === undefined ? { kind: 'instruction', name } : { kind: 'instruction', name, operand };
}
