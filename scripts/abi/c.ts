// SPDX-License-Identifier: Apache-2.0
// Writes boards/include/ipa_abi.h: the same constants for C11.

import { type AbiConstant, type AbiEnum, type AbiFile, isEnum, numeral } from './model.js';

/** The whole text of boards/include/ipa_abi.h. */
export function writeC(files: readonly AbiFile[]): string {
  const body = files.flatMap((file) => [
    '',
    `/* ${file.name}: ${file.doc} */`,
    ...file.entries.flatMap((entry) => ['', ...writeEntry(entry)]),
  ]);
  return [
    '/* SPDX-License-Identifier: Apache-2.0 */',
    '/* Generated from assembly/abi/ by `npm run abi`; do not edit. The words of the interface between module and host. */',
    '#ifndef IPA_ABI_H',
    '#define IPA_ABI_H',
    ...body,
    '',
    '#endif',
    '',
  ].join('\n');
}

function writeEntry(entry: AbiEnum | AbiConstant): string[] {
  return isEnum(entry) ? writeEnum(entry) : [comment(entry.doc), `#define IPA_${entry.name} (${numeral(entry)})`];
}

function writeEnum({ name, doc, members }: AbiEnum): string[] {
  const prefix = cName(name);
  const rows = members.flatMap((member) => [`  ${comment(member.doc)}`, `  ${prefix}_${upperSnake(member.name)} = ${numeral(member)},`]);
  return [comment(doc), `enum ${prefix.toLowerCase()} {`, ...rows, '};'];
}

/** "ErrorCode" becomes "IPA_ERROR": members then read IPA_ERROR_BUSY. */
const cName = (name: string): string => `IPA_${upperSnake(name.replace(/Code$/, ''))}`;

/** "CardWrite" becomes "CARD_WRITE". */
const upperSnake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

const comment = (doc: string): string => `/** ${doc.replaceAll('*/', '* /')} */`;
