// SPDX-License-Identifier: Apache-2.0
// Edges of the step tables that no test can take, each with its reason. One that is taken all the same, or that does not exist, is
// an error.

/** Reasons by "<procedure> row <number> <step>: outcome <n>" or ": failure". */
export const excused: Readonly<Record<string, string>> = {};
