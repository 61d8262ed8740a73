// SPDX-License-Identifier: Apache-2.0
// Public vectors of key agreement, key derivation and segment protection, read from the folder IPA_SHARED points at.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { need, readTlv } from '../../../host/sim/codec/ber.js';
import { concat, fromHex, hex, text } from '../../../host/sim/codec/bytes.js';
import { BspChannel } from '../../../host/sim/crypto/bsp.js';
import { type BspKeys, deriveBspKeys, EphemeralKey } from '../../../host/sim/crypto/key-agreement.js';

const shared = process.env.IPA_SHARED ?? '';

function file(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(join(shared, 'vectors', name)));
}

function hexFile(name: string): Uint8Array {
  return fromHex(text(file(name)));
}

/** The value column of a row of the vector table, found by the row's name. */
function row(name: string): string {
  const line = readFileSync(join(shared, 'vectors.md'), 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`| ${name} `));
  if (line === undefined) throw new Error(`no row ${name}`);
  return line.split('|')[2]!.trim();
}

/** The hexadecimal numbers in a text that have at least `digits` digits. */
function numbers(from: string, digits = 6): Uint8Array[] {
  return (from.match(/\b[0-9a-f]+\b/g) ?? []).filter((each) => each.length >= digits && each.length % 2 === 0).map(fromHex);
}

function keysOf(name: string): BspKeys {
  const [initialMacChainingValue, encryptionKey, macKey] = numbers(row(name), 32) as [Uint8Array, Uint8Array, Uint8Array];
  return { initialMacChainingValue, encryptionKey, macKey };
}

describe.skipIf(!process.env.IPA_SHARED)('public vectors', () => {
  it('key agreement', () => {
    const smdp = new EphemeralKey(numbers(row('ECKA smdpOtsk'))[0]);
    expect(hex(smdp.publicPoint)).toBe(hex(numbers(row('ECKA smdpOtpk'))[0]!));
    expect(smdp.agree(numbers(row('ECKA euiccOtpk'))[0]!)).toEqual(numbers(row('→ shared secret'))[0]);
  });

  it.each([1, 2])('key derivation %i', (number) => {
    const secret = number === 1 ? numbers(row('KDF-1 in'), 64)[0]! : numbers(row('→ shared secret'))[0]!;
    const eid = fromHex(/EID (\d{32})/.exec(row(`KDF-${number} in`))![1]!);
    const reference = { keyType: 0x88, keyLengthBytes: 16, hostId: new Uint8Array(8).fill(0x80) };
    expect(deriveBspKeys(secret, reference, eid)).toEqual(keysOf(`KDF-${number} out`));
  });

  it('segments under session keys, both directions', () => {
    const [sender, receiver] = [new BspChannel(keysOf('KDF-2 out')), new BspChannel(keysOf('KDF-2 out'))];
    for (const [step, macOnly] of [
      ['BSP step 1 (87, counter 1)', false],
      ['BSP step 2 (88, counter 2)', true],
      ['BSP step 3 (87, counter 3)', false],
    ] as const) {
      const [plain, part] = numbers(row(step)) as [Uint8Array, Uint8Array];
      const tag = part[0]!;
      expect(hex(macOnly ? sender.protectMacOnly(tag, plain) : sender.protect(tag, plain))).toBe(hex(part));
      expect(macOnly ? receiver.unprotectMacOnly(readTlv(part)) : receiver.unprotect(readTlv(part))).toEqual(plain);
    }
  });

  it('segments under replaced keys, both directions', () => {
    const command = readTlv(numbers(row('BSP step 3 (87, counter 3)'))[0]!);
    const keys: BspKeys = {
      initialMacChainingValue: need(command, 0x80).value,
      encryptionKey: need(command, 0x81).value,
      macKey: need(command, 0x82).value,
    };
    const [sender, receiver] = [new BspChannel(keys), new BspChannel(keys)];
    for (const index of [0, 1]) {
      const [plain, part] = [hexFile(`pysim_bsp_segment${index}_plain.hex`), hexFile(`pysim_bsp_segment${index}_protected.hex`)];
      expect(part.length).toBe(1020);
      expect(hex(sender.protect(0x86, plain))).toBe(hex(part));
      expect(receiver.unprotect(readTlv(part))).toEqual(plain);
    }
  });

  it('a package of another server, after taking off its double wrapping', () => {
    const bpp = readTlv(file('pysim_bpp.der'));
    const keys = {
      initialMacChainingValue: new Uint8Array(16).fill(0x22),
      encryptionKey: new Uint8Array(16),
      macKey: new Uint8Array(16).fill(0x11),
    };
    const channel = new BspChannel(keys);
    const plain = need(bpp, 0xa3).children.map((outer) => channel.unprotect(readTlv(outer.value)));
    expect(concat(...plain)).toEqual(file('pysim_bpp_upp.der'));
  });
});
