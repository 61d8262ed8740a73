// SPDX-License-Identifier: Apache-2.0
// The clock that jumps: order of tasks, code with and without promises, and what it says when nothing more can happen.

import { createHook } from 'node:async_hooks';
import { generateKeyPairSync, randomBytes, sign, verify, webcrypto } from 'node:crypto';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../host/clock.js';
import { VirtualClock } from '../../../host/wrap/virtual-clock.js';

const sleep = (clock: VirtualClock, ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

describe('tasks', () => {
  it('run in the order of their times, and those of one time in the order given', () => {
    const clock = new VirtualClock(100);
    const ran: string[] = [];
    const at = (delayMs: number, name: string) => clock.after(delayMs, () => ran.push(`${name}@${clock.nowMs()}`));
    at(20, 'c');
    at(10, 'a');
    at(20, 'd');
    at(10, 'b');
    expect(clock.run()).toBe(false);
    expect(ran).toEqual(['a@110', 'b@110', 'c@120', 'd@120']);
    expect([clock.nowMs(), clock.waiting]).toEqual([120, 0]);
  });

  it('given by a task run in their turn', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    clock.after(10, () => clock.after(5, () => ran.push(clock.nowMs())));
    clock.after(15, () => ran.push(-1));
    clock.advance(15);
    expect(ran).toEqual([-1, 15]);
  });

  it('that are cancelled do not run, and cancelling what has run does nothing', () => {
    const clock = new VirtualClock();
    const ran: string[] = [];
    const cancelFirst = clock.after(1, () => ran.push('first'));
    const cancelSecond = clock.after(1, () => ran.push('second'));
    cancelSecond();
    clock.run();
    cancelFirst();
    expect(ran).toEqual(['first']);
  });

  it('beyond the time that passes wait', () => {
    const clock = new VirtualClock();
    const ran: number[] = [];
    clock.after(10.5, () => ran.push(clock.nowMs()));
    clock.advance(10);
    expect([ran.length, clock.nowMs(), clock.waiting]).toEqual([0, 10, 1]);
    clock.advance(0.5);
    expect(ran).toEqual([10.5]);
  });

  it('stop running when the caller has what it wants', () => {
    const clock = new VirtualClock();
    let count = 0;
    const countOn = () => {
      count++;
      clock.after(1, countOn);
    };
    clock.after(1, countOn);
    expect(clock.run(() => count === 5)).toBe(true);
    expect(clock.nowMs()).toBe(5);
  });

  it.each([-1, Number.NaN])('cannot be due %d ms from now', (ms) => {
    const clock = new VirtualClock();
    expect(() => clock.after(ms, () => {})).toThrow(RangeError);
    expect(() => clock.advance(ms)).toThrow(RangeError);
  });
});

describe('runUntil', () => {
  it('jumps from task to task while promises are waited for', async () => {
    const clock = new VirtualClock();
    const ticks: number[] = [];
    const work = async () => {
      for (let i = 0; i < 3; i++) {
        await sleep(clock, 60_000);
        ticks.push(clock.nowMs());
      }
      return 'done';
    };
    expect(await clock.runUntil(work)).toBe('done');
    expect(ticks).toEqual([60_000, 120_000, 180_000]);
  });

  it('stops at the moment the promise is settled and leaves later tasks', async () => {
    const clock = new VirtualClock();
    clock.after(5_000, () => {});
    await clock.runUntil(sleep(clock, 10));
    expect([clock.nowMs(), clock.waiting]).toEqual([10, 1]);
  });

  it('rejects as the promise does', async () => {
    const clock = new VirtualClock();
    const work = sleep(clock, 10).then(() => {
      throw new Error('refused');
    });
    await expect(clock.runUntil(work)).rejects.toThrow('refused');
    await expect(clock.runUntil(Promise.reject(new Error('at once')))).rejects.toThrow('at once');
  });

  it('lets cryptography of this process end before a time-out that was not meant for it', async () => {
    const clock = new VirtualClock();
    const work = async () => {
      let timedOut = false;
      clock.after(1_000, () => {
        timedOut = true;
      });
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
      const { privateKey } = await webcrypto.subtle.generateKey(algorithm, false, ['sign']);
      await webcrypto.subtle.sign(algorithm.name, privateKey, new Uint8Array(1_000_000));
      return timedOut;
    };
    expect(await clock.runUntil(work)).toBe(false);
    expect(clock.nowMs()).toBe(0);
  });

  it('is not held up by cryptography that was over when its call returned, and whose garbage nobody has collected', async () => {
    const clock = new VirtualClock();
    const garbage: object[] = [];
    const keep = createHook({ init: (_id, _type, _triggerId, job: object) => void garbage.push(job) }).enable();
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const work = async () => {
      const data = randomBytes(16);
      const isSigned = verify('sha256', data, publicKey, sign('sha256', data, privateKey));
      await sleep(clock, 1_000);
      return isSigned;
    };
    expect(await clock.runUntil(work)).toBe(true);
    keep.disable();
    expect(clock.nowMs()).toBe(1_000);
    expect(garbage).not.toEqual([]);
  });

  it('stands still while work is held, such as a request to a server in this process', async () => {
    const clock = new VirtualClock();
    const server = createServer((_, response) => response.end('body'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const request = () =>
      new Promise<number>((resolve, reject) => {
        get({ host: '127.0.0.1', port, agent: false }, (response) => {
          response.resume().on('end', () => resolve(clock.nowMs()));
        }).on('error', reject);
      });
    clock.after(1, () => {});
    expect(await clock.runUntil(() => clock.hold(request()))).toBe(0);
    server.close();
  });

  it('says where it stands when nothing is left that could settle the promise', async () => {
    const clock = new VirtualClock();
    clock.after(250, () => {});
    const forever = new Promise(() => {});
    await expect(clock.runUntil(forever, 'the answer of the eIM')).rejects.toThrow(
      'at 250 ms of virtual time the answer of the eIM is still pending, and nothing is left to do: no task waits and no work is held.',
    );
  });
});

describe('systemClock', () => {
  it('calls later, not when cancelled, and never goes back', async () => {
    const before = systemClock.nowMs();
    const called: string[] = [];
    systemClock.after(0, () => called.push('cancelled'))();
    await new Promise<void>((resolve) => void systemClock.after(1, resolve));
    expect(called).toEqual([]);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(before);
  });
});
