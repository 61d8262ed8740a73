// SPDX-License-Identifier: Apache-2.0
// Elements that the module does not know, inside what others signed, arrive at the other end byte for byte (design property P6).

import { describe, expect, it } from 'vitest';
import type { SyncCardSlot } from '../../host/interfaces.js';
import { readTlv, tlv } from '../../host/sim/codec/ber.js';
import { concat, hex } from '../../host/sim/codec/bytes.js';
import { psmo } from '../../host/sim/eim/index.js';
import { Bench } from '../support/bench.js';
import { appendIn, replaceIn } from '../support/tamper.js';

const UNKNOWN = concat(tlv(0x9e, Uint8Array.of(1, 2, 3)), tlv(0xbe, tlv(0x80, new Uint8Array(300).fill(0xab)), tlv(0x04)));

/** Sees every ES10 command and response whole, and may change a response. */
function tapped(
  card: SyncCardSlot,
  change: (response: Uint8Array) => Uint8Array,
): { card: SyncCardSlot; commands: Uint8Array[]; responses: Uint8Array[] } {
  const commands: Uint8Array[] = [];
  const responses: Uint8Array[] = [];
  let command: Uint8Array = new Uint8Array();
  let waiting: Uint8Array = new Uint8Array();
  const answer = (): Uint8Array => {
    const part = waiting.subarray(0, 255);
    waiting = waiting.slice(255);
    return waiting.length === 0 ? concat(part, Uint8Array.of(0x90, 0)) : concat(part, Uint8Array.of(0x61, Math.min(waiting.length, 255)));
  };
  const collect = (first: Uint8Array): Uint8Array => {
    let parts = first;
    while (parts.at(-2) === 0x61) parts = concat(parts.subarray(0, -2), card.transmit(Uint8Array.of(0x01, 0xc0, 0, 0, parts.at(-1)!)));
    return parts.subarray(0, -2);
  };
  const transmit = (apdu: Uint8Array): Uint8Array => {
    if (apdu[1] === 0xc0) return answer();
    const response = card.transmit(apdu);
    if (apdu[1] !== 0xe2) return response;
    command = concat(command, apdu.subarray(5));
    if (apdu[2] === 0x91) {
      commands.push(command);
      command = new Uint8Array();
    }
    if (response.at(-2) !== 0x61) return response;
    waiting = change(collect(response)).slice();
    responses.push(waiting);
    return Uint8Array.of(0x61, Math.min(waiting.length, 255));
  };
  return { card: { reset: () => card.reset(), powerOff: () => card.powerOff(), transmit }, commands, responses };
}

/** A bench with the tap in it. */
async function tappedBench(change: (response: Uint8Array) => Uint8Array = (response) => response) {
  let tap: ReturnType<typeof tapped> | undefined;
  const bench = await Bench.start({
    wrapCard: (card) => {
      tap = tapped(card, change);
      return tap.card;
    },
  });
  return { bench, commands: tap!.commands, responses: tap!.responses };
}

const beginning = (list: readonly Uint8Array[], tag: string) => list.filter((each) => hex(each).startsWith(tag)).map(hex);

