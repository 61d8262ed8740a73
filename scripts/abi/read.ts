// SPDX-License-Identifier: Apache-2.0
// Reads the public files of assembly/abi/ with the TypeScript parser. Only syntax is used: AssemblyScript's i32 is unknown to TypeScript.
// Anything that the outputs could not repeat faithfully is an error here, not a silent gap there.

import ts from 'typescript';
import { evaluate, type KnownNumbers } from './evaluate.js';
import type { AbiConstant, AbiEnum, AbiFile } from './model.js';

/** A source text to read; `name` is the file's name without folder and extension. */
export interface AbiSource {
  readonly name: string;
  readonly text: string;
}

/** Thrown with file and line when a declaration is outside what the ABI files may hold. */
export class AbiError extends Error {
  constructor(source: ts.SourceFile, node: ts.Node, message: string) {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    super(`assembly/abi/${source.fileName}:${line + 1}: ${message}`);
    this.name = 'AbiError';
  }
}

/** Reads all files; constants may refer to constants and members read before them. Throws AbiError. */
export function readAbi(sources: readonly AbiSource[]): AbiFile[] {
  const known: KnownNumbers = new Map();
  return sources.map((source) => readFile(source, known));
}

function readFile({ name, text }: AbiSource, known: KnownNumbers): AbiFile {
  const source = ts.createSourceFile(`${name}.ts`, text, ts.ScriptTarget.ES2022, true);
  const entries: (AbiEnum | AbiConstant)[] = [];
  for (const statement of source.statements) {
    if (ts.isEnumDeclaration(statement)) entries.push(readEnum(source, statement, known));
    else if (ts.isVariableStatement(statement)) entries.push(readConstant(source, statement, known));
    else if (!ts.isImportDeclaration(statement)) throw new AbiError(source, statement, 'only const enums and constants belong here');
  }
  return { name, doc: fileComment(text), entries };
}

function readEnum(source: ts.SourceFile, node: ts.EnumDeclaration, known: KnownNumbers): AbiEnum {
  if (!isExported(node) || !hasModifier(node, ts.SyntaxKind.ConstKeyword)) throw new AbiError(source, node, 'must be `export const enum`');
  const members = node.members.map((member) => {
    if (!member.initializer) throw new AbiError(source, member, 'a member needs its value written out: it is a promise to hosts');
    const name = member.name.getText(source);
    const constant = { name, doc: docOf(source, member), ...numberOf(source, member.initializer, known) };
    known.set(`${node.name.text}.${name}`, constant.value);
    return constant;
  });
  return { name: node.name.text, doc: docOf(source, node), members };
}

function readConstant(source: ts.SourceFile, statement: ts.VariableStatement, known: KnownNumbers): AbiConstant {
  const [declaration, another] = statement.declarationList.declarations;
  const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
  if (!declaration?.initializer || another || !isConst || !isExported(statement))
    throw new AbiError(source, statement, 'must be `export const NAME: i32 = n`');
  const name = declaration.name.getText(source);
  const constant = { name, doc: docOf(source, statement), ...numberOf(source, declaration.initializer, known) };
  known.set(name, constant.value);
  return constant;
}

function numberOf(source: ts.SourceFile, node: ts.Expression, known: KnownNumbers): { value: number; hexadecimal: boolean } {
  const value = evaluate(node, known);
  if (value === undefined || value < -(2 ** 31) || value >= 2 ** 32)
    throw new AbiError(source, node, 'not a 32-bit number known at compile time');
  return { value, hexadecimal: /^0x/i.test(node.getText(source)) };
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) ?? false;
}

function isExported(node: ts.HasModifiers): boolean {
  return hasModifier(node, ts.SyntaxKind.ExportKeyword);
}

function docOf(source: ts.SourceFile, node: ts.Node): string {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (text === '') throw new AbiError(source, node, 'needs a doc comment');
  return text;
}

function fileComment(text: string): string {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  const head = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^\/\/ ?/, ''));
  return head.filter((line) => !line.startsWith('SPDX-')).join(' ');
}
