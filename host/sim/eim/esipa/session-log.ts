// SPDX-License-Identifier: Apache-2.0
// The steps of a download session in the event log, one shape for all four functions.
import type { Tlv } from '../../codec/ber.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import type { SessionEvent } from '../log.js';

/** What the log wants to know of a session, however far it has come. */
interface SessionLike {
  readonly transactionId?: string;
  readonly smdpAddress?: string;
  readonly device?: Device;
}

/** What a step adds to its entry: an error, or what it told. */
export type StepOutcome = Partial<Pick<SessionEvent, 'verified' | 'errorCode' | 'problem' | 'cancelReason' | 'cancelWord' | 'sizes'>>;

/** Logs one step with its outcome: an error, or what the step told. */
export function logSessionStep(
  eim: EimContext,
  kind: SessionEvent['kind'],
  request: Tlv,
  session: SessionLike,
  outcome: StepOutcome = {},
): SessionEvent {
  const { transactionId, smdpAddress, device } = session;
  return eim.log.add<SessionEvent>({
    kind,
    verified: false,
    ...defined({ eid: device?.eid, transactionId, smdpAddress }),
    ...outcome,
    raw: request.raw,
  });
}
