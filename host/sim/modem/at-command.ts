// SPDX-License-Identifier: Apache-2.0
// Reads an AT command line into commands (ITU-T V.250 §5.2 to §5.4): basic commands such as E0 or &F run on without
// a separator, extended ones such as +CSIM=… end at a semicolon.

import { AtError, CmeError } from './at-error.js';

/** One command. `name` is in upper case, with its sign: "+CSIM", "E", "&F". */
export interface AtCommand {
  readonly name: string;
  readonly form: 'execute' | 'read' | 'test' | 'set';
  /** Values between commas, without their quotes; for a basic command its digits, if any. */
  readonly parameters: readonly string[];
}

const BASIC = /^(&?[A-Z])(\d*)/i;
const EXTENDED_NAME = /^[+#^*$%][A-Z0-9!%\-./:_]*/i;

/**
 * Reads what follows "AT". An empty line is no command at all.
 * @throws AtError when it is not the syntax of V.250.
 */
export function parseCommandLine(line: string): AtCommand[] {
  const commands: AtCommand[] = [];
  let rest = line.trimStart();
  while (rest !== '') {
    const { command, length } = EXTENDED_NAME.test(rest) ? readExtended(rest) : readBasic(rest);
    commands.push(command);
    rest = rest.slice(length).trimStart();
  }
  return commands;
}

interface ReadCommand {
  readonly command: AtCommand;
  readonly length: number;
}

function readBasic(text: string): ReadCommand {
  const match = BASIC.exec(text);
  if (match === null) throw new AtError(CmeError.OperationNotSupported);
  const separator = text[match[0].length] === ';' ? 1 : 0;
  const parameters = match[2] === '' ? [] : [match[2]!];
  return { command: { name: match[1]!.toUpperCase(), form: 'execute', parameters }, length: match[0].length + separator };
}

function readExtended(text: string): ReadCommand {
  const end = endOfExtended(text);
  const whole = text.slice(0, end).trimEnd();
  const name = EXTENDED_NAME.exec(whole)![0];
  return { command: { name: name.toUpperCase(), ...readForm(whole.slice(name.length)) }, length: end + 1 };
}

/** The semicolon that ends the command, not counting those in quotes. */
function endOfExtended(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] === ';' && !quoted) return at;
  }
  if (quoted) throw new AtError(CmeError.IncorrectParameters);
  return text.length;
}

function readForm(tail: string): Omit<AtCommand, 'name'> {
  if (tail === '') return { form: 'execute', parameters: [] };
  if (tail === '?') return { form: 'read', parameters: [] };
  if (tail === '=?') return { form: 'test', parameters: [] };
  if (tail.startsWith('=')) return { form: 'set', parameters: splitParameters(tail.slice(1)) };
  throw new AtError(CmeError.OperationNotSupported);
}

function splitParameters(text: string): string[] {
  const values = [''];
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === ',' && !quoted) values.push('');
    else values.push(values.pop() + character);
  }
  return values.map((value) => value.trim().replace(/^"([^"]*)"$/, '$1'));
}
