// SPDX-License-Identifier: Apache-2.0
// The IPAd of SGP.32 v1.2 for devices: everything of ipad.ts but the JSON binding. What it leaves out stands in scripts/variants.ts.

export * from './ipad';
