// SPDX-License-Identifier: Apache-2.0
// The module as C: wasm2c translates it, and what wasm2c puts around the functions (instances, tables, floating point, 64-bit addresses) gives way
// to boards/runtime/native/ipa_native.h, which knows that there is one instance with one small memory.

import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { inBuild } from '../paths.js';
import { readModuleFacts } from '../wasm.js';
import { ofInterpreter, readingInPlace, registersType, withRegisters } from './translated-interpreter.js';

/** A module in C. */
export interface Translation {
  /** The one file to compile, together with boards/runtime/native/. */
  readonly file: string;
  /** Its text. */
  readonly text: string;
  /** Of the module that was translated; in hexadecimal. A stored state goes with it. */
  readonly sha256: string;
}

/** What is translated: all WebAssembly, or the smallest form, which is mostly bytecode with an interpreter of its own (scripts/bytecode.ts). */
export type Form = 'fast' | 'smallest';

/** Endings of a form's files in build/, and its folder below build/boards/. */
const FORMS: Readonly<Record<Form, { readonly module: string; readonly names: string; readonly folder: string }>> = {
  fast: { module: 'fast.wasm', names: 'fast.names.wasm', folder: 'native' },
  smallest: { module: 'wasm', names: 'names.wasm', folder: 'native-small' },
};

/**
 * Translates a form of build/<variant>; writes ipa_module.c into build/boards/native/<variant>/, or native-small/ for the smallest form. Rejects
 * when the variant is not built.
 */
export async function translate(variant: string, form: Form = 'fast'): Promise<Translation> {
  const { module, names, folder } = FORMS[form];
  const file = `${variant}.${module}`;
  const [release, named] = await Promise.all([readFile(inBuild(file)), readFile(inBuild(`${variant}.${names}`))]);
  if (readModuleFacts(release).codeBytes !== readModuleFacts(named).codeBytes) throw new Error(`${file}: the names are of another build`);
  const sha256 = createHash('sha256').update(release).digest('hex');
  return translateFile(inBuild(`${variant}.${names}`), inBuild('boards', folder, variant), { variant, file, sha256 });
}

/** What the module in C says of itself. */
export interface Origin {
  readonly variant: string;
  /** The module's file, as it is shipped. */
  readonly file: string;
  /** Of this file; in hexadecimal. */
  readonly sha256: string;
}

/** Translates a module that exports what a module of this project does; writes ipa_module.c into the folder. */
export async function translateFile(wasm: string, folder: string, origin: Origin): Promise<Translation> {
  await mkdir(folder, { recursive: true });
  // several may do the same at the same time
  const translated = path.join(folder, `wasm2c-${randomUUID()}.c`);
  // a module name of its own keeps the names in the output apart from those of wasm2c's runtime
  await promisify(execFile)(process.execPath, [wasm2c(), wasm, '-n', 'ipa', '-o', translated]);
  const text = toNative(await readFile(translated, 'utf8'), origin);
  await Promise.all([translated, translated.replace(/c$/, 'h')].map((each) => rm(each, { force: true })));
  const file = path.join(folder, 'ipa_module.c');
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    await writeFile(translated, text);
    await rename(translated, file);
  }
  return { file, text, sha256: origin.sha256 };
}

function wasm2c(): string {
  return path.join(path.dirname(createRequire(import.meta.url).resolve('wabt')), 'bin', 'wasm2c');
}

