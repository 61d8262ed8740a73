// SPDX-License-Identifier: Apache-2.0
// The ESipa functions of an eIM, by name and by the tag of their ASN.1 message (SGP.32 v1.2 §6.3.2).
import type { EsipaFunction } from './context.js';
import { authenticateClient } from './esipa/authenticate-client.js';
import { cancelSession } from './esipa/cancel-session.js';
import { getBoundProfilePackage } from './esipa/get-bound-profile-package.js';
import { getEimPackage } from './esipa/get-eim-package.js';
import { handleNotification } from './esipa/handle-notification.js';
import { initiateAuthentication } from './esipa/initiate-authentication.js';
import { provideEimPackageResult } from './esipa/provide-eim-package-result.js';

/** The names of the ESipa functions that an eIM offers. */
export type EsipaFunctionName =
  | 'initiateAuthentication'
  | 'authenticateClient'
  | 'getBoundProfilePackage'
  | 'cancelSession'
  | 'handleNotification'
  | 'getEimPackage'
  | 'provideEimPackageResult';

/** By the tag of the request. */
export const FUNCTIONS: ReadonlyMap<number, { readonly name: EsipaFunctionName; readonly run: EsipaFunction }> = new Map([
  [0xbf39, { name: 'initiateAuthentication', run: initiateAuthentication }],
  [0xbf3b, { name: 'authenticateClient', run: authenticateClient }],
  [0xbf3a, { name: 'getBoundProfilePackage', run: getBoundProfilePackage }],
  [0xbf41, { name: 'cancelSession', run: cancelSession }],
  [0xbf3d, { name: 'handleNotification', run: handleNotification }],
  [0xbf4f, { name: 'getEimPackage', run: getEimPackage }],
  [0xbf50, { name: 'provideEimPackageResult', run: provideEimPackageResult }],
]);

/** The function a message calls, as far as its first bytes tell. */
export function esipaFunctionName(message: Uint8Array): EsipaFunctionName | undefined {
  return FUNCTIONS.get(((message[0] ?? 0) << 8) | (message[1] ?? 0))?.name;
}
