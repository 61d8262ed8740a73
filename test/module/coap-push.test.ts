// SPDX-License-Identifier: Apache-2.0
// Packages that the eIM pushes (SGP.32 v1.2 §3.1.1.2): the module is the CoAP server, and a client that is not ours sends to it over bad
// networks. The card executes each package once, byte for byte, and the eIM gets the whole answer of the card, or says time-out.

import { describe, expect, it } from 'vitest';
import { Command, ErrorCode, Option } from '../../host/abi.js';
import { tlv } from '../../host/sim/codec/ber.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { createDatagramLink, type LinkParameters } from '../../host/wrap/datagram-link.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { CoapPusher, type PushResult } from './support/coap-pusher.js';
import { CoapSession } from './support/coap-session.js';
import { drawParameters } from './support/coap-transfer.js';
import type { SessionResult } from './support/session.js';
import { EID, EIM_ID, SimplePeers } from './support/simple-peers.js';

const FIRST_SEED = Number(process.env.IPA_SEED ?? 1);
const PUSHES = Number(process.env.IPA_COAP_TRANSFERS ?? 200);
const LISTEN_MS = 600_000;

interface PushParameters {
  readonly seed: number;
  readonly link: LinkParameters;
  /** Largest block of the module, and of the client. */
  readonly szx: number;
  readonly clientSzx: number;
  readonly packageBytes: number;
  readonly answerBytes: number;
}

/** Pushes an eUICC package, and then asks for large data of the card. */
function runPush({ seed, link, szx, clientSzx, packageBytes, answerBytes }: PushParameters) {
  const random = seededRandom(seed ^ 0x9054);
  const bytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));
  const signature = tlv(0x5f37, bytes(64));
  const list = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x5a, EID), tlv(0x81, fromHex('01')), tlv(0x04, bytes(packageBytes)));
  const results = tlv(0x30, tlv(0x80, EIM_ID), tlv(0x81, fromHex('01')), tlv(0x83, fromHex('07')), tlv(0x30, tlv(0x86, fromHex('00'))));
  const euiccPackage = tlv(0xbf51, list, signature);
  const packageResult = tlv(0xbf51, tlv(0xa0, results, signature));
  const info = tlv(0xbf22, tlv(0x81, fromHex('020302')), tlv(0x84, bytes(answerBytes)));
  const peers = new SimplePeers({ card: { BF51: packageResult, BF22: info } });
  const clock = new VirtualClock();
  const { device, server } = createDatagramLink(link, { clock, seed });
  const pusher = new CoapPusher({ clock, channel: server, seed: seed + 7, szx: clientSzx });
  const listenMs = Uint8Array.of(Option.ListenMs, 4, 0, LISTEN_MS >> 16, (LISTEN_MS >> 8) & 0xff, LISTEN_MS & 0xff);
  const session = new CoapSession(peers, { clock, channel: device, command: Command.Listen, szx, seed: seed + 1, options: listenMs });
  const pushed: PushResult[] = [];
  const push = (body: Uint8Array, then: () => void) =>
    pusher.push(tlv(0xbf4e, body), (result) => {
      pushed.push(result);
      then();
    });
  // the eIM goes on a little later, when the device is up and listens
  const question = tlv(0xbf52, tlv(0x5c, fromHex('BF22')));
  clock.after(1_000, () => push(euiccPackage, () => clock.after(1_000, () => push(question, () => {}))));
  const result: SessionResult = session.run();
  clock.run();
  const executed = peers.es10.filter((command) => command.startsWith('BF51'));
  return { result, pushed, executed, euiccPackage: hex(euiccPackage), packageResult: hex(packageResult), info: hex(info), pusher, clock };
}

function check(parameters: PushParameters): number {
  const id = `IPA_SEED=${parameters.seed} IPA_COAP_TRANSFERS=1: ${JSON.stringify(parameters)}`;
  let run: ReturnType<typeof runPush>;
  try {
    run = runPush(parameters);
  } catch (error) {
    throw new Error(`${id}: ${(error as Error).message}`, { cause: error });
  }
  const { result, pushed, executed, euiccPackage, packageResult, info, pusher } = run;
  expect(pusher.complaints, `what the eIM complains of, ${id}`).toEqual([]);
  expect([[], [euiccPackage]], `executed by the card, ${id}`).toContainEqual(executed);
  expect([0, ErrorCode.NetworkTimeout], `the error, ${id}`).toContain(result.error);
  const answers = [packageResult, info];
  for (const [i, each] of pushed.entries()) {
    if ('failure' in each) expect(each.failure, id).toMatch(/^time-out/);
    else if (each.code >> 5 === 2) expect(hex(each.payload), `answer ${i}, ${id}`).toContain(answers[i]);
    // it does not listen, or not any more; or an old question was taken for one about this answer
    else expect([0xa3, 0x88], `answer ${i}, ${id}`).toContain(each.code);
  }
  return pushed.filter((each) => 'code' in each && each.code >> 5 === 2).length;
}

describe('a push without losses', () => {
  const link = { up: { delayMs: 50 }, down: { delayMs: 50 } };

  describe.each([0, 3, 6])('in blocks of exponent %i', (szx) => {
    it.each([0, 1, 100, 1_000, 1_025, 3_000, 20_000])('carries %i bytes each way', (bytes) => {
      expect(check({ seed: 5, link, szx, clientSzx: szx, packageBytes: bytes, answerBytes: bytes })).toBe(2);
    });
  });

  it.each([
    [2, 6],
    [6, 2],
  ])('agrees on a block size: %i of the module, %i of the eIM', (szx, clientSzx) => {
    expect(check({ seed: 5, link, szx, clientSzx, packageBytes: 2_000, answerBytes: 2_000 })).toBe(2);
  });
});

describe('pushes on bad networks', () => {
  let finished = 0;

  it(`are executed once or not at all (${PUSHES} from seed ${FIRST_SEED})`, { timeout: 1_000_000 }, () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + PUSHES; seed++) {
      const { link, szx, peer, packageBytes, answerBytes } = drawParameters(seed);
      finished += check({ seed, link, szx, clientSzx: peer.szx ?? 6, packageBytes, answerBytes });
    }
  });

  it.skipIf(PUSHES < 100)('finish more often than not', () => {
    expect(finished).toBeGreaterThan(PUSHES);
  });
});