/** The functions of wasm2c's output with a head of our own. @throws Error when it has what the native runtime lacks */
function toNative(translated: string, { variant, file, sha256 }: Origin): string {
  const all = functionsOf(translated);
  const words = carriedWords(all);
  const carriers = words.size > 0 ? /^static \w+ shrink_(?:reload|spill|next|back)\(/ : /^$/;
  const functions = all
    .filter((text) => !carriers.test(text))
    .map((text) => readingInPlace(text.replace(words.size > 0 ? /^ *shrink_(?:reload|spill)\(\);\n/gm : /^$/, '')));
  const known = globalsOf(translated, functions);
  const globals = known.filter(({ name }) => !words.has(name) && !ofInterpreter(name));
  const segments = segmentsOf(translated);
  const text = [
    '/* SPDX-License-Identifier: Apache-2.0 */',
    `/* The module ${variant} in C, made by wasm2c (wabt) and scripts/boards/translate.ts; do not edit.`,
    ` * SHA-256 of ${file}: ${sha256} */`,
    `#define IPA_MODULE_VARIANT "${variant}"`,
    `#define IPA_MODULE_SHA256 "${sha256}"`,
    `#define IPA_MEMORY_BYTES ${heapBaseOf(translated)}u`,
    '#include "ipa_native.h"',
    '',
    ...registersType(known.filter(({ isConstant }) => !isConstant).map(({ name }) => name)),
    ...declarationsOf(translated)
      .filter((text) => !carriers.test(text))
      .map(withRegisters),
    '',
    ...[...words].map(([name, address]) => `#define ${name} ipa_word(${address}u)`),
    ...globals.map(({ name, value, isConstant }) => (isConstant ? `#define ${name} ${value}` : `static u32 ${name};`)),
    '',
    ...[...segments, ...passiveSegmentsOf(translated)].map(({ name, bytes }) => `static const u8 ${name}[] = {${bytes}};`),
    '',
    'static void initialise(void) {',
    ...globals.filter(({ isConstant }) => !isConstant).map(({ name, value }) => `  ${name} = ${value};`),
    ...segments.map(({ name, at }) => `  memcpy(ipa_memory + ${at}, ${name}, sizeof ${name});`),
    '}',
    '',
    ...functions.map(withRegisters),
    ...exportsOf(translated).map(([name, target]) => `#define export_${name} ${target}`),
    '#include "ipa_native_exports.h"',
    '',
  ].join('\n');
  const foreign = text.match(/\b(?:instance|f32|f64|u64|s64|CALL_INDIRECT|wasm_rt_\w+|simde_\w+)\b/);
  if (foreign) throw new Error(`${variant}: the native runtime has no ${foreign[0]}`);
  return text;
}

/** Takes the one instance, its memory and 64-bit addresses out of a line, and makes names short. */
function plain(line: string): string {
  return line
    .replace(/\(w2c_ipa\* instance\)/g, '(void)')
    .replace(/\(w2c_ipa\*\)/g, '(void)')
    .replace(/\(w2c_ipa\*(?: instance)?, /g, '(')
    .replace(/\(instance, /g, '(')
    .replace(/\(instance\)/g, '()')
    .replace(/&instance->w2c_(?:memory|0), /g, '')
    .replace(
      /data_segment_data_w2c_ipa_(\w+), \(instance->data_segment_dropped_w2c_ipa_\1 \? 0 : \d+\), /g,
      'passive_$1, sizeof passive_$1, ',
    )
    .replace(/instance->w2c_(\w+)/g, (_, name: string) => globalName(name))
    .replace(/_default32\(\(u64\)\((\w+)\)(?: \+ (\d+)u?)?/g, (_, address, offset = '0') => `(${address}, ${offset}u`)
    .replace(/\bw2c_ipa_(\w+)/g, (_, name: string) => shortName(name));
}

/** Apart from functions, which may have the same name. */
function globalName(mangled: string): string {
  return `g_${shortName(mangled)}`;
}

/** assembly/wire/der-read/readTlv → wire_der_read_readTlv */
function shortName(mangled: string): string {
  return mangled
    .replaceAll('0x2F', '_')
    .replaceAll('0x2D', '_')
    .replaceAll('0x7E', '_')
    .replaceAll('0x5F', '_')
    .replace(/^assembly_/, '');
}

const DECLARATION = /^static \w+ w2c_ipa_\w+\(w2c_ipa\*[^)]*\);$/gm;

function declarationsOf(translated: string): string[] {
  const found = translated.match(DECLARATION) ?? [];
  return found.map(plain);
}

/** Every function of the module itself; what exports it to other C files is not among them. */
function functionsOf(translated: string): string[] {
  const declared = new Set((translated.match(DECLARATION) ?? []).map((line) => /w2c_ipa_\w+/.exec(line)?.[0] ?? ''));
  const found: string[] = [];
  for (const [text, name = ''] of translated.matchAll(/^(?:static )?\w+ (w2c_ipa_\w+)\(w2c_ipa\* instance[^)]*\) \{\n[\s\S]*?^\}\n/gm))
    if (declared.has(name)) found.push(plain(text).replace(/^(?!static )/, 'static '));
  if (found.length !== declared.size) throw new Error(`wasm2c declares ${declared.size} functions, ${found.length} were found`);
  return found;
}

/**
 * The scalars that are wasm globals within a call, with their addresses in the state region: reading and writing them there is as short in C, and
 * nothing has to be carried to and fro at each call.
 */
function carriedWords(functions: readonly string[]): Map<string, number> {
  const bodyOf = (name: string) => functions.find((text) => text.startsWith(`static ${name}(void) {`));
  const reload = bodyOf('void shrink_reload');
  if (reload === undefined) return new Map();
  const [, offset] = /i32_load\(\w+, (\d+)u\)/.exec(bodyOf('u32 shrink_next') ?? '') ?? [];
  const [, cursor] = /= (\d+)u;\s+g_shrink_cursor = /.exec(reload) ?? [];
  const names = [...reload.matchAll(/^ {2}(g_(?!shrink_cursor\b)\w+) = /gm)].map(([, name = '']) => name);
  if (offset === undefined || cursor === undefined)
    throw new Error('scripts/shrink/carry.ts carries scalars in another way than expected here');
  return new Map(names.map((name, index) => [name, Number(offset) + Number(cursor) + 4 * index]));
}

/** Names of exports, and of the functions that they are. */
function exportsOf(translated: string): [string, string][] {
  const found = translated.matchAll(/^\/\* export: '(ipa_\w+)' \*\/\nu32 \w+\([^)]*\) \{[\s\S]*?\bw2c_ipa_(\w+)\(instance/gm);
  return [...found].map(([, name = '', target = '']) => [name, shortName(target)]);
}

interface Global {
  readonly name: string;
  /** As wasm2c writes it: 128u. */
  readonly value: string;
  /** Nothing assigns to it. */
  readonly isConstant: boolean;
}

function globalsOf(translated: string, functions: readonly string[]): Global[] {
  const [, body = ''] = /^static void init_globals\(w2c_ipa\* instance\) \{\n([\s\S]*?)^\}/m.exec(translated) ?? [];
  const assigned = new Set(functions.flatMap((text) => [...text.matchAll(/\b(g_\w+) = /g)].map(([, name]) => name)));
  return [...body.matchAll(/instance->w2c_(\w+) = (\d+u);/g)].map(([, mangled = '', value = '']) => {
    const name = globalName(mangled);
    return { name, value, isConstant: !assigned.has(name) };
  });
}

function heapBaseOf(translated: string): string {
  const [, bytes] = /heap_base = (\d+)u;/.exec(translated) ?? [];
  if (bytes === undefined) throw new Error('the module does not export __heap_base');
  return bytes;
}

interface Segment {
  readonly name: string;
  readonly bytes: string;
}

/** What is in the memory from the start. */
function segmentsOf(translated: string): (Segment & { readonly at: string })[] {
  return [...translated.matchAll(/LOAD_DATA\(instance->w2c_(?:memory|0), (\d+)u, (\w+), \d+\);/g)].map(([, at = '', array = ''], index) => {
    return { name: `data${index}`, at, bytes: bytesOf(translated, array) };
  });
}

/** What the module fetches itself, and stays in flash. */
function passiveSegmentsOf(translated: string): Segment[] {
  const names = new Set([...translated.matchAll(/\bmemory_init\([^,]+, data_segment_data_w2c_ipa_(\w+),/g)].map(([, name = '']) => name));
  return [...names].map((name) => ({ name: `passive_${name}`, bytes: bytesOf(translated, `data_segment_data_w2c_ipa_${name}`) }));
}

function bytesOf(translated: string, array: string): string {
  return new RegExp(`^static const u8 ${array}\\[\\] = \\{([^}]*)\\};`, 'm').exec(translated)?.[1] ?? '';
}
