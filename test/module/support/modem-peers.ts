// SPDX-License-Identifier: Apache-2.0
// What a card and an eIM have to do with each other in a session over a modem, drawn from a seed and without cryptography. Both are strict:
// what is executed twice, was never sent, or is not the card's own answer byte for byte, is complained of.

import { tlv } from '../../../host/sim/codec/ber.js';
import { fromHex, hex, utf8 } from '../../../host/sim/codec/bytes.js';
import { seededRandom } from '../../../host/wrap/seeded-random.js';
import { type CardManner, ModemCard } from './modem-card.js';
import { EID, EIM_ID } from './simple-peers.js';

/** What the eIM wants of the device. */
export type JobKind = 'package' | 'switch' | 'data' | 'download';

/** One thing that the eIM wants, and what became of it. */
export interface Job {
  readonly kind: JobKind;
  readonly transactionId: Uint8Array;
  /** The answer to GetEimPackage. */
  readonly message: Uint8Array;
  /** What the card gets: the eUICC package, or the segments of the bound profile package, in hexadecimal. */
  readonly commands: readonly string[];
  readonly boundProfilePackage: Uint8Array;
  /** What the card answers to the last of them. */
  readonly result: Uint8Array;
  readonly sequence: number;
  executions: number;
  /** What the eIM was told: the card's own result, or an error that the module reports. */
  report?: 'result' | 'error';
}

export interface Plan {
  readonly jobs: readonly JobKind[];
  readonly manner: CardManner;
  /** Notifications that wait on the card, by their lengths in bytes. */
  readonly notifications: readonly number[];
  /** Other eIMs in the card's list. */
  readonly otherEims: number;
  /** Bytes of filler in what is sent to the card, and in what it answers. */
  readonly packageBytes: number;
  readonly answerBytes: number;
}

const OK = new Uint8Array();
const NO_PACKAGE = fromHex('BF4F03020101');
const SESSION_ID = fromHex('00112233445566778899AABBCCDDEEFF');
const ADDRESS = tlv(0x0c, utf8('smdp.example.com'));

/** Card and eIM of one device. */
export class ModemPeers {
  readonly card: ModemCard;
  readonly jobs: readonly Job[];
  /** What should not have happened. */
  readonly complaints: string[] = [];
  /** Notifications and results on the card, by sequence number. */
  readonly notifications = new Map<number, Uint8Array>();
  readonly results = new Map<number, Uint8Array>();
  /** Sequence numbers of notifications that the eIM has. */
  readonly delivered = new Set<number>();
  readonly #random: () => number;
  readonly #configurations: Uint8Array;
  readonly #info: Uint8Array;
  readonly #removed = new Set<number>();
  #nextSegment = 0;

