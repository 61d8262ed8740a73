// SPDX-License-Identifier: Apache-2.0
// Writes host/abi.ts: the constants as plain objects, and the words of the errors.

import { type AbiConstant, type AbiEnum, type AbiFile, isEnum, numeral } from './model.js';

/** The enum whose members' doc comments read "layer: words". */
const ERRORS = 'ErrorCode';
/** As in biome.json. */
const LINE_WIDTH = 140;

/** The whole text of host/abi.ts. Throws when an error's doc comment does not name its layer. */
export function writeTypeScript(files: readonly AbiFile[]): string {
  const head = [
    '// SPDX-License-Identifier: Apache-2.0',
    '// Generated from assembly/abi/ by `npm run abi`; do not edit. The words of the interface between module and host.',
  ];
  const body = files.flatMap((file) => [
    '',
    `// ${file.name}: ${file.doc}`,
    ...file.entries.flatMap((entry) => ['', ...writeEntry(entry)]),
  ]);
  return `${[...head, ...body, ...writeErrorWords(files)].join('\n')}\n`;
}

function writeEntry(entry: AbiEnum | AbiConstant): string[] {
  return isEnum(entry) ? writeEnum(entry) : [comment(entry.doc), `export const ${entry.name} = ${numeral(entry)};`];
}

function writeEnum({ name, doc, members }: AbiEnum): string[] {
  const rows = members.flatMap((member) => [`  ${comment(member.doc)}`, `  ${member.name}: ${numeral(member)},`]);
  return [
    comment(doc),
    `export const ${name} = {`,
    ...rows,
    '} as const;',
    comment(doc),
    `export type ${name} = (typeof ${name})[keyof typeof ${name}];`,
  ];
}

/** The layers and the words of the errors; nothing when the sources define no errors. */
function writeErrorWords(files: readonly AbiFile[]): string[] {
  const errors = files
    .flatMap((file) => file.entries)
    .filter(isEnum)
    .find((entry) => entry.name === ERRORS);
  if (!errors) return [];
  const rows = errors.members.map((member) => ({ ...splitLayer(member), member }));
  const layers = [...new Set(rows.map(({ layer }) => layer))];
  return [
    '',
    '/** The layer that is at fault for an error. */',
    ...writeUnion('ErrorLayer', layers.map(quote)),
    '',
    '/** Each error by its number. */',
    'export const ERROR_WORDS: Readonly<Record<number, { readonly name: string; readonly layer: ErrorLayer; readonly words: string }>> = {',
    ...rows.flatMap(({ layer, words, member }) => [
      `  [${numeral(member)}]: {`,
      `    name: ${quote(member.name)},`,
      `    layer: ${quote(layer)},`,
      `    words: ${quote(words)},`,
      '  },',
    ]),
    '};',
  ];
}

/** On one line where the formatter would keep it there. */
function writeUnion(name: string, members: readonly string[]): string[] {
  const line = `export type ${name} = ${members.join(' | ')};`;
  if (line.length <= LINE_WIDTH) return [line];
  return [`export type ${name} =`, ...members.slice(0, -1).map((member) => `  | ${member}`), `  | ${members.at(-1)};`];
}

function splitLayer({ name, doc }: AbiConstant): { layer: string; words: string } {
  const match = /^([A-Za-z0-9+ -]+): (.+)$/.exec(doc);
  if (!match?.[1] || !match[2]) throw new Error(`${ERRORS}.${name}: its doc comment must read "layer: words"`);
  return { layer: match[1], words: match[2] };
}

const comment = (doc: string): string => `/** ${doc} */`;

/** A string literal as the formatter would write it: single quotes unless double quotes save escapes. */
function quote(text: string): string {
  if (text.includes("'") && !text.includes('"')) return JSON.stringify(text);
  return `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
