// SPDX-License-Identifier: Apache-2.0
// Fields of a profile's metadata that ProfileInfo, StoreMetadata and the Rules Authorisation Table share (SGP.22 v2.5 §2.4a, §2.9).

import type { Element } from './asn1/element.js';

/** ProfileClass by its number. */
export const PROFILE_CLASSES = { 0: 'test', 1: 'provisioning', 2: 'operational' } as const;

/** A class, or the number of one that is not known here. */
export type ProfileClass = (typeof PROFILE_CLASSES)[0 | 1 | 2] | `unknown(${number})`;

/** PprIds from bit 0 on: ppr1 forbids disabling, ppr2 deleting. */
export const POLICY_RULES = ['pprUpdateControl', 'ppr1', 'ppr2'] as const;

/** A rule, or the bit of one that is not known here. */
export type PolicyRule = (typeof POLICY_RULES)[number] | `bit${number}`;

/** An operator. */
export interface Operator {
  /** MCC and MNC, "26201"; in rules E stands for any digit. */
  readonly mccMnc: string;
  /** Group identifier, upper-case hexadecimal digits. */
  readonly gid1: string | undefined;
  readonly gid2: string | undefined;
}

/** OperatorId. @throws FieldError */
export function readOperator(element: Element): Operator;
export function readOperator(element: Element | undefined): Operator | undefined;
export function readOperator(element: Element | undefined): Operator | undefined {
  return (
    element && {
      mccMnc: element.required(0x80, 'mccMnc').plmn(),
      gid1: element.optional(0x81, 'gid1')?.hex(),
      gid2: element.optional(0x82, 'gid2')?.hex(),
    }
  );
}
