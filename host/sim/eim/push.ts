// SPDX-License-Identifier: Apache-2.0
// Inject mode (SGP.32 v1.2 §3.1.1.2, §6.3.3.1): the eIM sends its packages by itself, with ESipa.TransferEimPackage, whatever carries it.
import { NetworkError } from '../../interfaces.js';
import { CodecError, readInteger, readTlv, type Tlv, tlv } from '../codec/ber.js';
import type { EimContext } from './context.js';
import { defined } from './defined.js';
import { deliver } from './deliver.js';
import type { Device } from './device.js';
import type { TransferEimPackageEvent } from './log.js';
import { eimAcknowledgements } from './packages/acknowledgements.js';
import type { QueuedItem } from './queue.js';
import { acceptResult } from './results/accept-eim-package-result.js';
import { EIM_PACKAGE_ERROR_WORDS, wordFor } from './results/words.js';

/** Brings a message to the device and gives its answer. Rejects with NetworkError, also when `unneeded` resolves before. */
export type CarryToDevice = (message: Uint8Array, unneeded?: Promise<void>) => Promise<Uint8Array>;

/** What became of one package. */
export interface PushedItem {
  readonly item: QueuedItem;
  /**
   * result: it came, see item.result and the log; received: taken, the result comes later and by another way; elsewhere: it came by another
   * way, as it does after a change of profiles, with which the network goes that the package came by; busy: the
   * device is at something else; error: the device has refused the package; none: no answer that can be read. After busy, error and none the package stays in the queue.
   */
  readonly answer: TransferEimPackageEvent['answer'];
  /** The device has been told what its eUICC may forget; undefined: there was nothing to tell. */
  readonly acknowledged?: boolean;
}

/** After these the package stays in the queue. */
const FAILURES: readonly PushedItem['answer'][] = ['busy', 'error', 'none'];
/** 5.03 (RFC 7252 §5.9.3.4). */
const SERVICE_UNAVAILABLE = 503;

/** The alternatives of TransferEimPackageResponse. */
const RESULT_TAGS = [0xbf51, 0x30, 0xbf52];
const RECEIVED = 0x05;
const ERROR = 0x02;

/**
 * Sends the packages of the queue, one after the other, until one gets no result and is not taken either, or the device is
 * at a download, and takes nothing else meanwhile. Never rejects for what a device does.
 */
export async function pushQueued(device: Device, eim: EimContext, carry: CarryToDevice): Promise<PushedItem[]> {
  const pushed: PushedItem[] = [];
  for (let item = device.queue.next(); item !== undefined; item = device.queue.next(pushed.map((each) => each.item))) {
    const outcome = await pushItem(item, { device, eim, carry });
    pushed.push({ item, ...outcome });
    const isBusy = outcome.answer === 'received' && item.item.kind === 'download';
    if (isBusy || FAILURES.includes(outcome.answer)) break;
  }
  return pushed;
}

interface Way {
  readonly device: Device;
  readonly eim: EimContext;
  readonly carry: CarryToDevice;
}

async function pushItem(item: QueuedItem, way: Way): Promise<Omit<PushedItem, 'item'>> {
  const { device, eim } = way;
  const { event, content } = await transfer(deliver(item, device, eim), 'package', way, item);
  const { answer } = event;
  if (answer === 'busy') item.postpone();
  else if (FAILURES.includes(answer)) item.takeBack();
  if (answer !== 'result' || content === undefined) return { answer };
  const seqNumbers = await accept(content, way);
  if (seqNumbers.length === 0) return { answer };
  const told = await transfer(eimAcknowledgements(seqNumbers), 'eimAcknowledgements', way);
  return { answer, acknowledged: told.event.answer === 'received' };
}

async function accept(result: Tlv, { device, eim }: Way): Promise<number[]> {
  try {
    return await acceptResult(result, { device, eim, route: 'transferEimPackage' });
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    eim.log.add({ kind: 'malformed', eid: device.eid, verified: false, problem: error.message, raw: result.raw });
    return [];
  }
}

/** Sends one TransferEimPackageRequest, and logs what came back. */
async function transfer(
  content: Uint8Array,
  pushed: TransferEimPackageEvent['pushed'],
  { device, eim, carry }: Way,
  item?: QueuedItem,
): Promise<{ event: TransferEimPackageEvent; content: Tlv | undefined }> {
  const message = tlv(0xbf4e, content);
  const answered = await (item === undefined
    ? exchange(message, carry)
    : Promise.race([reportOf(item), exchange(message, (bytes) => carry(bytes, item.finished))]));
  const event = eim.log.add<TransferEimPackageEvent>({
    kind: 'transferEimPackage',
    eid: device.eid,
    verified: false,
    pushed,
    ...toldBy(answered, pushed),
    ...defined({ item }),
    raw: answered.raw,
  });
  return { event, content: answered.content };
}

type Told = Pick<TransferEimPackageEvent, 'answer' | 'errorCode' | 'errorWord' | 'problem'>;

function toldBy({ content, problem, isBusy }: Answered, pushed: TransferEimPackageEvent['pushed']): Told {
  if (content !== undefined) return readAnswer(content, pushed);
  if (isBusy) return { answer: 'busy' };
  return problem === undefined ? { answer: 'elsewhere' } : { answer: 'none', problem };
}

/** The device need not answer any more once it has reported. */
async function reportOf(item: QueuedItem): Promise<Answered> {
  await item.finished;
  return { raw: new Uint8Array(0) };
}

interface Answered {
  readonly raw: Uint8Array;
  readonly content?: Tlv;
  /** Why there is none that can be read. */
  readonly problem?: string;
  readonly isBusy?: boolean;
}

async function exchange(message: Uint8Array, carry: CarryToDevice): Promise<Answered> {
  let raw: Uint8Array = new Uint8Array(0);
  try {
    raw = await carry(message);
    const response = readTlv(raw);
    const [content] = response.children;
    if (response.tag === 0xbf4e && content !== undefined && response.children.length === 1) return { raw, content };
    return { raw, problem: 'the answer is no TransferEimPackageResponse' };
  } catch (error) {
    if (!(error instanceof CodecError || error instanceof NetworkError)) throw error;
    const isBusy = error instanceof NetworkError && error.status === SERVICE_UNAVAILABLE;
    return { raw, problem: error.message, isBusy };
  }
}

function readAnswer(content: Tlv, pushed: TransferEimPackageEvent['pushed']): Told {
  if (content.tag === RECEIVED) return { answer: 'received' };
  if (content.tag === ERROR) {
    const errorCode = readInteger(content);
    return { answer: 'error', errorCode, errorWord: wordFor(EIM_PACKAGE_ERROR_WORDS, errorCode) };
  }
  if (pushed === 'package' && RESULT_TAGS.includes(content.tag)) return { answer: 'result' };
  return { answer: 'none', problem: `an answer with tag ${content.tag.toString(16).toUpperCase()} does not fit here` };
}
