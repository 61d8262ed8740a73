// SPDX-License-Identifier: Apache-2.0
// What happened at the eIM, decoded, in order. Tests read it, tools print it.
import type { MessageSizes } from './message-sizes.js';
import type { QueuedItem } from './queue.js';
import type { EuiccPackageResult } from './results/euicc-package-result.js';
import type { IpaEuiccData, IpaEuiccDataError } from './results/ipa-euicc-data.js';
import type { PendingNotification, ProfileInstallationResult } from './results/pending-notification.js';

interface EventBase {
  /** 32 digits, when it is clear which device speaks. */
  readonly eid?: string;
  /** True when the message carries an eUICC signature and it is right. */
  readonly verified: boolean;
  /** Why it is not verified although it should be, or what else is wrong. */
  readonly problem?: string;
  /** The part of the message that the event is about, as received. */
  readonly raw: Uint8Array;
}

/** The function that brought a result. */
export type ResultRoute = 'provideEimPackageResult' | 'handleNotification' | 'transferEimPackage';

/** The alternative of EimPackageResult that an eUICC package result stood in. */
export type ResultCarrier = 'euiccPackageResult' | 'ePRAndNotifications' | 'ipaEuiccData';

/** The device asked for work. */
export interface GetEimPackageEvent extends EventBase {
  readonly kind: 'getEimPackage';
  readonly notifyStateChange: boolean;
  readonly stateChangeCause?: number;
  readonly stateChangeWord?: string;
  /** 3 bytes, upper-case hexadecimal. */
  readonly rPlmn?: string;
  /** What it got. */
  readonly answer: 'package' | 'noEimPackageAvailable' | 'eidNotFound' | 'invalidEid' | 'missingEid';
  readonly item?: QueuedItem;
}

/** The device was sent a package, or told what its eUICC may forget (inject mode). */
export interface TransferEimPackageEvent extends EventBase {
  readonly kind: 'transferEimPackage';
  readonly pushed: 'package' | 'eimAcknowledgements';
  /**
   * result: an event of its own tells it; received: taken, no result yet; elsewhere: none is needed, as the device has reported by itself
   * meanwhile; busy: not now; error: refused; none: no answer that can be read.
   */
  readonly answer: 'result' | 'received' | 'elsewhere' | 'busy' | 'error' | 'none';
  readonly errorCode?: number;
  readonly errorWord?: string;
  readonly item?: QueuedItem;
}

/** An eUICC package was executed or refused. */
export interface EuiccPackageResultEvent extends EventBase {
  readonly kind: 'euiccPackageResult';
  readonly result: EuiccPackageResult;
  readonly item?: QueuedItem;
  /** The same result came before: its acknowledgement was lost. */
  readonly duplicate: boolean;
  readonly route: ResultRoute;
  readonly carrier: ResultCarrier;
  /** How the eUICC went back to the former profile, when that is what the result tells (rollbackResult 8C). */
  readonly rollback?: { readonly code: number; readonly word: string };
}

/** How a notification came: by itself, beside a package result, in the answer to a data request, or as the end of a download. */
export type NotificationRoute = 'handleNotification' | 'withPackageResult' | 'ipaEuiccData' | 'downloadTriggerResult';

/** A notification of the eUICC. */
export interface NotificationEvent extends EventBase {
  readonly kind: 'notification';
  readonly notification: PendingNotification;
  readonly route: NotificationRoute;
  /** What the SM-DP+ said: taken, refused for good, not reached; none: not forwarded. */
  readonly forwarded: 'taken' | 'refused' | 'unreachable' | 'none';
  /** Of a compact notification: of the message when it came by itself, else of the notification. */
  readonly sizes?: MessageSizes;
}

/** The answer to a data request. */
export interface IpaEuiccDataEvent extends EventBase {
  readonly kind: 'ipaEuiccData';
  readonly route: ResultRoute;
  readonly data: IpaEuiccData | IpaEuiccDataError;
  readonly item?: QueuedItem;
}

/** How a triggered download ended. */
export interface DownloadResultEvent extends EventBase {
  readonly kind: 'downloadResult';
  /** The profile is installed. */
  readonly succeeded: boolean;
  readonly route: ResultRoute;
  /** Present when the eUICC made a result, good or bad. */
  readonly installation?: ProfileInstallationResult;
  /** Present when the download ended before that. */
  readonly error?: { readonly reason: number; readonly word: string; readonly errorResponse?: Uint8Array };
  readonly item?: QueuedItem;
}

/** The IPA could not make sense of a package. */
export interface PackageErrorEvent extends EventBase {
  readonly kind: 'packageError';
  readonly route: ResultRoute;
  readonly errorCode: number;
  readonly errorWord: string;
  readonly item?: QueuedItem;
}

/** A step of an indirect download, relayed to the SM-DP+ or SM-DS; verified: the eUICC has signed what it says there. */
export interface SessionEvent extends EventBase {
  readonly kind: 'initiateAuthentication' | 'authenticateClient' | 'getBoundProfilePackage' | 'cancelSession';
  /** Upper-case hexadecimal. */
  readonly transactionId?: string;
  readonly smdpAddress?: string;
  /** The ESipa error given to the IPA; absent when all went well. */
  readonly errorCode?: number;
  /** Of cancelSession: the reason the eUICC signed. */
  readonly cancelReason?: number;
  readonly cancelWord?: string;
  /** Of a message with a compact form in it. */
  readonly sizes?: MessageSizes;
}

/** A message that is no ESipa message, or a fault of the eIM itself. */
export interface MalformedEvent extends EventBase {
  readonly kind: 'malformed' | 'internalError';
  readonly problem: string;
}

export type EimEvent =
  | GetEimPackageEvent
  | TransferEimPackageEvent
  | EuiccPackageResultEvent
  | NotificationEvent
  | IpaEuiccDataEvent
  | DownloadResultEvent
  | PackageErrorEvent
  | SessionEvent
  | MalformedEvent;

/** The list of events; the listener, if any, sees each as it is added. */
export class EventLog {
  readonly events: EimEvent[] = [];

  constructor(private readonly listener?: (event: EimEvent) => void) {}

  add<Event extends EimEvent>(event: Event): Event {
    this.events.push(event);
    this.listener?.(event);
    return event;
  }
}
