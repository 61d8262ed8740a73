// SPDX-License-Identifier: Apache-2.0
// The ES10 functions that a device calls itself, in words: the class Euicc, and each function alone (encode a request, decode a response).

export * from './add-initial-eim.js';
export * from './configure-immediate-profile-enabling.js';
export * from './delete-profile.js';
export * from './disable-emergency-profile.js';
export * from './disable-profile.js';
export * from './enable-emergency-profile.js';
export * from './enable-profile.js';
export { Es10Error } from './error.js';
export { Euicc, type ProfileName } from './euicc.js';
export * from './euicc-memory-reset.js';
export * from './execute-fallback-mechanism.js';
export type { Es10Function, RefreshInput } from './function.js';
export * from './get-certs.js';
export * from './get-connectivity-parameters.js';
export * from './get-eid.js';
export * from './get-eim-configuration-data.js';
export * from './get-euicc-configured-addresses.js';
export * from './get-euicc-info.js';
export * from './get-profiles-info.js';
export * from './get-rat.js';
export * from './immediate-enable.js';
export * from './ipae-activation.js';
export * from './list-notification.js';
export * from './load-crl.js';
export type { NotificationEvent, NotificationMetadata } from './notification-metadata.js';
export type { ProfileIdentifier } from './profile-identifier.js';
export * from './profile-rollback.js';
export * from './remove-notification-from-list.js';
export * from './retrieve-notifications-list.js';
export * from './return-from-fallback.js';
export * from './set-default-dp-address.js';
export * from './set-nickname.js';
