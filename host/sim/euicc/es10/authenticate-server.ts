// SPDX-License-Identifier: Apache-2.0
// AuthenticateServer: `BF38{30 serverSigned1, 5F37, 04 CI, 30 certificate, ctxParams1}` → `BF38{A0{…}}` or `BF38{A1{80, 02 error}}`
// (SGP.22 v2.5 §5.7.13).
import { CodecError, need, oidContent, type Tlv, tlv } from '../../codec/ber.js';
import { equal, text } from '../../codec/bytes.js';
import { verifyRs } from '../../crypto/ecdsa.js';
import { integerElement, octets, transactionIdOf } from '../domain/elements.js';
import { euiccSignature } from '../domain/identity.js';
import { emergencyActive } from '../domain/profile-switch.js';
import { readServerCertificate, type ServerCertificate, ServerCertificateError } from '../domain/server-certificate.js';
import type { Euicc } from '../state/euicc.js';
import { getEuiccInfo2 } from './get-euicc-info.js';

const ERROR = {
  invalidCertificate: 1,
  invalidSignature: 2,
  unsupportedCurve: 3,
  noSessionContext: 4,
  invalidOid: 5,
  euiccChallengeMismatch: 6,
  ciPkUnknown: 7,
  ecallActive: 104,
} as const;

interface Request {
  readonly serverSigned1: Tlv;
  readonly signature: Uint8Array;
  readonly ciPkId: Uint8Array;
  readonly certificate: Uint8Array;
  readonly ctxParams1: Tlv;
  readonly transactionId: Uint8Array;
}

class AuthenticateError extends Error {
  constructor(readonly code: number) {
    super(`AuthenticateServer error ${code}`);
  }
}

/** Any refusal ends the session: the challenge is used up. Throws CodecError for a request that is not complete. */
export function authenticateServer(euicc: Euicc, element: Tlv): Uint8Array {
  const request = readRequest(element);
  try {
    return accept(euicc, request, check(euicc, request));
  } catch (error) {
    if (!(error instanceof AuthenticateError)) throw error;
    euicc.session.rsp = undefined;
    return tlv(0xbf38, tlv(0xa1, tlv(0x80, request.transactionId), integerElement(0x02, error.code)));
  }
}

function readRequest(element: Tlv): Request {
  const [serverSigned1, certificate] = element.children.filter((each) => each.tag === 0x30);
  if (serverSigned1 === undefined || certificate === undefined) throw new CodecError('an element is missing');
  octets(serverSigned1, 0x81, 16);
  octets(serverSigned1, 0x83, 1, 255);
  octets(serverSigned1, 0x84, 16);
  return {
    serverSigned1,
    signature: need(element, 0x5f37).value,
    ciPkId: octets(element, 0x04, 1, 20),
    certificate: certificate.raw,
    ctxParams1: need(element, 0xa0),
    transactionId: transactionIdOf(serverSigned1).slice(),
  };
}

function check(euicc: Euicc, request: Request): ServerCertificate {
  const { rsp } = euicc.session;
  if (rsp?.phase !== 'challenged') throw new AuthenticateError(ERROR.noSessionContext);
  if (emergencyActive(euicc)) throw new AuthenticateError(ERROR.ecallActive);
  if (!euicc.identity.signingCiPkIds.some((each) => equal(each, request.ciPkId))) throw new AuthenticateError(ERROR.ciPkUnknown);
  const server = checkCertificate(euicc, request);
  if (!verifyRs(server.certificate.publicKey, request.signature, request.serverSigned1.raw)) {
    throw new AuthenticateError(ERROR.invalidSignature);
  }
  if (!equal(need(request.serverSigned1, 0x81).value, rsp.challenge)) throw new AuthenticateError(ERROR.euiccChallengeMismatch);
  return server;
}

function checkCertificate(euicc: Euicc, { certificate, ciPkId }: Request): ServerCertificate {
  try {
    return readServerCertificate(euicc, certificate, ciPkId, ['dpAuth', 'dsAuth']);
  } catch (error) {
    throw error instanceof ServerCertificateError ? new AuthenticateError(ERROR[error.failure]) : error;
  }
}

function accept(euicc: Euicc, request: Request, server: ServerCertificate): Uint8Array {
  const { identity } = euicc;
  const { serverSigned1, transactionId } = request;
  const address = need(serverSigned1, 0x83);
  const info2 = getEuiccInfo2(euicc, serverSigned1);
  const euiccSigned1 = tlv(0x30, tlv(0x80, transactionId), address.raw, need(serverSigned1, 0x84).raw, info2, request.ctxParams1.raw);
  const signature = euiccSignature(identity, euiccSigned1);
  euicc.session.rsp = {
    phase: 'authenticated',
    server: {
      transactionId,
      serverAddress: text(address.value),
      serverOid: oidContent(server.oid),
      ciPkId: request.ciPkId.slice(),
      certificate: server.certificate,
      isSmdp: server.role === 'dpAuth',
      euiccSignature1: signature,
    },
  };
  return tlv(0xbf38, tlv(0xa0, euiccSigned1, signature, identity.certificate, identity.eumCertificate));
}
