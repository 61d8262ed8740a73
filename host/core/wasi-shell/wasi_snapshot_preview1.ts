// SPDX-License-Identifier: Apache-2.0
// The three calls of WASI preview 1 that the shell needs. The file's name is the name they are imported under.

/** Reads into the (address, length) vectors; stores the count of bytes at `done`. Returns 0 or an errno. */
export declare function fd_read(fd: u32, vectors: usize, vectorCount: u32, done: usize): u32;
/** Writes from the (address, length) vectors; stores the count of bytes at `done`. Returns 0 or an errno. */
export declare function fd_write(fd: u32, vectors: usize, vectorCount: u32, done: usize): u32;
/** Ends the program. */
export declare function proc_exit(code: u32): void;
