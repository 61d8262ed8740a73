// SPDX-License-Identifier: Apache-2.0
// The part of AuthenticateClient that ES9+ and ES11 have in common (SGP.22 v2.5 §5.6.3, §5.8.2): is this the eUICC it says it is?
import { child, need, type Tlv } from '../codec/ber.js';
import { equal, hex, text } from '../codec/bytes.js';
import { verifyRs } from '../crypto/ecdsa.js';
import { CertificateError, checkEuiccCertificate, checkEumCertificate, type ParsedCertificate } from '../pki/check.js';
import type { AuthenticatingServer } from './authenticating-server.js';
import { decoding, type RspRequest } from './request.js';
import type { RspSession } from './sessions.js';
import { COMMON_REFUSALS, type Refusal, RspError } from './status.js';

/** An eUICC that proved its EID, and what it signed for. */
export interface AuthenticatedEuicc<Client> {
  readonly session: RspSession<Client>;
  /** 32 digits. */
  readonly eid: string;
  readonly certificate: ParsedCertificate;
  /** Empty when it gave none. */
  readonly matchingId: string;
  readonly euiccInfo2: Tlv;
  /** The 5F37 element. */
  readonly euiccSignature1: Tlv;
}

/** AuthenticateResponseOk, cut into its elements. */
interface AuthenticateResponse {
  readonly euiccSigned1: Tlv;
  readonly euiccSignature1: Tlv;
  readonly euiccCertificate: Tlv;
  readonly eumCertificate: Tlv;
}

/** Checks certificates, signature and session, in this order; throws RspError. The session has ended unless the caller goes on with it. */
export function authenticateEuicc<Client>(server: AuthenticatingServer<Client>, request: RspRequest): AuthenticatedEuicc<Client> {
  const session = server.sessions.need(request.transactionId(), 'initiated');
  session.phase = 'ended';
  const response = readResponse(request.element('authenticateServerResponse', 0xbf38));
  const { certificate, eid } = checkCertificates(session.ci, response, server.now());
  checkSigned(session, response, certificate);
  return { session, eid, certificate, euiccSignature1: response.euiccSignature1, ...readSigned(response.euiccSigned1) };
}

function readResponse(authenticateServerResponse: Tlv): AuthenticateResponse {
  return decoding(() => {
    const error = child(authenticateServerResponse, 0xa1);
    if (error) throw new RspError(COMMON_REFUSALS.euiccReportedError, `AuthenticateServer error ${hex(need(error, 0x02).value)}`);
    const ok = need(authenticateServerResponse, 0xa0);
    const [euiccSigned1, euiccCertificate, eumCertificate] = ok.children.filter((element) => element.tag === 0x30);
    if (!euiccSigned1 || !euiccCertificate || !eumCertificate) throw new RspError(COMMON_REFUSALS.elementMissing, 'authenticateResponseOk');
    return { euiccSigned1, euiccSignature1: need(ok, 0x5f37), euiccCertificate, eumCertificate };
  });
}

function checkCertificates(
  ci: ParsedCertificate,
  response: AuthenticateResponse,
  at: Date,
): { certificate: ParsedCertificate; eid: string } {
  const eum = refusing(
    () => checkEumCertificate(response.eumCertificate.raw, [ci], at),
    (failure) =>
      failure === 'unknownCi'
        ? COMMON_REFUSALS.ciUnknown
        : failure === 'expired'
          ? COMMON_REFUSALS.eumCertificateExpired
          : COMMON_REFUSALS.eumCertificateInvalid,
  );
  return refusing(
    () => checkEuiccCertificate(response.euiccCertificate.raw, eum, at),
    (failure) =>
      failure === 'nameConstraints'
        ? COMMON_REFUSALS.eidNotPermitted
        : failure === 'expired'
          ? COMMON_REFUSALS.euiccCertificateExpired
          : COMMON_REFUSALS.euiccCertificateInvalid,
  );
}

function refusing<T>(check: () => T, refusalFor: (failure: CertificateError['failure']) => Refusal): T {
  try {
    return check();
  } catch (cause) {
    if (cause instanceof CertificateError) throw new RspError(refusalFor(cause.failure), cause.message, { cause });
    throw cause;
  }
}

/** Signature, then the values that tie the signed data to this session. */
function checkSigned<Client>(
  session: RspSession<Client>,
  { euiccSigned1, euiccSignature1 }: AuthenticateResponse,
  euicc: ParsedCertificate,
): void {
  if (!verifyRs(euicc.publicKey, euiccSignature1.value, euiccSigned1.raw)) throw new RspError(COMMON_REFUSALS.euiccSignatureInvalid);
  const [transactionId, address, challenge] = decoding(
    () => [need(euiccSigned1, 0x80), need(euiccSigned1, 0x83), need(euiccSigned1, 0x84)] as const,
  );
  if (!equal(transactionId.value, session.transactionId))
    throw new RspError(COMMON_REFUSALS.transactionUnknown, 'euiccSigned1 is of another transaction');
  if (!equal(challenge.value, session.serverChallenge)) throw new RspError(COMMON_REFUSALS.euiccSignatureInvalid, 'serverChallenge');
  if (text(address.value) !== session.serverAddress) throw new RspError(COMMON_REFUSALS.euiccSignatureInvalid, 'serverAddress');
}

function readSigned(euiccSigned1: Tlv): { matchingId: string; euiccInfo2: Tlv } {
  return decoding(() => {
    const ctxParams1 = child(euiccSigned1, 0xa0);
    if (!ctxParams1) throw new RspError(COMMON_REFUSALS.elementMissing, 'ctxParams1');
    need(ctxParams1, 0xa1);
    const matchingId = child(ctxParams1, 0x80);
    return { matchingId: matchingId ? text(matchingId.value) : '', euiccInfo2: need(euiccSigned1, 0xbf22) };
  });
}
