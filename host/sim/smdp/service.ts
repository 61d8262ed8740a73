// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ without a network: the five ES9+ functions (SGP.22 v2.5 §5.6) on JSON objects (§6.5) or bytes of ASN.1 (§6.6).
import { utf8 } from '../codec/bytes.js';
import { DEFAULT_SMDP_ADDRESS, type TestPki } from '../pki/index.js';
import { type AuthenticatingServerOptions, authenticatingServer, identity } from '../rsp/authenticating-server.js';
import type { EventRegistry } from '../rsp/events.js';
import type { JsonObject } from '../rsp/json-binding.js';
import type { RspRequest } from '../rsp/request.js';
import type { RspResponse } from '../rsp/response.js';
import { type RefusedEvent, type RspFunction, RspService } from '../rsp/service.js';
import type { AuthenticatedClient, SmdpContext } from './context.js';
import { ES9_ASN1 } from './es9-asn1.js';
import { authenticateClient } from './functions/authenticate-client.js';
import { cancelSession } from './functions/cancel-session.js';
import { getBoundProfilePackage } from './functions/get-bound-profile-package.js';
import { handleNotification } from './functions/handle-notification.js';
import { initiateAuthentication } from './functions/initiate-authentication.js';
import type { Es9Function, SmdpEvent } from './log.js';
import type { ReceivedNotification } from './notifications.js';
import { type DownloadOrder, OrderBook, type OrderRecord } from './orders.js';
import { REFUSALS } from './status.js';

export interface SmdpOptions extends AuthenticatingServerOptions {
  readonly pki: Pick<TestPki, 'ci' | 'dpAuth' | 'dpPb' | 'dpTls'>;
  /** Host name, with or without ":port"; default "smdp.example.com". */
  readonly smdpAddress?: string;
  /** 1 to 16 bytes; default "simulated-smdp". */
  readonly hostId?: Uint8Array;
  /** Where it announces orders; default nowhere. */
  readonly smds?: EventRegistry;
}

/** An SM-DP+ to call in this process. Its functions never throw for what a request says: the header of the response tells. */
export class SmdpService extends RspService<Es9Function> {
  protected readonly server: SmdpContext;
  protected readonly functions: Readonly<Record<Es9Function, RspFunction>>;
  private readonly smds: EventRegistry | undefined;

  constructor(options: SmdpOptions) {
    super();
    this.smds = options.smds;
    const { pki, smdpAddress = DEFAULT_SMDP_ADDRESS } = options;
    const server = authenticatingServer<AuthenticatedClient>(smdpAddress, pki.dpAuth, pki, REFUSALS, options);
    this.server = Object.assign(server, {
      oid: server.auth.certificate.registeredId ?? '',
      dpPb: identity(pki.dpPb),
      hostId: options.hostId ?? utf8('simulated-smdp'),
      orders: new OrderBook(),
      log: [],
    });
    this.functions = {
      initiateAuthentication: this.es9('initiateAuthentication', initiateAuthentication),
      authenticateClient: this.es9('authenticateClient', authenticateClient),
      getBoundProfilePackage: this.es9('getBoundProfilePackage', getBoundProfilePackage),
      handleNotification: this.es9('handleNotification', handleNotification),
      cancelSession: this.es9('cancelSession', cancelSession),
    };
  }

  private es9(name: Es9Function, run: (context: SmdpContext, request: RspRequest) => RspResponse): RspFunction {
    return { run: (request) => run(this.server, request), asn1: ES9_ASN1[name] };
  }

  /** Everything that happened, oldest first. */
  get log(): readonly SmdpEvent[] {
    return this.server.log;
  }

  /** The notifications in the log. */
  get notifications(): ReceivedNotification[] {
    return this.log.flatMap((event) => (event.kind === 'handleNotification' ? [event.notification] : []));
  }

  /** Dotted OID of this SM-DP+, as in its certificates. */
  get oid(): string {
    return this.server.oid;
  }

  /**
   * Prepares a profile for download, and announces it if so ordered. Throws RangeError or CodecError for an impossible order. The record tells
   * what becomes of it.
   */
  addOrder(order: DownloadOrder): OrderRecord {
    const { announced, eid, matchingId } = order;
    if (!announced) return this.server.orders.add(order);
    const { smds } = this;
    if (smds === undefined) throw new RangeError('an order can only be announced by an SM-DP+ with an SM-DS');
    if (eid === undefined || matchingId === '') throw new RangeError('an order to announce needs an EID and a matchingId');
    smds.registerEvent({ eid, eventId: matchingId, rspServerAddress: this.server.addresses[0]! });
    try {
      return this.server.orders.add(order, () => smds.deleteEvent(eid, matchingId));
    } catch (error) {
      smds.deleteEvent(eid, matchingId);
      throw error;
    }
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

  protected logRefusal(event: RefusedEvent<Es9Function>): void {
    this.server.log.push(event);
  }
}
