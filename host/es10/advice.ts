// SPDX-License-Identifier: Apache-2.0
// What to do when the eUICC refuses, by function and result, else by the result alone.

const BY_FUNCTION: Readonly<Record<string, string>> = {
  'DeleteProfile.profileNotInDisabledState': 'disable the profile, then delete it',
  'EnableProfile.disallowedByPolicy': 'the policy rules of the profile that is enabled forbid to disable it',
  'DeleteProfile.disallowedByPolicy': 'the policy rules of the profile forbid to delete it: ask its operator',
  'ExecuteFallbackMechanism.profileNotInDisabledState': 'the fallback profile is enabled already: nothing is to be done',
  'AddInitialEim.associatedEimAlreadyExists':
    'the eUICC has an eIM, which alone can add another; a reset of the eIM configuration removes all',
};

const BY_CODE: Readonly<Record<string, string>> = {
  malformedResponse: 'the eUICC answers what is not in the specification: a trace shows the bytes',
  unknownResult: 'look the number up in the specification of the eUICC, which is newer than this program',
  undefinedError: 'the eUICC gives no reason: reset the card, then try again',
  iccidOrAidNotFound: 'name a profile that the eUICC has: list them first',
  iccidNotFound: 'name a profile that the eUICC has: list them first',
  disallowedByPolicy: 'the policy rules of the profile forbid it: ask its operator',
  wrongProfileReenabling: 'the profile that was enabled before this one must be enabled first',
  catBusy: 'the modem talks to the card: wait some seconds, then try again',
  profileChangeOngoing: 'profiles are being switched: wait some seconds, then try again',
  ecallActive: 'an emergency call is going on: try again after it',
  incorrectInputValues: 'the eUICC does not know what it was asked for: ask for less',
  insufficientMemory: 'the eUICC is full: delete a profile that is not needed',
  notEnoughMemorySpace: 'the eUICC is full: delete a profile that is not needed',
  associatedEimAlreadyExists: 'this is only possible while the eUICC has no eIM',
  ciPKUnknown: 'the eUICC does not know the CI that the request names: leave it out, or take one of its information',
  invalidCiPKId: 'name a CI of the information of the eUICC, or none',
  invalidAssociationToken: 'the request may only ask for a token (-1), not bring one',
  counterValueOutOfRange: 'the counter must be from 0 to 8,388,607',
  commandError: 'the eUICC cannot do this now: look at the state of its profiles and its eIM',
  rollbackNotAllowed: 'only the package that enabled the profile last can allow it, and only once',
  immediateEnableNotAvailable: 'immediate enabling must be configured before, for the SM-DP+ of this profile',
  noSessionContext: 'this is only possible right after a profile was installed',
  fallbackNotAvailable: 'an eIM must give the fallback attribute to a profile first, which must not be the enabled one',
  ecallNotAvailable: 'the eUICC has no emergency profile',
  parametersNotAvailable: 'the enabled profile tells no parameters',
  profileNotInDisabledState: 'the profile is enabled already: nothing is to be done',
  profileNotInEnabledState: 'the profile is disabled already: nothing is to be done',
  invalidSignature: 'the list is not signed by a CI of this eUICC: get it again from its CI',
  invalidCRLFormat: 'give a CertificateList (SGP.22 §4.5.2.1) in DER',
  verificationKeyNotFound: 'the eUICC does not have the CI that signed the list',
  fresherCrlAlreadyLoaded: 'the eUICC has a later list already: nothing is to be done',
  baseCrlMissing: 'load the list that this part belongs to first',
  notSupported: 'this eUICC has no IPA of its own',
  eimResetNotSupported: 'this eUICC keeps its eIM: only the eIM can remove itself',
  resetIECNotSupported: 'this eUICC cannot reset the configuration of immediate enabling',
};

/** One sentence on what to do next. */
export function adviceForCode(functionName: string, code: string): string {
  return BY_FUNCTION[`${functionName}.${code}`] ?? BY_CODE[code] ?? 'look the result up in SGP.22 §5.7 or SGP.32 §5.9';
}
