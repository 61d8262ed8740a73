// SPDX-License-Identifier: Apache-2.0
// Operations answer commandError(7) for data they cannot read, instead of failing the whole package.
import { CodecError } from '../../../codec/ber.js';

/** What `read` gives, or undefined when it throws CodecError. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}
