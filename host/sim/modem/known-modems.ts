// SPDX-License-Identifier: Apache-2.0
// Oddities of modems that people met in the field, ready to be given to a simulated modem as `quirks`.

import type { ModemQuirks } from './options.js';

const NO_CHANNELS = ['+CCHO', '+CGLA', '+CCHC'];

/** Quirks by modem. What is not known about a modem is left as the standard says. */
export const KNOWN_MODEMS = {
  /** Does what 3GPP TS 27.007 says. */
  standard: {},
  /** Works with +CCHO and +CGLA but not with their test forms. */
  'quectel-em05': { noTestForms: true },
  /** A 256-byte response is announced by 6100 for ever. */
  'quectel-ec800g': { maximumResponseDataBytes: 255 },
  /** Handles are long, and test forms answer ERROR. */
  'sierra-mc7455': { sessionHandles: 'longHexadecimal', noTestForms: true },
  /** Channels cannot be closed. */
  'sierra-em9191': { unsupported: ['+CCHC'] },
  /** The handle comes bare. */
  'fibocom-fm350': { bareSession: true },
  /** Only +CSIM. */
  'dell-dw5821e': { unsupported: NO_CHANNELS },
  /** Only +CSIM, and only the basic channel. */
  'huawei-ms2372': { unsupported: NO_CHANNELS, basicChannelOnly: true },
  /** Data come with the answer that announced them. */
  'telit-le910': { fetchesResponses: true },
  /** The card is busy for some time after power-up. */
  'ublox-sara-r422': { busyCommandsAfterReset: 5 },
  /** GET RESPONSE by the host is refused; the modem fetches data itself. */
  wavecom: { refusedInstructions: [0xc0], fetchesResponses: true },
} as const satisfies Readonly<Record<string, ModemQuirks>>;

/** The names of known modems. */
export type KnownModem = keyof typeof KNOWN_MODEMS;
