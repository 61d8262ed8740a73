// SPDX-License-Identifier: Apache-2.0
// The loop between module and world. This is all a host does: ask the module what to do, do it, tell it what happened.

import { type KeyObject, randomInt } from 'node:crypto';
import { Action, Event, MAX_GET_RESPONSES } from './abi.js';
import { systemClock } from './clock.js';
import { encodeDeliverNotifications, encodeDownload, encodeEs10, encodeListen, encodePoll } from './command.js';
import { type ConsentCallback, type ConsentEvent, decide, decodeOffer, POSTPONED } from './consent.js';
import { IpaError } from './core/errors.js';
import { isSignedByEim, signAsDevice } from './device-key.js';
import type { ByteLine, CardSlot, Clock, DatagramTransport, IpaInstance, Action as Request, Transport } from './interfaces.js';
import { type NetworkEvent, NetworkLane } from './network-lane.js';
import type { CommandOptions, DownloadOptions, ListenOptions, PollOptions, RspOptions } from './options.js';
import { type CommandResult, readResult } from './result.js';

/** What the driver connects the module with. */
export interface DriverLinks {
  readonly instance: IpaInstance;
  /** The line to the modem (option cardLink "at"), or a card in a reader ("apdu"). */
  readonly card: ByteLine | CardSlot;
  readonly transport: Transport;
  /** Channels for CoAP. Without, an eIM can be reached by HTTPS alone. */
  readonly datagrams?: DatagramTransport;
  /** What the module's time goes by. Default: the clock of the system. */
  readonly clock?: Clock;
  /** The present time, for the validity of certificates. Default: the clock of the system. */
  readonly now?: () => Date;
  /** Called at good moments to save the state region: a report is owed, or no longer owed. */
  readonly persist?: (state: Uint8Array) => Promise<void>;
  /**
   * Decides whether a profile may be installed (option askConsent: every one). Default: yes, unless a confirmation code is required and
   * not known, which postpones it.
   */
  readonly consent?: ConsentCallback;
  /**
   * For the module ipad-consumer: the private key on P-256 by which the device signs what a consumer eUICC cannot. The eIM must know its
   * certificate as that of the eUICC. Without it every eUICC package is refused, and the command rejects.
   */
  readonly deviceKey?: KeyObject;
  /** Sees every action before it is performed: for progress and traces. */
  readonly onAction?: (action: Request) => void;
  /** Sees how a command ended, also one whose caller gets an answer and no result (es10). */
  readonly onResult?: (result: CommandResult) => void;
}

const CARD_WINDOW_BYTES = 256;
/** What no window holds, and no runtime could be told. */
const MOST_DATAGRAM_BYTES = 65_535;
/** What the module can get from a card for one function, so that only a broken one tells more. */
const MOST_ANSWER_BYTES = 256 * MAX_GET_RESPONSES;

const NOTHING = new Uint8Array();

/**
 * Runs one poll to its end (SGP.32 v1.2 §3.1.1.1). As all commands, rejects only when the module itself fails or is misused, an option does
 * not fit (RangeError), or a callback of `links` rejects; what goes wrong outside is in the result.
 */
export async function poll(links: DriverLinks, options: PollOptions = {}): Promise<CommandResult> {
  return new Driver(links, { request: options.initialEim }).run(encodePoll({ ...defaultsOf(links, options), ...options }));
}

/**
 * Waits for packages that the eIM pushes over CoAP, and handles them (SGP.32 v1.2 §3.1.1.2). Over when none has come for `listenMs`; that is no
 * error.
 */
export async function listen(links: DriverLinks, options: ListenOptions = {}): Promise<CommandResult> {
  return new Driver(links, { request: options.initialEim }).run(encodeListen({ ...defaultsOf(links, options), ...options }));
}

/**
 * Downloads a profile straight from an SM-DP+ (SGP.22 v2.5 §3.1.3), and delivers the notifications of the eUICC. Installed is it when
 * `profilesInstalled` is 1; it is not enabled by that.
 */
export async function download(links: DriverLinks, options: DownloadOptions): Promise<CommandResult> {
  const { confirmationCode } = options;
  return new Driver(links, { confirmationCode }).run(encodeDownload({ ...linkOf(links), ...timeOf(links), ...options }));
}

/** Delivers the notifications of the eUICC to the SM-DP+ that they are for (SGP.22 v2.5 §3.5). */
export async function deliverNotifications(links: DriverLinks, options: RspOptions = {}): Promise<CommandResult> {
  return new Driver(links, {}).run(encodeDeliverNotifications({ ...linkOf(links), ...timeOf(links), ...options }));
}

/**
 * Runs one ES10 function and gives the eUICC's answer; host/es10 has the functions in words. Both are one element in DER.
 * Rejects with IpaError, too, when the function could not be run; an answer that refuses is an answer.
 */
export async function es10(links: DriverLinks, request: Uint8Array, options: CommandOptions = {}): Promise<Uint8Array> {
  const driver = new Driver(links, { request });
  const { error } = await driver.run(encodeEs10({ ...linkOf(links), ...options }));
  if (error) throw error;
  return driver.answer();
}

