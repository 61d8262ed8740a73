// SPDX-License-Identifier: Apache-2.0
// GetEUICCChallenge: `BF2E` → `BF2E{80 challenge}`. Opens an RSP session and gives up an unfinished one (SGP.22 v2.5 §5.7.7).
import { type Tlv, tlv } from '../../codec/ber.js';
import { abandonInstallation } from '../install/interruption.js';
import type { Euicc } from '../state/euicc.js';

const CHALLENGE_BYTES = 16;

/** The challenge is good for one AuthenticateServer. */
export function getEuiccChallenge(euicc: Euicc, _request: Tlv): Uint8Array {
  abandonInstallation(euicc);
  const challenge = euicc.settings.random(CHALLENGE_BYTES);
  euicc.session.rsp = { phase: 'challenged', challenge };
  return tlv(0xbf2e, tlv(0x80, challenge));
}
