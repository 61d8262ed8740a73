// SPDX-License-Identifier: Apache-2.0
// The IPAd of SGP.32 v1.2 for devices: everything of SGP.32 in the ASN.1 binding, with the compact forms that
// ipad leaves out. What it leaves out stands in scripts/variants.ts.

export * from './ipad';
