// SPDX-License-Identifier: Apache-2.0
// The module on a simulated modem's line, all within one call and in virtual time: bytes go to the module as the modem sends them, and each
// response APDU that the module takes is compared with what the card said to the APDU that is out.

import { Action, Event, NETWORK_WINDOW_BYTES } from '../../../host/abi.js';
import type { SimulatedModem } from '../../../host/sim/modem/index.js';
import type { VirtualClock } from '../../../host/wrap/virtual-clock.js';
import { Module } from './module.js';
import { scalar } from './scalars.js';
import { readResult, type SessionResult } from './session.js';

/** LinkCommand (assembly/wire/lanes.ts) of the commands that carry an APDU. */
const CSIM = 6;
const CHANNEL = 7;
const STATUS_WORD_BYTES = 2;
/** ResponsePart.Given: the card lane has a part of a long response and has not used it yet. */
const GIVEN = 1;
const CARD_EVENT_BYTES = 258;
/** Calls of the module in one command at most. */
const MOST_CALLS = 500_000;

/** A module that is made as new in no time, and tells of itself what the harness must know. */
export class WatchedModule extends Module {
  readonly linkCommand = this.#scalar('linkCommand');
  readonly linkFailure = this.#scalar('linkFailure');
  readonly hexDigits = this.#scalar('hexDigits');
  readonly apduStale = this.#scalar('apduStale');
  readonly responsePart = this.#scalar('responsePart');
  readonly responseAt = this.exports.ipa_window(Event.CardResponse);
  readonly cardAt = this.exports.ipa_window(Event.CardData);
  readonly #stateAt = this.exports.ipa_state();
  readonly #fresh = this.state();

  /** As after power-up. */
  renew(): this {
    this.memory.set(this.#fresh, this.#stateAt);
    return this;
  }

  #scalar(name: string): () => number {
    return scalar(this.form, name, this.memory, this.exports.ipa_state());
  }
}

/** The modem's side of the line, and what the module must come to read. */
export class WatchedLine {
  /** What the modem has sent and the module has not got yet. */
  readonly sent: Uint8Array[] = [];
  /** The last response APDU of the card for the host; taken away when another command is written. */
  response: Uint8Array | undefined;
  /** The last command lines, with the time of each. */
  readonly lines: string[] = [];
  /** Handles of channels that the modem has ever given out. */
  readonly #handles = new Set<string>();
  readonly #port: { receive(bytes: Uint8Array): void };

  /** `trace` sees both directions: for whoever looks into a failing seed. */
  constructor(
    readonly modem: SimulatedModem,
    readonly clock: VirtualClock,
    readonly trace?: (text: string) => void,
  ) {
    const send = (chunk: Uint8Array) => {
      this.sent.push(chunk);
      trace?.(`${clock.nowMs()} < ${JSON.stringify(Buffer.from(chunk).toString('latin1'))}`);
    };
    this.#port = modem.attach({ send, hangUp: () => {} }).port;
  }

  /** Gives the modem a line. Returns a complaint. */
  write(bytes: Uint8Array): string | undefined {
    const line = Buffer.from(bytes).toString('latin1');
    this.lines.push(`${this.clock.nowMs()} ${line.slice(0, -1)}`);
    this.trace?.(`${this.clock.nowMs()} > ${line.slice(0, -1)}`);
    if (!line.endsWith('\r')) return `a command line without its end: ${line}`;
    const handle = /^AT\+CGLA=([^,]*),/.exec(line)?.[1];
    this.response = undefined;
    this.#port.receive(bytes);
    for (const each of this.modem.sessions.keys()) this.#handles.add(each);
    return handle === undefined || this.#handles.has(handle) ? undefined : `the modem has never given out the handle ${handle}`;
  }
}

export interface RunnerOptions {
  readonly module: WatchedModule;
  readonly line: WatchedLine;
  readonly eim: (request: Uint8Array) => Uint8Array;
  /** Option TLVs of the command. */
  readonly options: Uint8Array;
  /** Virtual time after which the command hangs, in milliseconds. */
  readonly limitMs: () => number;
}

/** How a command went, and what was wrong with how it went. */
export interface Run {
  readonly result: SessionResult;
  readonly complaints: readonly string[];
  /** Response APDUs that the module took. */
  readonly responses: number;
  readonly timeMs: number;
}

/** Runs one command to its end. @throws Error when it hangs. */
export function runCommand(options: RunnerOptions): Run {
  return new Runner(options).run();
}

class Runner {
  readonly #complaints: string[] = [];
  #parts: Buffer[] = [];
  #isPartKept = false;
  readonly #startMs: number;
  #calls = 0;
  #responses = 0;
  #request: Uint8Array[] = [];
  #answer = new Uint8Array();
  #happening: (() => void) | undefined;

  constructor(readonly options: RunnerOptions) {
    this.#startMs = options.line.clock.nowMs();
  }

  run(): Run {
    const { module, options } = this.options;
    const taken = module.event(Event.Command, 0, options);
    if (taken < 0) throw new Error(`the command was refused: ${taken}`);
    for (;;) {
      const result = this.#step();
      if (result) return { result, complaints: this.#complaints, responses: this.#responses, timeMs: this.#timeMs };
    }
  }

  get #timeMs(): number {
    return this.options.line.clock.nowMs() - this.#startMs;
  }

