// SPDX-License-Identifier: Apache-2.0
// The eIM's protocol without any transport: one ESipa message in, one out (SGP.32 v1.2 §5.14, §6.3).
import { CodecError, readTlv, type Tlv } from '../codec/ber.js';
import { type ParsedCertificate, parseCertificate } from '../pki/check.js';
import type { KeyAndCertificate } from '../pki/index.js';
import { SeededBytes } from '../profile/seeded-bytes.js';
import type { EimContext, EsipaAnswer, EsipaFunction, MetadataPolicy } from './context.js';
import { type Device, type DeviceRegistration, DeviceRegistry } from './device.js';
import { authenticateClient } from './esipa/authenticate-client.js';
import { cancelSession } from './esipa/cancel-session.js';
import { getBoundProfilePackage } from './esipa/get-bound-profile-package.js';
import { getEimPackage } from './esipa/get-eim-package.js';
import { handleNotification } from './esipa/handle-notification.js';
import { initiateAuthentication } from './esipa/initiate-authentication.js';
import { provideEimPackageResult } from './esipa/provide-eim-package-result.js';
import { type EimEvent, EventLog } from './log.js';
import type { EimItem } from './packages/items.js';
import { QueuedItem } from './queue.js';
import { type ResolveSmdp, SmdpRelay } from './relay/smdp-relay.js';
import { Sessions } from './sessions.js';

/** The names of the ESipa functions that an eIM offers. */
export type EsipaFunctionName =
  | 'initiateAuthentication'
  | 'authenticateClient'
  | 'getBoundProfilePackage'
  | 'cancelSession'
  | 'handleNotification'
  | 'getEimPackage'
  | 'provideEimPackageResult';

const FUNCTIONS: ReadonlyMap<number, { readonly name: EsipaFunctionName; readonly run: EsipaFunction }> = new Map([
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

export interface EimServiceOptions {
  /** CI that eUICCs and SM-DP+ are trusted by, and SK.EIM with its certificate. */
  readonly pki: { readonly ci: KeyAndCertificate; readonly eimSign: KeyAndCertificate };
  /** Default "eim.example.com". */
  readonly eimId?: string;
  /** Where SM-DP+ addresses lead. Without it there are no downloads, and notifications end here. */
  readonly resolveSmdp?: ResolveSmdp;
  /** Decides the eIM transaction identifiers; default 1. */
  readonly seed?: number;
  /** Length of eIM transaction identifiers, 1 to 16; default 8. */
  readonly eimTransactionIdBytes?: number;
  /** How often a package is offered before the eIM gives up waiting for its result; default 3. */
  readonly maxDeliveries?: number;
  /** The counter value that eUICCs hold for this eIM at the beginning; default 0. */
  readonly initialCounterValue?: number;
  /** Makes the eIM check profile metadata and keep them from the IPA. */
  readonly metadataPolicy?: MetadataPolicy;
  /** Sees every event as it is logged. */
  readonly onEvent?: (event: EimEvent) => void;
  /** The time that certificates are checked at; default: now. */
  readonly now?: () => Date;
}

/** What a transport has to answer: an HTTP status and a body. */
export interface EsipaResponse {
  /** 200 with a message, 204 without one; 400, 500 or 503 when there is no ESipa answer. */
  readonly status: number;
  readonly body: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** An eIM for any number of devices. */
export class EimService {
  private readonly context: EimContext;
  private readonly random: SeededBytes;
  private readonly eimTransactionIdBytes: number;

  constructor(options: EimServiceOptions) {
    const { pki, eimId = 'eim.example.com', maxDeliveries = 3, initialCounterValue = 0, now = () => new Date() } = options;
    const trustedCis: ParsedCertificate[] = [parseCertificate(pki.ci.certificate)];
    this.random = new SeededBytes(options.seed ?? 1);
    this.eimTransactionIdBytes = options.eimTransactionIdBytes ?? 8;
    this.context = {
      eimId,
      eimPrivateKey: pki.eimSign.privateKey,
      trustedCis,
      devices: new DeviceRegistry(trustedCis, { maxDeliveries, initialCounterValue, now }),
      sessions: new Sessions(),
      log: new EventLog(options.onEvent),
      relay: new SmdpRelay(options.resolveSmdp, [pki.ci.certificate]),
      metadataPolicy: options.metadataPolicy,
      now,
    };
  }

  get eimId(): string {
    return this.context.eimId;
  }

  /** Everything that happened, in order. */
  get log(): readonly EimEvent[] {
    return this.context.log.events;
  }

  /** Adds a device. Throws RangeError for a bad EID, CertificateError for certificates that do not fit it. */
  register(registration: DeviceRegistration): Device {
    return this.context.devices.register(registration);
  }

  /** The registered device with this EID, 32 digits. */
  device(eid: string): Device | undefined {
    return this.context.devices.find(eid);
  }

  /** Puts a package in the queue of a registered device. Throws RangeError when there is no such device. */
  queue(eid: string, item: EimItem): QueuedItem {
    const device = this.context.devices.find(eid);
    if (device === undefined) throw new RangeError(`no device with EID ${eid} is registered`);
    const queued = new QueuedItem(item, this.transactionIdFor(item));
    device.queue.items.push(queued);
    return queued;
  }

  /** Answers one ESipa message. Never rejects: what goes wrong is in the log and in the status. */
  async handle(body: Uint8Array): Promise<EsipaResponse> {
    try {
      return toResponse(await this.run(readTlv(body)));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const malformed = error instanceof CodecError;
      this.context.log.add({ kind: malformed ? 'malformed' : 'internalError', verified: false, problem, raw: body });
      return { status: malformed ? 400 : 500, body: EMPTY };
    }
  }

  /** Drops the connections to SM-DP+. */
  async close(): Promise<void> {
    await this.context.relay.close();
  }

  private run(request: Tlv): Promise<EsipaAnswer> | EsipaAnswer {
    const called = FUNCTIONS.get(request.tag);
    if (called === undefined) throw new CodecError(`no ESipa function has tag ${request.tag.toString(16).toUpperCase()}`);
    return called.run(request, this.context);
  }

  private transactionIdFor(item: EimItem): Uint8Array | undefined {
    if (item.kind === 'raw' || item.eimTransactionId === null) return undefined;
    return item.eimTransactionId ?? this.random.take(this.eimTransactionIdBytes);
  }
}

function toResponse(answer: EsipaAnswer): EsipaResponse {
  if (answer === 'empty') return { status: 204, body: EMPTY };
  return 'message' in answer ? { status: 200, body: answer.message } : { status: answer.transportStatus, body: EMPTY };
}
