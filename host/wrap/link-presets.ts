// SPDX-License-Identifier: Apache-2.0
// Links as devices meet them, to be simulated. Each figure has its source beside it; where a standard leaves a value to the operator, the
// comment says what was chosen. Half-duplex operation is in the rates, not simulated: both directions may be busy at the same time.

import type { LinkParameters } from './datagram-link.js';
import type { LinkDirectionParameters } from './link-direction.js';

/** Names of the links. */
export type LinkPreset = 'nb-iot-ce0' | 'nb-iot-ce1' | 'nb-iot-ce2' | 'lte-m' | '2g' | 'wifi' | 'satellite' | 'satellite-leo';

/**
 * How NB-IoT repeats in one coverage enhancement level. The network chooses the numbers (TS 36.213 §16.4.1.3, §16.5.1.1, §16.6); these were
 * chosen so that level 2 stays above the 160 bit/s that TR 45.820 §5.1 demands at 164 dB coupling loss.
 */
interface NbIotLevel {
  /** Subframes of 1 ms for one NPDCCH message with its repetitions. */
  readonly controlMs: number;
  /** 680 bits on NPDSCH: 4 subframes (I_TBS 10), or 10 (I_TBS 4) in level 2, times the repetitions. */
  readonly downBlockMs: number;
  /** 1,000 bits on one tone of 15 kHz: 6 resource units of 8 ms (I_TBS 10), or 10 (I_TBS 5) in level 2, times the repetitions. */
  readonly upBlockMs: number;
  /** The acknowledgement of a downlink block: 2 ms, times the repetitions. */
  readonly acknowledgeMs: number;
  /**
   * Asking for an uplink grant, for which a Release 13 device makes a random access (TS 36.321 §5.1): half an NPRACH period of 80, 320 and
   * 640 ms, preambles of 6.4 ms each with 1, 8 and 32 repetitions, then messages 2 to 4 at the level's own pace.
   */
  readonly upAccessMs: number;
  /** Half a period of the NPDCCH search space, until data for the device can be announced. */
  readonly downAccessMs: number;
  /** Chosen: no standard names the loss that is left after HARQ and RLC. It grows with coupling loss. */
  readonly loss: number;
}

const DOWN_BLOCK_BITS = 680;
const UP_BLOCK_BITS = 1_000;
/** Largest blocks of category NB1, and the gaps between control channel, data and acknowledgement (TS 36.213 §16.4.2, §16.5.1, §16.6). */
const DOWN_GAPS_MS = 4 + 12 + 3;
const UP_GAPS_MS = 8 + 3;
/** A quarter of the downlink subframes carries NPBCH, NPSS and NSSS (TS 36.211 §10.2). */
const DOWN_SHARE = 0.75;
/** Link MTU that 3GPP networks advise (TS 23.060 Annex C). */
const CELLULAR_MTU_BYTES = 1_358;
/** Core network and the Internet behind it, one way: chosen. */
const BACKHAUL_MS = 40;

/** Rates follow from one transport block per grant: a Release 13 device has one HARQ process and works half-duplex. */
function nbIot(level: NbIotLevel, roundTripMs = 0): LinkParameters {
  const downCycleMs = level.controlMs + DOWN_GAPS_MS + level.downBlockMs + level.acknowledgeMs + roundTripMs;
  const upCycleMs = level.controlMs + UP_GAPS_MS + level.upBlockMs + roundTripMs;
  const delayMs = BACKHAUL_MS + roundTripMs / 2;
  const shared: LinkDirectionParameters = { delayMs, loss: level.loss, mtuBytes: CELLULAR_MTU_BYTES };
  return {
    up: {
      ...shared,
      bitsPerSecond: Math.round((UP_BLOCK_BITS * 1_000) / upCycleMs),
      accessMs: level.upAccessMs + roundTripMs * 2,
      jitterMs: level.upAccessMs,
    },
    down: {
      ...shared,
      bitsPerSecond: Math.round((DOWN_SHARE * DOWN_BLOCK_BITS * 1_000) / downCycleMs),
      accessMs: level.downAccessMs,
      jitterMs: level.downAccessMs,
    },
  };
}

/** Good coverage, 144 dB: no repetitions. 16.7 kbit/s up, 19.6 kbit/s down; round trips near the 837 ms of Electronics 2021, 10(18), 2224. */
const NB_IOT_CE0: NbIotLevel = {
  controlMs: 1,
  downBlockMs: 4,
  upBlockMs: 48,
  acknowledgeMs: 2,
  upAccessMs: 120,
  downAccessMs: 40,
  loss: 0.005,
};

