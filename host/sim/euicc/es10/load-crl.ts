// SPDX-License-Identifier: Apache-2.0
// LoadCRL: `BF35{A0 CertificateList}` → `BF35{A0{[A0 missingParts]}}` or `BF35{81 error}` (SGP.22 v2.5 §5.7.12).
import { CodecError, need, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { integerElement } from '../domain/elements.js';
import { baseOf, bytesOf, hasFresher, merged, missingParts, withList } from '../domain/revocation.js';
import { isSignedBy, type RevocationList, readRevocationList } from '../domain/revocation-list.js';
import type { Euicc } from '../state/euicc.js';

const ERROR = {
  invalidSignature: 1,
  invalidCrlFormat: 2,
  notEnoughMemorySpace: 3,
  verificationKeyNotFound: 4,
  fresherCrlAlreadyLoaded: 5,
  baseCrlMissing: 6,
} as const;

/** Certificates on the list are refused from then on; parts that are still missing are named. A refused list changes nothing. */
export function loadCrl(euicc: Euicc, request: Tlv): Uint8Array {
  const list = readRequest(request);
  if (list === undefined) return refusal(ERROR.invalidCrlFormat);
  const code = refusalOf(euicc, list);
  return code === undefined ? store(euicc, list, request.raw.length) : refusal(code);
}

/** A0 replaces the tag 30 of CertificateList; some writers nest the whole object instead (protocol reading I-5). */
function readRequest(request: Tlv): RevocationList | undefined {
  try {
    const { children } = need(request, 0xa0);
    const [only] = children;
    return readRevocationList(children.length === 1 && only?.tag === 0x30 ? only.children : children);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function refusalOf({ identity, memory }: Euicc, list: RevocationList): number | undefined {
  const ci = identity.trustedCis.find((each) => equal(each.subjectKeyId, list.authorityKeyId));
  if (ci === undefined) return ERROR.verificationKeyNotFound;
  if (!isSignedBy(list, ci.publicKey)) return ERROR.invalidSignature;
  if (hasFresher(memory, list)) return ERROR.fresherCrlAlreadyLoaded;
  const lacksBase = list.baseCrlNumber !== undefined && baseOf(memory, list) === undefined;
  return lacksBase ? ERROR.baseCrlMissing : undefined;
}

function store({ memory, settings }: Euicc, list: RevocationList, sizeBytes: number): Uint8Array {
  const base = list.baseCrlNumber === undefined ? undefined : baseOf(memory, list);
  const stored = merged(memory, list, sizeBytes, base);
  const lists = withList(memory, stored);
  if (bytesOf(lists) > settings.revocationListBytes) return refusal(ERROR.notEnoughMemorySpace);
  memory.revocationLists = lists;
  const missing = missingParts(stored).map((partNumber) => integerElement(0x02, partNumber));
  return tlv(0xbf35, missing.length === 0 ? tlv(0xa0) : tlv(0xa0, tlv(0xa0, ...missing)));
}

function refusal(code: number): Uint8Array {
  return tlv(0xbf35, integerElement(0x81, code));
}
