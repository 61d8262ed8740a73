// SPDX-License-Identifier: Apache-2.0
// The frames of DTLS records (RFC 6347 §4.1). On the way out they are joined: GnuTLS gives them one by one, and each datagram costs 28
// bytes of IP and UDP headers and a turn on the air. On the way in they are parted: GnuTLS stops at one it cannot use, and keeps the rest.

/** Content type, version, epoch, sequence number and length. */
const HEADER_BYTES = 13;
/** change_cipher_spec, alert, handshake, application_data. */
const [FIRST_TYPE, LAST_TYPE] = [20, 23];
/** The first byte of the version, of all versions. */
const VERSION_MAJOR = 254;
/** The largest plaintext of a record and what protection may add (RFC 5246 §6.2.3). */
export const MAX_RECORD_BYTES = 16_384 + 2048;

/** The records of a datagram up to the first thing that is no whole one, which nothing can be made of (RFC 6347 §4.1.2.7). */
export function splitRecords(datagram: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const header = datagram.subarray(at, at + HEADER_BYTES);
    if (header.length < HEADER_BYTES || header[1] !== VERSION_MAJOR || header[0]! < FIRST_TYPE || header[0]! > LAST_TYPE) return records;
    const length = header[11]! * 256 + header[12]!;
    const end = at + HEADER_BYTES + length;
    if (length > MAX_RECORD_BYTES || end > datagram.length) return records;
    records.push(datagram.subarray(at, end));
    at = end;
  }
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