describe('unknown elements go through', () => {
  it('in a package of the eIM, to the eUICC, which takes it', async () => {
    const { bench, commands } = await tappedBench();
    const item = bench.eim.queue(bench.bed.eid, { kind: 'euiccPackage', psmos: [psmo.getRat()], extraFields: [UNKNOWN] });
    expect(await bench.poll()).toMatchObject({ error: undefined });
    expect(beginning(commands, 'BF51')).toEqual([hex(item.encoded!)]);
    expect(bench.events('euiccPackageResult')).toMatchObject([{ verified: true, result: { form: 'signed' } }]);
  });

  it('in the result of a package, to the eIM', async () => {
    const change = (response: Uint8Array) =>
      hex(response).startsWith('BF51') ? appendIn(response, [0xbf51, 0xa0, 0x30], UNKNOWN) : response;
    const { bench, responses } = await tappedBench(change);
    bench.queueList();
    expect((await bench.poll()).packages).toBe(1);
    expect(bench.events('euiccPackageResult').map(({ raw }) => hex(raw))[0]).toBe(beginning(responses, 'BF51')[0]);
    expect(hex(bench.events('euiccPackageResult')[0]!.raw)).toContain(hex(UNKNOWN));
  });

  it('in euiccSigned1 and euiccSigned2, to the eIM', async () => {
    const change = (response: Uint8Array) => {
      const tag = hex(response).slice(0, 4);
      if (tag === 'BF38') return appendIn(response, [0xbf38, 0xa0, 0x30], UNKNOWN);
      return tag === 'BF21' ? appendIn(response, [0xbf21, 0xa0, 0x30], UNKNOWN) : response;
    };
    const { bench, responses } = await tappedBench(change);
    bench.queueDownload();
    await bench.poll();
    const sent = bench.events('authenticateClient').map(({ raw }) => hex(readTlv(raw).children[1]!.raw));
    expect(sent).toEqual(beginning(responses, 'BF38'));
  });

  it('in a PrepareDownloadResponse, to the eIM', async () => {
    const change = (response: Uint8Array) =>
      hex(response).startsWith('BF21') ? appendIn(response, [0xbf21, 0xa0, 0x30], UNKNOWN) : response;
    const { bench, responses } = await tappedBench(change);
    bench.queueDownload();
    await bench.poll();
    const sent = bench.events('getBoundProfilePackage').map(({ raw }) => hex(readTlv(raw).children[1]!.raw));
    expect(sent).toEqual(beginning(responses, 'BF21'));
    expect(sent[0]).toContain(hex(UNKNOWN));
  });

  it('in an installation result, to the eIM', async () => {
    const change = (response: Uint8Array) => (hex(response).startsWith('BF37') ? appendIn(response, [0xbf37, 0xbf27], UNKNOWN) : response);
    const { bench, responses } = await tappedBench(change);
    bench.queueDownload();
    expect(await bench.poll()).toMatchObject({ profilesInstalled: 1 });
    expect(hex(bench.events('notification')[0]!.raw)).toBe(beginning(responses, 'BF37')[0]);
  });

  it('in a notification that waited, to the eIM', async () => {
    const change = (response: Uint8Array) =>
      hex(response).startsWith('BF2B') && readTlv(response).children[0]!.children[0]?.tag === 0x30
        ? appendIn(response, [0xbf2b, 0xa0, 0x30, 0xbf2f], UNKNOWN)
        : response;
    const { bench, responses } = await tappedBench(change);
    const { iccid } = bench.queueDownload();
    bench.queueEnable(iccid);
    await bench.poll();
    const [list] = responses
      .map((each) => readTlv(each))
      .filter(({ tag, children }) => tag === 0xbf2b && children[0]?.children[0]?.tag === 0x30);
    expect(hex(bench.events('notification').at(-1)!.raw)).toBe(hex(list!.children[0]!.children[0]!.raw));
  });

  it('in serverSigned1 and smdpSigned2, to the eUICC', async () => {
    const { bench, commands } = await tappedBench();
    bench.queueDownload();
    let signed = '';
    const alter = (body: Uint8Array) => {
      const altered = appendIn(body, [0xbf39, 0xa0, 0x30], UNKNOWN);
      replaceIn(altered, [0xbf39, 0xa0, 0x30], ({ raw }) => {
        signed = hex(raw);
        return raw;
      });
      return altered;
    };
    bench.eim.faults.add('initiateAuthentication', { kind: 'alterResponse', alter });
    // the signature does not cover what was added
    expect(await bench.poll()).toMatchObject({ error: { code: 'EuiccRefused' }, detail: 2 });
    expect(beginning(commands, 'BF38')[0]).toContain(signed);
  });
});
