// SPDX-License-Identifier: Apache-2.0
// An eIM for the tests: its configuration, and packages signed as it would sign them. The operations come from the simulated eIM's builders.
import { createPublicKey } from 'node:crypto';
import { child, need, readInteger, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex } from '../../../../host/sim/codec/bytes.js';
import { verifyRs } from '../../../../host/sim/crypto/ecdsa.js';
import { type EimConfiguration, encodeEimConfigurationData } from '../../../../host/sim/eim/configuration-data.js';
import { euiccPackageRequest, euiccPackageSigned, type PackageOperations } from '../../../../host/sim/eim/packages/euicc-package.js';
import type { SimulatedEuicc, SimulatedEuiccOptions } from '../../../../host/sim/euicc/index.js';
import { ask, EID, openedEuicc, pki } from './card.js';

export const EIM_ID = 'eim.example.com';
export const EIM_TRANSACTION_ID = fromHex('0123456789ABCDEF');

const EUICC_KEY = createPublicKey(pki.euicc.privateKey);

/** DER SubjectPublicKeyInfo of the eIM of the PKI. */
export const EIM_SPKI = Uint8Array.from(createPublicKey(pki.eimSign.privateKey).export({ type: 'spki', format: 'der' }));

/** EimConfigurationData of that eIM, with counter 10, changed as wanted. */
export function configuration(change: Partial<EimConfiguration> = {}): Uint8Array {
  return encodeEimConfigurationData({ eimId: EIM_ID, counterValue: 10, eimPublicKeyData: { spki: EIM_SPKI }, ...change });
}

/** An eUICC ready for ES10 commands that knows the eIM. */
export function managedEuicc(options: Partial<SimulatedEuiccOptions> = {}, change: Partial<EimConfiguration> = {}): SimulatedEuicc {
  return openedEuicc({ eimConfigurations: [configuration(change)], ...options });
}

export interface PackageChange {
  readonly counterValue?: number;
  readonly eid?: string;
  readonly eimId?: string;
  readonly token?: number;
  readonly extraFields?: readonly Uint8Array[];
  readonly withoutTransaction?: boolean;
}

/** EuiccPackageRequest `BF51…`, with the counter after the stored one. */
export function packageRequest(euicc: SimulatedEuicc, operations: PackageOperations, change: PackageChange = {}): Uint8Array {
  const eim = euicc.eimConfigurations.find((each) => each.eimId === EIM_ID);
  const signed = euiccPackageSigned({
    eimId: change.eimId ?? EIM_ID,
    eid: change.eid ?? EID,
    counterValue: change.counterValue ?? (eim?.counterValue ?? 0) + 1,
    ...(change.withoutTransaction ? {} : { eimTransactionId: EIM_TRANSACTION_ID }),
    operations,
    ...(change.extraFields ? { extraFields: change.extraFields } : {}),
  });
  return euiccPackageRequest(signed, change.token ?? eim?.associationToken ?? 0, pki.eimSign.privateKey);
}

/** Runs operations; the elements of euiccResult. The signature of the result is checked with the token the eIM has beforehand. */
export function run(euicc: SimulatedEuicc, operations: PackageOperations, change: PackageChange = {}): readonly Tlv[] {
  const token = euicc.eimConfigurations.find((each) => each.eimId === EIM_ID)?.associationToken ?? 0;
  const signed = need(ask(euicc, packageRequest(euicc, operations, change)), 0xa0);
  return need(verified(signed, token), 0x30).children;
}

/** The data part of a signed result or error, once its signature holds. */
export function verified(signed: Tlv, token = 0): Tlv {
  const data = need(signed, 0x30);
  const tokenObject = tlv(0x84, Uint8Array.of(token));
  if (!verifyRs(EUICC_KEY, need(signed, 0x5f37).value, data.raw, tokenObject)) throw new Error('euiccSign is wrong');
  return data;
}

/** Results as [tag, code] pairs; lists and tables as [tag]. */
export function codes(results: readonly Tlv[]): number[][] {
  return results.map((result) => (result.constructed ? [result.tag] : [result.tag, readInteger(result)]));
}

/** Code of a signed error. */
export function signedErrorCode(euicc: SimulatedEuicc, request: Uint8Array, token = 0): number {
  return readInteger(need(verified(need(ask(euicc, request), 0xa1), token), 0x02));
}

/** [has transaction, token] of an unsigned error. */
export function unsignedError(euicc: SimulatedEuicc, request: Uint8Array): { transaction: boolean; token: number | undefined } {
  const error = need(ask(euicc, request), 0xa2);
  const token = child(error, 0x84);
  return { transaction: child(error, 0x82) !== undefined, token: token && readInteger(token) };
}
