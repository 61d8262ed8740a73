// SPDX-License-Identifier: Apache-2.0
// What an eIM checks of the SM-DP+'s first answer when the IPA cannot (SGP.32 v1.2 §5.14.1): address, OID, challenge, certificate, signature.
import { need, readTlv } from '../codec/ber.js';
import { equal, text } from '../codec/bytes.js';
import { verifyRs } from '../crypto/ecdsa.js';
import { CertificateError, checkServerCertificate, type ParsedCertificate } from '../pki/check.js';
import type { EimContext } from './context.js';
import { Refusal, UNDEFINED_ERROR } from './relay/error-codes.js';

const SMDP_ADDRESS_MISMATCH = 50;
const SMDP_OID_MISMATCH = 51;

/** The server's part of InitiateAuthentication, as TLVs. */
export interface ServerAuthentication {
  /** serverSigned1, tag 30. */
  readonly serverSigned1: Uint8Array;
  /** Tag 5F37. */
  readonly serverSignature1: Uint8Array;
  /** DER. */
  readonly serverCertificate: Uint8Array;
}

/** What the answer must agree with. */
export interface ServerExpectation {
  readonly euiccChallenge: Uint8Array;
  readonly smdpAddress: string;
  /** From the activation code, dotted. */
  readonly smdpOid?: string;
  readonly role: 'dpAuth' | 'dsAuth';
}

/** What a session keeps of serverSigned1. */
export interface ServerIdentity {
  readonly serverAddress: string;
  readonly serverChallenge: Uint8Array;
  /** Registered identifier of the server's certificate, dotted. */
  readonly smdpOid: string | undefined;
}

/** Checks the answer; throws Refusal with the ESipa code, CodecError when serverSigned1 lacks a field. */
export function checkServerAuthentication(answer: ServerAuthentication, expected: ServerExpectation, eim: EimContext): ServerIdentity {
  const signed = readTlv(answer.serverSigned1);
  const serverAddress = text(need(signed, 0x83).value);
  if (serverAddress.toLowerCase() !== expected.smdpAddress.toLowerCase()) {
    throw new Refusal(SMDP_ADDRESS_MISMATCH, `the server calls itself ${serverAddress}, not ${expected.smdpAddress}`);
  }
  if (!equal(need(signed, 0x81).value, expected.euiccChallenge))
    throw new Refusal(UNDEFINED_ERROR, 'the server signed another eUICC challenge');
  const certificate = checkCertificate(answer.serverCertificate, expected.role, eim);
  if (expected.smdpOid !== undefined && certificate.registeredId !== expected.smdpOid) {
    throw new Refusal(SMDP_OID_MISMATCH, `the certificate is that of ${certificate.registeredId ?? 'no OID'}, not of ${expected.smdpOid}`);
  }
  if (!verifyRs(certificate.publicKey, readTlv(answer.serverSignature1).value, answer.serverSigned1)) {
    throw new Refusal(UNDEFINED_ERROR, 'the signature of the server is wrong');
  }
  return { serverAddress, serverChallenge: need(signed, 0x84).value, smdpOid: certificate.registeredId };
}

function checkCertificate(der: Uint8Array, role: 'dpAuth' | 'dsAuth', eim: EimContext): ParsedCertificate {
  try {
    return checkServerCertificate(der, eim.trustedCis, role, eim.now());
  } catch (error) {
    if (error instanceof CertificateError) throw new Refusal(UNDEFINED_ERROR, `the certificate of the server: ${error.message}`);
    throw error;
  }
}
