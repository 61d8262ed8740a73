// SPDX-License-Identifier: Apache-2.0
// Finds the ES10 function for the first tag of a command and runs it, all or nothing.
import { readTlv } from '../../codec/ber.js';
import { StatusWordError } from '../apdu/status-word.js';
import { readHeader } from '../domain/header.js';
import { loadBoundProfilePackage, SEGMENT_TAGS } from '../install/load-bound-profile-package.js';
import { atomically, type Euicc } from '../state/euicc.js';
import { findFunction } from './functions.js';

/**
 * The response data of one complete ES10 command. Throws StatusWordError (6A80; on a consumer eUICC 6A88) for a tag that is no function of this
 * eUICC, and CodecError for a request that cannot be read; then nothing was changed.
 */
export function runEs10(euicc: Euicc, command: Uint8Array): Uint8Array {
  const { tag } = readHeader(command);
  if (SEGMENT_TAGS.has(tag)) return loadBoundProfilePackage(euicc, command);
  const found = findFunction(euicc.settings, tag);
  if (found === undefined) throw new StatusWordError(euicc.settings.unknownFunctionStatus);
  const request = readTlv(command);
  return atomically(euicc, () => found.run(euicc, request));
}