  constructor(plan: Plan, seed: number) {
    this.#random = seededRandom(seed ^ 0x0ca4d);
    this.card = new ModemCard(plan.manner, (request, card) => this.#run(request, card));
    const others = Array.from({ length: plan.otherEims }, (_, i) => this.#configuration(utf8(`eim${i}.example.com`)));
    this.#configurations = tlv(0xbf55, tlv(0xa0, this.#configuration(EIM_ID), ...others));
    this.#info = tlv(0xbf22, tlv(0x81, fromHex('020302')), tlv(0x84, this.#bytes(plan.answerBytes)));
    this.jobs = plan.jobs.map((kind, i) => this.#job(kind, 50 + i, plan));
    for (const [i, length] of plan.notifications.entries()) this.notifications.set(10 + i, this.#notification(10 + i, length));
  }

  /** Answers a whole request of ESipa. */
  readonly eim = (request: Uint8Array): Uint8Array => {
    const { tag, value } = read(request, 0);
    const job = this.jobs.find(({ report }) => report === undefined);
    switch (tag) {
      case 0xbf4f:
        return job?.message ?? NO_PACKAGE;
      case 0xbf50:
        return this.#takeResult(value.subarray(EID.length + 2));
      case 0xbf3d:
        return this.#takeNotification(value);
      case 0xbf39:
        return this.#initiated();
      case 0xbf3b:
        return tlv(0xbf3b, tlv(0xa0, tlv(0x80, SESSION_ID), this.#signed2(), this.#signature(), this.#certificate()));
      case 0xbf3a:
        if (job?.kind !== 'download') return this.#complain(`no package for ${hex(request)}`);
        return tlv(0xbf3a, tlv(0xa0, tlv(0x80, SESSION_ID), job.boundProfilePackage));
      case 0xbf41:
        return fromHex('BF4102A000');
    }
    return this.#complain(`the eIM does not know ${hex(request)}`);
  };

  /** Nothing is left to do, and the card has kept nothing. */
  get isDone(): boolean {
    return this.jobs.every(({ report }) => report !== undefined) && this.notifications.size === 0 && this.results.size === 0;
  }

  #complain(what: string): Uint8Array {
    this.complaints.push(what);
    return OK;
  }

  #run(request: Buffer, card: ModemCard): Uint8Array {
    const { tag, value } = read(request, 0);
    switch (tag) {
      case 0xbf3e:
        return tlv(0xbf3e, tlv(0x5a, EID));
      case 0xbf55:
        return this.#configurations;
      case 0xbf22:
        return this.#info;
      case 0xbf2b:
        return this.#list(value);
      case 0xbf30:
        return this.#remove(value.at(-1)!);
      case 0xbf51:
        return this.#execute(request, card);
      case 0xbf20:
        return tlv(0xbf20, fromHex('8203020500'), this.#bytes(0));
      case 0xbf2e:
        return tlv(0xbf2e, tlv(0x80, this.#bytes(16)));
      case 0xbf38:
        this.#nextSegment = 0;
        return tlv(0xbf38, tlv(0xa0, tlv(0x30, tlv(0x80, SESSION_ID)), this.#signature(), this.#certificate(), this.#certificate()));
      case 0xbf21:
        return tlv(0xbf21, tlv(0xa0, this.#signed2(), this.#signature()));
      case 0xbf5a:
        return fromHex('BF5A03800101'); // is not configured
      case 0xbf41:
        return tlv(0xbf41, tlv(0xa0, tlv(0x30, tlv(0x80, SESSION_ID)), this.#signature()));
    }
    return this.#install(request);
  }

  /** All notifications, all results, or one by its number. */
  #list(criterion: Uint8Array): Uint8Array {
    const wanted = hex(criterion);
    if (wanted === 'A0028200') return tlv(0xbf2b, tlv(0xa2, ...this.results.values()));
    if (wanted === '') return tlv(0xbf2b, tlv(0xa0, ...this.notifications.values()));
    const one = this.notifications.get(criterion.at(-1)!);
    return tlv(0xbf2b, tlv(0xa0, ...(one ? [one] : [])));
  }

  #remove(sequence: number): Uint8Array {
    if (this.#removed.has(sequence)) this.#complain(`number ${sequence} is removed twice`);
    const isThere = this.notifications.delete(sequence) || this.results.delete(sequence);
    if (!isThere) this.#complain(`number ${sequence} is removed and not there`);
    this.#removed.add(sequence);
    return tlv(0xbf30, tlv(0x80, Uint8Array.of(isThere ? 0 : 1)));
  }

  #execute(request: Buffer, card: ModemCard): Uint8Array {
    const job = this.jobs.find(({ commands }) => commands[0] === hex(request));
    if (!job) return this.#complain(`nobody has sent the package ${hex(request)}`);
    if (++job.executions > 1) this.#complain(`package ${hex(job.transactionId)} is executed for the ${job.executions}th time`);
    this.results.set(job.sequence, job.result);
    if (job.kind === 'switch') card.switchProfile();
    return job.result;
  }

  #install(request: Buffer): Uint8Array {
    const segment = hex(request);
    const job = this.jobs.find(({ kind, commands }) => kind === 'download' && commands.includes(segment));
    if (!job) return this.#complain(`nobody has sent ${segment}`);
    if (job.commands[this.#nextSegment] !== segment)
      return this.#complain(`segment ${job.commands.indexOf(segment)}, expected ${this.#nextSegment}`);
    if (++this.#nextSegment < job.commands.length) return OK;
    if (++job.executions > 1) this.#complain(`profile ${hex(job.transactionId)} is installed for the ${job.executions}th time`);
    this.notifications.set(job.sequence, job.result);
    return job.result;
  }

  #takeResult(result: Uint8Array): Uint8Array {
    const { tag, value } = read(result, 0);
    if (tag === 0xbf51) return this.#takePackageResult(result);
    if (tag === 0x30) {
      const first = read(value, 0);
      if (hex(value.subarray(first.end)) !== 'A000') this.#complain(`notifications of another: ${hex(value)}`);
      return this.#takePackageResult(value.subarray(0, first.end));
    }
    if (tag === 0xbf52) return this.#takeData(value);
    if (tag !== 0xa0) return this.#complain(`a report that is none: ${hex(result)}`);
    this.#takeError(value, 'package');
    return fromHex('BF50023000');
  }

  #takePackageResult(result: Uint8Array): Uint8Array {
    const job = this.jobs.find((each) => Buffer.compare(each.result, result) === 0);
    if (!job) return this.#complain(`a result that is not the card's: ${hex(result)}`);
    if (job.executions === 0) this.#complain(`the result of a package that did not run: ${hex(job.transactionId)}`);
    job.report = 'result';
    return tlv(0xbf50, tlv(0xbf53, tlv(0x80, Uint8Array.of(job.sequence))));
  }

  #takeData(answer: Uint8Array): Uint8Array {
    const job = this.jobs.find(({ kind, report }) => kind === 'data' && report === undefined);
    if (answer[0] === 0xa1) this.#takeError(read(answer, 0).value, 'data');
    else if (!job) this.#complain('data that nobody asked for');
    else if (!hex(answer).includes(hex(this.#info))) this.#complain(`data that are not the card's: ${hex(answer)}`);
    else job.report = 'result';
    return fromHex('BF50023000');
  }

  /** [80 or 82 transaction id], code */
  #takeError(contents: Uint8Array, what: string): void {
    const id = hex(read(contents, 0).value);
    const job = this.jobs.find(({ transactionId }) => hex(transactionId) === id);
    if (!job) this.#complain(`an error of ${what} without its transaction: ${hex(contents)}`);
    else job.report ??= 'error';
  }

  #takeNotification(contents: Uint8Array): Uint8Array {
    const { tag, value } = read(contents, 0);
    if (tag === 0xbf50) {
      this.#takeError(read(value.subarray(EID.length + 2), 0).value, 'download');
      return OK;
    }
    const entry = [...this.notifications].find(([, bytes]) => Buffer.compare(bytes, value) === 0);
    if (tag !== 0xa0 || !entry) return this.#complain(`a notification that is not the card's: ${hex(contents)}`);
    this.delivered.add(entry[0]);
    const job = this.jobs.find(({ sequence, kind }) => kind === 'download' && sequence === entry[0]);
    if (job) job.report = 'result';
    return OK;
  }

  #job(kind: JobKind, sequence: number, { packageBytes, answerBytes }: Plan): Job {
    const transactionId = Uint8Array.of(0xaa, sequence);
    const base = { kind, transactionId, sequence, executions: 0, boundProfilePackage: OK };
    if (kind === 'data') {
      const request = tlv(0xbf52, tlv(0x5c, fromHex('BF22')), tlv(0x83, transactionId));
      return { ...base, message: tlv(0xbf4f, request), commands: [], result: OK };
    }
    if (kind === 'download') {
      const { whole, segments } = this.#boundProfilePackage(packageBytes);
      const message = tlv(0xbf4f, tlv(0xbf54, tlv(0x82, transactionId)));
      return { ...base, message, commands: segments.map(hex), result: this.#installationResult(sequence), boundProfilePackage: whole };
    }
    const counter = tlv(0x81, Uint8Array.of(sequence));
    const filler = tlv(0x04, this.#bytes(packageBytes));
    const list = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), counter, tlv(0x82, transactionId), filler);
    const request = tlv(0xbf51, list, this.#signature());
    const outcome = tlv(0x30, tlv(kind === 'switch' ? 0x83 : 0x86, fromHex('00')), tlv(0x04, this.#bytes(answerBytes)));
    const data = tlv(0x30, tlv(0x80, EIM_ID), counter, tlv(0x82, transactionId), tlv(0x83, Uint8Array.of(sequence)), outcome);
    const result = tlv(0xbf51, tlv(0xa0, data, this.#signature()));
    return { ...base, message: tlv(0xbf4f, request), commands: [hex(request)], result };
  }

  /** BF36{BF23, A0{87}, A1{88…}, A3{86…}} and its segments (SGP.22 v2.5 §2.5.5). */
  #boundProfilePackage(bytes: number): { whole: Uint8Array; segments: Uint8Array[] } {
    const secured = tlv(0xbf23, tlv(0x82, fromHex('01')), tlv(0x80, SESSION_ID), this.#signature());
    const configured = tlv(0xa0, tlv(0x87, this.#bytes(40)));
    const metadata = [tlv(0x88, this.#bytes(70))];
    const elements = [tlv(0x86, this.#bytes(bytes)), tlv(0x86, this.#bytes(1 + (bytes >> 1)))];
    const [a1, a3] = [tlv(0xa1, ...metadata), tlv(0xa3, ...elements)];
    const whole = tlv(0xbf36, secured, configured, a1, a3);
    const head = whole.subarray(0, whole.length - secured.length - configured.length - a1.length - a3.length + secured.length);
    const header = (element: Uint8Array) => element.subarray(0, element.length - read(element, 0).value.length);
    return { whole, segments: [head, configured, header(a1), ...metadata, header(a3), ...elements] };
  }

  #installationResult(sequence: number): Uint8Array {
    const metadata = tlv(0xbf2f, tlv(0x80, Uint8Array.of(sequence)), fromHex('81020780'), ADDRESS);
    return tlv(0xbf37, tlv(0xbf27, tlv(0x80, SESSION_ID), metadata, fromHex('06028837A204A0024F00')), this.#signature());
  }

  #initiated(): Uint8Array {
    const [euiccChallenge, serverChallenge] = [tlv(0x81, this.#bytes(16)), tlv(0x84, this.#bytes(16))];
    const signed1 = tlv(0x30, tlv(0x80, SESSION_ID), euiccChallenge, tlv(0x83, utf8('smdp.example.com')), serverChallenge);
    const pkid = tlv(0x04, this.#bytes(20));
    return tlv(0xbf39, tlv(0xa0, tlv(0x80, SESSION_ID), signed1, this.#signature(), pkid, this.#certificate()));
  }

  #signed2(): Uint8Array {
    return tlv(0x30, tlv(0x80, SESSION_ID), fromHex('010100'));
  }

  #notification(sequence: number, length: number): Uint8Array {
    const metadata = tlv(0xbf2f, tlv(0x80, Uint8Array.of(sequence)), fromHex('81020640'), ADDRESS, tlv(0x5a, this.#bytes(10)));
    return tlv(0x30, metadata, this.#signature(), tlv(0x30, tlv(0x04, this.#bytes(length))), this.#certificate());
  }

  #configuration(id: Uint8Array): Uint8Array {
    const key = tlv(0xa5, tlv(0xa0, tlv(0x30, tlv(0x04, this.#bytes(87)))));
    const anchor = tlv(0xa6, tlv(0xa0, tlv(0x30, tlv(0x04, this.#bytes(87)))));
    return tlv(0x30, tlv(0x80, id), tlv(0x81, id), tlv(0x82, fromHex('02')), tlv(0x84, fromHex('01')), key, anchor);
  }

  #signature(): Uint8Array {
    return tlv(0x5f37, this.#bytes(64));
  }

  #certificate(): Uint8Array {
    return tlv(0x30, tlv(0x04, this.#bytes(120)));
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));
  }
}

/** The element at `at`: tag, contents, and where it ends. */
function read(bytes: Uint8Array, at: number): { tag: number; value: Uint8Array; end: number } {
  let next = at;
  let tag = bytes[next++]!;
  if ((tag & 0x1f) === 0x1f) tag = (tag << 8) | bytes[next++]!;
  let length = bytes[next++]!;
  for (let left = length & 0x80 ? length & 0x7f : 0, i = left; i > 0; i--) length = (i === left ? 0 : length) * 256 + bytes[next++]!;
  return { tag, value: bytes.subarray(next, next + length), end: next + length };
}
