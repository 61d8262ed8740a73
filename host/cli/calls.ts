// SPDX-License-Identifier: Apache-2.0
// Which function of the specifications begins with an action of the module: for progress only, nothing depends on it.

import { Action, PeerKind, RspFunction } from '../abi.js';
import type { Action as Request } from '../interfaces.js';

/** A function call that begins. */
export interface Call {
  readonly peer: 'eUICC' | 'eIM' | 'SM-DP+' | 'SM-DS';
  /** The name in SGP.22 or SGP.32. */
  readonly name: string;
}

const ES10: ReadonlyMap<number, string> = new Map([
  [0xbf20, 'GetEuiccInfo1'],
  [0xbf21, 'PrepareDownload'],
  [0xbf22, 'GetEuiccInfo2'],
  [0xbf28, 'ListNotification'],
  [0xbf29, 'SetNickname'],
  [0xbf2b, 'RetrieveNotificationsList'],
  [0xbf2d, 'GetProfilesInfo'],
  [0xbf2e, 'GetEuiccChallenge'],
  [0xbf30, 'RemoveNotificationFromList'],
  [0xbf31, 'EnableProfile'],
  [0xbf32, 'DisableProfile'],
  [0xbf33, 'DeleteProfile'],
  [0xbf34, 'EuiccMemoryReset'],
  [0xbf35, 'LoadCrl'],
  [0xbf36, 'LoadBoundProfilePackage'],
  [0xbf38, 'AuthenticateServer'],
  [0xbf3c, 'GetEuiccConfiguredAddresses'],
  [0xbf3e, 'GetEuiccData'],
  [0xbf3f, 'SetDefaultDpAddress'],
  [0xbf41, 'CancelSession'],
  [0xbf42, 'IpaeActivation'],
  [0xbf43, 'GetRat'],
  [0xbf51, 'LoadEuiccPackage'],
  [0xbf55, 'GetEimConfigurationData'],
  [0xbf56, 'GetCerts'],
  [0xbf57, 'AddInitialEim'],
  [0xbf58, 'ProfileRollback'],
  [0xbf59, 'ConfigureImmediateProfileEnabling'],
  [0xbf5a, 'ImmediateEnable'],
  [0xbf5b, 'EnableEmergencyProfile'],
  [0xbf5c, 'DisableEmergencyProfile'],
  [0xbf5d, 'ExecuteFallbackMechanism'],
  [0xbf5e, 'ReturnFromFallback'],
  [0xbf5f, 'GetConnectivityParameters'],
  [0xbf64, 'EuiccMemoryReset'],
  [0xbf65, 'SetDefaultDpAddress'],
]);

/** ESipa, ES9+ and ES11 by the second byte of their tag. */
const RSP: ReadonlyMap<number, string> = new Map(Object.entries(RspFunction).map(([name, number]) => [number, name]));

const PEERS: ReadonlyMap<number, Call['peer']> = new Map([
  [PeerKind.Eim, 'eIM'],
  [PeerKind.Smdp, 'SM-DP+'],
  [PeerKind.Smds, 'SM-DS'],
]);

const STORE_DATA = 0xe2;
const HEADER_BYTES = 5;
/** The rest of the argument of NetworkSend is the function. */
const BODY_LENGTH_MASK = 0xff_ffff;
const FUNCTION_SHIFT = 24;

/** The ES10 function whose first block this command APDU is. */
export function es10Function(apdu: Uint8Array): string | undefined {
  const isFirstBlock = apdu[1] === STORE_DATA && apdu[3] === 0;
  return isFirstBlock ? ES10.get(tagAt(apdu, HEADER_BYTES)) : undefined;
}

/** Sees the actions of one instance in order. */
export class CallObserver {
  private requestBytes = 0;
  private server: Call['peer'] = 'eIM';

  /** The call that begins with this action, if one does. */
  observe(action: Request): Call | undefined {
    const { kind, bytes } = action;
    if (kind === Action.NetworkOpen) this.server = PEERS.get(bytes[2]!) ?? this.server;
    const name = this.nameOf(action);
    if (name === undefined) return undefined;
    return { peer: kind === Action.NetworkSend ? this.server : 'eUICC', name };
  }

  private nameOf({ kind, argument, bytes }: Request): string | undefined {
    if (kind === Action.CardTransmit) return es10Function(bytes);
    if (kind === Action.CardWrite) return es10Function(apduOf(bytes));
    if (kind === Action.NetworkAbort) this.requestBytes = 0;
    if (kind !== Action.NetworkSend) return undefined;
    const isFirst = this.requestBytes === 0;
    this.requestBytes = this.requestBytes + bytes.length < (argument & BODY_LENGTH_MASK) ? this.requestBytes + bytes.length : 0;
    return isFirst ? RSP.get(argument >>> FUNCTION_SHIFT) : undefined;
  }
}

/** The command APDU in a line AT+CSIM=<length>,"<hex>" or AT+CGLA=<session>,<length>,"<hex>"; empty for any other line. */
function apduOf(line: Uint8Array): Uint8Array {
  const [, digits = ''] = /^AT\+(?:CSIM=|CGLA=[^,]*,)\d+,"([0-9A-F]+)"/.exec(Buffer.from(line).toString('latin1')) ?? [];
  return Buffer.from(digits, 'hex');
}

function tagAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
