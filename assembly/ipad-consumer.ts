// SPDX-License-Identifier: Apache-2.0
// The IPAd for a consumer eUICC: that of ipad.ts, with a virtual ISD-R in front of the card (emulation/). Built with IPA_WITH_EMULATION.

export * from './ipad';
