// SPDX-License-Identifier: Apache-2.0
// ES10b.AddInitialEim (SGP.32 v1.2 §5.9.4).

import { readTlv, TlvError, tlv } from '../asn1/tlv.js';
import { defineEs10, type Es10Function, requireAlternative } from './function.js';

const TAG = 0xbf57;
const ERRORS = {
  1: 'insufficientMemory',
  2: 'associatedEimAlreadyExists',
  3: 'ciPKUnknown',
  5: 'invalidAssociationToken',
  6: 'counterValueOutOfRange',
  7: 'commandError',
  127: 'undefinedError',
};

const define = defineEs10<void, (number | undefined)[]>({
  name: 'AddInitialEim',
  tag: TAG,
  response: (response) =>
    requireAlternative(response, [0xa0, 'addInitialEimOk'], [0x81, 'addInitialEimError'], ERRORS)
      .list('item')
      .map((item) => (item.tag === 0x84 ? item.integer() : undefined)),
});

/**
 * Gives a blank eUICC its first eIMs, all or none: a whole AddInitialEimRequest in DER, or each EimConfigurationData in DER.
 * Gives the association tokens in the same order, undefined where none was asked for.
 */
export const addInitialEim: Es10Function<Uint8Array | readonly Uint8Array[], (number | undefined)[]> = {
  ...define,
  encode: (eims) => {
    if (!(eims instanceof Uint8Array)) return tlv(TAG, tlv(0xa0, ...eims.map((eim) => checked(eim, 0x30, 'EimConfigurationData'))));
    return checked(eims, TAG, 'AddInitialEimRequest');
  },
};

function checked(bytes: Uint8Array, tag: number, what: string): Uint8Array {
  try {
    if (readTlv(bytes).tag === tag) return bytes;
  } catch (error) {
    if (!(error instanceof TlvError)) throw error;
  }
  throw new RangeError(`an eIM must be one ${what} in DER`);
}
