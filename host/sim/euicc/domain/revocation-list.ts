// SPDX-License-Identifier: Apache-2.0
// Reads a certificate revocation list as LoadCRL brings it (RFC 5280 §5, SGP.22 v2.5 §4.6). Lists too long for one command come in parts,
// told apart by two extensions of RSP.
import { type KeyObject, verify } from 'node:crypto';
import { CodecError, child, need, readInteger, readOid, readTlv, type Tlv } from '../../codec/ber.js';
import { hex } from '../../codec/bytes.js';

export interface RevocationList {
  /** tbsCertList as signed. */
  readonly signed: Uint8Array;
  /** ECDSA signature in DER. */
  readonly signature: Uint8Array;
  /** Key identifier of the CI. */
  readonly authorityKeyId: Uint8Array;
  readonly crlNumber: number;
  /** Number of the list that this one changes; undefined for a complete list. */
  readonly baseCrlNumber: number | undefined;
  /** 1 of 1 when the list is not in parts. */
  readonly partNumber: number;
  readonly totalParts: number;
  readonly entries: readonly RevokedCertificate[];
}

interface RevokedCertificate {
  readonly serialNumber: string;
  /** Reason removeFromCRL of a delta list: the certificate is good again. */
  readonly removed: boolean;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  deltaCrlIndicator: '2.5.29.27',
  authorityKeyIdentifier: '2.5.29.35',
  totalPartialCrlNumber: '2.23.146.1.2.0.2',
  partialCrlNumber: '2.23.146.1.2.0.3',
} as const;

const TIME_TAGS = [0x17, 0x18];
const REMOVE_FROM_CRL = 8;
const MOST_PARTS = 255;

/** A serial number as it is compared: upper-case hexadecimal without leading zeros. */
export function comparableSerial(serialNumber: string): string {
  return serialNumber.toUpperCase().replace(/^0+/, '');
}

/** Reads the contents of a CertificateList (tbsCertList, algorithm, signature). Throws CodecError for anything else. */
export function readRevocationList(contents: readonly Tlv[]): RevocationList {
  const [list, algorithm, signature, ...others] = contents;
  if (list?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03 || others.length > 0)
    throw new CodecError('not CertificateList');
  if (readOid(need(algorithm, 0x06)) !== OID.ecdsaWithSha256) throw new CodecError('not signed with ECDSA and SHA-256');
  const extensions = readExtensions(child(list, 0xa0));
  const inner = <T>(oid: string, read: (element: Tlv) => T): T | undefined => {
    const value = extensions.get(oid);
    return value && read(readTlv(value));
  };
  const authorityKeyId = inner(OID.authorityKeyIdentifier, (identifier) => need(identifier, 0x80).value.slice());
  const crlNumber = inner(OID.crlNumber, readInteger);
  if (authorityKeyId === undefined || crlNumber === undefined) throw new CodecError('a list without key identifier or number');
  return {
    signed: list.raw,
    signature: signature.value.slice(1),
    authorityKeyId,
    crlNumber,
    baseCrlNumber: inner(OID.deltaCrlIndicator, readInteger),
    ...readPart(inner(OID.partialCrlNumber, readInteger) ?? 1, inner(OID.totalPartialCrlNumber, readInteger) ?? 1),
    entries: entriesOf(list),
  };
}

function readPart(partNumber: number, totalParts: number): { partNumber: number; totalParts: number } {
  if (partNumber < 1 || partNumber > totalParts || totalParts > MOST_PARTS) throw new CodecError('a part that the list does not have');
  return { partNumber, totalParts };
}

function readExtensions(explicit: Tlv | undefined): Map<string, Uint8Array> {
  const list = explicit ? need(explicit, 0x30).children : [];
  return new Map(list.map((extension) => [readOid(need(extension, 0x06)), need(extension, 0x04).value]));
}

/** revokedCertificates is the SEQUENCE after the times; algorithm and issuer stand before them. */
function entriesOf(list: Tlv): RevokedCertificate[] {
  const times = list.children.map((each) => TIME_TAGS.includes(each.tag));
  if (!times.includes(true)) throw new CodecError('a list without thisUpdate');
  const entries = list.children.slice(times.lastIndexOf(true) + 1).find((each) => each.tag === 0x30);
  return (entries?.children ?? []).map(readEntry);
}

function readEntry(entry: Tlv): RevokedCertificate {
  const extensions = child(entry, 0x30);
  const reasons = (extensions?.children ?? []).filter((extension) => readOid(need(extension, 0x06)) === OID.reasonCode);
  const removed = reasons.some((extension) => readInteger(readTlv(need(extension, 0x04).value)) === REMOVE_FROM_CRL);
  return { serialNumber: comparableSerial(hex(need(entry, 0x02).value)), removed };
}

/** Whether this key signed the list. */
export function isSignedBy(list: RevocationList, key: KeyObject): boolean {
  try {
    return verify('sha256', list.signed, { key, dsaEncoding: 'der' }, list.signature);
  } catch {
    return false;
  }
}
