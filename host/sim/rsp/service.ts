// SPDX-License-Identifier: Apache-2.0
// A server of RSP functions without a network: finds the function for a request in either binding, and gives its outcome a form.
import { CodecError } from '../codec/ber.js';
import { type Asn1Function, Asn1Request, asn1Response, readAsn1Message } from './asn1-binding.js';
import type { AuthenticatingServer, AuthenticationDeviations } from './authenticating-server.js';
import { type JsonObject, JsonRequest, jsonResponse } from './json-binding.js';
import type { RspRequest } from './request.js';
import type { Outcome, RspResponse } from './response.js';
import { type Refusal, RspError } from './status.js';

/** One function: what it does, throwing RspError, and how it looks in the ASN.1 binding. */
export interface RspFunction {
  readonly run: (request: RspRequest) => RspResponse;
  readonly asn1: Asn1Function;
}

/** The log's line on a refusal. */
export interface RefusedEvent<Name extends string> {
  readonly kind: 'refused';
  readonly function: Name;
  readonly subjectCode: string;
  readonly reasonCode: string;
  readonly message: string;
}

/** What SmdpService and SmdsService have in common. Functions never throw for what a request says: their outcome tells. */
export abstract class RspService<Name extends string> {
  protected abstract readonly server: AuthenticatingServer<unknown>;
  protected abstract readonly functions: Readonly<Record<Name, RspFunction>>;
  protected abstract logRefusal(event: RefusedEvent<Name>): void;

  /** Where it departs from the specification; may be set at any time. */
  get deviations(): AuthenticationDeviations {
    return this.server.deviations;
  }

  set deviations(deviations: AuthenticationDeviations) {
    this.server.deviations = deviations;
  }

  /** Answers for one more address from now on. */
  addAddress(address: string): void {
    this.server.addresses.push(address.toLowerCase());
  }

  /** Runs a function in the JSON binding; the response body, with its header. */
  call(name: Name, request: JsonObject): JsonObject {
    return jsonResponse(this.run(name, new JsonRequest(request)));
  }

  /** Runs the function that a body of the ASN.1 binding names; undefined: it has no response. Throws CodecError for a body that names none. */
  callAsn1(body: Uint8Array): Uint8Array | undefined {
    const { name, request } = this.readAsn1(body);
    return this.writeAsn1(name, this.run(name, request));
  }

  /** The functions by their names in the URL. */
  get functionNames(): Name[] {
    return Object.keys(this.functions) as Name[];
  }

  /** Throws CodecError. */
  readAsn1(body: Uint8Array): { name: Name; request: RspRequest } {
    const element = readAsn1Message(body);
    const name = this.functionNames.find((each) => this.functions[each].asn1.requestTag === element.tag);
    if (name === undefined) throw new CodecError(`${element.tag.toString(16).toUpperCase()} is no function of this server`);
    return { name, request: new Asn1Request(element) };
  }

  /** The body for an outcome in the ASN.1 binding; undefined when the function has no response. */
  writeAsn1(name: Name, outcome: Outcome): Uint8Array | undefined {
    return asn1Response(this.functions[name].asn1, outcome);
  }

  /** Whether the function has a response body when it could be called at all. */
  hasResponse(name: Name): boolean {
    return this.functions[name].asn1.responseTag !== undefined;
  }

  run(name: Name, request: RspRequest): Outcome {
    try {
      return { kind: 'done', response: this.functions[name].run(request) };
    } catch (error) {
      if (!(error instanceof RspError)) throw error;
      return this.refuse(name, error.refusal, error.message);
    }
  }

  /** Logs a refusal; for callers that refuse before a function is reached. */
  refuse(name: Name, refusal: Refusal, message = refusal.message): Outcome {
    const { subjectCode, reasonCode } = refusal;
    this.logRefusal({ kind: 'refused', function: name, subjectCode, reasonCode, message });
    return { kind: 'refused', refusal, message };
  }
}
