// SPDX-License-Identifier: Apache-2.0
// The eIM's protocol without any transport: one ESipa message in, one out (SGP.32 v1.2 §5.14, §6.3).
import { CodecError, readTlv, type Tlv } from '../codec/ber.js';
import { type ParsedCertificate, parseCertificate } from '../pki/check.js';
import type { KeyAndCertificate } from '../pki/index.js';
import { SeededBytes } from '../profile/seeded-bytes.js';
import type { EimContext, EsipaAnswer, MetadataPolicy } from './context.js';
import { type Device, type DeviceRegistration, DeviceRegistry } from './device.js';
import { type EsipaFunctionName, FUNCTIONS } from './functions.js';
import { answerToJson } from './json/answer.js';
import { requestFromJson } from './json/request.js';
import type { JsonStyle } from './json/style.js';
import { type EimEvent, EventLog } from './log.js';
import type { EimItem } from './packages/items.js';
import { type CarryToDevice, type PushedItem, pushQueued } from './push.js';
import { QueuedItem } from './queue.js';
import { type ResolveSmdp, SmdpRelay } from './relay/smdp-relay.js';
import { Sessions } from './sessions.js';
import { EVERY_PLACE, extendedAnswer, type UnknownElementPlace } from './unknown-elements.js';
import { checkItem, type EimVersion } from './version.js';

export interface EimServiceOptions {
  /** CI that eUICCs and SM-DP+ are trusted by, and SK.EIM with its certificate. */
  readonly pki: { readonly ci: KeyAndCertificate; readonly eimSign: KeyAndCertificate };
  /** Default "eim.example.com". */
  readonly eimId?: string;
  /** Where SM-DP+ addresses lead. Without it there are no downloads, and notifications end here. */
  readonly resolveSmdp?: ResolveSmdp;
  /** Where SM-DS addresses lead, which are called with ES11; default: as `resolveSmdp`. */
  readonly resolveSmds?: ResolveSmdp;
  /** The version of SGP.32 that this eIM speaks; default "1.2". */
  readonly version?: EimVersion;
  /** Where in the SEQUENCEs of answers elements stand that nobody knows; default: nowhere, but in v1.3 everywhere. */
  readonly unknownElements?: readonly UnknownElementPlace[];
  /** How answers in the JSON binding are written. */
  readonly jsonStyle?: JsonStyle;
  /** Leaves the transactionId out of answers where it is optional, as an eIM may that saves bytes; default no. */
  readonly omitTransactionIds?: boolean;
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

/** What a transport has to answer: an HTTP status and a body, in the binding of the request. */
export interface EsipaResponse {
  /** 200 with a message, 204 without one; 400, 500 or 503 when there is no ESipa answer. */
  readonly status: number;
  readonly body: Uint8Array;
}

const EMPTY = new Uint8Array(0);

/** An eIM for any number of devices. */
export class EimService {
  private readonly context: EimContext;
  private readonly jsonStyle: JsonStyle;

  constructor(options: EimServiceOptions) {
    const { pki, eimId = 'eim.example.com', maxDeliveries = 3, initialCounterValue = 0, now = () => new Date() } = options;
    const { version = '1.2', eimTransactionIdBytes = 8 } = options;
    const trustedCis: ParsedCertificate[] = [parseCertificate(pki.ci.certificate)];
    const random = new SeededBytes(options.seed ?? 1);
    this.jsonStyle = { unknownMembers: version === '1.3', ...options.jsonStyle };
    this.context = {
      eimId,
      eimPrivateKey: pki.eimSign.privateKey,
      trustedCis,
      devices: new DeviceRegistry(trustedCis, { maxDeliveries, initialCounterValue, now }),
      sessions: new Sessions(),
      log: new EventLog(options.onEvent),
      relay: new SmdpRelay(options.resolveSmdp, options.resolveSmds, [pki.ci.certificate]),
      metadataPolicy: options.metadataPolicy,
      version,
      unknownElements: options.unknownElements ?? (version === '1.3' ? EVERY_PLACE : []),
      omitTransactionIds: options.omitTransactionIds ?? false,
      newTransactionId: () => random.take(eimTransactionIdBytes),
      now,
    };
  }

  get eimId(): string {
    return this.context.eimId;
  }

  get version(): EimVersion {
    return this.context.version;
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

  /** Puts a package in the queue of a registered device. Throws RangeError when there is no such device, or the version has no such package. */
  queue(eid: string, item: EimItem): QueuedItem {
    const device = this.registered(eid);
    checkItem(item, this.version);
    const queued = new QueuedItem(item, this.transactionIdFor(item));
    device.queue.items.push(queued);
    return queued;
  }

  /** Answers one ESipa message. Never rejects: what goes wrong is in the log and in the status. */
  handle(body: Uint8Array): Promise<EsipaResponse> {
    return this.respond(
      body,
      () => readTlv(body),
      (message) => extendedAnswer(message, this.context.unknownElements),
    );
  }

  /** Answers the body of a request of the JSON binding (SGP.32 v1.2 §6.4) to this function. Never rejects. */
  handleJson(functionName: EsipaFunctionName, body: Uint8Array): Promise<EsipaResponse> {
    return this.respond(
      body,
      () => readTlv(requestFromJson(functionName, body)),
      (message) => answerToJson(functionName, message, this.jsonStyle),
    );
  }

  /**
   * Sends the queued packages of a registered device by TransferEimPackage (SGP.32 v1.2 §6.3.3.1), until one is refused or gets no answer.
   * Rejects with RangeError when there is no such device.
   */
  async push(eid: string, carry: CarryToDevice): Promise<PushedItem[]> {
    return pushQueued(this.registered(eid), this.context, carry);
  }

  /** Drops the connections to SM-DP+ and SM-DS. */
  async close(): Promise<void> {
    await this.context.relay.close();
  }

  private registered(eid: string): Device {
    const device = this.context.devices.find(eid);
    if (device === undefined) throw new RangeError(`no device with EID ${eid} is registered`);
    return device;
  }

  private async respond(body: Uint8Array, read: () => Tlv, write: (message: Uint8Array) => Uint8Array): Promise<EsipaResponse> {
    try {
      return toResponse(await this.run(read()), write);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const malformed = error instanceof CodecError;
      this.context.log.add({ kind: malformed ? 'malformed' : 'internalError', verified: false, problem, raw: body });
      return { status: malformed ? 400 : 500, body: EMPTY };
    }
  }

  private run(request: Tlv): Promise<EsipaAnswer> | EsipaAnswer {
    const called = FUNCTIONS.get(request.tag);
    if (called === undefined) throw new CodecError(`no ESipa function has tag ${request.tag.toString(16).toUpperCase()}`);
    return called.run(request, this.context);
  }

  private transactionIdFor(item: EimItem): Uint8Array | undefined {
    if (item.kind === 'raw' || item.eimTransactionId === null) return undefined;
    return item.eimTransactionId ?? this.context.newTransactionId();
  }
}

function toResponse(answer: EsipaAnswer, write: (message: Uint8Array) => Uint8Array): EsipaResponse {
  if (answer === 'empty') return { status: 204, body: EMPTY };
  return 'message' in answer ? { status: 200, body: write(answer.message) } : { status: answer.transportStatus, body: EMPTY };
}
