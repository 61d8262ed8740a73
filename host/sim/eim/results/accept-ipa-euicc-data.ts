// SPDX-License-Identifier: Apache-2.0
// Takes in an IpaEuiccDataResponse: remembers what it tells of the device, and checks the signed objects in it.
import type { Tlv } from '../../codec/ber.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import { acceptEuiccPackageResult } from './accept-euicc-package-result.js';
import { acceptNotifications } from './accept-notification.js';
import { decodeIpaEuiccDataResponse, type IpaEuiccData } from './ipa-euicc-data.js';
import type { ResultOrigin } from './result-origin.js';

/** Logs the answer; resolves to the sequence numbers of results and notifications that the eUICC may forget. Rejects with CodecError. */
export async function acceptIpaEuiccData(response: Tlv, origin: ResultOrigin): Promise<number[]> {
  const { device, eim, route } = origin;
  const data = decodeIpaEuiccDataResponse(response);
  const item = data.eimTransactionId === undefined ? device.queue.outstanding('dataRequest') : device.queue.find(data.eimTransactionId);
  const problem = data.form === 'data' ? learn(data, device, eim) : undefined;
  const event = eim.log.add({
    kind: 'ipaEuiccData',
    eid: device.eid,
    verified: false,
    route,
    ...defined({ problem, item }),
    data,
    raw: response.raw,
  });
  if (item?.isOpen) item.finish(event);
  if (data.form === 'error') return [];
  const results = (data.packageResults ?? []).flatMap((result) => acceptEuiccPackageResult(result, 'ipaEuiccData', origin));
  return [...results, ...(await acceptNotifications(data.notifications ?? [], eim, 'ipaEuiccData', device))];
}

/** Nothing here is signed: certificates prove themselves, the rest is believed, since the eUICC refuses what is built on wrong data. */
function learn(data: IpaEuiccData, device: Device, eim: EimContext): string | undefined {
  device.associationToken = data.associationToken ?? device.associationToken;
  device.defaultSmdpAddress = data.defaultSmdpAddress ?? device.defaultSmdpAddress;
  device.rootSmdsAddress = data.rootSmdsAddress ?? device.rootSmdsAddress;
  device.euiccInfo1 = data.euiccInfo1 ?? device.euiccInfo1;
  device.euiccInfo2 = data.euiccInfo2 ?? device.euiccInfo2;
  device.ipaCapabilities = data.ipaCapabilities ?? device.ipaCapabilities;
  const { euiccCertificate, eumCertificate } = data;
  if (euiccCertificate === undefined || eumCertificate === undefined) return undefined;
  return eim.devices.learn(device, euiccCertificate, eumCertificate)
    ? undefined
    : 'the certificates lead to no trusted CI or to another EID';
}
