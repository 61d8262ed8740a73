// SPDX-License-Identifier: Apache-2.0
// The frames of DTLS records (RFC 6347 §4.1). On the way out they are joined: GnuTLS gives them one by one, and each datagram costs 28
// bytes of IP and UDP headers and a turn on the air. On the way in they are cut: GnuTLS goes on reading an incomplete one in the next datagram.

/** Content type, version, epoch, sequence number and length. */
const HEADER_BYTES = 13;
/** change_cipher_spec, alert, handshake, application_data. */
const [FIRST_TYPE, LAST_TYPE] = [20, 23];
/** The first byte of the version, of all versions. */
const VERSION_MAJOR = 254;
/** The largest plaintext of a record and what protection may add (RFC 5246 §6.2.3). */
export const MAX_RECORD_BYTES = 16_384 + 2048;

/** The part of a datagram up to the first thing that is no whole record, which nothing can be made of (RFC 6347 §4.1.2.7). */
export function wholeRecords(datagram: Uint8Array): Uint8Array {
  let at = 0;
  for (;;) {
    const header = datagram.subarray(at, at + HEADER_BYTES);
    if (header.length < HEADER_BYTES || header[1] !== VERSION_MAJOR || header[0]! < FIRST_TYPE || header[0]! > LAST_TYPE) break;
    const length = header[11]! * 256 + header[12]!;
    const end = at + HEADER_BYTES + length;
    if (length > MAX_RECORD_BYTES || end > datagram.length) break;
    at = end;
  }
  return datagram.subarray(0, at);
}

/** Puts `records` together in their order, each datagram at most `maxBytes` long unless a record alone is longer. */
export function packRecords(records: readonly Uint8Array[], maxBytes: number): Uint8Array[] {
  const datagrams: Uint8Array[][] = [];
  let room = 0;
  for (const record of records) {
    if (record.length > room) {
      datagrams.push([]);
      room = maxBytes;
    }
    datagrams.at(-1)!.push(record);
    room -= record.length;
  }
  return datagrams.map((parts) => (parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts))));
}
