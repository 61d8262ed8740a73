// SPDX-License-Identifier: Apache-2.0
// Modems that people met in the field, as name plate and oddities of a simulated modem. What is not known about one is left as the standard says.

import type { ModemIdentity } from './options.js';
import type { ModemQuirks } from './quirks.js';

/** A modem to be played: options of a SimulatedModem. */
export interface ModemProfile {
  readonly identity: Partial<ModemIdentity>;
  readonly quirks: ModemQuirks;
}

const NO_CHANNELS = ['+CCHO', '+CGLA', '+CCHC'] as const;
const QUECTEL = 'Quectel';
const SIMCOM = 'SIMCOM INCORPORATED';
const NORDIC = 'Nordic Semiconductor ASA';
const TELIT = 'Telit';
const SIERRA = 'Sierra Wireless, Incorporated';

/** Answers are lost at the end of a profile, when the card works longest; the profile is there all the same. */
const LOSES_PROFILE_END = { at: 'profileEnd', fromBlock: 0 } as const;
const SIERRA_HANDLES = { sessionHandles: 'longHexadecimal', noTestForms: ['+CGLA'] } as const;
/** Instructions that the manual of the Moxa G2150I says are not let through: those that write, check or run, and GET RESPONSE. */
const WAVECOM_REFUSED = [0xd6, 0xdc, 0x32, 0x44, 0x04, 0x88, 0x20, 0x24, 0x26, 0x28, 0x2c, 0xfa, 0xc0] as const;

