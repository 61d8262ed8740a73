// SPDX-License-Identifier: Apache-2.0
// DTLS sessions in a file: kept, private, and no loss when they are damaged.

import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDtlsSessionFile } from '../../host/cli/connection/dtls-session-file.js';
import { temporaryFolder } from './support.js';

const folder = temporaryFolder();
const session = (byte: number) => Uint8Array.of(byte, 0xff, 0);

describe('the file of DTLS sessions', () => {
  it('gives back what was kept, in another run, too', () => {
    const file = path.join(folder, 'kept');
    openDtlsSessionFile(file).set('a', session(1));
    openDtlsSessionFile(file).set('b', session(2));
    const store = openDtlsSessionFile(file);
    store.delete('a');
    expect([store.get('a'), store.get('b')]).toEqual([undefined, session(2)]);
    const again = openDtlsSessionFile(file);
    expect([again.get('a'), again.get('b')]).toEqual([undefined, session(2)]);
  });

  it('is readable for its owner alone, also when it was not before', () => {
    const file = path.join(folder, 'private');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    writeFileSync(`${file}.new`, '');
    chmodSync(`${file}.new`, 0o644);
    openDtlsSessionFile(file).set('a', session(1));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => statSync(`${file}.new`)).toThrow('ENOENT');
  });

  it('keeps eight, and forgets the oldest', () => {
    const file = path.join(folder, 'many');
    const store = openDtlsSessionFile(file);
    for (const key of 'abcdefgha'.split('')) store.set(key, session(1));
    store.set('i', session(1));
    const again = openDtlsSessionFile(file);
    expect('abcdefghi'.split('').filter((key) => again.get(key))).toEqual('acdefghi'.split(''));
  });

  it.each(['', '{', 'null', '7', '{"format":"other","sessions":{"a":"AQ=="}}', '{"format":"ipa-dtls-sessions","sessions":{"a":7}}'])(
    'that holds %j → is as if there were none',
    (content) => {
      const file = path.join(folder, 'damaged');
      writeFileSync(file, content);
      const store = openDtlsSessionFile(file);
      expect(store.get('a')).toBeUndefined();
      store.set('b', session(2));
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ format: 'ipa-dtls-sessions', sessions: { b: 'Av8A' } });
    },
  );

  it('that cannot be written → lasts as long as the run', () => {
    const file = path.join(folder, 'directory');
    mkdirSync(file);
    const store = openDtlsSessionFile(file);
    store.set('a', session(1));
    expect(store.get('a')).toEqual(session(1));
  });
});
