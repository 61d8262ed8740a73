// SPDX-License-Identifier: Apache-2.0
// PrepareDownload: `BF21{30 smdpSigned2, 5F37, [04 hashCc], 30 certificate}` → `BF21{A0{…}}` or `BF21{A1{80, 02 error}}` (SGP.22 v2.5 §5.7.5).
import { CodecError, child, need, type Tlv, tlv } from '../../codec/ber.js';
import { equal } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { checkSameActor, type ParsedCertificate } from '../../pki/check.js';
import { integerElement, octets, optional, transactionIdOf } from '../domain/elements.js';
import { ephemeralKeyFor } from '../domain/ephemeral-key.js';
import { euiccSignature } from '../domain/identity.js';
import { emergencyActive } from '../domain/profile-switch.js';
import { readServerCertificate, ServerCertificateError } from '../domain/server-certificate.js';
import type { Euicc } from '../state/euicc.js';
import type { ServerContext } from '../state/session.js';

const ERROR = {
  invalidCertificate: 1,
  invalidSignature: 2,
  unsupportedCurve: 3,
  noSessionContext: 4,
  invalidTransactionId: 5,
  ecallActive: 104,
} as const;

interface Request {
  readonly smdpSigned2: Tlv;
  readonly smdpSignature2: Tlv;
  readonly hashCc: Uint8Array | undefined;
  readonly certificate: Uint8Array;
  readonly transactionId: Uint8Array;
}

class PrepareError extends Error {
  constructor(readonly code: number) {
    super(`PrepareDownload error ${code}`);
  }
}

/** A refusal leaves the session open, so that it can be cancelled. Throws CodecError for a request that is not complete. */
export function prepareDownload(euicc: Euicc, element: Tlv): Uint8Array {
  const request = readRequest(element);
  try {
    const server = sessionOf(euicc, request);
    return accept(euicc, request, server, check(euicc, request, server));
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error;
    return tlv(0xbf21, tlv(0xa1, tlv(0x80, request.transactionId), integerElement(0x02, error.code)));
  }
}

function readRequest(element: Tlv): Request {
  const [smdpSigned2, certificate] = element.children.filter((each) => each.tag === 0x30);
  if (smdpSigned2 === undefined || certificate === undefined) throw new CodecError('an element is missing');
  octets(smdpSigned2, 0x01, 1);
  return {
    smdpSigned2,
    smdpSignature2: need(element, 0x5f37),
    hashCc: child(element, 0x04) && octets(element, 0x04, 32),
    certificate: certificate.raw,
    transactionId: transactionIdOf(smdpSigned2).slice(),
  };
}

function sessionOf(euicc: Euicc, { transactionId }: Request): ServerContext {
  const { session } = euicc;
  if (session.rsp?.phase !== 'authenticated' || !session.rsp.server.isSmdp) throw new PrepareError(ERROR.noSessionContext);
  if (!equal(session.rsp.server.transactionId, transactionId)) throw new PrepareError(ERROR.invalidTransactionId);
  if (emergencyActive(euicc)) throw new PrepareError(ERROR.ecallActive);
  return session.rsp.server;
}

/** CERT.DPpb, if it belongs to the authenticated SM-DP+ and its key signed the request. */
function check(euicc: Euicc, request: Request, server: ServerContext): ParsedCertificate {
  const certificate = checkCertificate(euicc, request, server);
  const { smdpSigned2, smdpSignature2 } = request;
  if (!verifyRs(certificate.publicKey, smdpSignature2.value, smdpSigned2.raw, server.euiccSignature1)) {
    throw new PrepareError(ERROR.invalidSignature);
  }
  return certificate;
}

function checkCertificate(euicc: Euicc, request: Request, server: ServerContext): ParsedCertificate {
  try {
    const { certificate } = readServerCertificate(euicc, request.certificate, server.ciPkId, ['dpPb']);
    checkSameActor(certificate, server.certificate);
    return certificate;
  } catch (error) {
    const curve = error instanceof ServerCertificateError && error.failure === 'unsupportedCurve';
    throw new PrepareError(curve ? ERROR.unsupportedCurve : ERROR.invalidCertificate);
  }
}

function accept(euicc: Euicc, request: Request, server: ServerContext, certificate: ParsedCertificate): Uint8Array {
  const key = ephemeralKeyFor(euicc, server.serverOid, child(request.smdpSigned2, 0x5f49)?.value);
  const euiccSigned2 = tlv(
    0x30,
    tlv(0x80, request.transactionId),
    tlv(0x5f49, key.publicPoint),
    optional(request.hashCc, (hash) => tlv(0x04, hash)),
  );
  const signature = euiccSignature(euicc.identity, euiccSigned2, tlv(0x5f37, request.smdpSignature2.value));
  euicc.session.rsp = { phase: 'prepared', server, key, smdpKey: certificate.publicKey };
  return tlv(0xbf21, tlv(0xa0, euiccSigned2, signature));
}
