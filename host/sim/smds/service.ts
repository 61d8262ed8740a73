// SPDX-License-Identifier: Apache-2.0
// The SM-DS without a network: the ES11 functions (SGP.22 v2.5 §5.8) on JSON objects or bytes of ASN.1, and ES12 as methods.
import { DEFAULT_SMDS_ADDRESS, type TestPki } from '../pki/index.js';
import { type AuthenticatingServerOptions, authenticatingServer } from '../rsp/authenticating-server.js';
import type { EventRegistry, RspEvent } from '../rsp/events.js';
import type { JsonObject } from '../rsp/json-binding.js';
import { type RefusedEvent, type RspFunction, RspService } from '../rsp/service.js';
import type { SmdsContext } from './context.js';
import { ES11_ASN1 } from './es11-asn1.js';
import { EventBook } from './events.js';
import { authenticateClient } from './functions/authenticate-client.js';
import { initiateAuthentication } from './functions/initiate-authentication.js';
import type { Es11Function, SmdsLogEvent } from './log.js';
import { SMDS_REFUSALS } from './status.js';

export interface SmdsOptions extends AuthenticatingServerOptions {
  readonly pki: Pick<TestPki, 'ci' | 'dsAuth' | 'dsTls'>;
  /** Host name, with or without ":port"; default "smds.example.com". */
  readonly smdsAddress?: string;
}

/** An SM-DS to call in this process. Its functions never throw for what a request says: the header of the response tells. */
export class SmdsService extends RspService<Es11Function> implements EventRegistry {
  protected readonly server: SmdsContext;
  protected readonly functions: Readonly<Record<Es11Function, RspFunction>>;

  constructor(options: SmdsOptions) {
    super();
    const { pki, smdsAddress = DEFAULT_SMDS_ADDRESS } = options;
    const server = authenticatingServer<never>(smdsAddress, pki.dsAuth, pki, SMDS_REFUSALS, options);
    const context = Object.assign(server, { events: new EventBook(), log: [] });
    this.server = context;
    this.functions = {
      initiateAuthentication: {
        run: (request) => initiateAuthentication(context, request),
        asn1: ES11_ASN1.initiateAuthentication,
      },
      authenticateClient: { run: (request) => authenticateClient(context, request), asn1: ES11_ASN1.authenticateClient },
    };
  }

  /** Everything that happened, oldest first. */
  get log(): readonly SmdsLogEvent[] {
    return this.server.log;
  }

  /** The events of all EIDs, oldest first. */
  get events(): readonly RspEvent[] {
    return this.server.events.all;
  }

  registerEvent(event: RspEvent): void {
    this.server.events.register(event);
    this.server.log.push({ kind: 'registerEvent', ...event });
  }

  deleteEvent(eid: string, eventId: string): boolean {
    const deleted = this.server.events.delete(eid, eventId);
    if (deleted) this.server.log.push({ kind: 'deleteEvent', eid, eventId });
    return deleted;
  }

  initiateAuthentication(request: JsonObject): JsonObject {
    return this.call('initiateAuthentication', request);
  }

  authenticateClient(request: JsonObject): JsonObject {
    return this.call('authenticateClient', request);
  }

  protected logRefusal(event: RefusedEvent<Es11Function>): void {
    this.server.log.push(event);
  }
}
