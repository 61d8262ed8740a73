// SPDX-License-Identifier: Apache-2.0
// The smallest IPAd of SGP.32 v1.2: packages, downloads and notifications by way of the eIM, over AT+CSIM or APDUs.
// What it leaves out stands in scripts/variants.ts and, for the caller, in ABI.md.

export * from './ipad';
