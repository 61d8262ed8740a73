// SPDX-License-Identifier: Apache-2.0
// The score on the last line of `npm test`: nothing that failed may be missing from it.

import { describe, expect, it } from 'vitest';
import { scoreOf } from '../../scripts/test.js';

const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }) });
const report = (numPassedTests: number, numFailedTests: number, ...testResults: ReturnType<typeof file>[]) => ({
  numPassedTests,
  numFailedTests,
  testResults,
});

describe('the score', () => {
  it('is what vitest counts', () => {
    expect(scoreOf(report(7, 0, file('passed', 7)), 0)).toEqual({ passed: 7, failed: 0 });
    expect(scoreOf(report(5, 2, file('failed', 7)), 1)).toEqual({ passed: 5, failed: 2 });
  });

  it('counts a file that does not load', () => {
    expect(scoreOf(report(3, 0, file('passed', 3), file('failed', 0)), 1)).toEqual({ passed: 3, failed: 1 });
  });

  it('counts an error outside any test', () => {
    expect(scoreOf(report(3, 0, file('passed', 3)), 1)).toEqual({ passed: 3, failed: 1 });
  });

  it('counts a run that left no report', () => {
    expect(scoreOf(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  });
});
