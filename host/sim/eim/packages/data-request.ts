// SPDX-License-Identifier: Apache-2.0
// IpaEuiccDataRequest (SGP.32 v1.2 §2.11.1.2): unsigned; the IPA itself answers it from what the eUICC and the device tell.
import { bitStringContent, integerContent, tlv } from '../../codec/ber.js';
import { concat } from '../../codec/bytes.js';
import { tagBytes } from './tags.js';

/** Tags of the objects that can be asked for. */
export const DataTag = {
  Notifications: 0xa0,
  DefaultSmdpAddress: 0x81,
  EuiccPackageResults: 0xa2,
  EuiccInfo1: 0xbf20,
  EuiccInfo2: 0xbf22,
  RootSmdsAddress: 0x83,
  AssociationToken: 0x84,
  EumCertificate: 0xa5,
  EuiccCertificate: 0xa6,
  IpaCapabilities: 0xa8,
  DeviceInfo: 0xa9,
  /** How early eIMs ask for the notifications. */
  NotificationsLegacy: 0xbf2b,
} as const;

/** Every object, the default of a request. */
export const ALL_DATA_TAGS: readonly number[] = Object.values(DataTag).filter((tag) => tag !== DataTag.NotificationsLegacy);

/** The fields of an IpaEuiccDataRequest. */
export interface DataRequest {
  readonly tags: readonly number[];
  /** Which CI the certificates must lead to: key identifier of 20 bytes. */
  readonly euiccCiPkId?: Uint8Array;
  /** Only the notification with this number, or those of these events (0 install, 1 enable, 2 disable, 3 delete). */
  readonly notifications?: { readonly seqNumber: number } | { readonly events: readonly number[] };
  /** Only the eUICC package result with this number. */
  readonly packageResults?: { readonly seqNumber: number };
  readonly eimTransactionId?: Uint8Array;
}

/** IpaEuiccDataRequest, tag BF52. */
export function ipaEuiccDataRequest(request: DataRequest): Uint8Array {
  const { euiccCiPkId, notifications, packageResults, eimTransactionId } = request;
  return tlv(
    0xbf52,
    tlv(0x5c, concat(...request.tags.map(tagBytes))),
    ...(euiccCiPkId === undefined ? [] : [tlv(0x04, euiccCiPkId)]),
    ...(notifications === undefined ? [] : [tlv(0xa1, notificationCriterion(notifications))]),
    ...(packageResults === undefined ? [] : [tlv(0xa2, tlv(0x80, integerContent(packageResults.seqNumber)))]),
    ...(eimTransactionId === undefined ? [] : [tlv(0x83, eimTransactionId)]),
  );
}

function notificationCriterion(criterion: NonNullable<DataRequest['notifications']>): Uint8Array {
  return 'seqNumber' in criterion ? tlv(0x80, integerContent(criterion.seqNumber)) : tlv(0x81, bitStringContent(criterion.events));
}
