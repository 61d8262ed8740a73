// SPDX-License-Identifier: Apache-2.0
// From what Node and its HTTP client throw to the few reasons that the module knows.

import { errors } from 'undici';
import { NetworkError, type NetworkFailureReason } from '../interfaces.js';

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
/** How the parser words a stream that ends inside a message, which is cut off rather than malformed; it gives no code. */
const CUT_OFF = /\bEOF\b/;

/** A failure after the connection stood. A NetworkError passes unchanged. */
export function failureDuringExchange(error: Error, peerName: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const code = codeOf(error);
  if (TIMEOUTS.has(code)) return failure('timeout', `${peerName} did not answer in time`, error);
  if (error instanceof errors.HeadersOverflowError || (error instanceof errors.HTTPParserError && !CUT_OFF.test(error.message))) {
    return failure('malformed', `${peerName} does not speak HTTP as it should: ${error.message}`, error);
  }
  return failure('connectionLost', `the connection to ${peerName} was lost: ${error.message}`, error);
}

/** A failure while the TCP connection is made, names resolved included. */
export function failureDuringConnect(error: Error, peerName: string): NetworkError {
  const reason = codeOf(error) === 'ETIMEDOUT' ? 'timeout' : 'unreachable';
  return failure(reason, `cannot reach ${peerName}: ${error.message || codeOf(error)}`, error);
}

/** A failure while TLS is set up. A peer that just hangs up has not refused anything, so that a later try may work. */
export function failureDuringHandshake(error: Error, peerName: string): NetworkError {
  if (['ECONNRESET', 'EPIPE'].includes(codeOf(error))) {
    return failure('connectionLost', `the connection to ${peerName} was lost while TLS was set up`, error);
  }
  return failure('tlsRefused', `no TLS connection with ${peerName}: ${error.message}`, error);
}

function failure(reason: NetworkFailureReason, message: string, cause: Error): NetworkError {
  return new NetworkError(reason, message, 0, { cause });
}

function codeOf(error: Error): string {
  return String((error as NodeJS.ErrnoException).code ?? '');
}
