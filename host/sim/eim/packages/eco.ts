// SPDX-License-Identifier: Apache-2.0
// eIM configuration operations (SGP.32 v1.2 §2.11.1.1.2), one builder each.
import { tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';
import { type EimConfiguration, eimConfigurationContents } from '../configuration-data.js';

/** One encoded operation. */
export interface Eco {
  /** The operation's name in the specification, for logs. */
  readonly operation: string;
  readonly bytes: Uint8Array;
}

/** Associates another eIM; associationToken -1 asks the eUICC for a token. */
export function addEim(configuration: EimConfiguration): Eco {
  return { operation: 'addEim', bytes: tlv(0xa8, ...eimConfigurationContents(configuration)) };
}

/** Ends the association of the eIM with this identifier; it may be the sender's own. */
export function deleteEim(eimId: string): Eco {
  return { operation: 'deleteEim', bytes: tlv(0xa9, tlv(0x80, utf8(eimId))) };
}

/** Changes the fields that are given and keeps the others. */
export function updateEim(configuration: EimConfiguration): Eco {
  return { operation: 'updateEim', bytes: tlv(0xaa, ...eimConfigurationContents(configuration)) };
}

/** Lists the associated eIMs. */
export function listEim(): Eco {
  return { operation: 'listEim', bytes: tlv(0xab) };
}
