// SPDX-License-Identifier: Apache-2.0
// InitiateAuthentication of ESipa (SGP.32 v1.2 §6.3.2.1), ES9+ and ES11 (SGP.22 v2.5 §5.6.1, §5.8.1): starts an RSP session.

import { ErrorCode } from '../abi/errors';
import { ACTIVATION_CODE, EIM_TRANSACTION_ID, MESSAGE, O, S } from '../abi/state';
import { putTlv } from '../wire/der-write';
import { isServer } from './peer';
import { PREFIX } from './prefix';
import { requestBegin } from './request';

const CHALLENGE_BYTES: u32 = 16;
/** ipaFeatures bit 2, eimDownloadDataHandling: the IPA then never sends smdpAddress to the eIM (§5.14.1). */
const EIM_DOWNLOAD_DATA_HANDLING: u32 = 0x20;
const EUICC_INFO1_BYTES: usize = 512;

/** Sends BF39{81 challenge, [83 smdpAddress], BF20, [82 eimTransactionId]}; EUICCInfo1 and challenge lie in MESSAGE. Returns 0 or MessageTooLong. */
export function sendInitiateAuthentication(): i32 {
  const info = S.euiccInfoEnd - MESSAGE;
  if (info > EUICC_INFO1_BYTES) return ErrorCode.MessageTooLong;
  const toEim = !isServer();
  let at = putTlv(PREFIX, 0x81, S.euiccInfoEnd, CHALLENGE_BYTES);
  const address: u32 = toEim && O.ipaFeatures & EIM_DOWNLOAD_DATA_HANDLING ? 0 : S.smdpAddressLength;
  if (address) at = putTlv(at, 0x83, ACTIVATION_CODE + S.smdpAddressAt, address);
  memory.copy(at, MESSAGE, info);
  at += info;
  if (toEim && S.eimTransactionIdLength) at = putTlv(at, 0x82, EIM_TRANSACTION_ID, S.eimTransactionIdLength);
  requestBegin(0xbf39, at, 0, 0);
  return 0;
}
