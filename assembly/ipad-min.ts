// SPDX-License-Identifier: Apache-2.0
// The smallest IPAd of SGP.32 v1.2: packages, downloads and notifications by way of the eIM, over AT+CSIM or APDUs.
//
// What it leaves out (scripts/variants.ts, abi/features.ts):
// - DIRECT, JSON, LOCAL: it talks to the eIM alone, in ASN.1, and knows command Poll alone.
// - DATA, COMPACT: IpaEuiccDataRequest is refused as unknown package; results go to the eIM as the eUICC made them.
// - POLICY: no consent, no comparison of metadata; a profile with policy rules is refused (pprNotAllowed). That a confirmation code
//   is missing the eUICC says.
// - STATE_CHANGES: no rollback, no immediate enable, no notifyStateChange.
// - SELECTION: reports and results for another eIM are offered too, a notification that was refused is offered again at the next poll.
// - RESULT_LIST: a result goes by itself, its notifications behind it.
// - STALE_CHANNELS: channels that an earlier run left open stay so until the card is reset.
// - DISCOVERY: triggers by default SM-DP+ or SM-DS are refused as wrong format.
// - COAP, PUSH: HTTPS alone; ipad-min-coap.ts has CoAP.
// - MORE_OPTIONS: options from EsipaBinding on are refused; UtcTime is taken and means nothing.
// - STRICT_ANSWERS: answers of the eUICC are checked as far as they are read, the EID not by its digits.

export * from './ipad';
