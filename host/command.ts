// SPDX-License-Identifier: Apache-2.0
// How the module is told what to do: the bytes of event Command, option TLVs (assembly/abi/options.ts).

import { Assistant, Binding, CardAccess, CardLink, Command, ModemQuirk, Option, Scheme } from './abi.js';
import { tlv } from './asn1/tlv.js';
import { bitContents, plmnBytes, swappedDigits } from './asn1/values.js';
import {
  type CommandOptions,
  IPA_FEATURES,
  type IpaFeatures,
  type ListenOptions,
  type PollOptions,
  type PollSchedule,
  type RspOptions,
  STATE_CHANGE_CAUSES,
  type StateChangeCause,
} from './options.js';

const MOST_TEXT_BYTES = 128;
const MOST_CAPABILITIES_BYTES = 48;
const LEAST_BLOCK_BYTES = 16;
/** What an option holds, 255 bytes, without tag and length. */
const MOST_ACTIVATION_CODE_BYTES = 252;
const MOST_MS = 0x7fff_ffff;
const MOST_SECONDS = 0x3fff_ffff;
const MOST_SEED = 0xffff_ffff;
const LEAST_COAP_BLOCK_BYTES = 16;
const MOST_COAP_BLOCK_BYTES = 1024;
const IMEI_BYTES = 8;
const TAC_BYTES = 4;

const BINDINGS = { asn1: Binding.Asn1, json: Binding.Json } as const;
const ASSISTANTS = { ipad: Assistant.Ipad, lpad: Assistant.Lpad, emulated: Assistant.Emulated } as const;
const CARD_ACCESSES = { auto: CardAccess.Auto, csim: CardAccess.Csim, channel: CardAccess.Channel, basic: CardAccess.Basic } as const;
const MODEM_RESETS = { powerCycle: 0, radioCycle: ModemQuirk.RadioCycle, restart: ModemQuirk.Restart } as const;
const SCHEMES = { https: Scheme.Https, coaps: Scheme.Coaps, coap: Scheme.Coap } as const;
const MINOR_VERSIONS = { '1.0': 0, '1.2': 2, '1.3': 3 } as const;

/** A whole number from `least` to `most`: a larger one would be cut to another number on its way. */
function within(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most) throw new RangeError(`${name} must be ${least} to ${most}, not ${value}`);
  return value;
}

/** The number behind a word, for callers without types, too. */
function wordOf<Word extends string>(name: string, words: Readonly<Record<Word, number>>, word: Word): number[] {
  if (!Object.hasOwn(words, word)) throw new RangeError(`${name} must be ${Object.keys(words).join(', ')}, not ${word}`);
  return [words[word]];
}

function textBytes(name: string, text: string, most = MOST_TEXT_BYTES): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  within(`${name}: its length in bytes`, bytes.length, 1, most);
  return bytes;
}

function numberBytes(value: number): number[] {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
}

function milliseconds(name: string, value: number): number[] {
  return numberBytes(within(name, value, 0, MOST_MS));
}

function seconds(name: string, value: number): number[] {
  return numberBytes(within(`schedule: ${name}`, value, 0, MOST_SECONDS));
}

/** A size of CoAP's blocks as its exponent SZX (RFC 7959 §2.2). */
function blockExponent(bytes: number): number[] {
  const exponent = Math.log2(bytes) - 4;
  if (!Number.isInteger(exponent) || bytes < LEAST_COAP_BLOCK_BYTES || bytes > MOST_COAP_BLOCK_BYTES)
    throw new RangeError(`coapBlockBytes must be a power of two from 16 to 1024, not ${bytes}`);
  return [exponent];
}

function scheduleBytes({ intervalSeconds, jitterSeconds = 0, window }: PollSchedule): number[] {
  return [
    ...seconds('intervalSeconds', intervalSeconds),
    ...seconds('jitterSeconds', jitterSeconds),
    ...seconds('opensInSeconds', window?.opensInSeconds ?? 0),
    ...seconds('periodSeconds', window?.periodSeconds ?? 0),
    ...seconds('lengthSeconds', window?.lengthSeconds ?? 0),
  ];
}

