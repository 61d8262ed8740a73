// SPDX-License-Identifier: Apache-2.0
// EimConfigurationData (SGP.32 v1.2 §2.11.1.1.1): reading, the checks before an eIM is associated, and the eIM's key.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { CodecError, child, readInteger, readTlv, type Tlv, tlv } from '../../codec/ber.js';
import { equal, text } from '../../codec/bytes.js';
import { CertificateError, parseCertificate } from '../../pki/check.js';
import { RSP_CURVES } from '../../pki/oids.js';
import type { Euicc } from '../state/euicc.js';
import type { NonVolatileMemory, RawField, StoredEim } from '../state/non-volatile.js';
import { octets } from './elements.js';

/** Result codes that AddInitialEim, addEim and updateEim share. */
export const EIM_RESULT = {
  ok: 0,
  insufficientMemory: 1,
  associatedEimAlreadyExists: 2,
  ciPkUnknown: 3,
  invalidAssociationToken: 5,
  counterValueOutOfRange: 6,
  commandError: 7,
} as const;

export interface EimConfiguration {
  readonly eimId: string;
  readonly counterValue: number | undefined;
  readonly associationToken: number | undefined;
  /** As StoredEim.fields. */
  readonly fields: readonly RawField[];
}

const COUNTER_VALUE = 0x83;
const ASSOCIATION_TOKEN = 0x84;
const KEPT_TAGS = [0x80, 0x81, 0x82, 0xa5, 0xa6, 0x87, 0x88, 0x89];

/** Asks the eUICC to choose a token. */
const TOKEN_REQUEST = -1;

/** Reads the contents of an EimConfigurationData under any tag; a key in it must be usable. Throws CodecError. */
export function readEimConfiguration(element: Tlv): EimConfiguration {
  const counter = child(element, COUNTER_VALUE);
  const token = child(element, ASSOCIATION_TOKEN);
  const fields = KEPT_TAGS.flatMap((tag) => child(element, tag) ?? []).map(({ tag, raw }) => ({ tag, raw: raw.slice() }));
  if (child(element, 0xa5)) eimPublicKey(fields);
  return {
    eimId: text(octets(element, 0x80, 1, 128)),
    counterValue: counter && readCounterValue(counter),
    associationToken: token && readInteger(token),
    fields,
  };
}

/** A counterValue; one that is too long for this simulator to hold is read as the largest number, which is out of range everywhere. */
export function readCounterValue(element: Tlv): number {
  const { value } = element;
  if (value.length > 6 && value[0]! < 0x80) return Number.MAX_SAFE_INTEGER;
  return readInteger(element);
}

/** The eIM with this identifier, if it is associated. */
export function findEim(memory: NonVolatileMemory, eimId: string): StoredEim | undefined {
  return memory.eims.find((eim) => eim.eimId === eimId);
}

/** PK.EIM from eimPublicKeyData, given as key or certificate. Throws CodecError when it is missing or not usable for ECDSA in RSP. */
export function eimPublicKey(fields: readonly RawField[]): KeyObject {
  const field = fields.find((each) => each.tag === 0xa5);
  if (field === undefined) throw new CodecError('eimPublicKeyData is missing');
  const key = decodeKey(readTlv(field.raw));
  if (!RSP_CURVES.includes(key.asymmetricKeyDetails?.namedCurve ?? '')) throw new CodecError('the key is on no curve of RSP');
  return key;
}

/** A0 or A1 replaces the tag 30 of key or certificate; some writers nest the whole object instead (protocol reading I-5). */
function decodeKey(choice: Tlv): KeyObject {
  const [alternative] = choice.children;
  if (alternative === undefined) throw new CodecError('eimPublicKeyData is empty');
  const [only, ...others] = alternative.children;
  const der = others.length === 0 && only?.tag === 0x30 ? only.raw : tlv(0x30, alternative.value);
  try {
    if (alternative.tag === 0xa1) return parseCertificate(der).publicKey;
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  } catch (cause) {
    const message = cause instanceof CertificateError ? cause.message : 'the key cannot be read';
    throw new CodecError(message, { cause });
  }
}

/** Whether the eIM may be associated: one of EIM_RESULT. */
export function checkNewEim(euicc: Euicc, configuration: EimConfiguration): number {
  const { counterValue, associationToken, eimId } = configuration;
  const hasKey = configuration.fields.some((field) => field.tag === 0xa5);
  if (counterValue === undefined || !hasKey) return EIM_RESULT.commandError;
  if (findEim(euicc.memory, eimId)) return EIM_RESULT.associatedEimAlreadyExists;
  if (euicc.memory.eims.length >= euicc.settings.maximumEims) return EIM_RESULT.insufficientMemory;
  if (associationToken !== undefined && associationToken !== TOKEN_REQUEST) return EIM_RESULT.invalidAssociationToken;
  return checkValues(euicc, configuration);
}

/** The checks on values that adding and updating have in common. */
export function checkValues({ identity, settings }: Euicc, { counterValue, fields }: EimConfiguration): number {
  const ci = fields.find((field) => field.tag === 0x88);
  const ciPkId = ci && readTlv(ci.raw).value;
  if (ciPkId && !identity.signingCiPkIds.some((each) => equal(each, ciPkId))) return EIM_RESULT.ciPkUnknown;
  const inRange = counterValue === undefined || (counterValue >= 0 && counterValue <= settings.maximumCounterValue);
  return inRange ? EIM_RESULT.ok : EIM_RESULT.counterValueOutOfRange;
}

/** Stores an eIM that was checked; gives it a token when it asked for one. */
export function associateEim({ memory }: Euicc, configuration: EimConfiguration): StoredEim {
  const token = configuration.associationToken === TOKEN_REQUEST ? memory.nextAssociationToken++ : undefined;
  const eim = {
    eimId: configuration.eimId,
    counterValue: configuration.counterValue!,
    associationToken: token,
    fields: configuration.fields,
  };
  memory.eims.push(eim);
  return eim;
}

/** Contents of EimIdInfo: `80` eimId and, when known, `82` eimIdType. */
export function eimIdInfo(eim: StoredEim): Uint8Array {
  const fields = eim.fields.filter((field) => field.tag === 0x80 || field.tag === 0x82);
  return tlv(0x30, ...fields.map((field) => field.raw));
}
