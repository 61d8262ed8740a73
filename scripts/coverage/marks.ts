// SPDX-License-Identifier: Apache-2.0
// The marks that assembly/engine/trail.ts makes: which rows of the step tables were taken, and how they ended. Each process that
// runs tests leaves its own in a file.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inBuild } from '../paths.js';

/** Where the files are. */
export const MARKS_FOLDER = inBuild('coverage');
/** Rows that a procedure has room for. */
export const ROWS_OF_A_PROCEDURE = 64;
const MARK_BYTES = 2;
/** Bit of a row that was begun; bit n is that of outcome n. */
export const BEGUN = 14;
/** Bit of a row that failed. */
export const FAILED = 15;

/** Whether `bit` of a row is set. */
export function isMarked(marks: Uint8Array, procedure: number, row: number, bit: number): boolean {
  const at = (procedure * ROWS_OF_A_PROCEDURE + row) * MARK_BYTES;
  return ((((marks[at + 1] ?? 0) << 8) | (marks[at] ?? 0)) & (1 << bit)) !== 0;
}

/** All marks of either. */
export function joinMarks(left: Uint8Array, right: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: Math.max(left.length, right.length) }, (_, index) => (left[index] ?? 0) | (right[index] ?? 0));
}

/** Adds to the file of this process. */
export function leaveMarks(marks: Uint8Array): void {
  mkdirSync(MARKS_FOLDER, { recursive: true });
  const file = path.join(MARKS_FOLDER, `${process.pid}.marks`);
  writeFileSync(file, existsSync(file) ? joinMarks(readFileSync(file), marks) : marks);
}

/** What all processes left; empty when there is nothing. */
export function gatherMarks(): Uint8Array {
  const files = existsSync(MARKS_FOLDER) ? readdirSync(MARKS_FOLDER) : [];
  return files
    .filter((file) => file.endsWith('.marks'))
    .map((file): Uint8Array => readFileSync(path.join(MARKS_FOLDER, file)))
    .reduce(joinMarks, new Uint8Array());
}