  #step(): SessionResult | undefined {
    const { module, line } = this.options;
    this.#count();
    const kind = module.exports.ipa_poll(line.clock.nowMs() >>> 0);
    if (kind === Action.Idle) return module.exports.ipa_argument() === 0 ? undefined : this.#wait(module.exports.ipa_argument());
    const at = module.exports.ipa_data();
    const bytes = module.memory.subarray(at, at + module.exports.ipa_length());
    if (kind === Action.Finished) return readResult(module.exports.ipa_argument(), Uint8Array.from(bytes));
    this.#perform(kind, module.exports.ipa_argument() & 0xff_ffff, bytes);
    return undefined;
  }

  #count(): void {
    if (++this.#calls > MOST_CALLS) throw new Error(`not over after ${MOST_CALLS} calls`);
    if (this.#timeMs > this.options.limitMs()) throw new Error(`not over after ${this.#timeMs} ms`);
  }

  /** What happens next: the network, the modem, or nothing until it is time. */
  #wait(untilMs: number): undefined {
    const { sent, clock } = this.options.line;
    const happening = this.#happening;
    this.#happening = undefined;
    if (happening) happening();
    else if (sent.length > 0) this.#receive();
    else if (untilMs < 0) {
      if (!clock.run(() => sent.length > 0)) throw new Error('the module waits for what nobody will tell it');
    } else this.#sleep(untilMs);
    return undefined;
  }

  #sleep(ms: number): void {
    const { sent, clock } = this.options.line;
    let isOver = false;
    const cancel = clock.after(ms, () => {
      isOver = true;
    });
    clock.run(() => isOver || sent.length > 0);
    cancel();
  }

  /** Gives the module what the modem has sent, as long as it takes it and nothing has come of it. */
  #receive(): void {
    const { module, line } = this.options;
    const wasOut = module.linkCommand();
    this.#keepPart();
    while (line.sent.length > 0 && module.linkCommand() === wasOut) {
      const chunk = line.sent[0]!;
      const piece = chunk.length > CARD_EVENT_BYTES ? chunk.subarray(0, CARD_EVENT_BYTES) : chunk;
      module.memory.set(piece, module.cardAt);
      const taken = module.exports.ipa_event(Event.CardData, 0, piece.length);
      if (taken < 0) throw new Error(`the module refuses what the modem says: ${taken}`);
      if (taken < chunk.length) line.sent[0] = chunk.subarray(taken);
      else line.sent.shift();
      this.#count();
      this.#keepPart();
      if (taken < piece.length) break;
    }
    const isApdu = wasOut === CSIM || wasOut === CHANNEL;
    if (isApdu && module.linkCommand() === 0) this.#compare();
  }

  /** The first bytes of a response that does not fit, before the rest takes their place. */
  #keepPart(): void {
    const { module } = this.options;
    const isGiven = module.responsePart() === GIVEN;
    const length = (module.hexDigits() >> 1) - STATUS_WORD_BYTES;
    if (isGiven && !this.#isPartKept) this.#parts.push(Buffer.from(module.memory.subarray(module.responseAt, module.responseAt + length)));
    this.#isPartKept = isGiven;
  }

  /** The link is done with an APDU: what it has read is what the card has answered to that one. */
  #compare(): void {
    const { module, line } = this.options;
    if (module.linkFailure() !== 0 || module.apduStale()) return;
    const length = module.hexDigits() >> 1;
    // what is no response at all, the card lane refuses
    if (length < 2) return;
    const read = Buffer.concat([...this.#parts, module.memory.subarray(module.responseAt, module.responseAt + length)]);
    this.#responses++;
    if (line.response && Buffer.compare(read, line.response) === 0) return;
    const expected = line.response ? Buffer.from(line.response).toString('hex') : 'nothing';
    this.#complaints.push(`${line.lines.at(-1)} was answered ${expected}, and read was ${read.toString('hex')}`);
  }

  #perform(kind: number, total: number, bytes: Uint8Array): void {
    switch (kind) {
      case Action.CardWrite:
        this.#write(Uint8Array.from(bytes));
        break;
      case Action.NetworkOpen:
        this.#later(Event.NetworkOpened);
        break;
      case Action.NetworkSend:
        this.#send(total, Uint8Array.from(bytes));
        break;
      case Action.NetworkReceive:
        this.#give();
        break;
      case Action.NetworkAbort:
        this.#request = [];
        this.#answer = new Uint8Array();
        this.#happening = undefined;
    }
  }

  #write(line: Uint8Array): void {
    this.#parts = [];
    this.#isPartKept = false;
    const complaint = this.options.line.write(line);
    if (complaint !== undefined) this.#complaints.push(complaint);
  }

  #give(): void {
    const piece = this.#answer.subarray(0, NETWORK_WINDOW_BYTES);
    this.#answer = this.#answer.subarray(piece.length);
    this.#later(Event.NetworkData, this.#answer.length > 0 ? 1 : 0, piece);
  }

  #send(total: number, bytes: Uint8Array): void {
    this.#request.push(bytes);
    const request = Buffer.concat(this.#request);
    if (request.length >= total) {
      this.#request = [];
      this.#answer = Uint8Array.from(this.options.eim(request));
    }
    this.#later(Event.NetworkSent);
  }

  #later(kind: number, argument = 0, bytes: Uint8Array = new Uint8Array()): void {
    this.#happening = () => {
      const result = this.options.module.event(kind, argument, bytes);
      if (result < 0) throw new Error(`event ${kind} was refused: ${result}`);
    };
  }
}
