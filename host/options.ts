// SPDX-License-Identifier: Apache-2.0
// What a host may ask of the module, in words: the options of its commands (assembly/abi/options.ts). Everything may be left out.

import type { Binding, Scheme } from './interfaces.js';

/** What a modem is like; host/modem has a table of those that are known. Nothing of it matters to a card in a reader. */
export interface ModemOptions {
  /**
   * Way from the modem to the card: AT+CSIM ("csim"), AT+CCHO and AT+CGLA ("channel"), AT+CSIM on the basic channel ("basic"). Default "auto":
   * the first that works.
   */
  readonly cardAccess?: 'auto' | 'csim' | 'channel' | 'basic';
  /** Data bytes per STORE DATA block, 16 to 255. Default 255; the module goes down to 120 and 63 where long lines are refused. */
  readonly blockBytes?: number;
  /** Data bytes asked for by one GET RESPONSE at most, 16 to 255. Default: what the card has, at most 256. */
  readonly responseBytes?: number;
  /**
   * How the modem is made to read the card anew after a profile change: AT+CFUN=0 and 1 ("powerCycle", default), AT+CFUN=4 and 1
   * ("radioCycle"), or AT+CFUN=1,1 ("restart").
   */
  readonly modemReset?: 'powerCycle' | 'radioCycle' | 'restart';
  /** Locks the SIM interface by AT+CSIM=1 for the time of the command (Telit). Default false. */
  readonly simLock?: boolean;
  /** AT+CGLA leaves the class byte alone, so that the module must put the channel in. Default false. */
  readonly passesClassByte?: boolean;
  /** Waits after a profile change until AT+CEREG? says that the modem is registered. Default true; false where the network goes another way. */
  readonly awaitRegistration?: boolean;
}

/** Options of every command. */
export interface CommandOptions extends ModemOptions {
  /** How APDUs reach the card: the module speaks AT commands ("at", default for a ByteLine), or the host transmits APDUs ("apdu"). */
  readonly cardLink?: 'at' | 'apdu';
  /** Time-out of one card command in milliseconds. Default 30,000. */
  readonly cardTimeoutMs?: number;
  /** How long the modem may take to be online after a profile change before it is rolled back, in milliseconds. Default 180,000. */
  readonly onlineTimeoutMs?: number;
  /**
   * Whom to declare to the card: an IPA ("ipad", SGP.32 v1.2 §3.8.2), or for consumer eUICCs an LPA ("lpad", SGP.22 v2.5 §3.4.2), or that and
   * the functions of SGP.32 by the module ("emulated", in the module ipad-consumer alone). Default "ipad", of ipad-consumer "emulated".
   */
  readonly assistant?: 'ipad' | 'lpad' | 'emulated';
  /** Gives up the command that was in progress when the state in the instance was saved: for the first command after power loss. */
  readonly restart?: boolean;
}

/** Options of the commands that talk to servers of SGP.22. */
export interface RspOptions extends CommandOptions {
  /** IMEI of the device, 15 or 16 digits. Default: none is told, and a neutral TAC. */
  readonly imei?: string;
  /** Contents of a DER DeviceCapabilities, at most 48 bytes. Default: LTE release 13. */
  readonly deviceCapabilities?: Uint8Array;
  /** How messages of ES9+ and ES11 are written. Default: JSON where the module has it. */
  readonly rspBinding?: Binding;
  /** The time at which certificates of servers must be valid; null: validity is not checked. Default: the present time of links.now. */
  readonly utcTime?: Date | null;
  /** Asks links.consent for every profile, not only where the Rules Authorisation Table demands consent or a confirmation code is required. */
  readonly askConsent?: boolean;
}

/** Why the state of profiles has changed without the eIM (SGP.32 v1.2 §6.3.2.6, StateChangeCause). */
export type StateChangeCause =
  | 'otherEim'
  | 'fallback'
  | 'emergencyProfile'
  | 'local'
  | 'reset'
  | 'immediateEnableProfile'
  | 'deviceChange'
  | 'undefined';

/** StateChangeCause by its number. */
export const STATE_CHANGE_CAUSES: Readonly<Record<number, StateChangeCause>> = {
  0: 'otherEim',
  1: 'fallback',
  2: 'emergencyProfile',
  3: 'local',
  4: 'reset',
  5: 'immediateEnableProfile',
  6: 'deviceChange',
  127: 'undefined',
};

