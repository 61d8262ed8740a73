// SPDX-License-Identifier: Apache-2.0
// The LPAd of SGP.22 for consumer eUICCs: downloads, local functions, notifications. Nothing of SGP.32.

export * from './ipad';
