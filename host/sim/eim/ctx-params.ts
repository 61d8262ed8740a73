// SPDX-License-Identifier: Apache-2.0
// CtxParams1 (SGP.22 v2.5 §5.7.13), when the eIM generates it in the place of the IPA.
import { tlv } from '../codec/ber.js';
import { utf8 } from '../codec/bytes.js';
import type { KnownDeviceInfo } from './packages/items.js';

/** CtxParams1 with ctxParamsForCommonAuthentication, tag A0; deviceCapabilities are left empty. */
export function generateCtxParams1(matchingId: string | undefined, device: KnownDeviceInfo): Uint8Array {
  const deviceInfo = tlv(0xa1, tlv(0x80, device.tac), tlv(0xa1), ...(device.imei === undefined ? [] : [tlv(0x82, device.imei)]));
  return tlv(0xa0, ...(matchingId ? [tlv(0x80, utf8(matchingId))] : []), deviceInfo);
}
