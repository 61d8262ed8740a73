// SPDX-License-Identifier: Apache-2.0
// Runs a module of this project behind standard input and output, for runtimes with a WASI command line. The only file that
// imports anything: two WASI calls, and under the name "env" the exports and the memory of the module itself, untouched.
//
// Request  [u8 type][u32 argument][u16 length][bytes]   type 0: poll; 1..0xEF: event of that kind; 0xF0..0xF2: below
// Reply    [u8 kind][i32 argument][u16 length][bytes]   numbers are little endian; one reply to each request, in order

import * as env from './env';
import { fd_read, fd_write, proc_exit } from './wasi_snapshot_preview1';

/** Reply: argument = ipa_abi_version(), bytes = u32 `__heap_base`. */
const HELLO: u32 = 0xf0;
/** Reply: bytes = the state region. */
const SAVE_STATE: u32 = 0xf1;
/** Request: bytes = a state region. Reply: argument = 0, or -1 when the length is not the region's. */
const RESTORE_STATE: u32 = 0xf2;

const HEADER_BYTES: u32 = 7;
const PAGE_BYTES: u32 = 65_536;
const STDIN: u32 = 0;
const STDOUT: u32 = 1;

const header = memory.data(8, 8);
/** One iovec (address, length), and the count that WASI writes back. */
const vector = memory.data(12, 4);
/** The payload of the hello reply. */
const word = memory.data(4, 4);
/** Where bytes go that find no room. */
const drain = memory.data(256, 1);

/** Serves requests until the end of input. */
export function _start(): void {
  while (readAll(header, HEADER_BYTES)) {
    serve(load<u8>(header), load<i32>(header, 1), load<u16>(header, 5));
  }
}

function serve(type: u32, argument: i32, length: u32): void {
  if (type == 0) servePoll(argument, length);
  else if (type == HELLO) serveHello(length);
  else if (type == SAVE_STATE) serveSave(length);
  else if (type == RESTORE_STATE) serveRestore(length);
  else serveEvent(type, argument, length);
}

function servePoll(nowMs: u32, length: u32): void {
  skip(length);
  const kind = env.ipa_poll(nowMs);
  reply(kind, env.ipa_argument(), env.ipa_data(), env.ipa_length());
}

/** The module is told the true length: it is the one to refuse more bytes than its window holds. */
function serveEvent(kind: u32, argument: i32, length: u32): void {
  const fits = min(length, <u32>max(env.ipa_window_size(kind), 0));
  receive(env.ipa_window(kind), fits);
  skip(length - fits);
  reply(0, env.ipa_event(kind, argument, length), 0, 0);
}

function serveHello(length: u32): void {
  skip(length);
  store<u32>(word, <u32>env.__heap_base);
  reply(0, env.ipa_abi_version(), word, 4);
}

function serveSave(length: u32): void {
  skip(length);
  reply(0, 0, env.ipa_state(), env.ipa_state_size());
}

function serveRestore(length: u32): void {
  const fits = length == <u32>env.ipa_state_size();
  if (fits) receive(env.ipa_state(), length);
  else skip(length);
  reply(0, fits ? 0 : -1, 0, 0);
}

function reply(kind: u32, argument: i32, address: usize, length: u32): void {
  if (!inMemory(address, length)) proc_exit(3);
  store<u8>(header, kind);
  store<i32>(header, argument, 1);
  store<u16>(header, length, 5);
  writeAll(header, HEADER_BYTES);
  writeAll(address, length);
}

/** A request cut short, or a window outside the memory, is nothing to go on from. */
function receive(address: usize, length: u32): void {
  if (!inMemory(address, length)) proc_exit(3);
  if (!readAll(address, length)) proc_exit(2);
}

function skip(length: u32): void {
  while (length > 0) {
    const part = min<u32>(length, 256);
    receive(drain, part);
    length -= part;
  }
}

function inMemory(address: usize, length: u32): bool {
  return address <= PAGE_BYTES && length <= PAGE_BYTES - <u32>address;
}

/** False at the end of input. */
function readAll(address: usize, length: u32): bool {
  while (length > 0) {
    setVector(address, length);
    if (fd_read(STDIN, vector, 1, vector + 8) != 0) return false;
    const done = load<u32>(vector, 8);
    if (done == 0) return false;
    address += done;
    length -= done;
  }
  return true;
}

/** Ends the program when nobody reads. */
function writeAll(address: usize, length: u32): void {
  while (length > 0) {
    setVector(address, length);
    if (fd_write(STDOUT, vector, 1, vector + 8) != 0) proc_exit(2);
    const done = load<u32>(vector, 8);
    address += done;
    length -= done;
  }
}

function setVector(address: usize, length: u32): void {
  store<u32>(vector, <u32>address);
  store<u32>(vector, length, 4);
}
