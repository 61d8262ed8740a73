// SPDX-License-Identifier: Apache-2.0
// The specification's words for result codes (SGP.32 v1.2 §2.11.2, SGP.22 v2.5 annex H), so that logs read without tables at hand.

type Words = Readonly<Record<number, string>>;

const COMMON: Words = { 0: 'ok', 127: 'undefinedError' };
const PROFILE: Words = { ...COMMON, 1: 'iccidOrAidNotFound', 3: 'disallowedByPolicy', 5: 'catBusy' };

/** Codes of EuiccResultData, by the operation's name. */
export const RESULT_WORDS = {
  enable: { ...PROFILE, 2: 'profileNotInDisabledState', 20: 'rollbackNotAvailable' },
  disable: { ...PROFILE, 2: 'profileNotInEnabledState' },
  delete: { ...PROFILE, 2: 'profileNotInDisabledState', 20: 'rollbackNotAvailable', 21: 'returnFallbackProfile' },
  listProfileInfo: { ...COMMON, 1: 'incorrectInputValues', 11: 'profileChangeOngoing' },
  getRAT: COMMON,
  configureImmediateEnable: { ...COMMON, 1: 'insufficientMemory', 7: 'commandError' },
  setFallbackAttribute: { ...COMMON, 1: 'iccidOrAidNotFound', 2: 'fallbackNotAllowed', 3: 'fallbackProfileEnabled' },
  unsetFallbackAttribute: { ...COMMON, 2: 'noFallbackAttribute', 3: 'fallbackProfileEnabled', 7: 'commandError' },
  setDefaultDpAddress: COMMON,
  addEim: {
    ...COMMON,
    1: 'insufficientMemory',
    2: 'associatedEimAlreadyExists',
    3: 'ciPKUnknown',
    5: 'invalidAssociationToken',
    6: 'counterValueOutOfRange',
    7: 'commandError',
  },
  deleteEim: { ...COMMON, 1: 'eimNotFound', 2: 'lastEimDeleted', 7: 'commandError' },
  updateEim: { ...COMMON, 1: 'eimNotFound', 3: 'ciPKUnknown', 6: 'counterValueOutOfRange', 7: 'commandError' },
  listEim: COMMON,
  rollback: COMMON,
  processingTerminated: { 1: 'resultSizeOverflow', 2: 'unknownOrDamagedCommand', 3: 'interruption', 127: 'undefinedError' },
  unknown: COMMON,
} satisfies Record<string, Words>;

/** The name of an operation in EuiccResultData. */
export type ResultOperation = keyof typeof RESULT_WORDS;

/** EuiccPackageErrorCode. */
export const PACKAGE_ERROR_WORDS: Words = {
  3: 'invalidEid',
  4: 'replayError',
  6: 'counterValueOutOfRange',
  15: 'sizeOverflow',
  104: 'ecallActive',
  127: 'undefinedError',
};

/** IpaEuiccDataErrorCode. */
export const DATA_ERROR_WORDS: Words = { 1: 'incorrectTagList', 5: 'euiccCiPKIdNotFound', 104: 'ecallActive', 127: 'undefinedError' };

/** profileDownloadErrorReason. */
export const DOWNLOAD_ERROR_WORDS: Words = { 104: 'ecallActive', 127: 'undefinedError' };

/** EimPackageResultErrorCode. */
export const EIM_PACKAGE_ERROR_WORDS: Words = { 1: 'invalidPackageFormat', 2: 'unknownPackage', 127: 'undefinedError' };

/** StateChangeCause. */
export const STATE_CHANGE_WORDS: Words = {
  0: 'otherEim',
  1: 'fallback',
  2: 'emergencyProfile',
  3: 'local',
  4: 'reset',
  5: 'immediateEnableProfile',
  6: 'deviceChange',
  127: 'undefined',
};

/** CancelSessionReason. */
export const CANCEL_WORDS: Words = {
  0: 'endUserRejection',
  1: 'postponed',
  2: 'timeout',
  3: 'pprNotAllowed',
  4: 'metadataMismatch',
  5: 'loadBppExecutionError',
  127: 'undefinedReason',
};

/** ErrorReason of a ProfileInstallationResult. */
export const INSTALL_ERROR_WORDS: Words = {
  1: 'incorrectInputValues',
  2: 'invalidSignature',
  3: 'invalidTransactionId',
  4: 'unsupportedCrtValues',
  5: 'unsupportedRemoteOperationType',
  6: 'unsupportedProfileClass',
  7: 'scp03tStructureError',
  8: 'scp03tSecurityError',
  9: 'installFailedDueToIccidAlreadyExistsOnEuicc',
  10: 'installFailedDueToInsufficientMemoryForProfile',
  11: 'installFailedDueToInterruption',
  12: 'installFailedDueToPEProcessingError',
  13: 'installFailedDueToDataMismatch',
  14: 'testProfileInstallFailedDueToInvalidNaaKey',
  15: 'pprNotAllowed',
  127: 'installFailedDueToUnknownError',
};

/** NotificationEvent, by bit number. */
export const EVENT_WORDS = ['install', 'enable', 'disable', 'delete'] as const;
export type NotificationEventWord = (typeof EVENT_WORDS)[number];

/** The word for a code; a code without one is shown as a number. */
export function wordFor(words: Words, code: number): string {
  return words[code] ?? `code ${code}`;
}
