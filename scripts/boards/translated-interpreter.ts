// SPDX-License-Identifier: Apache-2.0
// The interpreter in a module's smallest form (scripts/bytecode/interpreter.ts), after its translation to C: it reads the program where it lies in
// flash, and what it has in globals becomes a local structure, which the compiler keeps in registers. More than a third fewer instructions, and no global is
// left as it was when a call is given up by a trap. Texts without the interpreter stay as they are.

const GLOBAL = /\bg_bytecode_(\w+)/;
const CALL = /\bbytecode_(?:pop|push|byte|enter|leave|run)\(/;
/** What is called from the interpreter's loop alone. */
const PART = /^static \w+ bytecode_(?:pop|push|byte|enter|leave)\(/;
const LOOP = /^static u32 bytecode_run\(/;
const PROGRAM = 'passive_bytecode, sizeof passive_bytecode';

/** Whether a global of this name in C is the interpreter's. */
export function ofInterpreter(name: string): boolean {
  return GLOBAL.test(name);
}

/** Takes the copying out of the two functions that read the program. @throws Error when they do not copy */
export function readingInPlace(text: string): string {
  const [, name] = /^static u32 bytecode_(byte|entry)\([^)]*\) \{/.exec(text) ?? [];
  if (name === undefined) return text;
  const [, waiting] = /i32_load8_u\(\w+, (\d+)u\)/.exec(text) ?? [];
  if (!text.includes(`memory_init(${PROGRAM}, `) || (name === 'byte' && waiting === undefined))
    throw new Error(`$bytecode/${name} reads the program in another way than expected here`);
  const lines =
    name === 'byte'
      ? [
          'static u32 bytecode_byte(void) {',
          '  if (g_bytecode_waiting) {',
          '    g_bytecode_waiting = g_bytecode_waiting - 1;',
          `    return i32_load8_u(g_bytecode_waiting, ${waiting}u);`,
          '  }',
          '  const u32 at = g_bytecode_at;',
          '  g_bytecode_at = at + 1;',
          `  return *ipa_constant(${PROGRAM}, at, 1);`,
        ]
      : [
          'IPA_IN_PLACE u32 bytecode_entry(u32 number) {',
          '  u16 entry;',
          `  memcpy(&entry, ipa_constant(${PROGRAM}, number << 1, sizeof entry), sizeof entry);`,
          '  return entry;',
        ];
  return [...lines, '}', ''].join('\n');
}

/** Declares the structure for these globals in C, if any of them is the interpreter's. */
export function registersType(globals: readonly string[]): string[] {
  const names = globals.filter(ofInterpreter).map((name) => name.replace(GLOBAL, '$1'));
  return names.length > 0 ? [`typedef struct { u32 ${names.join(', ')}; } ipa_registers;`, ''] : [];
}

/**
 * A function, or its declaration, with the interpreter's registers where it had globals. The ways in begin with zeros, as the globals do before each
 * call. The loop copies them, and its parts become parts of it, so that nothing else has their address.
 */
export function withRegisters(text: string): string {
  const isPart = PART.test(text);
  const isLoop = LOOP.test(text);
  const [head = '', ...rest] = text.split('\n');
  const body = rest.join('\n').replace(everywhere(CALL), '$&registers, ').replaceAll('(registers, )', '(registers)');
  const lines = [isPart || isLoop ? withParameter(head, isPart) : head, ...(rest.length > 0 ? [body] : [])];
  const changed = lines.join('\n').replace(everywhere(GLOBAL), 'registers->$1');
  if (isLoop) return begun(changed, '*first');
  return CALL.test(body) && !isPart ? begun(changed, '{0}') : changed;
}

function everywhere({ source }: RegExp): RegExp {
  return new RegExp(source, 'g');
}

function withParameter(head: string, isPart: boolean): string {
  const parameter = isPart ? 'ipa_registers *registers' : 'const ipa_registers *first';
  const withIt = head.replace('(void)', '()').replace('(', `(${parameter}, `).replace(', )', ')');
  return isPart ? withIt.replace('static', 'IPA_IN_PLACE') : withIt;
}

function begun(text: string, values: string): string {
  return text.replace('{\n', `{\n  ipa_registers own = ${values}, *const registers = &own;\n`);
}
