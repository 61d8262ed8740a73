// SPDX-License-Identifier: Apache-2.0
// ESipa.GetEimPackage (SGP.32 v1.2 §6.3.2.6, §5.14.5): the IPA asks for work.
import { child, integerContent, readInteger, type Tlv, tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { defined } from '../defined.js';
import { deliver } from '../deliver.js';
import type { Device } from '../device.js';
import { findDevice } from '../find-device.js';
import { STATE_CHANGE_WORDS, wordFor } from '../results/words.js';

/** eimPackageError. */
const ERROR_CODES = { noEimPackageAvailable: 1, eidNotFound: 2, invalidEid: 3, missingEid: 4 } as const;

/** Answers with the device's next package, or with the reason why there is none. */
export function getEimPackage(request: Tlv, eim: EimContext): EsipaAnswer {
  const asked = readRequest(request);
  const device = findDevice(eim, child(request, 0x5a));
  if (typeof device === 'string') return refuse(device, asked, request, eim);
  const item = device.queue.next();
  if (item === undefined) return refuse('noEimPackageAvailable', asked, request, eim, device);
  eim.log.add({ kind: 'getEimPackage', eid: device.eid, verified: false, raw: request.raw, ...asked, answer: 'package', item });
  return { message: tlv(0xbf4f, deliver(item, device, eim)) };
}

function readRequest(request: Tlv) {
  const cause = child(request, 0x81);
  const rPlmn = child(request, 0x82);
  const stateChangeCause = cause === undefined ? undefined : readInteger(cause);
  return {
    notifyStateChange: child(request, 0x80) !== undefined,
    ...defined({
      stateChangeCause,
      stateChangeWord: stateChangeCause === undefined ? undefined : wordFor(STATE_CHANGE_WORDS, stateChangeCause),
      rPlmn: rPlmn && hex(rPlmn.value),
    }),
  };
}

function refuse(
  answer: keyof typeof ERROR_CODES,
  asked: ReturnType<typeof readRequest>,
  request: Tlv,
  eim: EimContext,
  device?: Device,
): EsipaAnswer {
  eim.log.add({
    kind: 'getEimPackage',
    ...defined({ eid: device?.eid }),
    verified: false,
    raw: request.raw,
    ...asked,
    answer,
  });
  return { message: tlv(0xbf4f, tlv(0x02, integerContent(ERROR_CODES[answer]))) };
}