/** CardAccess and the bits of ModemQuirk; undefined: nothing is said. */
function modemBits(options: CommandOptions): number | undefined {
  const { cardAccess = 'auto', modemReset = 'powerCycle', simLock, passesClassByte, awaitRegistration = true } = options;
  const [access = 0] = wordOf('cardAccess', CARD_ACCESSES, cardAccess);
  const [reset = 0] = wordOf('modemReset', MODEM_RESETS, modemReset);
  const bits =
    (simLock ? ModemQuirk.SimLock : 0) |
    (passesClassByte ? ModemQuirk.PassesClassByte : 0) |
    (awaitRegistration ? 0 : ModemQuirk.NoRegistration);
  return access | reset | bits || undefined;
}

/** IMEI as 8 bytes of swapped BCD, filled with F (SGP.22 v2.5 §4.2). */
function imeiBytes(imei: string): Uint8Array {
  if (!/^\d{15,16}$/.test(imei)) throw new RangeError(`imei must be 15 or 16 digits, not "${imei}"`);
  return swappedDigits(imei, IMEI_BYTES);
}

/** YYYYMMDDhhmmss. */
function utcDigits(time: Date): Uint8Array {
  if (Number.isNaN(time.getTime())) throw new RangeError('utcTime is no time');
  return textBytes('utcTime', time.toISOString().replace(/\D/g, '').slice(0, 14));
}

function featureByte(features: IpaFeatures): number[] {
  const set = IPA_FEATURES.filter((feature) => features[feature]);
  return [bitContents(IPA_FEATURES, set)[1] ?? 0];
}

function causeByte(cause: StateChangeCause): number[] {
  const [number] = Object.entries(STATE_CHANGE_CAUSES).find(([, name]) => name === cause) ?? [];
  if (number === undefined) throw new RangeError(`stateChangeCause must be ${Object.values(STATE_CHANGE_CAUSES).join(', ')}, not ${cause}`);
  return [Number(number)];
}

/** ProfileSource as it may come from callers without types. */
interface Sources {
  readonly activationCode?: string;
  readonly defaultSmdp?: boolean;
  readonly smds?: boolean | string;
}

/** The contents of ProfileDownloadData. */
function sourceBytes({ activationCode, defaultSmdp, smds }: Sources): Uint8Array {
  if ([activationCode, defaultSmdp, smds].filter(Boolean).length !== 1)
    throw new RangeError('exactly one of activationCode, defaultSmdp and smds must be given');
  if (defaultSmdp) return tlv(0x81);
  if (smds) return tlv(0xa2, ...(smds === true ? [] : [tlv(0x80, textBytes('smds', smds))]));
  return tlv(0x80, textBytes('activationCode', String(activationCode), MOST_ACTIVATION_CODE_BYTES));
}

/** Options put down one after the other. */
class OptionWriter {
  private readonly parts: Uint8Array[] = [];

  /** Puts down `encode` of the value, if there is one. */
  add<Value>(tag: number, value: Value | undefined, encode: (value: Value) => ArrayLike<number>): this {
    if (value !== undefined) this.parts.push(tlv(tag, encode(value)));
    return this;
  }

  /** Puts down an empty option, if it is wanted. */
  flag(tag: number, wanted: boolean | undefined): this {
    return this.add(tag, wanted || undefined, () => []);
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.parts.flatMap((part) => [...part]));
  }
}

function begin(command: number, options: CommandOptions): OptionWriter {
  return new OptionWriter()
    .add(Option.Command, command, (value) => [value])
    .add(Option.CardLink, options.cardLink ?? 'at', (link) => [link === 'apdu' ? CardLink.Apdu : CardLink.At])
    .add(Option.BlockBytes, options.blockBytes, (value) => [within('blockBytes', value, LEAST_BLOCK_BYTES, 255)])
    .add(Option.CardTimeoutMs, options.cardTimeoutMs, (value) => milliseconds('cardTimeoutMs', value))
    .add(Option.OnlineTimeoutMs, options.onlineTimeoutMs, (value) => milliseconds('onlineTimeoutMs', value))
    .add(Option.Assistant, options.assistant, (value) => wordOf('assistant', ASSISTANTS, value))
    .add(Option.ResponseBytes, options.responseBytes, (value) => [within('responseBytes', value, LEAST_BLOCK_BYTES, 255)])
    .add(Option.Modem, modemBits(options), (value) => [value])
    .flag(Option.Restart, options.restart);
}

