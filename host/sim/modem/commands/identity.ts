// SPDX-License-Identifier: Apache-2.0
// AT+CGMI, +CGMM, +CGMR, +CGSN: the modem's name plate (3GPP TS 27.007 §5.1 to §5.4).

import { AtError, CmeError } from '../at-error.js';
import type { CommandHandler } from '../core.js';
import type { ModemIdentity } from '../options.js';

/** Makes the handler that answers one entry of the name plate. */
export function identityCommand(entry: keyof ModemIdentity): CommandHandler {
  return (command, core) => {
    if (command.form === 'test') return [];
    if (command.form !== 'execute') throw new AtError(CmeError.OperationNotSupported);
    return [core.identity[entry]];
  };
}
