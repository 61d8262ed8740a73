// SPDX-License-Identifier: Apache-2.0
// Marks, for tests alone, which rows of the step tables were taken and how they ended. They lie outside the state region and
// stay from command to command. A shipped module has nothing of this (abi/features.ts, HAS_COVERAGE).

import { HAS_COVERAGE } from '../abi/features';
import { S } from '../abi/state';
import { Go } from '../proc/functions';
import { MOVED, PENDING, REPEAT } from './streams';

const PROCEDURES: u32 = 11;
const ROWS_OF_A_PROCEDURE: u32 = 64;
/** Bytes of the marks of one row: bit n for outcome n. */
const MARK_BYTES: u32 = 2;
const BEGUN: u32 = 14;
const FAILED: u32 = 15;
const MARKS_BYTES: i32 = PROCEDURES * ROWS_OF_A_PROCEDURE * MARK_BYTES;
const MARKS: usize = HAS_COVERAGE ? memory.data(MARKS_BYTES, 16) : 0;

/** Where the marks of the row in hand are; a step may change the row. */
let rowAt: usize = 0;

function mark(bit: u32): void {
  store<u16>(rowAt, <u16>(<u32>load<u16>(rowAt) | (1 << bit)));
}

/** The present row begins, or goes on. */
export function markRow(): void {
  rowAt = MARKS + ((S.procedure - Go.StartUp) * ROWS_OF_A_PROCEDURE + S.step) * MARK_BYTES;
  mark(BEGUN);
}

/** What came of it. */
export function markOutcome(result: i32): void {
  if (result == PENDING || result == MOVED || result == REPEAT) return;
  mark(result < 0 ? FAILED : result);
}

/** Address of the marks: two bytes a row, 64 rows a procedure, in the order of Go. */
export function coverageMarks(): usize {
  return MARKS;
}

/** Bytes of the marks. */
export function coverageMarksBytes(): i32 {
  return MARKS_BYTES;
}
