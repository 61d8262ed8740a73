// SPDX-License-Identifier: Apache-2.0
// Joins DTLS records to datagrams (RFC 6347 §4.1.1): GnuTLS gives them one by one, and each datagram costs 28 bytes of IP and UDP headers
// and a turn on the air.

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
