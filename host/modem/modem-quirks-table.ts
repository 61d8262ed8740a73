// SPDX-License-Identifier: Apache-2.0
// What people have met on modems, where the module would have to fail first to find it out: data alone. It is a module and no JSON
// file, because Node 20 imports JSON only with a warning, and because the compiler checks it this way.

import type { ModemQuirkRow } from './modem-quirks.js';

/** The first row that fits a modem is used. Rows without options say what the module copes with by itself. */
export const MODEM_QUIRKS: readonly ModemQuirkRow[] = [
  {
    manufacturer: 'Quectel',
    model: 'EG25',
    options: { cardAccess: 'channel', blockBytes: 120 },
    why: 'AT+CSIM opens a logical channel, but commands on it fail; AT+CCHO and AT+CGLA work, and with blocks of 120 bytes fleets rely on it.',
    source: 'lpac issue 164; openpilot pull request 37779',
  },
  {
    manufacturer: 'Quectel',
    model: 'EC20',
    options: { cardAccess: 'csim' },
    why: 'AT+CGLA answers ERROR to the last block of a download, where the same download works by AT+CSIM.',
    source: 'lpac issue 186',
  },
  {
    manufacturer: 'Quectel',
    model: 'EG95',
    options: { cardAccess: 'channel' },
    why: 'AT+CSIM seems to drop commands.',
    source: 'atsign at_client_sdk issue 1568',
  },
  {
    manufacturer: 'Quectel',
    model: 'EC800G',
    options: { responseBytes: 255 },
    why: 'It cannot hand over an answer of 256 bytes, and announces it again and again.',
    source: 'forums.quectel.com 44916',
  },
  {
    manufacturer: 'Quectel',
    model: 'EM05',
    options: {},
    why: 'The test forms of AT+CCHO, AT+CGLA and AT+CCHC answer ERROR although the commands work; the module does not ask for them.',
    source: 'lpac issue 300',
  },
  {
    model: 'SIMCOM_SIM7600',
    options: { cardAccess: 'csim' },
    why: 'AT+CSIM is known to work for SGP.32, with GET RESPONSE by the host.',
    source: 'cnblogs 19960046',
  },
  {
    manufacturer: 'SIMCOM',
    model: 'SIM7600',
    options: { cardAccess: 'csim' },
    why: 'AT+CSIM is known to work for SGP.32, with GET RESPONSE by the host.',
    source: 'cnblogs 19960046',
  },
  {
    manufacturer: 'Nordic',
    model: 'nRF91',
    options: { cardAccess: 'channel' },
    why: 'AT+CCHO and AT+CGLA are documented since firmware 1.3; AT+CSIM answers +CME ERROR: 13 as long as no profile is enabled, so that a bootstrap profile must stay.',
    source: 'docs.nordicsemi.com; devzone 121365',
  },
  {
    manufacturer: 'Telit',
    options: { simLock: true },
    why: 'AT+CSIM=1 keeps the modem away from the card while AT+CSIM is used; models without that lock refuse it, which does no harm.',
    source: 'ModemManager, plugin telit',
  },
  {
    manufacturer: 'Sierra',
    model: 'MC7455',
    options: { cardAccess: 'channel' },
    why: 'AT+CCHO and AT+CGLA are known to work; the session is a long hexadecimal number and no channel.',
    source: 'lpac issue 138, pull request 139',
  },
  {
    manufacturer: 'Sierra',
    model: 'EM7590',
    options: { cardAccess: 'channel' },
    why: 'AT+CCHO and AT+CGLA are known to work, although the test form of AT+CGLA answers ERROR.',
    source: 'lpac pull request 139',
  },
  {
    manufacturer: 'Sierra',
    model: 'EM9191',
    options: { cardAccess: 'csim' },
    why: 'AT+CCHO refuses the AID of the ISD-R, and there is no AT+CCHC.',
    source: 'lpac issue 187',
  },
  {
    model: 'DW5821e',
    options: { cardAccess: 'csim' },
    why: 'It has neither AT+CCHO nor AT+CGLA.',
    source: 'lpac issue 164',
  },
  {
    manufacturer: 'Huawei',
    model: 'MS2372',
    options: { cardAccess: 'basic' },
    why: 'AT+CSIM opens no logical channel, and AT+CCHO always answers an error.',
    source: 'lpac issue 164',
  },
  {
    model: 'IK41',
    options: { cardAccess: 'basic' },
    why: 'Commands on a logical channel of AT+CSIM fail, and there is no AT+CCHO.',
    source: 'lpac issue 164',
  },
  {
    manufacturer: 'Fibocom',
    model: 'FM350',
    options: {},
    why: 'AT+CCHO answers the session without its name, and some have only AT+CSIM that works: the module tries both.',
    source: 'lpac issues 209 and 394, pull request 445',
  },
  {
    model: 'ML307R',
    options: { modemReset: 'restart' },
    why: 'It never fetches REFRESH, and the card is busy with it from then on; a restart ends that.',
    source: 'sms_forwarding issue 17',
  },
  {
    manufacturer: 'u-blox',
    model: 'SARA-R4',
    options: {},
    why: 'The card is busy for some time after power-up; the module waits.',
    source: 'ubxlib issue 287',
  },
];
