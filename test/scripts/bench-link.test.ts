// SPDX-License-Identifier: Apache-2.0
// The benchmark of the link: its parts against numbers worked out by hand, and the targets from a short run, with the module's memory in view.

import { describe, expect, it, onTestFinished } from 'vitest';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { SimulatedEuicc } from '../../host/sim/euicc/index.js';
import { VirtualClock } from '../../host/wrap/virtual-clock.js';
import { createSurroundings } from '../../scripts/bench-link/bed.js';
import { boundOf, boundTimeMs, type EsipaExchange } from '../../scripts/bench-link/bound.js';
import type { HttpsRuns } from '../../scripts/bench-link/https-run.js';
import { runOverHttps } from '../../scripts/bench-link/https-run.js';
import { retry } from '../../scripts/bench-link/keys.js';
import { measure, type Results } from '../../scripts/bench-link/measure.js';
import { connectModem } from '../../scripts/bench-link/modem-line.js';
import { exchangeSpan, packageTraffic } from '../../scripts/bench-link/package-exchange.js';
import { readHttps } from '../../scripts/bench-link/tables.js';
import { judge } from '../../scripts/bench-link/targets.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';
import { sharedPki } from '../support/bench.js';
import { createGlassInstance, type GlassInstance } from '../support/glass-instance.js';

const exchange = (requestBytes: number, responseBytes: number): EsipaExchange => ({ function: 'BF4F', requestBytes, responseBytes });

describe('the lower bound', () => {
  it('of a short message and a short answer is a datagram each way', () => {
    // 4 bytes of head, 15 of path, the marker; DTLS 29, IP and UDP 28
    expect(boundOf([exchange(21, 6)])).toEqual({
      up: { payloadBytes: 21, coapBytes: 41, datagrams: 1, dtlsBytes: 70, ipBytes: 98 },
      down: { payloadBytes: 6, coapBytes: 11, datagrams: 1, dtlsBytes: 40, ipBytes: 68 },
      roundTrips: 1,
    });
  });

  it('of an answer without content has no marker', () => {
    expect(boundOf([exchange(1, 0)]).down.coapBytes).toBe(4);
  });

  it('of an answer in blocks asks for each behind the first', () => {
    // up: 4 + 15 + 1 + 10, and twice 4 + 15 + 2 for Block2 behind Uri-Path; down: 4 + 3 for Block2 + 1, three times
    const { up, down, roundTrips } = boundOf([exchange(10, 2_049)]);
    expect([up.coapBytes, down.coapBytes, roundTrips]).toEqual([30 + 2 * 21, 3 * 8 + 2_049, 3]);
  });

  it('of a request in blocks has the first answer with the last one', () => {
    // up: twice 4 + 15 + 3 for Block1 behind Uri-Path + 1; down: 4 + 3 for Block1; 4 + 3 for Block1 + 1 + 9
    const { up, down, roundTrips } = boundOf([exchange(1_025, 9)]);
    expect([up.coapBytes, down.coapBytes, roundTrips]).toEqual([2 * 23 + 1_025, 7 + 8 + 9, 2]);
  });

  it('counts blocks from the 16th on with one byte more', () => {
    const downOf = (bytes: number) => boundOf([exchange(10, bytes)]).down.coapBytes - bytes;
    expect(downOf(17 * 1_024) - downOf(16 * 1_024)).toBe(9);
  });

  it('takes access, rate and delay for each way', () => {
    const link = { up: { accessMs: 10, bitsPerSecond: 8_000, delayMs: 100 }, down: { bitsPerSecond: 16_000, delayMs: 50 } };
    expect(boundTimeMs([exchange(21, 6)], link)).toBe(10 + 98 + 100 + 34 + 50);
  });
});

describe('the slow modem', () => {
  it('takes ten bits for a character each way, and the time of the card for an APDU', async () => {
    const clock = new VirtualClock();
    const line = connectModem(new SimulatedEuicc({ pki: await sharedPki() }), clock, { bitsPerSecond: 10_000, apduMs: 25 });
    onTestFinished(() => line.close());
    const answers: (readonly [number, string])[] = [];
    line.onData((bytes) => answers.push([clock.nowMs(), Buffer.from(bytes).toString()]));
    const say = async (text: string) => {
      line.write(Buffer.from(text));
      const before = answers.length;
      await clock.runUntil(async () => {
        while (answers.length === before) await new Promise((resolve) => clock.after(1, () => resolve(undefined)));
      });
      return answers.at(-1);
    };
    // 5 characters there, 11 back: the echo and OK in lines of its own
    expect(await say('ATE0\r')).toEqual([5 + 11, 'ATE0\r\r\nOK\r\n']);
    const beganMs = clock.nowMs();
    const [ms, text] = (await say('AT+CSIM=10,"0070000001"\r'))!;
    expect(text).toBe('\r\n+CSIM: 6,"019000"\r\n\r\nOK\r\n');
    expect(ms - beganMs).toBe(24 + 25 + text.length);
  });
});

describe('the GetBoundProfilePackage exchange', () => {
  const message = (atMs: number, direction: 'up' | 'down', bytes: string) => ({ atMs, direction, bytes: fromHex(bytes) });
  // a request, its answer in two blocks, and the request behind it
  const log = [
    message(0, 'up', '40020001FFBF3B00'),
    message(5, 'down', '60440001FFBF3B00'),
    message(10, 'up', '40020002FFBF3A00'),
    message(20, 'down', '60450002FFBF3A021111'),
    message(20, 'up', '40020003C110'),
    message(35, 'down', '60450003FF2222'),
    message(70, 'up', '40020004FFBF3D00'),
  ] as const;

  it('is found among the messages', () => {
    expect(packageTraffic(log)).toEqual({
      payloadUp: 3,
      payloadDown: 5 + 2,
      coapUp: 8 + 6,
      coapDown: 10 + 7,
      datagramsUp: 2,
      datagramsDown: 2,
      dtlsBytes: 31 + 4 * 29,
    });
    expect(exchangeSpan(log)).toBe(60);
  });

  it('need not be there', () => {
    expect([exchangeSpan(log.slice(0, 2)), packageTraffic(log.slice(0, 2)).coapUp]).toEqual([undefined, 0]);
  });
});

