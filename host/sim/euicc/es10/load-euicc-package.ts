// SPDX-License-Identifier: Apache-2.0
// LoadEuiccPackage: `BF51{30 euiccPackageSigned, 5F37}` → `BF51{A0 result | A1 signed error | A2 unsigned error}` (SGP.32 v1.2 §5.9.1, §3.3.1).
import { CodecError, child, need, type Tlv } from '../../codec/ber.js';
import { equal, text } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { eimPublicKey, findEim, readCounterValue } from '../domain/eim-configuration.js';
import { associationTokenElement, octets } from '../domain/elements.js';
import { announce, emergencyActive, enabledProfile } from '../domain/profile-switch.js';
import type { PackageExecution } from '../package/execution.js';
import { PACKAGE_KIND, runOperations } from '../package/operations.js';
import { signedError, storeSignedResult, unsignedError } from '../package/package-result.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredEim } from '../state/non-volatile.js';

const ERROR = { invalidEid: 3, replayError: 4, counterValueOutOfRange: 6, sizeOverflow: 15, ecallActive: 104 } as const;

interface EuiccPackage {
  /** Bytes of the whole request. */
  readonly sizeBytes: number;
  readonly signed: Tlv;
  readonly signature: Uint8Array;
  readonly eid: Uint8Array;
  readonly counterValue: number;
  readonly eimTransactionId: Uint8Array | undefined;
  /** A0 psmoList or A1 ecoList. */
  readonly operations: Tlv;
}

/** Checks in the order of §5.9.1, then runs the package. Throws CodecError when not even an eimId can be read. */
export function loadEuiccPackage(euicc: Euicc, request: Tlv): Uint8Array {
  const signed = need(request, 0x30);
  const eimId = octets(signed, 0x80, 1, 128);
  const eimTransactionId = readTransactionId(signed);
  const decoded = decode(request, signed, eimTransactionId);
  const eim = findEim(euicc.memory, text(eimId));
  if (decoded === undefined || eim === undefined) return unsignedError(eimId, eimTransactionId, eim?.associationToken);
  const token = associationTokenElement(eim.associationToken);
  if (!verifyRs(eimPublicKey(eim.fields), decoded.signature, signed.raw, token)) {
    return unsignedError(eimId, eimTransactionId, eim.associationToken);
  }
  const error = refusalOf(euicc, eim, decoded);
  return error === undefined ? execute(euicc, eim, decoded) : signedError(euicc, eim, decoded, error);
}

function readTransactionId(signed: Tlv): Uint8Array | undefined {
  const value = child(signed, 0x82)?.value;
  return value && value.length >= 1 && value.length <= 16 ? value : undefined;
}

function decode(request: Tlv, signed: Tlv, eimTransactionId: Uint8Array | undefined): EuiccPackage | undefined {
  const operations = child(signed, PACKAGE_KIND.psmoList) ?? child(signed, PACKAGE_KIND.ecoList);
  const badTransactionId = child(signed, 0x82) !== undefined && eimTransactionId === undefined;
  if (operations === undefined || badTransactionId) return undefined;
  try {
    return {
      sizeBytes: request.raw.length,
      signed,
      signature: need(request, 0x5f37).value,
      eid: octets(signed, 0x5a, 16),
      counterValue: readCounterValue(need(signed, 0x81)),
      eimTransactionId,
      operations,
    };
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

/** EuiccPackageErrorCode of a genuine package that is not executed. */
function refusalOf(euicc: Euicc, eim: StoredEim, decoded: EuiccPackage): number | undefined {
  const { identity, settings } = euicc;
  if (!equal(decoded.eid, identity.eidBytes)) return ERROR.invalidEid;
  if (decoded.counterValue <= eim.counterValue) return ERROR.replayError;
  if (decoded.counterValue > settings.maximumCounterValue) return ERROR.counterValueOutOfRange;
  if (decoded.sizeBytes > settings.maximumPackageBytes) return ERROR.sizeOverflow;
  return emergencyActive(euicc) ? ERROR.ecallActive : undefined;
}

function execute(euicc: Euicc, eim: StoredEim, decoded: EuiccPackage): Uint8Array {
  euicc.memory.rollback = undefined;
  const execution: PackageExecution = {
    euicc,
    enableDone: false,
    disableDone: false,
    previousIccid: enabledProfile(euicc.memory)?.iccid,
    rollbackIccid: undefined,
    deletedEims: new Set(),
    events: [],
  };
  const results = runOperations(execution, decoded.operations);
  // `eim` is the configuration the package was verified with; an eCO may have replaced the stored one.
  const stored = findEim(euicc.memory, eim.eimId);
  if (stored) stored.counterValue = decoded.counterValue;
  const { raw, seqNumber } = storeSignedResult(euicc, eim, decoded, results);
  conclude(execution, eim, decoded, seqNumber);
  return raw;
}

/** What happens once the result is signed: rollback permission, deletion of eIMs, the switch and its notifications. */
function conclude(execution: PackageExecution, eim: StoredEim, decoded: EuiccPackage, seqNumber: number): void {
  const { euicc, rollbackIccid, deletedEims, events } = execution;
  const { memory } = euicc;
  if (rollbackIccid) {
    const eimTransactionId = decoded.eimTransactionId?.slice();
    memory.rollback = { eimId: eim.eimId, counterValue: decoded.counterValue, eimTransactionId, seqNumber, previousIccid: rollbackIccid };
  }
  memory.eims = memory.eims.filter((each) => !deletedEims.has(each.eimId));
  announce(euicc, events, true);
}
