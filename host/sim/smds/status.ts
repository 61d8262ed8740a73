// SPDX-License-Identifier: Apache-2.0
// Every refusal of the SM-DS (SGP.22 v2.5 §5.2.6), by name. Root errors are only for planned faults: nothing here depends on a root SM-DS.
import { COMMON_REFUSALS, refusal } from '../rsp/status.js';

export const SMDS_REFUSALS = {
  ...COMMON_REFUSALS,
  rootExecutionError: refusal('8.9', '4.2', 'the root SM-DS could not do it'),
  rootInaccessible: refusal('8.9', '5.1', 'the root SM-DS cannot be reached'),
  addressInvalid: refusal('8.9.1', '3.8', 'the address is not that of this SM-DS'),
  ciNotSupported: refusal('8.9.2', '3.1', 'none of the CIs of the eUICC is supported'),
  versionNotSupported: refusal('8.9.3', '3.1', 'the specification version of the eUICC is not supported'),
  noAuthenticationCertificate: refusal('8.9.4', '3.7', 'the eUICC can verify no certificate of this SM-DS'),
  eventUnknown: refusal('8.9.5', '3.9', 'there is no event for this EID'),
} as const;