function linkOf({ card }: DriverLinks): Pick<CommandOptions, 'cardLink'> {
  return { cardLink: 'write' in card ? 'at' : 'apdu' };
}

/** CoAP and the random addition of a schedule draw from a seed; a module that has neither does not know what it is. */
function defaultsOf(links: DriverLinks, { schedule }: PollOptions): PollOptions {
  const seed = links.datagrams || schedule ? { seed: randomInt(1, 2 ** 32) } : {};
  return { ...linkOf(links), ...timeOf(links), ...seed };
}

/** The eUICC has no clock, so that the host's is the only one that certificates are judged by (SGP.22 v2.5 §4.5.2.2). */
function timeOf({ now = () => new Date() }: DriverLinks): Pick<RspOptions, 'utcTime'> {
  return { utcTime: now() };
}

/** What a command brings beside its options. */
interface Brought {
  /** For action RequestRead. */
  readonly request?: Uint8Array | undefined;
  readonly confirmationCode?: string | undefined;
}

/** Runs one command. */
class Driver {
  readonly #happenings: NetworkEvent[] = [];
  /** Bytes of the modem that the module has no room for yet. */
  #held: Uint8Array = NOTHING;
  #wake: (() => void) | undefined;
  #requestOffset = 0;
  readonly #network: NetworkLane;
  readonly #clock: Clock;
  readonly #answer: Uint8Array[] = [];
  #answerBytes = 0;
  /** What a callback threw; the command goes on to its end first. */
  #failure: { readonly error: unknown } | undefined;