/** One profile for each modem of which something is known. */
export const KNOWN_MODEMS = {
  /** Does what 3GPP TS 27.007 says. */
  standard: { identity: {}, quirks: {} },
  /** +CSIM opens and closes channels, and lets nothing through on them. The modem does what REFRESH asks. */
  'quectel-eg25': {
    identity: { manufacturer: QUECTEL, model: 'EG25' },
    quirks: { basicChannelOnly: true, proactiveCommands: 'modem', searchesAfterReset: 4 },
  },
  /** The same one, in downloads: ERROR to a last block by +CGLA. */
  'quectel-eg25-g': {
    identity: { manufacturer: QUECTEL, model: 'EG25' },
    quirks: { basicChannelOnly: true, lostLastBlocks: { ...LOSES_PROFILE_END, command: '+CGLA' } },
  },
  /** ERROR to a last block by +CGLA, none by +CSIM. */
  'quectel-ec20f': {
    identity: { manufacturer: QUECTEL, model: 'EC20F' },
    quirks: { lostLastBlocks: { ...LOSES_PROFILE_END, command: '+CGLA' } },
  },
  'quectel-ec20': { identity: { manufacturer: QUECTEL, model: 'EC20' }, quirks: {} },
  'quectel-bg96': { identity: { manufacturer: QUECTEL, model: 'BG96' }, quirks: {} },
  /** A 256-byte response is announced by 6100 for ever. */
  'quectel-ec800g': { identity: { manufacturer: QUECTEL, model: 'EC800G-CN' }, quirks: { maximumResponseDataBytes: 255 } },
  /** Works with +CCHO and +CGLA but not with their test forms. */
  'quectel-em05': { identity: { manufacturer: QUECTEL, model: 'EM05-G' }, quirks: { noTestForms: NO_CHANNELS } },
  /** Takes some time to be back in the network after a profile switch. */
  'quectel-eg916q': {
    identity: { manufacturer: QUECTEL, model: 'EG916Q-GL' },
    quirks: { proactiveCommands: 'modem', searchesAfterReset: 5 },
  },
  /** Loses commands, and has an error of its own for an application that is not there. */
  'quectel-eg95': {
    identity: { manufacturer: QUECTEL, model: 'EG95' },
    quirks: { lostCommands: { prefix: 'AT+CSIM', every: 20 }, missingSelectError: 0 },
  },
  /** Echoes whatever it is told; 61xx is the host's. */
  'simcom-sim7600g-h': { identity: { manufacturer: SIMCOM, model: 'SIMCOM_SIM7600G-H' }, quirks: { stubbornEcho: true } },
  /** Downloads fail at the very end. */
  'simcom-sim8230g': { identity: { manufacturer: SIMCOM, model: 'SIM8230G-M2' }, quirks: { lostLastBlocks: LOSES_PROFILE_END } },
  /** No +CSIM while no profile is enabled. */
  'nordic-nrf9160': { identity: { manufacturer: NORDIC, model: 'nRF9160-SICA' }, quirks: { csimNeedsProfile: true } },
  'nordic-nrf9151': { identity: { manufacturer: NORDIC, model: 'nRF9151-LACA' }, quirks: { csimNeedsProfile: true } },
  /** Data come with the answer that announced them; the lock is not known. */
  'telit-le910': { identity: { manufacturer: TELIT, model: 'LE910C1-NF' }, quirks: { fetchesResponses: true } },
  /** The SIM interface can be locked. */
  'telit-le910-lock': { identity: { manufacturer: TELIT, model: 'LE910C1-EU' }, quirks: { fetchesResponses: true, simLock: 'optional' } },
  /** The SIM interface must be locked before +CSIM works. */
  'telit-le910-locked': { identity: { manufacturer: TELIT, model: 'LE910C4-EU' }, quirks: { fetchesResponses: true, simLock: 'required' } },
  /** Handles are long, and +CGLA has no test form. */
  'sierra-mc7455': { identity: { manufacturer: SIERRA, model: 'MC7455' }, quirks: SIERRA_HANDLES },
  'sierra-em7590': { identity: { manufacturer: SIERRA, model: 'EM7590' }, quirks: SIERRA_HANDLES },
  /** +CCHO does not like the AID of the ISD-R, and says so in words; +CCHC is missing. */
  'sierra-em9191': {
    identity: { manufacturer: SIERRA, model: 'EM9191' },
    quirks: { unsupported: ['+CCHC'], channelRefusal: 50, errorForm: 'words', errorWords: { 50: 'Parameters error' } },
  },
  /** The card is busy for some time after power-up. */
  'ublox-sara-r422': { identity: { manufacturer: 'u-blox', model: 'SARA-R422' }, quirks: { busyCommandsAfterReset: 5 } },
  /** The handle comes bare. */
  'fibocom-fm350': { identity: { manufacturer: 'Fibocom Wireless Inc.', model: 'FM350-GL' }, quirks: { bareSession: true } },
  /** Only +CSIM. */
  'dell-dw5821e': { identity: { manufacturer: 'Dell Inc.', model: 'DW5821e-eSIM' }, quirks: { unsupported: NO_CHANNELS } },
  /** +CSIM on the basic channel, which opens no other; +CCHO is known and always refused. */
  'huawei-ms2372': {
    identity: { manufacturer: 'huawei', model: 'MS2372h-517' },
    quirks: { basicChannelOnly: true, refusedInstructions: [0x70], channelRefusal: 3 },
  },
  /** GET RESPONSE by the host is refused, the modem fetches data itself; lengths are checked (Moxa G2150I). */
  wavecom: {
    identity: { manufacturer: 'WAVECOM MODEM', model: 'MULTIBAND 900E 1800' },
    quirks: {
      unsupported: NO_CHANNELS,
      fetchesResponses: true,
      refusedInstructions: WAVECOM_REFUSED,
      csimLengths: [10, 522],
      exactLengthInstructions: [0xa4, 0x10, 0xc2, 0x14, 0xa2, 0xe2],
    },
  },
  /** Nobody answers REFRESH: the card is busy with it until it loses its power. */
  'cmcc-ml307r': { identity: { manufacturer: 'CMCC', model: 'ML307R' }, quirks: { proactiveCommands: 'nobody' } },
} as const satisfies Readonly<Record<string, ModemProfile>>;

/** The names of known modems. */
export type KnownModem = keyof typeof KNOWN_MODEMS;
