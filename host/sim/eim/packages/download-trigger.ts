// SPDX-License-Identifier: Apache-2.0
// ProfileDownloadTriggerRequest (SGP.32 v1.2 §2.11.1.3): starts a profile download.
import { tlv } from '../../codec/ber.js';
import { utf8 } from '../../codec/bytes.js';

/** Where the IPA learns what to download. */
export type DownloadData =
  | { readonly activationCode: string }
  | { readonly contactDefaultSmdp: true }
  | { readonly contactSmds: { readonly smdsAddress?: string } };

/** ProfileDownloadTriggerRequest, tag BF54. Without `data` the eIM keeps the download data and gives it out during the session. */
export function profileDownloadTriggerRequest(data: DownloadData | undefined, eimTransactionId: Uint8Array | undefined): Uint8Array {
  return tlv(
    0xbf54,
    ...(data === undefined ? [] : [tlv(0xa0, downloadData(data))]),
    ...(eimTransactionId === undefined ? [] : [tlv(0x82, eimTransactionId)]),
  );
}

function downloadData(data: DownloadData): Uint8Array {
  if ('activationCode' in data) return tlv(0x80, utf8(data.activationCode));
  if ('contactDefaultSmdp' in data) return tlv(0x81);
  const { smdsAddress } = data.contactSmds;
  return tlv(0xa2, ...(smdsAddress === undefined ? [] : [tlv(0x80, utf8(smdsAddress))]));
}
