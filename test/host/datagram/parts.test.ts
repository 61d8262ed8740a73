// SPDX-License-Identifier: Apache-2.0
// The small parts of the datagram transports: frames of records, stores of sessions, the search for the library.

import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../host/clock.js';
import { packRecords, splitRecords } from '../../../host/datagram/dtls-records.js';
import { openLibrary } from '../../../host/datagram/gnutls-library.js';
import { createMemorySessionStore } from '../../../host/datagram/session-store.js';

/** A record of DTLS 1.2 in epoch 0 with a body of zeros. */
function record(type: number, length: number, announced = length): Uint8Array {
  return Uint8Array.from([type, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, announced >> 8, announced & 255, ...new Uint8Array(length)]);
}

const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('records of a datagram', () => {
  const good = record(22, 5);
  it.each<[string, Uint8Array, ...number[]]>([
    ['all of them', joined(good, record(23, 0)), 18, 13],
    ['not one that is cut', joined(good, record(23, 9).subarray(0, 21)), 18],
    ['not a header that is cut', joined(good, good.subarray(0, 12)), 18],
    ['not one longer than its datagram', joined(good, record(23, 4, 5)), 18],
    ['not one longer than any', record(23, 18_433)],
    ['not another protocol', joined(good, Uint8Array.from([0x40, 1, 2, 3])), 18],
    ['not another version', Uint8Array.from([22, 3, 3, ...new Uint8Array(20)])],
    ['not an unknown type, nor what follows it', joined(record(25, 1), good)],
    ['nothing in nothing', new Uint8Array()],
  ])('%s', (_, datagram, ...lengths) => {
    const records = splitRecords(datagram);
    expect(records.map(({ length }) => length)).toEqual(lengths);
    expect(joined(...records)).toEqual(datagram.subarray(0, joined(...records).length));
  });
});

it('records are packed in their order, to datagrams that do not exceed the limit', () => {
  const records = [3, 4, 3, 11, 1, 9].map((length, index) => new Uint8Array(length).fill(index));
  expect(packRecords(records, 10).map((datagram) => [...datagram].join(''))).toEqual(['0001111222', '3'.repeat(11), '4555555555']);
  expect(packRecords([], 10)).toEqual([]);
});

it('a store in memory forgets its oldest sessions', () => {
  const store = createMemorySessionStore(2);
  for (const key of ['a', 'b', 'a', 'c']) store.set(key, Uint8Array.of(key.charCodeAt(0)));
  expect(['a', 'b', 'c'].map((key) => store.get(key)?.[0])).toEqual([97, undefined, 99]);
  store.delete('a');
  expect(store.get('a')).toBeUndefined();
});

it('a library that is missing is named, with what to install', () => {
  const load = () => {
    throw new Error('cannot open shared object file');
  };
  expect(() => openLibrary({ load }, ['one.so', 'two.so'])).toThrow(
    'DTLS needs the library GnuTLS, 3.7 or newer, but one.so, two.so cannot be loaded; ' +
      'install libgnutls30 (Debian, Ubuntu) or gnutls (Alpine, Fedora, Homebrew)',
  );
});

it("the system's clock goes on, calls once, and calls nobody who has thought better of it", async () => {
  const before = systemClock.nowMs();
  const called: string[] = [];
  const cancel = systemClock.after(0, () => called.push('cancelled'));
  cancel();
  await new Promise<void>((resolve) => systemClock.after(1, resolve));
  expect([called, systemClock.nowMs() > before]).toEqual([[], true]);
});
