// SPDX-License-Identifier: Apache-2.0
// An eIM service with a real SM-DP+ behind it, and the eUICC's side of an indirect download in single steps.
import { expect } from 'vitest';
import { need, type Tlv, tlv } from '../../../../host/sim/codec/ber.js';
import { fromHex } from '../../../../host/sim/codec/bytes.js';
import type { DownloadItem, EimService, EimServiceOptions, QueuedItem } from '../../../../host/sim/eim/index.js';
import { createTestPki, type TestPki } from '../../../../host/sim/pki/index.js';
import { makeMetadata, notifyAll } from '../../../../host/sim/profile/metadata.js';
import { makeProfilePackage } from '../../../../host/sim/profile/package.js';
import { type DownloadOrder, SimulatedSmdp } from '../../../../host/sim/smdp/index.js';
import { ctxParams1, EID, ICCID, SMDP_ADDRESS, TestCard } from './card.js';
import { ask, getEimPackage, initiateAuthentication, serviceFor } from './messages.js';

export const MATCHING_ID = 'MATCH-1';

export class Rig {
  private constructor(
    readonly pki: TestPki,
    readonly card: TestCard,
    readonly smdp: SimulatedSmdp,
  ) {}

  static async start(): Promise<Rig> {
    const pki = await createTestPki();
    const smdp = new SimulatedSmdp({ pki });
    await smdp.start();
    return new Rig(pki, new TestCard(pki), smdp);
  }

  close(): Promise<void> {
    return this.smdp.close();
  }

  /** A service whose only SM-DP+ is this rig's. */
  service(options: Partial<EimServiceOptions> = {}, Service?: typeof EimService): EimService {
    const resolveSmdp = (address: string) =>
      address.toLowerCase() === SMDP_ADDRESS ? { host: '127.0.0.1', port: this.smdp.port, ca: this.pki.ci.certificate } : undefined;
    return serviceFor(this.pki, { resolveSmdp, ...options }, Service);
  }

  /** Orders a profile under a MatchingID of its own. */
  order(order: Partial<DownloadOrder> = {}): string {
    const matchingId = order.matchingId ?? `${MATCHING_ID}-${orders++}`;
    this.smdp.addOrder({
      profile: makeProfilePackage({ iccid: ICCID, sizeBytes: 2500 }),
      metadata: makeMetadata({ iccid: ICCID, notifications: notifyAll(SMDP_ADDRESS) }),
      ...order,
      matchingId,
    });
    return matchingId;
  }
}

let orders = 1;

/** One indirect download, step by step; each step gives the contents of a successful answer. */
export class IndirectDownload {
  started: Tlv | undefined;
  authenticated: Tlv | undefined;

  private constructor(
    readonly eim: EimService,
    readonly card: TestCard,
    readonly item: QueuedItem,
  ) {}

  static async trigger(eim: EimService, card: TestCard, item: DownloadItem): Promise<IndirectDownload> {
    const queued = eim.queue(EID, item);
    await ask(eim, getEimPackage());
    return new IndirectDownload(eim, card, queued);
  }

  get transactionId(): Uint8Array {
    return need(this.started!, 0x80).value;
  }

  async initiate(fields: { smdpAddress?: string } = {}): Promise<Tlv> {
    const message = initiateAuthentication({
      ...fields,
      euiccInfo1: this.card.euiccInfo1(),
      ...(this.item.eimTransactionId ? { eimTransactionId: this.item.eimTransactionId } : {}),
    });
    this.started = ok(await ask(this.eim, message));
    return this.started;
  }

  authenticateMessage(matchingId: string, freeBytes?: number): Uint8Array {
    return this.authenticateWith(this.card.authenticateServer(this.started!, ctxParams1(matchingId), freeBytes));
  }

  authenticateWith(response: Uint8Array): Uint8Array {
    return tlv(0xbf3b, tlv(0x80, this.transactionId), response);
  }

  async authenticate(matchingId: string): Promise<Tlv> {
    this.authenticated = ok(await ask(this.eim, this.authenticateMessage(matchingId)));
    return this.authenticated;
  }

  bindMessage(response?: Uint8Array): Uint8Array {
    return tlv(0xbf3a, tlv(0x80, this.transactionId), response ?? this.card.prepareDownload(this.authenticated!));
  }

  async bind(): Promise<Tlv> {
    return ok(await ask(this.eim, this.bindMessage()));
  }

  /** HandleNotification with the installation result. */
  reportMessage(options: { seqNumber?: number; failed?: boolean } = {}): Uint8Array {
    return tlv(0xbf3d, tlv(0xa0, this.card.installationResult(this.transactionId, options)));
  }

  cancelMessage(reason: number, nested = false): Uint8Array {
    const response = this.card.cancelSession(this.transactionId, reason);
    return tlv(0xbf41, tlv(0x80, this.transactionId), tlv(0xa1, nested ? tlv(0xbf41, response) : response));
  }
}

/** The A0 of an answer. */
export function ok(answer: Tlv): Tlv {
  expect(answer.children[0]?.tag, `${answer.tag.toString(16)}: error ${answer.children[0]?.value.join(' ')}`).toBe(0xa0);
  return need(answer, 0xa0);
}

export const UNKNOWN_TRANSACTION = fromHex('AABBCCDD');
