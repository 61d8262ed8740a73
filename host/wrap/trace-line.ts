// SPDX-License-Identifier: Apache-2.0
// A modem line that tells what passes through it.

import type { ByteLine } from '../interfaces.js';
import { createTracer, type TraceOptions, type TraceSink } from './trace.js';

/** Wraps `line`; each write, chunk received, break and close becomes one record of lane "card" on `sink`. */
export function traceLine(line: ByteLine, sink: TraceSink, options: TraceOptions = {}): ByteLine {
  const trace = createTracer('card', sink, options);
  return {
    name: line.name,
    write: (bytes) => {
      trace({ direction: 'out', event: 'bytes', bytes, text: readable(bytes) });
      line.write(bytes);
    },
    onData: (listener) =>
      line.onData((bytes) => {
        trace({ direction: 'in', event: 'bytes', bytes, text: readable(bytes) });
        listener(bytes);
      }),
    onClose: (listener) =>
      line.onClose((reason) => {
        trace({ direction: 'in', event: 'broken', reason: reason.message });
        listener(reason);
      }),
    close: () => {
      trace({ direction: 'out', event: 'close' });
      return line.close();
    },
  };
}

/** AT text with line ends and control characters written out, each on its own: "AT\r" becomes `AT<CR>`. */
function readable(bytes: Uint8Array): string {
  const names: Record<number, string> = { 10: '<LF>', 13: '<CR>' };
  return Array.from(bytes, (byte) => {
    if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
    return names[byte] ?? `<${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  }).join('');
}