function addRsp(writer: OptionWriter, options: RspOptions): OptionWriter {
  const imei = options.imei === undefined ? undefined : imeiBytes(options.imei);
  const { deviceCapabilities: capabilities } = options;
  if (capabilities) within('deviceCapabilities: its length in bytes', capabilities.length, 0, MOST_CAPABILITIES_BYTES);
  return writer
    .add(Option.Tac, imei, (bytes) => bytes.subarray(0, TAC_BYTES))
    .add(Option.Imei, imei, (bytes) => bytes)
    .add(Option.DeviceCapabilities, capabilities, (bytes) => bytes)
    .add(Option.RspBinding, options.rspBinding, (value) => wordOf('rspBinding', BINDINGS, value))
    .add(Option.UtcTime, options.utcTime ?? undefined, utcDigits)
    .flag(Option.AskConsent, options.askConsent);
}

/**
 * The bytes of event Command for one poll.
 * @throws RangeError when an option does not fit its field
 */
export function encodePoll(options: PollOptions): Uint8Array {
  return pollWriter(Command.Poll, options).bytes;
}

/**
 * The bytes of event Command for waiting for packages that the eIM pushes.
 * @throws RangeError when an option does not fit its field
 */
export function encodeListen(options: ListenOptions): Uint8Array {
  return pollWriter(Command.Listen, options).add(Option.ListenMs, options.listenMs, (value) => milliseconds('listenMs', value)).bytes;
}

function pollWriter(command: number, options: PollOptions): OptionWriter {
  return addCoap(addRsp(begin(command, options), options), options)
    .add(Option.EimId, options.eimId || undefined, (text) => textBytes('eimId', text))
    .add(Option.EimAddress, options.eimAddress || undefined, (text) => textBytes('eimAddress', text))
    .flag(Option.InitialEim, options.initialEim !== undefined)
    .add(Option.MaxPackages, options.maxPackages, (value) => [within('maxPackages', value, 1, 255)])
    .add(Option.EsipaBinding, options.esipaBinding, (value) => wordOf('esipaBinding', BINDINGS, value))
    .add(Option.EsipaVersion, options.esipaVersion, (value) => wordOf('esipaVersion', MINOR_VERSIONS, value))
    .add(Option.StateChangeCause, options.stateChangeCause, causeByte)
    .add(Option.Rplmn, options.rplmn, (text) => plmnBytes('rplmn', text))
    .add(Option.PollSchedule, options.schedule, scheduleBytes)
    .add(Option.IpaFeatures, options.ipaFeatures, featureByte);
}

function addCoap(writer: OptionWriter, options: PollOptions): OptionWriter {
  return writer
    .add(Option.EsipaScheme, options.esipaScheme, (value) => wordOf('esipaScheme', SCHEMES, value))
    .add(Option.Seed, options.seed, (value) => numberBytes(within('seed', value, 1, MOST_SEED)))
    .add(Option.CoapBlockSzx, options.coapBlockBytes, blockExponent)
    .add(Option.AckTimeoutMs, options.ackTimeoutMs, (value) => milliseconds('ackTimeoutMs', value));
}

/**
 * The bytes of event Command for a direct download.
 * @throws RangeError when an option does not fit its field, or there is not exactly one source
 */
export function encodeDownload(options: RspOptions & Sources): Uint8Array {
  return addRsp(begin(Command.Download, options), options).add(Option.DownloadData, options, sourceBytes).bytes;
}

/**
 * The bytes of event Command for the delivery of notifications.
 * @throws RangeError when an option does not fit its field
 */
export function encodeDeliverNotifications(options: RspOptions): Uint8Array {
  return addRsp(begin(Command.DeliverNotifications, options), options).bytes;
}

/**
 * The bytes of event Command for an ES10 function, whose request is read by action RequestRead.
 * @throws RangeError when an option does not fit its field
 */
export function encodeEs10(options: CommandOptions): Uint8Array {
  return begin(Command.Es10, options).bytes;
}