describe('what is made again until it is right', () => {
  it('is given up in the end', async () => {
    let made = 0;
    expect(
      await retry(
        async () => ++made,
        (number) => number === 3,
        'three',
      ),
    ).toBe(3);
    await expect(
      retry(
        async () => 0,
        () => false,
        'one',
      ),
    ).rejects.toThrow('one: not in 1000 tries');
  });
});

describe('what was recorded over HTTPS', () => {
  it('is read from the document', () => {
    const line = (job: string, kind: string, runs: string) => `| ${job} | ${kind} | ${runs} |\n`;
    const jobs = ['idle poll', 'enable', 'download'];
    const text = `Recorded with OpenSSL 3.0.\n\n${jobs.map((job) => line(job, 'full', '388, 901') + line(job, 'resumed', '1, 2, 3')).join('')}`;
    const record = readHttps(text);
    expect(record?.openssl).toBe('3.0');
    expect(record?.runs.download).toEqual({
      full: [
        { direction: 'up', bytes: 388 },
        { direction: 'down', bytes: 901 },
      ],
      resumed: [
        { direction: 'up', bytes: 1 },
        { direction: 'down', bytes: 2 },
        { direction: 'up', bytes: 3 },
      ],
    });
    expect(readHttps('nothing')).toBeUndefined();
  });

  it('is a run up and a run down for each exchange, less in all when the session is resumed', async () => {
    const surroundings = await createSurroundings();
    onTestFinished(() => surroundings.close());
    const { full, resumed } = await runOverHttps(surroundings, 'idle');
    const bytes = (runs: HttpsRuns['full']) => runs.reduce((sum, run) => sum + run.bytes, 0);
    for (const runs of [full, resumed]) {
      expect(runs.map(({ direction }) => direction)).toEqual(['up', 'down', 'up', 'down']);
      expect(Math.min(...runs.map((run) => run.bytes))).toBeGreaterThan(0);
    }
    expect(bytes(resumed)).toBeLessThan(bytes(full));
  });
});

describe('the module on LTE-M', () => {
  needGnutls();
  const instances: GlassInstance[] = [];
  let results: Promise<Results> | undefined;

  /** The same run for all tests, begun by the first that needs it: without GnuTLS there is none. */
  async function run(): Promise<Results> {
    const surroundings = await createSurroundings();
    const createInstance = async () => {
      const instance = await createGlassInstance();
      instances.push(instance);
      return instance;
    };
    const none: HttpsRuns = { full: [], resumed: [] };
    const extent = { jobs: ['idle', 'download'], presets: ['lte-m'], securities: ['psk', 'resumed'], createInstance } as const;
    try {
      return await measure(surroundings, { idle: none, enable: none, download: none }, extent);
    } finally {
      await surroundings.close();
    }
  }

  const measured = () => (results ??= run());

  it('meets every target that must be met', async () => {
    const judged = judge(await measured()).filter(({ isGoal }) => !isGoal);
    expect(judged.map(({ target }) => target)).toEqual([
      'idle poll: CoAP messages up',
      'idle poll: CoAP messages down',
      'idle poll: bytes of CoAP up',
      'wake-up with a resumed session: round trips for the handshake',
      'profile package: CoAP bytes down / payload down',
      'profile package: DTLS bytes both ways / payload both ways',
      'profile package on lte-m: time / larger of card and network time',
      'download session on lte-m: time / larger of card and network time',
      'every run: round trips beside those of handshake and blocks',
      'every run: bytes of RAM beyond those of the smallest run',
    ]);
    expect(judged.filter(({ isMet }) => !isMet)).toEqual([]);
  });

  it('would not meet them with more bytes, or less at the same time', async () => {
    const real = await measured();
    const coap = real.coap.map((row) => ({
      ...row,
      packageMs: (row.packageMs ?? 0) * 1.1,
      run: { ...row.run, timeMs: row.run.timeMs * 1.1, up: { ...row.run.up, coapBytes: 65 }, handshakeRoundTrips: 2 },
    }));
    const traffic = {
      ...real.packageTraffic,
      coapDown: real.packageTraffic.coapDown * 1.01,
      dtlsBytes: real.packageTraffic.dtlsBytes * 1.01,
    };
    const missed = judge({ ...real, coap, packageTraffic: traffic }).filter(({ isMet, isGoal }) => !isMet && !isGoal);
    expect(missed.map(({ target }) => target)).toEqual([
      'idle poll: bytes of CoAP up',
      'wake-up with a resumed session: round trips for the handshake',
      'profile package: CoAP bytes down / payload down',
      'profile package: DTLS bytes both ways / payload both ways',
      'profile package on lte-m: time / larger of card and network time',
      'download session on lte-m: time / larger of card and network time',
    ]);
  });

  it('touches no memory beside its state region, whatever passes', async () => {
    await measured();
    expect(instances.length).toBeGreaterThan(8);
    expect(new Set(instances.map(({ memorySizeBytes }) => memorySizeBytes)).size).toBe(1);
    expect(instances.flatMap((instance) => instance.changedOutsideState())).toEqual([]);
  });
});