  constructor(
    readonly links: DriverLinks,
    readonly brought: Brought,
  ) {
    this.#clock = links.clock ?? systemClock;
    this.#network = new NetworkLane(links, (happening) => this.#add(happening));
    if (!('write' in links.card)) return;
    links.card.onData((bytes) => {
      for (let at = 0; at < bytes.length; at += CARD_WINDOW_BYTES)
        this.#tell(Event.CardData, 0, bytes.subarray(at, at + CARD_WINDOW_BYTES));
    });
    links.card.onClose(() => this.#tell(Event.CardFailed));
  }

  /** Starts the command of these option bytes and runs it to its end. */
  async run(command: Uint8Array): Promise<CommandResult> {
    await this.links.instance.event(Event.Command, 0, command);
    for (;;) {
      const action = await this.links.instance.poll(Math.floor(this.#clock.nowMs()) >>> 0);
      if (action.kind === Action.Finished) return this.#finish(action);
      if (action.kind !== Action.Idle) await this.#perform(action);
      // with argument 0 the module has more to do, and nothing to wait for
      else if (action.argument !== 0 || this.#happenings.length > 0) await this.#deliver(action.argument);
    }
  }

  /** What the eUICC answered to command Es10. @throws IpaError AnswerTooLong */
  answer(): Uint8Array {
    if (this.#answerBytes > MOST_ANSWER_BYTES)
      throw IpaError.host('AnswerTooLong', `the eUICC answers with ${this.#answerBytes} bytes, ${MOST_ANSWER_BYTES} are collected`);
    return new Uint8Array(Buffer.concat(this.#answer));
  }

  /** Waits for something to happen, or for the module's clock, and tells the module. */
  async #deliver(untilMs: number): Promise<void> {
    if (this.#held.length > 0) {
      if (await this.#giveHeld()) return;
    } else if (this.#happenings.length === 0) await this.#sleep(untilMs);
    const happening = await this.#nextHappening(untilMs);
    if (happening?.kind === Event.CardData) {
      this.#held = happening.bytes;
      await this.#giveHeld();
    } else if (happening?.unasked) await this.#deliverUnasked(happening);
    else if (happening) await this.links.instance.event(happening.kind, happening.argument, happening.bytes);
  }

  /** Gives what the modem has sent; a long response goes on as fast as the network takes it. Resolves to whether anything was taken. */
  async #giveHeld(): Promise<boolean> {
    const taken = await this.links.instance.event(Event.CardData, 0, this.#held);
    this.#held = this.#held.subarray(taken);
    return taken > 0;
  }

  /** What happened next; nothing more of the modem while there is no room for what it has sent. */
  async #nextHappening(untilMs: number): Promise<NetworkEvent | undefined> {
    if (this.#held.length === 0) return this.#happenings.shift();
    const isOther = ({ kind }: NetworkEvent) => kind !== Event.CardData;
    if (!this.#happenings.some(isOther)) await this.#sleep(untilMs);
    const at = this.#happenings.findIndex(isOther);
    return at < 0 ? undefined : this.#happenings.splice(at, 1)[0];
  }

  /**
   * A datagram that has no place, or is too long, is dropped as a network would: the peer sends it again. That a channel has failed may no
   * longer matter.
   */
  async #deliverUnasked({ kind, argument, bytes }: NetworkEvent): Promise<void> {
    if (bytes.length > MOST_DATAGRAM_BYTES) return;
    await this.links.instance.event(kind, argument, bytes).catch((error: unknown) => {
      if (!(error instanceof IpaError) || error.layer !== 'use') throw error;
    });
  }

  #sleep(untilMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = untilMs >= 0 ? this.#clock.after(untilMs, resolve) : undefined;
      this.#wake = () => {
        cancel?.();
        resolve();
      };
    });
  }

  #tell(kind: number, argument = 0, bytes: Uint8Array = NOTHING): void {
    this.#add({ kind, argument, bytes });
  }

  #add(happening: NetworkEvent): void {
    this.#happenings.push(happening);
    this.#wake?.();
  }

  async #perform(action: Request): Promise<void> {
    const { card, instance, persist, onAction } = this.links;
    onAction?.(action);
    switch (action.kind) {
      case Action.CardWrite:
        return (card as ByteLine).write(action.bytes);
      case Action.CardTransmit:
        return this.#ofCard((card as CardSlot).transmit(action.bytes), (response) => this.#tell(Event.CardResponse, 0, response));
      case Action.CardReset:
        return this.#ofCard((card as CardSlot).reset(), () => this.#tell(Event.CardReady));
      case Action.NetworkOpen:
        return this.#network.open(action.bytes);
      case Action.DatagramSend:
        return this.#network.sendDatagram(action.bytes);
      case Action.NetworkSend:
        return this.#network.send(action.bytes, action.argument);
      case Action.NetworkReceive:
        return this.#network.receive(action.argument);
      case Action.NetworkAbort:
        return this.#abort();
      case Action.NetworkClose:
        return this.#network.close();
      case Action.RequestRead:
        return this.#readRequest(action.argument);
      case Action.Persist:
        return persist?.(await instance.saveState());
      case Action.Answer:
        return this.#collect(action.bytes);
      case Action.Consent:
        return void this.#askConsent(action.bytes);
      case Action.VerifyEim:
        // what could not be signed afterwards is not begun
        return this.#tell(Event.Verified, this.#deviceKey() && isSignedByEim(action.bytes) ? 1 : 0);
      case Action.Sign:
        return this.#tell(Event.Signature, 0, this.#sign(action.bytes));
    }
  }

  /** Tells what the card gives, at once or when it comes; the network goes on meanwhile. */
  #ofCard(given: Uint8Array | Promise<Uint8Array>, tell: (bytes: Uint8Array) => void): void {
    if (given instanceof Uint8Array) tell(given);
    else given.then(tell, () => this.#tell(Event.CardFailed));
  }

  /** What the network still tells of the exchange that was given up is not for the module. */
  #abort(): void {
    const isOver = ({ kind, unasked }: NetworkEvent) =>
      !unasked && (kind === Event.NetworkData || kind === Event.NetworkSent || kind === Event.NetworkFailed);
    for (let i = this.#happenings.length; i--; ) if (isOver(this.#happenings[i]!)) this.#happenings.splice(i, 1);
    this.#network.abort();
  }

  #readRequest(maxBytes: number): void {
    const { request = NOTHING } = this.brought;
    const bytes = request.subarray(this.#requestOffset, this.#requestOffset + maxBytes);
    this.#requestOffset += bytes.length;
    this.#tell(Event.RequestData, this.#requestOffset < request.length ? 1 : 0, bytes);
  }

  /** A card without end must not fill the memory: past the limit only the length is still counted. */
  #collect(bytes: Uint8Array): void {
    this.#answerBytes += bytes.length;
    if (this.#answerBytes <= MOST_ANSWER_BYTES) this.#answer.push(bytes);
  }

  /** A session that waits for an answer must get one, also when nobody can give it. */
  async #askConsent(bytes: Uint8Array): Promise<void> {
    const { argument, bytes: hashCc } = await this.#decide(bytes).catch((error: unknown): ConsentEvent => {
      this.#failure ??= { error };
      return POSTPONED;
    });
    this.#tell(Event.Consent, argument, hashCc);
  }

  async #decide(bytes: Uint8Array): Promise<ConsentEvent> {
    return decide(decodeOffer(bytes), this.links.consent, this.brought.confirmationCode);
  }

  #deviceKey(): KeyObject | undefined {
    const { deviceKey } = this.links;
    if (!deviceKey) this.#failure ??= { error: IpaError.host('NoDeviceKey', 'a consumer eUICC needs links.deviceKey to report to an eIM') };
    return deviceKey;
  }

  /** Nothing tells the module that there is no signature. */
  #sign(bytes: Uint8Array): Uint8Array {
    const deviceKey = this.#deviceKey();
    try {
      return deviceKey ? signAsDevice(deviceKey, bytes) : NOTHING;
    } catch (error) {
      this.#failure ??= { error };
      return NOTHING;
    }
  }

  #finish(action: Request): CommandResult {
    if (this.#failure) throw this.#failure.error;
    const result = readResult(action);
    this.links.onResult?.(result);
    return result;
  }
}
