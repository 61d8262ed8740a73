// SPDX-License-Identifier: Apache-2.0
// Action Consent: which profile wants to be installed, and what the user or the device's policy says to it.

import { createHash } from 'node:crypto';
import { ConsentAnswer } from './abi.js';
import { Element } from './asn1/element.js';
import { tlv } from './asn1/tlv.js';
import { hexBytes } from './asn1/values.js';
import { type Operator, POLICY_RULES, type PolicyRule, PROFILE_CLASSES, type ProfileClass, readOperator } from './profile-fields.js';

/** A profile that an SM-DP+ offers, before anything of it is loaded; what its metadata leave out is undefined. */
export interface OfferedProfile {
  /** Of the session with the SM-DP+, upper-case hexadecimal digits. */
  readonly transactionId: string;
  /** The SM-DP+ wants a confirmation code. */
  readonly confirmationCodeRequired: boolean;
  /** The eUICC's Rules Authorisation Table wants the user's consent to the profile's policy rules (SGP.22 v2.5 §2.9.3.1). */
  readonly consentRequired: boolean;
  /** 18 to 20 digits. */
  readonly iccid: string | undefined;
  readonly serviceProviderName: string | undefined;
  readonly profileName: string | undefined;
  readonly profileClass: ProfileClass;
  readonly policyRules: readonly PolicyRule[];
  readonly owner: Operator | undefined;
}

/** What to do with an offered profile. */
export interface ConsentDecision {
  /** False: the order is refused for good (endUserRejection). "postpone": not now; the order stays. */
  readonly install: boolean | 'postpone';
  /** Where one is required. Default: the one that the command was given. */
  readonly confirmationCode?: string;
}

/** Decides on an offered profile. */
export type ConsentCallback = (profile: OfferedProfile) => ConsentDecision | Promise<ConsentDecision>;

/** What event Consent brings. */
export interface ConsentEvent {
  readonly argument: number;
  readonly bytes: Uint8Array;
}

/** Decodes the bytes of action Consent. @throws FieldError when they are not what it says */
export function decodeOffer(bytes: Uint8Array): OfferedProfile {
  const offer = Element.read(tlv(0x30, bytes), 'offer');
  return {
    transactionId: offer.required(0x80, 'transactionId').hex(),
    confirmationCodeRequired: offer.required(0x01, 'confirmationCodeRequired').boolean(),
    consentRequired: offer.required(0x83, 'consentRequired').boolean(),
    iccid: offer.optional(0x5a, 'iccid')?.iccid(),
    serviceProviderName: offer.optional(0x91, 'serviceProviderName')?.text(),
    profileName: offer.optional(0x92, 'profileName')?.text(),
    profileClass: offer.optional(0x95, 'profileClass')?.named(PROFILE_CLASSES) ?? 'operational',
    policyRules: offer.optional(0x99, 'profilePolicyRules')?.bits(POLICY_RULES) ?? [],
    owner: readOperator(offer.optional(0xb7, 'profileOwner')),
  };
}

/**
 * Decides: by the callback, without one for the profile. One that needs a confirmation code which nobody knows is postponed, so that its
 * order stays. Rejects with what the callback throws.
 */
export async function decide(offer: OfferedProfile, callback?: ConsentCallback, knownCode?: string): Promise<ConsentEvent> {
  const decision: ConsentDecision = (await callback?.(offer)) ?? { install: true };
  const { install, confirmationCode = knownCode } = decision;
  if (install === false) return answer(ConsentAnswer.Reject);
  if (install === 'postpone') return answer(ConsentAnswer.Postpone);
  if (!offer.confirmationCodeRequired) return answer(ConsentAnswer.Install);
  if (confirmationCode === undefined) return answer(ConsentAnswer.Postpone);
  return answer(ConsentAnswer.Install, hashCc(confirmationCode, offer.transactionId));
}

/** For when nobody can say anything: the order stays. */
export const POSTPONED: ConsentEvent = answer(ConsentAnswer.Postpone);

function answer(argument: number, bytes: Uint8Array = new Uint8Array()): ConsentEvent {
  return { argument, bytes };
}

/** Hash of the confirmation code, bound to the session (SGP.22 v2.5 §5.7.5, hashCc). */
function hashCc(confirmationCode: string, transactionId: string): Uint8Array {
  return sha256(sha256(new TextEncoder().encode(confirmationCode)), hexBytes('transactionId', transactionId));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
