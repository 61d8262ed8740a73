// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ without a network: the five ES9+ functions on JSON objects (SGP.22 v2.5 §5.6, §6.5).
import { randomBytes } from 'node:crypto';
import { utf8 } from '../codec/bytes.js';
import { parseCertificate } from '../pki/check.js';
import { DEFAULT_SMDP_ADDRESS, type TestPki } from '../pki/index.js';
import type { SmdpContext } from './context.js';
import { authenticateClient } from './functions/authenticate-client.js';
import { cancelSession } from './functions/cancel-session.js';
import { getBoundProfilePackage } from './functions/get-bound-profile-package.js';
import { handleNotification } from './functions/handle-notification.js';
import { initiateAuthentication } from './functions/initiate-authentication.js';
import type { Es9Function, SmdpEvent } from './log.js';
import type { ReceivedNotification } from './notifications.js';
import { type DownloadOrder, OrderBook, type OrderRecord } from './orders.js';
import { SessionTable } from './sessions.js';
import { failed, type JsonObject, SmdpError, SUCCESS_HEADER } from './status.js';

export interface SmdpOptions {
  readonly pki: Pick<TestPki, 'ci' | 'dpAuth' | 'dpPb' | 'dpTls'>;
  /** Host name, with or without ":port"; default "smdp.example.com". */
  readonly smdpAddress?: string;
  /** Major numbers of eUICC specification versions that are served; default 2 and 3. */
  readonly supportedMajorVersions?: readonly number[];
  /** 1 to 16 bytes; default "simulated-smdp". */
  readonly hostId?: Uint8Array;
  /** Default the system's clock. */
  readonly now?: () => Date;
  /** Source of transactionIds and challenges; default random. */
  readonly random?: (lengthBytes: number) => Uint8Array;
}

/** An SM-DP+ to call in this process. Its functions never throw for what a request says: the header of the response tells. */
export class SmdpService {
  private readonly context: SmdpContext;

  constructor(options: SmdpOptions) {
    const { pki, smdpAddress = DEFAULT_SMDP_ADDRESS } = options;
    const dpAuth = { privateKey: pki.dpAuth.privateKey, certificate: parseCertificate(pki.dpAuth.certificate) };
    this.context = {
      addresses: [smdpAddress.toLowerCase()],
      oid: dpAuth.certificate.registeredId ?? '',
      dpAuth,
      dpPb: { privateKey: pki.dpPb.privateKey, certificate: parseCertificate(pki.dpPb.certificate) },
      trustedCis: [parseCertificate(pki.ci.certificate)],
      supportedMajorVersions: options.supportedMajorVersions ?? [2, 3],
      hostId: options.hostId ?? utf8('simulated-smdp'),
      orders: new OrderBook(),
      sessions: new SessionTable(),
      log: [],
      now: options.now ?? (() => new Date()),
      random: options.random ?? ((lengthBytes) => new Uint8Array(randomBytes(lengthBytes))),
    };
  }

  /** Everything that happened, oldest first. */
  get log(): readonly SmdpEvent[] {
    return this.context.log;
  }

  /** The notifications in the log. */
  get notifications(): ReceivedNotification[] {
    return this.log.flatMap((event) => (event.kind === 'handleNotification' ? [event.notification] : []));
  }

  /** Dotted OID of this SM-DP+, as in its certificates. */
  get oid(): string {
    return this.context.oid;
  }

  /** Prepares a profile for download. Throws RangeError or CodecError for an impossible order. The record tells what becomes of it. */
  addOrder(order: DownloadOrder): OrderRecord {
    return this.context.orders.add(order);
  }

  /** Answers for one more address from now on. */
  addAddress(address: string): void {
    this.context.addresses.push(address.toLowerCase());
  }

  initiateAuthentication(request: JsonObject): JsonObject {
    return this.call('initiateAuthentication', request);
  }

  authenticateClient(request: JsonObject): JsonObject {
    return this.call('authenticateClient', request);
  }

  getBoundProfilePackage(request: JsonObject): JsonObject {
    return this.call('getBoundProfilePackage', request);
  }

  /** There is no response to a notification; an undecodable one is in the log as refused. */
  handleNotification(request: JsonObject): void {
    this.call('handleNotification', request);
  }

  cancelSession(request: JsonObject): JsonObject {
    return this.call('cancelSession', request);
  }

  /** Runs a function by name; the response body, with its header. */
  call(name: Es9Function, request: JsonObject): JsonObject {
    try {
      return { header: SUCCESS_HEADER, ...FUNCTIONS[name](this.context, request) };
    } catch (error) {
      if (!(error instanceof SmdpError)) throw error;
      return this.refuse(name, error);
    }
  }

  /** Logs a refusal and makes the response for it; for callers that refuse before a function is reached. */
  refuse(name: Es9Function, { refusal, message }: SmdpError): JsonObject {
    const { subjectCode, reasonCode } = refusal;
    this.context.log.push({ kind: 'refused', function: name, subjectCode, reasonCode, message });
    return failed(refusal, message);
  }
}

const FUNCTIONS: Readonly<Record<Es9Function, (context: SmdpContext, request: JsonObject) => JsonObject | undefined>> = {
  initiateAuthentication,
  authenticateClient,
  getBoundProfilePackage,
  handleNotification: (context, request) => {
    handleNotification(context, request);
    return undefined;
  },
  cancelSession,
};