/** 154 dB. Repetitions: control 8, down 8, up 4, acknowledgement 8. 4.7 kbit/s up, 6.8 kbit/s down. */
const NB_IOT_CE1: NbIotLevel = {
  controlMs: 8,
  downBlockMs: 32,
  upBlockMs: 192,
  acknowledgeMs: 16,
  upAccessMs: 500,
  downAccessMs: 120,
  loss: 0.01,
};

/**
 * 164 dB. Repetitions: control 128, down 32, up 32, acknowledgement 64. 370 bit/s up, 857 bit/s down. A report of 85 bytes arrives within
 * the 10 s of TR 45.820 §5.3.
 */
const NB_IOT_CE2: NbIotLevel = {
  controlMs: 128,
  downBlockMs: 320,
  upBlockMs: 2_560,
  acknowledgeMs: 128,
  upAccessMs: 2_500,
  downAccessMs: 600,
  loss: 0.03,
};

/** Round trip from device over satellite to ground station and back, transparent payload, at its longest (TR 38.821 table 4.2-2). */
const GEO_ROUND_TRIP_MS = 541.46;
/** The same for an orbit of 600 km. */
const LEO_ROUND_TRIP_MS = 25.77;

/**
 * LTE-M, category M1, half-duplex: 375 kbit/s up and 300 kbit/s down with scheduling (TS 36.306, TS 36.213). Some 0.1 s for a message at the
 * edge of normal coverage (operators' and vendors' white paper "Evaluation of LTE-M towards 5G IoT requirements", 2018). Loss is chosen.
 */
const LTE_M: LinkParameters = {
  up: { bitsPerSecond: 375_000, accessMs: 20, delayMs: 50, jitterMs: 30, loss: 0.002, mtuBytes: CELLULAR_MTU_BYTES },
  down: { bitsPerSecond: 300_000, accessMs: 10, delayMs: 50, jitterMs: 20, loss: 0.002, mtuBytes: CELLULAR_MTU_BYTES },
};

/**
 * GPRS, multislot class 10, three timeslots down and two up at the 10.5 kbit/s each that were measured in a live network. Delays are those
 * of delay class 1, below 0.5 s on average and below 1.5 s for 95 of 100 small datagrams (TS 22.060 §5.6.1). Loss is chosen.
 */
const GPRS: LinkParameters = {
  up: { bitsPerSecond: 21_000, accessMs: 200, delayMs: 200, jitterMs: 400, loss: 0.01, mtuBytes: CELLULAR_MTU_BYTES },
  down: { bitsPerSecond: 31_500, accessMs: 100, delayMs: 200, jitterMs: 300, loss: 0.01, mtuBytes: CELLULAR_MTU_BYTES },
};

/**
 * Wi-Fi at home or on a campus: a third of the 65 Mbit/s of one stream of IEEE 802.11n (MCS 7, 20 MHz). Half of the round trips over the
 * radio were above 20 ms and a tenth above 100 ms in "WiFi can be the weakest link of round trip network latency in the wild"
 * (INFOCOM 2016). Loss is chosen.
 */
const WIFI: LinkParameters = {
  up: { bitsPerSecond: 20_000_000, delayMs: 15, jitterMs: 30, loss: 0.002, mtuBytes: 1_500 },
  down: { bitsPerSecond: 20_000_000, delayMs: 15, jitterMs: 30, loss: 0.002, mtuBytes: 1_500 },
};

/** Parameters of each link. The satellites carry NB-IoT (TR 36.763) with one HARQ process, so that each block waits for a round trip. */
export const linkPresets: Readonly<Record<LinkPreset, LinkParameters>> = {
  'nb-iot-ce0': nbIot(NB_IOT_CE0),
  'nb-iot-ce1': nbIot(NB_IOT_CE1),
  'nb-iot-ce2': nbIot(NB_IOT_CE2),
  'lte-m': LTE_M,
  '2g': GPRS,
  wifi: WIFI,
  satellite: nbIot({ ...NB_IOT_CE0, loss: 0.02 }, GEO_ROUND_TRIP_MS),
  'satellite-leo': nbIot({ ...NB_IOT_CE0, loss: 0.02 }, LEO_ROUND_TRIP_MS),
};
