// SPDX-License-Identifier: Apache-2.0
// Profiles for download: the package, its metadata, and the identifiers in them.
export { iccidContent, mccMncContent, readIccid } from './iccid.js';
export {
  type MetadataOptions,
  makeMetadata,
  NOTIFICATION_EVENT_BITS,
  type NotificationConfiguration,
  type NotificationEvent,
  notifyAll,
  PROFILE_CLASSES,
  PROFILE_POLICY_RULE_BITS,
} from './metadata.js';
export { makeProfilePackage, type ProfilePackageOptions } from './package.js';
