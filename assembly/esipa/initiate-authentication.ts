// SPDX-License-Identifier: Apache-2.0
// ESipa.InitiateAuthentication (SGP.32 v1.2 §6.3.2.1): starts a download session with an SM-DP+ through the eIM.

import { ACTIVATION_CODE, EIM_TRANSACTION_ID, MESSAGE, S, SCRATCH } from '../abi/state';
import { putHeader, putTlv, tlvBytes } from '../wire/der-write';
import { networkBegin, networkPut } from '../wire/network-lane';
import { replyBegin } from './reply';

const CHALLENGE_BYTES: u32 = 16;
/** ipaFeatures bit 2, eimDownloadDataHandling: the IPA then never sends smdpAddress (§5.14.1). */
const EIM_DOWNLOAD_DATA_HANDLING: u32 = 0x20;

/** Sends BF39{81 challenge, [83 smdpAddress], BF20, [82 eimTransactionId]}; EUICCInfo1 and challenge lie in MESSAGE. */
export function sendInitiateAuthentication(): void {
  const address: u32 = S.ipaFeatures & EIM_DOWNLOAD_DATA_HANDLING ? 0 : S.smdpAddressLength;
  const id: u32 = S.eimTransactionIdLength;
  const info = S.euiccInfoEnd - MESSAGE;
  const length = tlvBytes(0x81, CHALLENGE_BYTES) + (address ? tlvBytes(0x83, address) : 0) + info + (id ? tlvBytes(0x82, id) : 0);
  replyBegin(0xbf39);
  networkBegin(tlvBytes(0xbf39, length));
  networkPut(SCRATCH, putTlv(putHeader(SCRATCH, 0xbf39, length), 0x81, S.euiccInfoEnd, CHALLENGE_BYTES) - SCRATCH);
  if (address) {
    networkPut(SCRATCH, putHeader(SCRATCH, 0x83, address) - SCRATCH);
    networkPut(ACTIVATION_CODE + S.smdpAddressAt, address);
  }
  // the challenge is sent, its place takes the last element so that the rest is one run
  S.networkSourceAt = MESSAGE;
  S.networkSourceEnd = id ? putTlv(S.euiccInfoEnd, 0x82, EIM_TRANSACTION_ID, id) : S.euiccInfoEnd;
}
