// SPDX-License-Identifier: Apache-2.0
// Tables and numbers as the documents have them.

const numbers = new Intl.NumberFormat('en-US');

/** With a comma at each thousand. */
export const number = (value: number): string => numbers.format(value);

/** The first `words` columns are text, the others numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], words = 2): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index < words ? '---' : '---:'));
  return [line(head), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
