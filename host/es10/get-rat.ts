// SPDX-License-Identifier: Apache-2.0
// ES10b.GetRAT (SGP.22 v2.5 §5.7.22): which policy rules profiles of which operators may have.

import { type Operator, POLICY_RULES, type PolicyRule, readOperator } from '../profile-fields.js';
import { defineEs10 } from './function.js';

const FLAGS = ['consentRequired'] as const;

/** A rule of the Rules Authorisation Table (SGP.22 v2.5 §2.9.3.1). */
export interface AuthorisationRule {
  readonly policyRules: readonly PolicyRule[];
  /** E in mccMnc stands for any digit; an empty gid for any. */
  readonly allowedOperators: readonly Operator[];
  readonly consentRequired: boolean;
}

/** The Rules Authorisation Table; the first rule that fits counts. */
export const getRat = defineEs10<void, AuthorisationRule[]>({
  name: 'GetRAT',
  tag: 0xbf43,
  response: (response) =>
    response
      .required(0xa0, 'rat')
      .list('rule', 0x30)
      .map((rule) => ({
        policyRules: rule.required(0x80, 'pprIds').bits(POLICY_RULES),
        allowedOperators: rule
          .required(0xa1, 'allowedOperators')
          .list('operatorId', 0x30)
          .map((operator) => readOperator(operator)),
        consentRequired: rule.required(0x82, 'pprFlags').bits(FLAGS).includes('consentRequired'),
      })),
});
