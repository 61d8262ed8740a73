// SPDX-License-Identifier: Apache-2.0
// The SM-DP+ on the network: ES9+ in JSON and ASN.1 over HTTPS (SGP.22 v2.5 §6.5, §6.6) on the loopback interface.
import { certificatePem } from '../pki/pem.js';
import type { JsonStyle } from '../rsp/json-style.js';
import { RspServer, type RspServerOptions } from '../rsp/server.js';
import type { Refusal } from '../rsp/status.js';
import type { Es9Function } from './log.js';
import { type SmdpOptions, SmdpService } from './service.js';

export interface SmdpServerOptions extends SmdpOptions, RspServerOptions {}

const JSON_PATHS: readonly string[] = ['/gsma/rsp2/es9plus/'];

/** An SM-DP+ behind HTTPS; everything else is as in SmdpService. Faults are for both bindings; several for one function queue up. */
export class SimulatedSmdp extends SmdpService {
  /** PEM of the CI certificate, to be trusted by TLS clients. */
  readonly caPem: string;
  private readonly https: RspServer<Es9Function>;

  constructor(options: SmdpServerOptions) {
    super(options);
    this.caPem = certificatePem(options.pki.ci.certificate);
    this.https = new RspServer(this, options.pki.dpTls, JSON_PATHS, options);
  }

  /** Listens on 127.0.0.1; rejects when the port is taken. */
  start(): Promise<void> {
    return this.https.start();
  }

  /** The port it listens on; only after start(). */
  get port(): number {
    return this.https.port;
  }

  close(): Promise<void> {
    return this.https.close();
  }

  /** How responses of the JSON binding are written; may be set at any time. */
  get jsonStyle(): JsonStyle {
    return this.https.jsonStyle;
  }

  set jsonStyle(style: JsonStyle) {
    this.https.jsonStyle = style;
  }

  /** The next response of this function breaks off, with its connection, after so many bytes of body. */
  cutNextResponse(name: Es9Function, afterBytes: number): void {
    this.https.faults.add(name, { kind: 'cut', afterBytes });
  }

  /** The next call of this function is refused with this status without being looked at; HTTP 500 where ASN.1 has no response. */
  refuseNext(name: Es9Function, refusal: Refusal): void {
    this.https.faults.add(name, { kind: 'refuse', refusal });
  }

  /** The next call of this function is not looked at and ends as Expired; undefinedError or HTTP 500 in ASN.1. */
  expireNext(name: Es9Function): void {
    this.https.faults.add(name, { kind: 'expire' });
  }

  /** The next call of this function, if it succeeds, ends as Executed-WithWarning with this status; ASN.1 cannot tell. */
  warnNext(name: Es9Function, refusal: Refusal): void {
    this.https.faults.add(name, { kind: 'warn', refusal });
  }

  /** The next call of this function gets an HTTP status and no body. */
  failNext(name: Es9Function, status: number): void {
    this.https.faults.add(name, { kind: 'status', status });
  }
}
