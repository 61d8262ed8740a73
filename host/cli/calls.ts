// SPDX-License-Identifier: Apache-2.0
// Which function of the specifications begins with an action of the module: for progress only, nothing depends on it.

import { Action } from '../abi.js';
import type { Action as Request } from '../interfaces.js';

/** A function call that begins. */
export interface Call {
  readonly peer: 'eUICC' | 'eIM';
  /** The name in SGP.22 or SGP.32. */
  readonly name: string;
}

const ES10: ReadonlyMap<number, string> = new Map([
  [0xbf20, 'GetEuiccInfo1'],
  [0xbf22, 'GetEuiccInfo2'],
  [0xbf21, 'PrepareDownload'],
  [0xbf2b, 'RetrieveNotificationsList'],
  [0xbf2e, 'GetEuiccChallenge'],
  [0xbf30, 'RemoveNotificationFromList'],
  [0xbf36, 'LoadBoundProfilePackage'],
  [0xbf38, 'AuthenticateServer'],
  [0xbf3c, 'GetEuiccConfiguredAddresses'],
  [0xbf3e, 'GetEuiccData'],
  [0xbf41, 'CancelSession'],
  [0xbf51, 'LoadEuiccPackage'],
  [0xbf55, 'GetEimConfigurationData'],
  [0xbf56, 'GetCerts'],
  [0xbf57, 'AddInitialEim'],
]);

const ESIPA: ReadonlyMap<number, string> = new Map([
  [0xbf39, 'InitiateAuthentication'],
  [0xbf3a, 'GetBoundProfilePackage'],
  [0xbf3b, 'AuthenticateClient'],
  [0xbf3d, 'HandleNotification'],
  [0xbf41, 'CancelSession'],
  [0xbf4f, 'GetEimPackage'],
  [0xbf50, 'ProvideEimPackageResult'],
]);

const STORE_DATA = 0xe2;
const HEADER_BYTES = 5;

/** The ES10 function whose first block this command APDU is. */
export function es10Function(apdu: Uint8Array): string | undefined {
  const isFirstBlock = apdu[1] === STORE_DATA && apdu[3] === 0;
  return isFirstBlock ? ES10.get(tagAt(apdu, HEADER_BYTES)) : undefined;
}

/** Sees the actions of one instance in order. */
export class CallObserver {
  private requestBytes = 0;

  /** The call that begins with this action, if one does. */
  observe(action: Request): Call | undefined {
    const name = this.nameOf(action);
    if (name === undefined) return undefined;
    return { peer: action.kind === Action.NetworkSend ? 'eIM' : 'eUICC', name };
  }

  private nameOf({ kind, argument, bytes }: Request): string | undefined {
    if (kind === Action.CardTransmit) return es10Function(bytes);
    if (kind === Action.CardWrite) return es10Function(apduOf(bytes));
    if (kind === Action.NetworkAbort) this.requestBytes = 0;
    if (kind !== Action.NetworkSend) return undefined;
    const isFirst = this.requestBytes === 0;
    this.requestBytes = this.requestBytes + bytes.length < argument ? this.requestBytes + bytes.length : 0;
    return isFirst ? ESIPA.get(tagAt(bytes, 0)) : undefined;
  }
}

/** The command APDU in a line AT+CSIM=<length>,"<hex>"; empty for any other line. */
function apduOf(line: Uint8Array): Uint8Array {
  const [, digits = ''] = /^AT\+CSIM=\d+,"([0-9A-F]+)"/.exec(Buffer.from(line).toString('latin1')) ?? [];
  return Buffer.from(digits, 'hex');
}

function tagAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
