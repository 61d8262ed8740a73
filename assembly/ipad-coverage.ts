// SPDX-License-Identifier: Apache-2.0
// For tests alone: the module with marks of the rows taken. Compiled with IPA_COVERAGE to build/ipad-coverage.wasm, never shipped.

export { coverageMarks, coverageMarksBytes } from './engine/trail';
export * from './ipad';
