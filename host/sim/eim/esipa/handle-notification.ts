// SPDX-License-Identifier: Apache-2.0
// ESipa.HandleNotification (SGP.32 v1.2 §6.3.2.4, §5.14.7): notifications, and results that need no answer.
// There is no answer body: what cannot be taken is refused on the level of the transport, so that the IPA keeps it.
import { CodecError, child, type Tlv } from '../../codec/ber.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { acceptEimPackageResult } from '../results/accept-eim-package-result.js';
import { acceptNotification, type NotificationFate } from '../results/accept-notification.js';

const BAD_REQUEST = 400;
const SERVICE_UNAVAILABLE = 503;

/** Takes a pending notification (A0) or a package result (BF50). */
export async function handleNotification(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const provided = child(request, 0xbf50);
  if (provided !== undefined) return answerResult(await acceptEimPackageResult(provided, eim, 'handleNotification'));
  const [pending] = child(request, 0xa0)?.children ?? [];
  if (pending === undefined) throw new CodecError('a HandleNotification with nothing in it');
  return answerNotification((await acceptNotification(pending, eim, 'handleNotification', undefined, request)).fate);
}

function answerResult(accepted: number[] | string): EsipaAnswer {
  return typeof accepted === 'string' ? { transportStatus: BAD_REQUEST, reason: accepted } : 'empty';
}

function answerNotification(fate: NotificationFate): EsipaAnswer {
  if (fate === 'forged') return { transportStatus: BAD_REQUEST, reason: 'the signature of the notification is wrong' };
  if (fate === 'undelivered') return { transportStatus: SERVICE_UNAVAILABLE, reason: 'the SM-DP+ cannot be reached' };
  return 'empty';
}
