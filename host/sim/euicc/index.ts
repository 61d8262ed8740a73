// SPDX-License-Identifier: Apache-2.0
// The simulated eUICC: what other parts use of it.
export type { EuiccCredentials } from './domain/identity.js';
export type { PreinstalledProfile } from './initial-content.js';
export type { EimView, NotificationView, PackageResultView, ProfileView } from './inspection.js';
export { type RandomSource, seededRandom } from './random.js';
export { SimulatedEuicc, type SimulatedEuiccOptions } from './simulated-euicc.js';
export type { AssistantCheck, EuiccKind } from './state/settings.js';
