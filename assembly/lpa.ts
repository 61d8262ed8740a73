// SPDX-License-Identifier: Apache-2.0
// The LPAd of SGP.22 for consumer eUICCs: downloads, local functions, notifications. Nothing of SGP.32.
//
// What it leaves out (scripts/variants.ts, abi/features.ts):
// - ESIPA: everything that goes by way of an eIM; command Poll.
// - ASN1: servers are talked to in JSON alone.
// - STRICT_ANSWERS: answers of the eUICC are checked as far as they are read.

export * from './ipad';