/** ipaFeatures in the order of their bits (SGP.32 v1.2 §2.11.2.2, IpaCapabilities). */
export const IPA_FEATURES = [
  'directRspServerCommunication',
  'indirectRspServerCommunication',
  'eimDownloadDataHandling',
  'eimCtxParams1Generation',
  'eimProfileMetadataVerification',
  'minimizeEsipaBytes',
] as const;

/** What the IPA tells of itself; what is left out is false. */
export type IpaFeatures = { readonly [Feature in (typeof IPA_FEATURES)[number]]?: boolean };

/** When a device wants to poll: all numbers are whole seconds, below 2^30. */
export interface PollSchedule {
  /** From the end of one poll to the next; after failures 60 seconds, twice that, and so on up to the interval. */
  readonly intervalSeconds: number;
  /** A random addition at most, so that a fleet does not come at once. Default 0. */
  readonly jitterSeconds?: number;
  /** Where the device is awake or reachable only at times (eDRX, PSM). Default: always. */
  readonly window?: {
    /** How long until the next one opens. */
    readonly opensInSeconds: number;
    /** From one opening to the next. */
    readonly periodSeconds: number;
    /** How long each is open; the random addition does not go past its end. */
    readonly lengthSeconds: number;
  };
}

/** Options of CoAP. */
export interface CoapOptions {
  /** How messages reach the eIM. Default: CoAP over DTLS where the eIM's configuration allows that and not HTTPS, else HTTPS. */
  readonly esipaScheme?: Scheme;
  /** Random number that tokens and message IDs are drawn from, 1 to 2^32 - 1. Default: a new one for each command, where links.datagrams or a schedule is there. */
  readonly seed?: number;
  /** Largest block in bytes: 16, 32, 64, 128, 256, 512 or 1,024, which is the default. */
  readonly coapBlockBytes?: number;
  /** ACK_TIMEOUT of RFC 7252 in milliseconds; the module adapts it upwards to the round trips it sees. Default 2,000. */
  readonly ackTimeoutMs?: number;
}

/** Options of a poll. */
export interface PollOptions extends RspOptions, CoapOptions {
  /** Asks when to poll next; the answer is `nextPollSeconds` of the result. Default: not asked. */
  readonly schedule?: PollSchedule;
  /** The eIM to poll, by its eimId. Default: the first in the eUICC. */
  readonly eimId?: string;
  /** Address to use instead of the eIM's own: "host" or "host:port". */
  readonly eimAddress?: string;
  /** A DER AddInitialEimRequest (BF57), used when the eUICC has no eIM. */
  readonly initialEim?: Uint8Array;
  /** eIM packages to handle at most, 1 to 255. Default 32. */
  readonly maxPackages?: number;
  /** How messages of ESipa are written. Default "asn1". */
  readonly esipaBinding?: Binding;
  /** The version of SGP.32 that the eIM speaks. Default "1.2"; one of "1.0" gets no EID with results. */
  readonly esipaVersion?: '1.0' | '1.2' | '1.3';
  /** A change of profiles to tell the eIM. Default: what the module itself has seen. */
  readonly stateChangeCause?: StateChangeCause;
  /** The network that the modem is registered in, MCC and MNC such as "262/01", to tell the eIM. Default: none. */
  readonly rplmn?: string;
  /** Default: what the module is built for, and eimCtxParams1Generation. */
  readonly ipaFeatures?: IpaFeatures;
}

/** Options of a command that waits for packages which the eIM pushes (SGP.32 v1.2 §3.1.1.2). */
export interface ListenOptions extends PollOptions {
  /** How long a package is waited for, in milliseconds. Default 60,000. */
  readonly listenMs?: number;
}

/** Where a profile comes from (SGP.32 v1.2 §2.11.1.3, ProfileDownloadData). */
export type ProfileSource =
  /** "LPA:1$host$matchingId", at most 252 bytes. */
  | { readonly activationCode: string }
  /** The SM-DP+ whose address the eUICC holds. */
  | { readonly defaultSmdp: true }
  /** An SM-DS by its address; true: the one whose address the eUICC holds. */
  | { readonly smds: true | string };

/** What to download, and how. */
export type DownloadOptions = RspOptions &
  ProfileSource & {
    /** What the SM-DP+ wants to know before it gives the profile out, in the digits or letters that the user got. */
    readonly confirmationCode?: string;
  };
