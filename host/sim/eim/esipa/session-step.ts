// SPDX-License-Identifier: Apache-2.0
// One step of an open RSP session: the session it belongs to, what the eUICC signed in it, and its entry in the log.
import type { KeyObject } from 'node:crypto';
import { child, need, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { fromHex, hex } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { compactionProblem } from '../compact.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { SessionEvent } from '../log.js';
import { type MessageSizes, sizesOf } from '../message-sizes.js';
import { Refusal } from '../relay/error-codes.js';
import type { Session } from '../sessions.js';
import { logSessionStep, type StepOutcome } from './session-log.js';

/** Collects what is to be logged of a step, however it ends. */
export class SessionStep {
  /** Upper-case hexadecimal. */
  readonly transactionId: string;
  private readonly found: Session | undefined;
  private verified = false;
  private sizes: MessageSizes | undefined;
  private problem: string | undefined;

  /** Throws CodecError for a request without a transactionId. */
  constructor(
    private readonly kind: SessionEvent['kind'],
    private readonly request: Tlv,
    private readonly eim: EimContext,
  ) {
    this.transactionId = hex(need(request, 0x80).value);
    this.found = eim.sessions.find(this.transactionId);
  }

  /** The session; throws Refusal with this code when there is none. */
  session(invalidTransactionId: number): Session {
    if (this.found === undefined) throw new Refusal(invalidTransactionId, `no session has the transaction ${this.transactionId}`);
    return this.found;
  }

  /**
   * Takes note of a response of the eUICC: `part` of the request as received, `full` as the eUICC signed it. The signature covers euiccSigned…
   * and `further`. A wrong one is not for the eIM to refuse, since the SM-DP+ does.
   */
  examine(part: Tlv, full: Uint8Array, ...further: readonly Uint8Array[]): void {
    const { device, euiccPublicKey = device?.euiccCertificate?.publicKey } = this.session(0);
    const ok = child(readTlv(full), 0xa0);
    this.verified = euiccPublicKey !== undefined && ok !== undefined && isSigned(ok, euiccPublicKey, further);
    if (child(part, 0xa2) === undefined) return;
    const inRequest = part.tag === 0xa1 ? tlv(0xa1, readTlv(full).value) : full;
    this.sizes = sizesOf(this.request, part, inRequest);
    this.problem = compactionProblem(device);
  }

  /** The transactionId as the component of an answer, unless this eIM leaves it out. */
  get optionalTransactionId(): Uint8Array[] {
    return this.eim.omitTransactionIds ? [] : [tlv(0x80, fromHex(this.transactionId))];
  }

  log(outcome: StepOutcome = {}): SessionEvent {
    const { verified, sizes, problem } = this;
    const session = this.found ?? { transactionId: this.transactionId };
    return logSessionStep(this.eim, this.kind, this.request, session, { verified, ...defined({ sizes, problem }), ...outcome });
  }
}

function isSigned(ok: Tlv, euiccPublicKey: KeyObject, further: readonly Uint8Array[]): boolean {
  const [signed, signature] = [child(ok, 0x30), child(ok, 0x5f37)];
  return signed !== undefined && signature !== undefined && verifyRs(euiccPublicKey, signature.value, signed.raw, ...further);
}
