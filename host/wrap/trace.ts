// SPDX-License-Identifier: Apache-2.0
// One line of JSON for each thing that passes a seam. Traces are for people and for comparing runs.

/** Takes one record as JSON text, without a line end. */
export type TraceSink = (json: string) => void;

/** `out` is from the host to the card or the network. */
export type TraceDirection = 'out' | 'in';

export interface TraceOptions {
  /** The clock of the records, in milliseconds. Default Date.now. */
  readonly nowMs?: () => number;
}

/** What a record holds beside its time and lane. */
export interface TraceDetails {
  readonly direction?: TraceDirection;
  /** What happened: "bytes", "open", "close" and such. */
  readonly event: string;
  readonly bytes?: Uint8Array;
  /** The bytes as people read them. */
  readonly text?: string;
  readonly [detail: string]: unknown;
}

/** Makes the function that writes records of one lane: `{ "timeMs", "lane", "direction", "event", "bytes": "HEX", "text", … }`. */
export function createTracer(lane: string, sink: TraceSink, options: TraceOptions = {}): (details: TraceDetails) => void {
  const nowMs = options.nowMs ?? Date.now;
  return ({ bytes, ...details }) => {
    const content = bytes === undefined ? {} : { bytes: Buffer.from(bytes).toString('hex').toUpperCase() };
    sink(JSON.stringify({ timeMs: nowMs(), lane, ...details, ...content }));
  };
}
