// SPDX-License-Identifier: Apache-2.0
// The functions of GnuTLS that DTLS needs, called in the library the system has: Node has no DTLS, and nothing needs compiling this way.
// Loaded at the first use, so that whoever needs no DTLS needs neither GnuTLS nor koffi.

import type * as Koffi from 'koffi';
import { Result } from './gnutls-constants.js';
import { type Datum, type GnutlsFunctions, type Pointer, PROTOTYPES } from './gnutls-functions.js';

/** The C types of callbacks and structures. */
export interface GnutlsTypes {
  readonly datum: Koffi.TypeObject;
  readonly push: Koffi.TypeObject;
  readonly pull: Koffi.TypeObject;
  readonly pullTimeout: Koffi.TypeObject;
  readonly verify: Koffi.TypeObject;
  readonly psk: Koffi.TypeObject;
  readonly store: Koffi.TypeObject;
  readonly retrieve: Koffi.TypeObject;
  readonly remove: Koffi.TypeObject;
  readonly time: Koffi.TypeObject;
}

/** GnuTLS, loaded. */
export interface Gnutls extends GnutlsFunctions {
  readonly koffi: typeof Koffi;
  readonly types: GnutlsTypes;
  /** A copy of native memory. */
  read(address: Pointer, length: number): Uint8Array;
  write(address: Pointer, bytes: Uint8Array): void;
  /** A copy of native memory that GnuTLS will free. */
  allocate(bytes: Uint8Array): Pointer;
  /** A copy of what a function put in `datum`, whose own memory is freed. */
  take(datum: Partial<Datum>): Uint8Array;
  /** The same for text that ends with a zero. */
  takeText(address: Pointer): string;
  /** Replaces the clock for retransmissions, for the whole process. Undefined when this build of the library cannot. */
  readonly setTimeFunction: ((callback: Pointer) => void) | undefined;
}

const FILES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libgnutls.so.30'],
  darwin: ['libgnutls.30.dylib', '/opt/homebrew/lib/libgnutls.30.dylib', '/usr/local/lib/libgnutls.30.dylib'],
  win32: ['libgnutls-30.dll'],
};

let loaded: Promise<Gnutls> | undefined;

/** Loads GnuTLS once. Rejects with Error that says what to install. */
export function loadGnutls(): Promise<Gnutls> {
  loaded ??= load();
  return loaded;
}

/** @throws Error with the library's own words when `result` is negative. */
export function check(gnutls: Gnutls, result: number, what: string): number {
  if (result < 0 && result !== Result.AGAIN) throw new Error(`GnuTLS could not ${what}: ${gnutls.strerror(result)}`);
  return result;
}

async function load(): Promise<Gnutls> {
  const koffi = await import('koffi').then(
    (module) => module.default as unknown as typeof Koffi,
    (cause: unknown) => {
      throw new Error('DTLS needs the optional package koffi, which is not here; install it with: npm install koffi', { cause });
    },
  );
  return bind(koffi, openLibrary(koffi, FILES[process.platform] ?? ['libgnutls.so']));
}

/** @throws Error that says what to install. */
export function openLibrary(koffi: Pick<typeof Koffi, 'load'>, files: readonly string[]): Koffi.LibraryHandle {
  const failures: unknown[] = [];
  for (const file of files) {
    try {
      return koffi.load(file);
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw new Error(
    `DTLS needs the library GnuTLS, 3.7 or newer, but ${files.join(', ')} cannot be loaded; ` +
      'install libgnutls30 (Debian, Ubuntu) or gnutls (Alpine, Fedora, Homebrew)',
    { cause: new AggregateError(failures) },
  );
}

function bind(koffi: typeof Koffi, library: Koffi.LibraryHandle): Gnutls {
  const types = declareTypes(koffi);
  const functions = declareFunctions(library);
  const pointerAt = (name: string) => koffi.decode(library.symbol(name), 'void *') as Pointer;
  const malloc = koffi.decode(pointerAt('gnutls_malloc'), koffi.proto('void *', ['size_t'])) as (bytes: number) => Pointer;
  const free = koffi.decode(pointerAt('gnutls_free'), koffi.proto('void', ['void *'])) as (address: Pointer) => void;
  const read = (address: Pointer, length: number) =>
    length === 0 ? new Uint8Array() : new Uint8Array(koffi.decode(address, 'uint8_t', length) as Uint8Array);
  const write = (address: Pointer, bytes: Uint8Array) => koffi.encode(address, 'uint8_t', bytes, bytes.length);
  return {
    ...functions,
    koffi,
    types,
    read,
    write,
    allocate: (bytes) => {
      const address = malloc(Math.max(1, bytes.length));
      if (address !== null && bytes.length > 0) write(address, bytes);
      return address;
    },
    take: ({ data, size = 0 }) => {
      const bytes = read(data as Pointer, size);
      free(data as Pointer);
      return bytes;
    },
    takeText: (address) => {
      const text = koffi.decode.string(address) as string;
      free(address);
      return text;
    },
    setTimeFunction: optional(() => library.func('_gnutls_global_set_gettime_function', 'void', ['void *']) as (callback: Pointer) => void),
  };
}

function declareFunctions(library: Koffi.LibraryHandle): GnutlsFunctions {
  const declared = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)] as const);
  return Object.fromEntries(declared) as unknown as GnutlsFunctions;
}

function optional<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function declareTypes(koffi: typeof Koffi): GnutlsTypes {
  const datum = koffi.struct('gnutls_datum_t', { data: 'uint8_t *', size: 'uint' });
  koffi.struct('gnutls_dtls_prestate_st', { record_seq: 'uint', hsk_read_seq: 'uint', hsk_write_seq: 'uint' });
  const callback = (declaration: string) => koffi.pointer(koffi.proto(declaration));
  return {
    datum,
    push: callback('intptr_t GnutlsPush(void *owner, const void *bytes, size_t length)'),
    pull: callback('intptr_t GnutlsPull(void *owner, void *buffer, size_t length)'),
    pullTimeout: callback('int GnutlsPullTimeout(void *owner, uint milliseconds)'),
    verify: callback('int GnutlsVerify(void *session)'),
    psk: callback('int GnutlsPsk(void *session, const char *identity, void *key)'),
    store: callback('int GnutlsStore(void *owner, gnutls_datum_t key, gnutls_datum_t data)'),
    retrieve: callback('gnutls_datum_t GnutlsRetrieve(void *owner, gnutls_datum_t key)'),
    remove: callback('int GnutlsRemove(void *owner, gnutls_datum_t key)'),
    time: callback('void GnutlsTime(void *now)'),
  };
}
