// SPDX-License-Identifier: Apache-2.0
// Takes in a ProfileDownloadTriggerResult (SGP.32 v1.2 §2.11.2.3): how a triggered download ended.
import { child, need, readInteger, type Tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import type { EimContext } from '../context.js';
import { defined } from '../defined.js';
import type { Device } from '../device.js';
import type { DownloadResultEvent } from '../log.js';
import { acceptNotification } from './accept-notification.js';
import type { ResultOrigin } from './result-origin.js';
import { DOWNLOAD_ERROR_WORDS, wordFor } from './words.js';

/** Checks and logs the result; nothing of it is acknowledged, since the installation result belongs to the SM-DP+. Rejects with CodecError. */
export async function acceptDownloadResult(result: Tlv, { device, eim, route }: ResultOrigin): Promise<number[]> {
  const transactionId = child(result, 0x82);
  const item = transactionId === undefined ? device.queue.outstanding('download') : device.queue.find(hex(transactionId.value));
  const ended = await outcome(result, device, eim);
  const event = eim.log.add<DownloadResultEvent>({
    kind: 'downloadResult',
    eid: device.eid,
    route,
    succeeded: ended.installation?.outcome.success ?? false,
    ...ended,
    ...defined({ item }),
    raw: result.raw,
  });
  if (item?.isOpen) item.finish(event);
  return [];
}

async function outcome(
  result: Tlv,
  device: Device,
  eim: EimContext,
): Promise<Pick<DownloadResultEvent, 'verified' | 'problem' | 'installation' | 'error'>> {
  const installed = child(result, 0xbf37);
  if (installed === undefined) return { verified: false, error: downloadError(need(result, 0x30)) };
  const { event } = await acceptNotification(installed, eim, 'downloadTriggerResult', device);
  const { notification, verified, problem } = event;
  const installation = notification.type === 'profileInstallationResult' ? notification : undefined;
  return { verified, ...defined({ problem, installation }) };
}

function downloadError(error: Tlv): NonNullable<DownloadResultEvent['error']> {
  const reason = readInteger(need(error, 0x80));
  const response = child(error, 0x04);
  return { reason, word: wordFor(DOWNLOAD_ERROR_WORDS, reason), ...defined({ errorResponse: response?.value }) };
}
