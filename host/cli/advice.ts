// SPDX-License-Identifier: Apache-2.0
// What to do about an error, by its code and otherwise by its layer; and its detail in the words of the layer.

import type { IpaError, IpaErrorLayer } from '../core/errors.js';
import { type ModemQuirkRow, optionWords, rowName } from '../modem/modem-quirks.js';
import { RSP_STATUS } from './rsp-status.js';

const BY_CODE: Readonly<Record<string, string>> = {
  NoInitialEim: 'give the AddInitialEimRequest of this device with --initial-eim, or associate an eIM first',
  StatusWord: 'look the status word up in ETSI TS 102 221 §10.2.1; --trace shows the APDU that it answers',
  CardLost: 'check the cable and the power of the modem, then poll again: what is owed is delivered then',
  NotAnEuicc: 'put an eUICC into the modem, or choose the slot that holds it: this card has no ISD-R',
  ModemError: 'check that the modem knows AT+CSIM or AT+CCHO, and that nobody else uses its port',
  ModemCmeError: 'look the number up in 3GPP TS 27.007 §9.2; 10 is no card, 13 and 14 are a card that is not ready',
  ModemGarbage: 'try a shorter --block-size; close other programs that use this port',
  ModemTimeout: 'check that the port is the AT port of the modem and its speed is right; --card-timeout-ms gives slow cards more time',
  BadEid: 'the eUICC tells a wrong EID: check the card',
  EimNotAssociated: 'leave --eim-id out, or name an eIM that this eUICC knows',
  InstallationFailed: 'look errorReason up in SGP.22 §2.5.6; 9 is a profile that is there already, 10 no room for it',
  BadTrigger: 'check the activation code: LPA:1$<SM-DP+ address>$<matching ID>',
  ServerAddressMismatch: 'the server answers for another address: check the activation code, and what --resolve says',
  CertificateExpired: 'the certificate of the SM-DP+ is not valid now: check the clock of this machine, then tell the operator',
  SmdpOidMismatch: 'the activation code is of another SM-DP+ than the one that answers: get it again from the operator',
  CertificateIssuerRefused: 'the SM-DP+ is of another CI than the eIM allows: order the profile elsewhere',
  MetadataMismatch: 'the SM-DP+ gave another profile than it announced: tell the operator',
  ConsentRefused: 'the profile was not wanted now: download it again when it is',
  NoServerAddress: 'the eUICC knows no such server: give an activation code, or an address with --smds',
  EimError: 'the eIM does not serve this eUICC: check that its EID is registered there',
  PprNotAllowed: 'the rules of this eUICC do not allow the policy rules of the profile: order one without',
  ConfirmationCodeMissing: 'give the code that came with the order (--confirmation-code), or let the eIM supply it',
  NetworkUnreachable: 'check the address of the server and the network; --resolve and --eim-url lead to another address',
  NetworkTimeout: 'check that the server is up, then try again',
  NetworkTlsRefused:
    'the server is not the one that the eUICC or --ca trusts: check its address, and give its certificate authority with --ca',
  NetworkConnectionLost: 'try again: what is owed is delivered then',
  NetworkHttpStatus: 'the log of the server should tell why it refuses',
  NetworkMalformed: 'check that the address leads to such a server, and that it has this binding (--esipa-binding, --rsp-binding)',
  CoapRefused: 'the log of the eIM should tell why it refuses; the detail is class and code, 4.04 is an address without ESipa',
  NoSeed: 'give option seed, a new random number for each command',
  TooManyPackages: 'poll again: the eIM has more packages',
  RuntimeMissing: 'run node scripts/setup.mjs, which fetches wasmtime, or use --runtime node',
};

const BY_LAYER: Readonly<Record<IpaErrorLayer, string>> = {
  use: 'this is a fault of the program around the module: please report it',
  wire: 'a peer sent what is not DER: --trace shows the bytes',
  card: '--trace shows what the card answered',
  modem: '--trace shows what the modem answered',
  eUICC: 'look the code up in the function of SGP.22 §5.7 or SGP.32 §5.9 that the trace ends with',
  eIM: 'the log of the eIM should tell more; --trace shows its answer',
  'SM-DP+': 'check the order of the profile at the SM-DP+',
  network: 'check the network and the address of the server',
  limits: 'the message is larger than this module takes: ask the eIM for less at a time',
  host: 'run npm run build, then try again',
  unknown: 'the module is newer than this program: run npm run build',
};

/** One sentence on what to do next. */
export function adviceFor({ code, layer }: IpaError): string {
  return BY_CODE[code] ?? BY_LAYER[layer];
}

/** Adds, where modem or card is at fault, what the modem was taken for and how to see what it can do. */
export function withModemAdvice({ layer }: IpaError, advice: string, row: ModemQuirkRow | undefined): string {
  if (layer !== 'modem' && layer !== 'card') return advice;
  const options = row && optionWords(row.options);
  const used = options ? `; the options for ${rowName(row)} were used (${options}), others win over them` : '';
  return `${advice}${used}; ipa modem probe shows what can be done here`;
}

/** SM-DP+ in JSON: subject and reason code, a hexadecimal digit for each number (SGP.22 v2.5 §5.2.6). */
const LEAST_STATUS_CODE = 0x1_0000;

function statusText(detail: number): string {
  const [a, b, c, d, e] = [...detail.toString(16)].map((digit) => Number.parseInt(digit, 16));
  const [subject, reason] = [c === 0 ? `${a}.${b}` : `${a}.${b}.${c}`, `${d}.${e}`];
  const meaning = RSP_STATUS[`${subject}/${reason}`];
  return `subject ${subject}, reason ${reason}${meaning ? `: ${meaning}` : ''}`;
}

/** The peer's own code behind an error; undefined when there is none. */
export function detailText({ code }: IpaError, detail: number): string | undefined {
  if (code === 'ModemCmeError') return detail < 0 ? '+CME ERROR with words' : `+CME ERROR: ${detail}`;
  if (detail === 0) return undefined;
  if (code === 'StatusWord' || code === 'NotAnEuicc') return `status word ${detail.toString(16).toUpperCase().padStart(4, '0')}`;
  if (code === 'NetworkHttpStatus') return `HTTP ${detail}`;
  if (code === 'SmdpError' && detail >= LEAST_STATUS_CODE) return statusText(detail);
  return `code ${detail}`;
}
