// SPDX-License-Identifier: Apache-2.0
// The device's side of an update, in C on this machine: known answers of its cryptography, every refusal, and which module starts.

import { createHash, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ABI_VERSION } from '../../host/abi.js';
import { makeContainer, publicKeyBytes, readContainer, signManifest } from '../../scripts/boards/update-container.js';
import {
  canCompile,
  compileHost,
  DESCRIPTION,
  DEVICE_MEMORY_BYTES,
  install,
  newKey,
  pretendContainer,
  pretendModule,
  Refusal,
  SMALL_FLASH,
  setUp,
  UPDATE_HOST,
  UpdateHost,
} from './support/update-host.js';
import { HAND_WRITTEN, RFC_8032, SIG_STRUCTURE } from './support/update-vectors.js';

/** Bytes of a slot behind head and marks: 320 bytes and 8 marks of 16 are a whole sector of 512 here. */
const MODULE_ROOM = SMALL_FLASH.slotBytes - 512;

describe.skipIf(!(await canCompile()))('update of the module', () => {
  const [key, otherKey] = [newKey(), newKey()];
  let program: string;
  let host: UpdateHost;
  beforeAll(async () => {
    program = await compileHost(UPDATE_HOST);
    host = new UpdateHost(program);
  });
  afterAll(() => host?.close());

  describe('cryptography', () => {
    it.each(RFC_8032)('Ed25519 of RFC 8032: $name', async ({ publicKey, message, signature }) => {
      expect(await host.ask('ed25519', publicKey, signature, message)).toBe('1');
      for (let at = 0; at < signature.length; at += 9)
        expect(await host.ask('ed25519', publicKey, changed(signature, at), message), `byte ${at}`).toBe('0');
      expect(await host.ask('ed25519', publicKey, signature, Buffer.concat([message, Buffer.from([0])]))).toBe('0');
    });

    it('SHA-512 of "abc" (FIPS 180-4), and of every length around a block', async () => {
      expect(await host.ask('sha512', Buffer.from('abc'))).toBe(
        'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
      );
      for (let length = 0; length <= 260; length++) {
        const bytes = pretendModule(length, 1);
        expect(await host.ask('sha512', bytes), `${length} bytes`).toBe(createHash('sha512').update(bytes).digest('hex'));
      }
    });

    it('COSE: Sig_structure as published with RFC 9052', async () => {
      const { keyId, publicKey, protectedHeader, payload, signature } = SIG_STRUCTURE;
      await host.ask('device', 'x', 0, 0, 0, keyId, publicKey);
      expect(await host.ask('cose', keyId, protectedHeader, payload, signature)).toBe('0');
      expect(await host.ask('cose', keyId, protectedHeader, changed(payload, 3), signature)).toBe(String(Refusal.BadSignature));
      expect(await host.ask('cose', changed(keyId, 0), protectedHeader, payload, signature)).toBe(String(Refusal.UnknownKey));
    });

    it('a container that was written by hand', async () => {
      const { keyId, publicKey, container } = HAND_WRITTEN;
      await host.ask('device', 'x', 0, 0, 0, keyId, publicKey);
      expect(await host.ask('read', container)).toBe(`ipad-min 7 3 1 9000 3 dd ${container.length - 3}`);
      for (let at = 0; at < container.length - 3; at++)
        expect(Number(await host.ask('read', changed(container, at))), `byte ${at}`).toBeLessThan(0);
    });
  });

  describe('taking a container', () => {
    beforeEach(async () => {
      await setUp(host, [key, otherKey]);
      await install(host, pretendContainer(key, 5));
    });

    it.each([1, 7, 64, 512, 100_000])('in pieces of %i bytes: tried, confirmed, started', async (pieceBytes) => {
      expect(await host.take(pretendContainer(key, 6), pieceBytes)).toMatchObject({ result: 0 });
      const module = Buffer.from(pretendModule(600, 6)).toString('hex');
      expect(await host.ask('boot')).toBe(`1 6 trial ${module}`);
      expect(await host.ask('confirm')).toBe('0');
      expect(await host.ask('boot')).toBe(`1 6 confirmed ${module}`);
    });

    it('of a second key', async () => expect(await host.take(pretendContainer(otherKey, 6))).toMatchObject({ result: 0 }));

    it('for another device in any way: says which, and leaves the flash alone', async () => {
      const refused: [string, Uint8Array, number][] = [
        ['key that is unknown', pretendContainer(newKey(), 6), Refusal.UnknownKey],
        ['key under the name of another', withKeyIdOf(pretendContainer(newKey(), 6), key), Refusal.BadSignature],
        ['variant', pretendContainer(key, 6, { variant: 'ipad-mi' }), Refusal.OtherVariant],
        ['longer variant', pretendContainer(key, 6, { variant: 'ipad-min-coap' }), Refusal.OtherVariant],
        ['older ABI', pretendContainer(key, 6, { abiVersion: ABI_VERSION - 1 }), Refusal.OtherAbi],
        ['newer ABI', pretendContainer(key, 6, { abiVersion: ABI_VERSION + 1 }), Refusal.OtherAbi],
        ['feature', pretendContainer(key, 6, { features: 3 }), Refusal.MissingFeature],
        ['memory', pretendContainer(key, 6, { memoryBytes: DEVICE_MEMORY_BYTES + 1 }), Refusal.TooMuchMemory],
        ['same sequence', pretendContainer(key, 5), Refusal.NotNewer],
        ['older sequence', pretendContainer(key, 4), Refusal.NotNewer],
        ['a byte too long', pretendContainer(key, 6, { length: MODULE_ROOM + 1 }), Refusal.TooLarge],
        ['much too long', pretendContainer(key, 6, { length: 100_000 }), Refusal.TooLarge],
      ];
      for (const [what, container, result] of refused) expect(await host.take(container), what).toEqual({ result, operations: 0 });
      expect(await host.ask('boot')).toContain('0 5 confirmed ');
    });

    it('at the limits: the longest module, all of the memory, no feature', async () => {
      const container = pretendContainer(key, 6, { length: MODULE_ROOM, memoryBytes: DEVICE_MEMORY_BYTES, features: 0 });
      expect(await host.take(container)).toMatchObject({ result: 0 });
    });

    it('with any byte of the head changed, or any bit of the first byte: nothing is touched', async () => {
      const container = pretendContainer(key, 6, { length: 40 });
      const { headBytes } = readContainer(container);
      expect(headBytes).toBe(container.length - 40);
      const results = new Set<number>();
      for (let at = 0; at < headBytes; at++)
        for (const mask of at === 0 ? [1, 2, 4, 8, 16, 32, 64, 128] : [0xff, 1]) {
          const { result, operations } = await host.take(changed(container, at, mask));
          expect(result, `byte ${at}`).toBeLessThan(0);
          expect(operations, `byte ${at}`).toBe(0);
          results.add(result);
        }
      const { BadContainer, UnknownKey, BadSignature } = Refusal;
      expect([...results].sort()).toEqual([BadContainer, UnknownKey, BadSignature].sort());
    });

    it('with a byte of the module changed', async () => {
      const container = pretendContainer(key, 6);
      for (let at = readContainer(container).headBytes; at < container.length; at += 13) {
        expect(await host.take(changed(container, at)), `byte ${at}`).toMatchObject({ result: Refusal.BadDigest });
        expect(await host.ask('boot')).toContain('0 5 confirmed ');
      }
      expect(await host.take(container)).toMatchObject({ result: 0 });
    });

    it('cut off anywhere', async () => {
      const container = pretendContainer(key, 6, { length: 40 });
      for (let length = 0; length < container.length; length++)
        expect(await host.take(container.subarray(0, length)), `${length} bytes`).toMatchObject({ result: Refusal.Incomplete });
      expect(await host.ask('boot')).toContain('0 5 confirmed ');
    });

    it('with a byte too many', async () => {
      const longer = Buffer.concat([pretendContainer(key, 6), Buffer.from([0])]);
      expect(await host.take(longer)).toMatchObject({ result: Refusal.TrailingBytes });
      expect(await host.ask('boot')).toContain('0 5 confirmed ');
    });

    it('whose head never ends', async () => {
      const container = Buffer.from(pretendContainer(key, 6));
      const prefix = container.subarray(0, container.indexOf(readManifest(container)) - 2);
      for (const payloadHead of ['590140', '590141', '5affffffff', '5bffffffffffffffff', '5f'])
        expect(await host.take(Buffer.concat([prefix, Buffer.from(payloadHead, 'hex'), Buffer.alloc(2000)])), payloadHead).toEqual({
          result: Refusal.BadContainer,
          operations: 0,
        });
    });

    it('with a signed manifest that is none', async () => {
      const module = pretendModule(40, 6);
      const manifest = Buffer.from(readManifest(makeContainer(module, { ...DESCRIPTION, sequence: 6 }, key)));
      const abi = `04${Buffer.from([ABI_VERSION]).toString('hex')}`;
      const { BadManifest, OtherFormat, BadContainer } = Refusal;
      const refused: [string, Buffer, number][] = [
        ['nothing', Buffer.alloc(0), BadManifest],
        ['another format', replaced(manifest, 'a80101', 'a80102'), OtherFormat],
        ['a format of other members', Buffer.from('a10109', 'hex'), OtherFormat],
        ['a member more', replaced(manifest, 'a80101', 'a90101'), BadManifest],
        ['an array', replaced(manifest, 'a80101', '880101'), BadManifest],
        ['a member missing', replaced(replaced(manifest, 'a80101', 'a70101'), '0306', ''), BadManifest],
        ['members in another order', replaced(manifest, `0306${abi}`, `${abi}0306`), BadManifest],
        ['a member twice', replaced(manifest, abi, '0306'), BadManifest],
        ['a number that is longer than it must be', replaced(manifest, '0306', '031806'), BadManifest],
        ['a number of 64 bits', replaced(manifest, '0306', '031b0000000000000006'), BadManifest],
        ['a negative number', replaced(manifest, '0306', '0325'), BadManifest],
        ['sequence 0', replaced(manifest, '0306', '0300'), BadManifest],
        ['a name of no length', replaced(manifest, `0268${hexOf('ipad-min')}`, '0260'), BadManifest],
        ['a name that is too long', replaced(manifest, `0268${hexOf('ipad-min')}`, `027820${hexOf('x'.repeat(32))}`), BadManifest],
        ['a name of bytes', replaced(manifest, '0268', '0248'), BadManifest],
        ['a shorter digest', replaced(manifest.subarray(0, -1), '085840', '08583f'), BadManifest],
        ['a byte more at the end', Buffer.concat([manifest, Buffer.from([0])]), BadManifest],
        ['a byte less at the end', manifest.subarray(0, -1), BadManifest],
        ['a module without bytes', replaced(manifest, '071828', '0700'), BadManifest],
        ['another length of the module', replaced(manifest, '071828', '071829'), BadContainer],
      ];
      for (const [what, bytes, result] of refused)
        expect(await host.take(signManifest(new Uint8Array(bytes), module, key)), what).toEqual({ result, operations: 0 });
      expect(await host.take(signManifest(new Uint8Array(manifest), module, key))).toMatchObject({ result: 0 });
    });

    it('with another digest, properly signed', async () => {
      const module = pretendModule(40, 6);
      const manifest = changed(readManifest(makeContainer(module, { ...DESCRIPTION, sequence: 6 }, key)), -1);
      expect(await host.take(signManifest(manifest, module, key))).toMatchObject({ result: Refusal.BadDigest });
    });

    it('in flash that fails', async () => {
      await host.ask('break', 1);
      expect(await host.take(pretendContainer(key, 6))).toMatchObject({ result: Refusal.FlashFailed });
      await host.ask('break', 0);
      expect(await host.ask('boot')).toContain('0 5 confirmed ');
    });
  });

  describe('which module starts', () => {
    beforeEach(() => setUp(host, [key]));

    it('none on a blank device, nor a rejected one', async () => {
      expect(await host.ask('boot')).toBe(String(Refusal.NoModule));
      await host.take(pretendContainer(key, 1));
      expect(await host.ask('boot')).toContain('0 1 trial ');
      expect(await host.ask('reject')).toBe('0');
      expect(await host.ask('boot')).toBe(String(Refusal.NoModule));
    });

    it('goes back after three starts that nobody confirms, and does not take the same again', async () => {
      await install(host, pretendContainer(key, 5));
      await host.take(pretendContainer(key, 6));
      for (let start = 0; start < 3; start++) expect(await host.ask('boot')).toContain('1 6 trial ');
      for (let start = 0; start < 2; start++) expect(await host.ask('boot')).toContain('0 5 confirmed ');
      expect(await host.take(pretendContainer(key, 6))).toMatchObject({ result: Refusal.NotNewer });
      expect(await host.take(pretendContainer(key, 7))).toMatchObject({ result: 0 });
      expect(await host.ask('boot')).toContain('1 7 trial ');
    });

    it('goes back at once when it is rejected, also when it was confirmed before', async () => {
      await install(host, pretendContainer(key, 5));
      await install(host, pretendContainer(key, 6));
      expect(await host.ask('boot')).toContain('1 6 confirmed ');
      expect(await host.ask('reject')).toBe('0');
      expect(await host.ask('reject')).toBe('0');
      expect(await host.ask('boot')).toContain('0 5 confirmed ');
    });

    it('takes turns of the slots, and never writes over the one that runs', async () => {
      for (const [sequence, slot] of [
        [5, 0],
        [6, 1],
        [7, 0],
        [8, 1],
      ] as const) {
        await install(host, pretendContainer(key, sequence));
        expect(await host.ask('boot')).toContain(`${slot} ${sequence} confirmed `);
      }
    });

    it('takes nothing while it is on trial', async () => {
      await install(host, pretendContainer(key, 5));
      await host.take(pretendContainer(key, 6));
      await host.ask('boot');
      expect(await host.take(pretendContainer(key, 7))).toEqual({ result: Refusal.OnTrial, operations: 0 });
    });

    it('a newer one takes the place of one that waits', async () => {
      await install(host, pretendContainer(key, 5));
      await host.take(pretendContainer(key, 6));
      expect(await host.take(pretendContainer(key, 7))).toMatchObject({ result: 0 });
      expect(await host.ask('boot')).toContain('1 7 trial ');
    });

    it('not one whose flash has changed: the head, the module; and the same can be installed again', async () => {
      await install(host, pretendContainer(key, 5));
      await install(host, pretendContainer(key, 6));
      for (const offset of [0, 70, 150, 200, 512, 700, 512 + 599]) {
        await host.ask('spoil', 1, offset, 4);
        expect(await host.ask('boot'), `offset ${offset}`).toContain('0 5 confirmed ');
        await host.ask('spoil', 1, offset, 4);
      }
      await host.ask('spoil', 1, 700, 4);
      await host.ask('boot');
      expect(await host.take(pretendContainer(key, 6))).toMatchObject({ result: 0 });
      expect(await host.ask('boot')).toContain('1 6 trial ');
    });

    it('not one that this firmware does not allow any more', async () => {
      await install(host, pretendContainer(key, 5));
      await install(host, pretendContainer(key, 6));
      const { keyId } = readContainer(pretendContainer(key, 6));
      const device = (minimum: number) => ['device', 'ipad-min', 1, DEVICE_MEMORY_BYTES, minimum, keyId, publicKeyBytes(key)] as const;
      await host.ask(...device(6));
      expect(await host.ask('boot')).toContain('1 6 confirmed ');
      await host.ask('spoil', 1, 700, 4);
      expect(await host.ask('boot')).toBe(String(Refusal.NoModule));
      expect(await host.take(pretendContainer(key, 5))).toEqual({ result: Refusal.NotNewer, operations: 0 });
    });

    it.each([1, 4, 32])('in flash of units of %i bytes', async (programBytes) => {
      await setUp(host, [key], 0, { sectorBytes: 256, programBytes, slotBytes: 4096 });
      for (const sequence of [5, 6, 7]) await install(host, pretendContainer(key, sequence, { length: 601 }));
      expect(await host.ask('boot')).toContain('0 7 confirmed ');
    });
  });
});

function changed(bytes: Uint8Array, at: number, mask = 0xff): Uint8Array {
  const copy = new Uint8Array(bytes);
  const index = at < 0 ? bytes.length + at : at;
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
}

const hexOf = (text: string): string => Buffer.from(text).toString('hex');

/** Replaces what occurs there first. Throws Error when it does not. */
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(Buffer.from(from, 'hex'));
  if (at < 0) throw new Error(`no ${from} in ${bytes.toString('hex')}`);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(to, 'hex'), bytes.subarray(at + from.length / 2)]);
}

/** The manifest as it stands: the end of the Sig_structure. */
function readManifest(container: Uint8Array): Uint8Array {
  const { signed } = readContainer(container);
  return signed.subarray(Buffer.from(signed).indexOf(Buffer.from('a80101', 'hex')));
}

/** The same container, but it says that it is signed by this key. */
function withKeyIdOf(container: Uint8Array, key: KeyObject): Uint8Array {
  const { keyId } = readContainer(pretendContainer(key, 1));
  const copy = new Uint8Array(container);
  copy.set(keyId, Buffer.from(container).indexOf(Buffer.from(readContainer(container).keyId)));
  return copy;
}
