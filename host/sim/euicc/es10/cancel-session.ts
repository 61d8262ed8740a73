// SPDX-License-Identifier: Apache-2.0
// CancelSession: `BF41{80 transactionId, 81 reason}` → `BF41{A0{30 signed, 5F37}}` or `BF41{81 error}` (SGP.22 v2.5 §5.7.14).
import { type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { integerElement, transactionIdOf, tryInteger } from '../domain/elements.js';
import { euiccSignature } from '../domain/identity.js';
import type { Euicc } from '../state/euicc.js';
import type { ServerContext } from '../state/session.js';

const ERROR = { invalidTransactionId: 5, undefinedError: 127 } as const;

/** endUserRejection … loadBppExecutionError, undefinedReason. */
const REASONS = [0, 1, 2, 3, 4, 5, 127];

/** Closes the session with this transaction. Once its package is being loaded, the settings decide whether it is too late. */
export function cancelSession(euicc: Euicc, request: Tlv): Uint8Array {
  const transactionId = transactionIdOf(request);
  const reason = tryInteger(request, 0x81);
  const server = cancellableServer(euicc);
  if (server === undefined || !equal(server.transactionId, transactionId)) return refusal(ERROR.invalidTransactionId);
  if (reason === undefined || !REASONS.includes(reason)) return refusal(ERROR.undefinedError);
  const signed = tlv(0x30, tlv(0x80, transactionId), tlv(0x81, server.serverOid), integerElement(0x82, reason));
  euicc.session.rsp = undefined;
  euicc.memory.installation = undefined;
  return tlv(0xbf41, tlv(0xa0, signed, euiccSignature(euicc.identity, signed)));
}

function cancellableServer({ session, settings }: Euicc): ServerContext | undefined {
  const { rsp } = session;
  if (rsp === undefined || rsp.phase === 'challenged') return undefined;
  return rsp.phase === 'loading' && !settings.cancelDuringInstallation ? undefined : rsp.server;
}

function refusal(code: number): Uint8Array {
  return tlv(0xbf41, integerElement(0x81, code));
}
