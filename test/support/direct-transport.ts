// SPDX-License-Identifier: Apache-2.0
// A transport straight into an eIM and an SM-DP+ in this process, which can lose the network at any of its operations.

import { NetworkError, type Peer, type RequestHead, type ResponseChunk, type RspFunction, type Transport } from '../../host/interfaces.js';
import type { EsipaResponse } from '../../host/sim/eim/index.js';
import type { SmdpService } from '../../host/sim/smdp/index.js';

const NOTHING = new Uint8Array();

/** Calls an eIM and an SM-DP+ without a network between. */
export class DirectTransport implements Transport {
  readonly counters = { requests: 0, bodyBytesUp: 0, bodyBytesDown: 0, wireBytesUp: 0, wireBytesDown: 0 };
  /** The longest window that was sent or asked for. */
  largestWindowBytes = 0;
  /** Operations so far: each open, request, part sent and part received is one. */
  operations = 0;
  /** From this operation on, counted from 1, nothing works until it is set back. */
  lostFrom = Number.POSITIVE_INFINITY;
  private request = Buffer.alloc(0);
  private response: Promise<EsipaResponse> | undefined;
  private received = 0;

  private peer: Pick<Peer, 'kind' | 'binding'> = { kind: 'eim', binding: 'asn1' };
  private called: RspFunction = 'getEimPackage';

  constructor(
    private readonly handle: (body: Uint8Array) => Promise<EsipaResponse>,
    private readonly smdp?: SmdpService,
  ) {}

  async open(peer: Peer): Promise<void> {
    this.operate('unreachable');
    this.peer = peer;
  }

  async beginRequest(head: RequestHead): Promise<void> {
    this.operate('connectionLost');
    this.called = head.function;
    this.counters.requests += 1;
    this.request = Buffer.alloc(0);
    this.received = 0;
  }

  async sendChunk(bytes: Uint8Array, last: boolean): Promise<void> {
    this.operate('connectionLost');
    this.note(bytes.length);
    this.request = Buffer.concat([this.request, bytes]);
    if (last) this.response = this.answer(new Uint8Array(this.request));
  }

  async receive(maxBytes: number): Promise<ResponseChunk> {
    // The eIM has done its work although its answer is lost.
    const { status, body } = await this.response!;
    this.operate('connectionLost');
    if (status > 299) throw new NetworkError('httpStatus', `HTTP ${status}`, status);
    const bytes = body.subarray(this.received, this.received + maxBytes);
    this.note(bytes.length);
    this.received += bytes.length;
    return { bytes, more: this.received < body.length };
  }

  async abort(): Promise<void> {}

  async close(): Promise<void> {}

  private async answer(body: Uint8Array): Promise<EsipaResponse> {
    if (this.peer.kind === 'eim') return this.handle(body);
    const answer = this.peer.binding === 'asn1' ? this.smdp!.callAsn1(body) : this.answerJson(body);
    return answer === undefined ? { status: 204, body: NOTHING } : { status: 200, body: answer };
  }

  private answerJson(body: Uint8Array): Uint8Array | undefined {
    const name = this.smdp!.functionNames.find((each) => each === this.called)!;
    const answer = this.smdp!.call(name, JSON.parse(Buffer.from(body).toString()));
    return name === 'handleNotification' ? undefined : new Uint8Array(Buffer.from(JSON.stringify(answer)));
  }

  private operate(reason: 'unreachable' | 'connectionLost'): void {
    this.operations += 1;
    if (this.operations >= this.lostFrom) throw new NetworkError(reason, 'the network is lost, as the test wants it');
  }

  private note(bytes: number): void {
    this.largestWindowBytes = Math.max(this.largestWindowBytes, bytes);
  }
}
