// SPDX-License-Identifier: Apache-2.0
// What a variant of the module leaves out. The build names it with asc's --use (scripts/variants.ts), the compiler drops what
// hangs on it: tables that no row leads to, branches that are never taken. Without any name everything is there.

/** Packages of an eIM over ESipa: everything of SGP.32 that is not a local function. */
export const HAS_ESIPA: bool = !isDefined(IPA_WITHOUT_ESIPA);
/** Straight to SM-DP+ and SM-DS (ES9+, ES11): download, notifications. */
export const HAS_DIRECT: bool = !isDefined(IPA_WITHOUT_DIRECT);
/** JSON binding of ES9+, ES11 and ESipa. */
export const HAS_JSON: bool = !isDefined(IPA_WITHOUT_JSON);
/** Command Es10: functions of the eUICC that the host asks for. */
export const HAS_LOCAL: bool = !isDefined(IPA_WITHOUT_LOCAL);
/** IpaEuiccDataRequest. */
export const HAS_DATA: bool = !isDefined(IPA_WITHOUT_DATA) && HAS_ESIPA;
/** Compact forms of what goes to the eIM (minimizeEsipaBytes). */
export const HAS_COMPACT: bool = !isDefined(IPA_WITHOUT_COMPACT) && HAS_ESIPA;
/** Profile metadata: policy rules against the Rules Authorisation Table, consent, comparison. Without: profiles with rules are refused. */
export const HAS_POLICY: bool = !isDefined(IPA_WITHOUT_POLICY);
/** Immediate enabling, rollback, and telling the eIM of changes. */
export const HAS_STATE_CHANGES: bool = !isDefined(IPA_WITHOUT_STATE_CHANGES) && HAS_ESIPA;
/** Choosing among what is kept: reports and results of other eIMs are passed over, notifications that were refused are left alone for some runs. */
export const HAS_SELECTION: bool = !isDefined(IPA_WITHOUT_SELECTION);
/** Results with the notifications that belong to them (ePRAndNotifications). Without: each goes by itself. */
export const HAS_RESULT_LIST: bool = !isDefined(IPA_WITHOUT_RESULT_LIST) && HAS_ESIPA;
/** Closing channels that an earlier run left open. */
export const HAS_STALE_CHANNELS: bool = !isDefined(IPA_WITHOUT_STALE_CHANNELS);
/** Downloads that default SM-DP+ or SM-DS offer. Without: those of an activation code, and those that the eIM holds the data of. */
export const HAS_DISCOVERY: bool = !isDefined(IPA_WITHOUT_DISCOVERY);
/** ASN.1 binding of ES9+ and ES11. */
export const HAS_ASN1: bool = !isDefined(IPA_WITHOUT_ASN1) || HAS_ESIPA;
/** Options from EsipaBinding on. Without: every one has its default. */
export const HAS_MORE_OPTIONS: bool = !isDefined(IPA_WITHOUT_MORE_OPTIONS);
/** Answers of the eUICC are checked to the last element, the EID by its digits. Without: as far as they are read. */
export const HAS_STRICT_ANSWERS: bool = !isDefined(IPA_WITHOUT_STRICT_ANSWERS);
/** CoAP to the eIM (link/coap.ts), and when to poll next (engine/schedule.ts). */
export const HAS_COAP: bool = !isDefined(IPA_WITHOUT_COAP);
/** Packages that the eIM pushes over CoAP (link/coap-push.ts). */
export const HAS_PUSH: bool = !isDefined(IPA_WITHOUT_PUSH) && HAS_COAP;
/** Modems beyond AT+CSIM with whole blocks: AT+CCHO, what is learnt, options from CardAccess on. */
export const HAS_MODEMS: bool = !isDefined(IPA_WITHOUT_MODEMS);
/** Downloads by way of the eIM and nothing else: what happens is in proc/indirect-download.ts. */
export const IS_INDIRECT: bool = !HAS_DIRECT && !HAS_POLICY && !HAS_STATE_CHANGES && !HAS_DISCOVERY;
/** A virtual ISD-R in front of a consumer eUICC (emulation/): the functions of SGP.32 that such a card does not have. Only where asked for. */
export const HAS_EMULATION: bool = isDefined(IPA_WITH_EMULATION);
/** Marks which rows of the step tables are taken, and how they end. For tests alone: IPA_COVERAGE is named for no shipped module. */
export const HAS_COVERAGE: bool = isDefined(IPA_COVERAGE);
