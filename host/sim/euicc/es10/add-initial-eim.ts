// SPDX-License-Identifier: Apache-2.0
// AddInitialEim: `BF57{A0{30…}}` → `BF57{A0{84 token | 05 …}}` or `BF57{81 error}` (SGP.32 v1.2 §5.9.4, §3.5.2).
import { CodecError, need, type Tlv, tlv } from '../../codec/ber.js';
import { associateEim, checkNewEim, EIM_RESULT, type EimConfiguration, readEimConfiguration } from '../domain/eim-configuration.js';
import { integerElement } from '../domain/elements.js';
import type { Euicc } from '../state/euicc.js';
import type { StoredEim } from '../state/non-volatile.js';

/** Possible only while no eIM is associated. One eIM that cannot be associated makes the whole request fail, and nothing is stored. */
export function addInitialEim(euicc: Euicc, request: Tlv): Uint8Array {
  if (euicc.memory.eims.length > 0) return refusal(EIM_RESULT.associatedEimAlreadyExists);
  const configurations = readList(request);
  if (configurations === undefined) return refusal(EIM_RESULT.commandError);
  const nextToken = euicc.memory.nextAssociationToken;
  const answers: Uint8Array[] = [];
  for (const configuration of configurations) {
    const code = checkNewEim(euicc, configuration);
    if (code !== EIM_RESULT.ok) {
      euicc.memory.eims = [];
      euicc.memory.nextAssociationToken = nextToken;
      return refusal(code);
    }
    answers.push(answerFor(associateEim(euicc, configuration)));
  }
  return tlv(0xbf57, tlv(0xa0, ...answers));
}

function readList(request: Tlv): EimConfiguration[] | undefined {
  try {
    const list = need(request, 0xa0).children;
    if (list.length === 0 || list.some((each) => each.tag !== 0x30)) return undefined;
    return list.map(readEimConfiguration);
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

function answerFor({ associationToken }: StoredEim): Uint8Array {
  return associationToken === undefined ? tlv(0x05) : integerElement(0x84, associationToken);
}

function refusal(code: number): Uint8Array {
  return tlv(0xbf57, integerElement(0x81, code));
}
