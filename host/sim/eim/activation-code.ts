// SPDX-License-Identifier: Apache-2.0
// The activation code (SGP.22 v2.5 §4.1, SGP.32 v1.2 §2.11.1.3), as the eIM reads the one that it sends or holds.

/** The fields of an activation code. */
export interface ActivationCode {
  /** FQDN of the SM-DP+, possibly with ":port". */
  readonly smdpAddress: string;
  /** AC_Token; empty when the SM-DP+ knows the profile by the EID. */
  readonly matchingId: string;
  /** Dotted OID that the SM-DP+ certificate must carry. */
  readonly smdpOid?: string;
  readonly confirmationCodeRequired: boolean;
}

const LONGEST_CODE = 255;

/** Reads an activation code with or without "LPA:"; throws RangeError that says what is wrong. Fields after the fifth are ignored. */
export function parseActivationCode(code: string): ActivationCode {
  if (code.length > LONGEST_CODE) throw new RangeError(`an activation code of ${code.length} characters; ${LONGEST_CODE} is the limit`);
  const [format, smdpAddress, matchingId, smdpOid, confirmationCode] = code.replace(/^LPA:/i, '').split('$');
  if (format !== '1') throw new RangeError('the activation code does not begin with format 1');
  if (!smdpAddress || !/^[A-Za-z0-9.-]+(:[0-9]+)?$/.test(smdpAddress)) throw new RangeError('no SM-DP+ address in the activation code');
  if (matchingId === undefined) throw new RangeError('no AC_Token field in the activation code');
  return {
    smdpAddress,
    matchingId,
    ...(smdpOid ? { smdpOid } : {}),
    confirmationCodeRequired: confirmationCode === '1',
  };
}
