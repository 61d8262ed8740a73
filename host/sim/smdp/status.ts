// SPDX-License-Identifier: Apache-2.0
// Every refusal of the SM-DP+ (SGP.22 v2.5 §5.2.6), by name.
import { COMMON_REFUSALS, refusal } from '../rsp/status.js';

export const REFUSALS = {
  ...COMMON_REFUSALS,
  memoryInsufficient: refusal('8.1', '4.8', 'the eUICC has not enough memory'),
  eidMismatch: refusal('8.1.1', '3.8', 'the download order is for another EID'),
  profileNotReleased: refusal('8.2', '1.2', 'the profile is not released'),
  rebindingRefused: refusal('8.2', '3.7', 'the profile is not available for a new binding'),
  noEligibleProfile: refusal('8.2.5', '4.3', 'no profile is eligible for this eUICC'),
  matchingIdRefused: refusal('8.2.6', '3.8', 'the MatchingID is refused'),
  confirmationCodeMissing: refusal('8.2.7', '2.2', 'the confirmation code is missing'),
  confirmationCodeRefused: refusal('8.2.7', '3.8', 'the confirmation code is refused'),
  confirmationCodeRetriesExceeded: refusal('8.2.7', '6.4', 'too many wrong confirmation codes'),
  smdpOidInvalid: refusal('8.8', '3.10', 'the OID is not that of this SM-DP+'),
  addressInvalid: refusal('8.8.1', '3.8', 'the address is not that of this SM-DP+'),
  ciNotSupported: refusal('8.8.2', '3.1', 'none of the CIs of the eUICC is supported'),
  versionNotSupported: refusal('8.8.3', '3.1', 'the specification version of the eUICC is not supported'),
  noAuthenticationCertificate: refusal('8.8.4', '3.7', 'the eUICC can verify no certificate of this SM-DP+'),
  orderExpired: refusal('8.8.5', '4.1', 'the download order has expired'),
  downloadsExceeded: refusal('8.8.5', '6.4', 'the profile was downloaded too often'),
} as const;
