// SPDX-License-Identifier: Apache-2.0
// What the IPA checks in the certificate of an SM-DP+ or SM-DS (SGP.22 v2.5 §3.0.1, SGP.32 v1.2 §3.2.3.1): the eUICC verifies
// the signatures, but has no clock and knows neither the activation code nor what the eIM allows.

import { ErrorCode } from '../abi/errors';
import { HAS_ESIPA } from '../abi/features';
import { ACTIVATION_CODE, CI_PKID, O, S, SCRATCH, UTC_TIME } from '../abi/state';
import { Slot, slotAt, slotEnd } from '../rsp/slots';
import { derEnd, derEquals, derLength, derTag, derValue, expectTlv, findTlv, readTlv } from '../wire/der-read';

const CI_PKID_BYTES: u32 = 20;
/** Last bytes of the extensions' identifiers 2.5.29.n (RFC 5280 §4.2.1). */
const SUBJECT_ALT_NAME: u32 = 17;
const AUTHORITY_KEY_IDENTIFIER: u32 = 35;
const OID_BYTES: u32 = 64;

/** Contents of tBSCertificate. */
let bodyAt: usize = 0;
let bodyEnd: usize = 0;

function openCertificate(): bool {
  if (expectTlv(slotAt(Slot.Certificate), slotEnd(Slot.Certificate), 0x30) || expectTlv(derValue, derEnd, 0x30)) return false;
  bodyAt = derValue;
  bodyEnd = derEnd;
  return true;
}

/** Whether the time just read, UTCTime or GeneralizedTime, is later than now. */
function isLater(): bool {
  let at = derValue;
  let now = UTC_TIME;
  if (derTag == 0x17) {
    // RFC 5280 §4.1.2.5.1: years of two digits below 50 are of this century
    if (load<u8>(at) >= 0x35) return false;
    now += 2;
  }
  // a time that is too short is compared with what follows it, which nobody is hurt by: the eUICC judges the certificate, too
  const end = UTC_TIME + O.utcTimeLength;
  while (now < end && load<u8>(at) == load<u8>(now)) {
    at++;
    now++;
  }
  return now < end && load<u8>(at) > load<u8>(now);
}

/** Whether now lies in the validity: behind version, serialNumber, signature and issuer. */
function isValidNow(): bool {
  let at = bodyAt;
  let left: u32 = 3;
  do {
    if (readTlv(at, bodyEnd)) return false;
    if (derTag != 0xa0) left--;
    at = derEnd;
  } while (left);
  if (expectTlv(at, bodyEnd, 0x30) || readTlv(derValue, derEnd)) return false;
  const notAfter = derEnd;
  return !isLater() && !readTlv(notAfter, bodyEnd) && isLater();
}

/** Finds the contents of the SEQUENCE in extension 2.5.29.`number`; they are then read. */
function findExtension(number: u32): bool {
  if (findTlv(bodyAt, bodyEnd, 0xa3) || expectTlv(derValue, derEnd, 0x30)) return false;
  let at = derValue;
  const end = derEnd;
  while (at < end) {
    if (expectTlv(at, end, 0x30)) return false;
    at = derEnd;
    const last = derEnd;
    if (expectTlv(derValue, last, 0x06)) return false;
    if (derLength != 3 || load<u8>(derValue, 2) != number) continue;
    return !findTlv(derEnd, last, 0x04) && !expectTlv(derValue, derEnd, 0x30);
  }
  return false;
}

/** Writes the OID that stands in text from `at` to `end` as DER contents at SCRATCH. Returns their end; SCRATCH when it is none. */
function putOid(at: usize, end: usize): usize {
  let to = SCRATCH;
  let arc: u32 = 0;
  let first: u32 = 0;
  let count: u32 = 0;
  for (; at <= end; at++) {
    const digit = at < end ? load<u8>(at) - 0x30 : 0;
    if (at < end && digit < 10) {
      arc = arc * 10 + digit;
      continue;
    }
    if (++count == 1) first = arc * 40;
    else {
      if (count == 2) arc += first;
      if (to > SCRATCH + OID_BYTES) return SCRATCH;
      for (let shift: u32 = 28; shift; shift -= 7) if (arc >> shift) store<u8>(to++, 0x80 | ((arc >> shift) & 0x7f));
      store<u8>(to++, arc & 0x7f);
    }
    arc = 0;
  }
  return to;
}

/** Whether the certificate names the OID of the activation code as registeredID. */
function hasWantedOid(): bool {
  const from = ACTIVATION_CODE + S.smdpOidAt;
  const end = putOid(from, from + S.smdpOidLength);
  if (!findExtension(SUBJECT_ALT_NAME) || findTlv(derValue, derEnd, 0x88)) return false;
  return derEquals(SCRATCH, end - SCRATCH);
}

/** Whether the certificate's issuer is the CI that the eIM allows. */
function isOfAllowedCi(): bool {
  if (!findExtension(AUTHORITY_KEY_IDENTIFIER) || findTlv(derValue, derEnd, 0x80)) return false;
  return derEquals(CI_PKID + 1, CI_PKID_BYTES);
}

/** Checks what is to be checked in the answer's certificate. Returns 0, MissingElement, CertificateExpired, SmdpOidMismatch or CertificateIssuerRefused. */
export function checkServerCertificate(): i32 {
  const oid = S.smdpOidLength && !S.contactSmds;
  const ci: u32 = HAS_ESIPA ? load<u8>(CI_PKID) : 0;
  if (!O.utcTimeLength && !oid && !ci) return 0;
  if (!openCertificate()) return ErrorCode.MissingElement;
  if (O.utcTimeLength && !isValidNow()) return ErrorCode.CertificateExpired;
  if (oid && !hasWantedOid()) return ErrorCode.SmdpOidMismatch;
  return ci && !isOfAllowedCi() ? ErrorCode.CertificateIssuerRefused : 0;
}
