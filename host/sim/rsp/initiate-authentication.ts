// SPDX-License-Identifier: Apache-2.0
// InitiateAuthentication of ES9+ and ES11 (SGP.22 v2.5 §5.6.1, §5.8.1): opens a session and proves the server to the eUICC.
import { need, type Tlv, tlv } from '../codec/ber.js';
import { equal, hex, utf8 } from '../codec/bytes.js';
import { signRs } from '../crypto/ecdsa.js';
import type { ParsedCertificate } from '../pki/check.js';
import { type AuthenticatingServer, identity } from './authenticating-server.js';
import { decoding, type RspRequest } from './request.js';
import type { RspResponse } from './response.js';
import type { RspSession } from './sessions.js';
import { COMMON_REFUSALS, RspError } from './status.js';

const CHALLENGE_BYTES = 16;
const TRANSACTION_ID_BYTES = 16;

/** Checks address, version and CIs, in this order; throws RspError. `addressNames`: the names of the address field in JSON. */
export function initiateAuthentication<Client>(
  server: AuthenticatingServer<Client>,
  request: RspRequest,
  ...addressNames: readonly string[]
): { session: RspSession<Client>; response: RspResponse } {
  const euiccChallenge = request.bytes('euiccChallenge');
  if (euiccChallenge.length !== CHALLENGE_BYTES) throw new RspError(COMMON_REFUSALS.formatInvalid, 'euiccChallenge has not 16 bytes');
  const euiccInfo1 = request.element('euiccInfo1', 0xbf20);
  const serverAddress = request.text(...addressNames);
  if (!server.addresses.includes(serverAddress.toLowerCase())) throw new RspError(server.refusals.addressInvalid, serverAddress);
  const session = openSession(server, serverAddress, checkEuiccInfo1(server, euiccInfo1));
  return { session, response: prove(server, session, euiccChallenge) };
}

/** The CI to use: the first one of the eUICC's list, which is in its order of preference, that is trusted here. */
function checkEuiccInfo1<Client>(server: AuthenticatingServer<Client>, euiccInfo1: Tlv): ParsedCertificate {
  const [svn, verification, signing] = decoding(() => [need(euiccInfo1, 0x82), need(euiccInfo1, 0xa9), need(euiccInfo1, 0xaa)] as const);
  const { auth, refusals, deviations } = server;
  if (!server.supportedMajorVersions.includes(svn.value[0] ?? 0)) throw new RspError(refusals.versionNotSupported, hex(svn.value));
  const verifiable = verification.children.some((id) => equal(id.value, auth.certificate.authorityKeyId));
  if (!verifiable && deviations.serverIdentity === undefined) throw new RspError(refusals.noAuthenticationCertificate);
  for (const id of signing.children) {
    const ci = server.trustedCis.find((each) => equal(each.subjectKeyId, id.value));
    if (ci) return ci;
  }
  throw new RspError(refusals.ciNotSupported);
}

function openSession<Client>(server: AuthenticatingServer<Client>, serverAddress: string, ci: ParsedCertificate): RspSession<Client> {
  const session: RspSession<Client> = {
    transactionId: server.random(TRANSACTION_ID_BYTES),
    serverAddress,
    serverChallenge: server.random(CHALLENGE_BYTES),
    ci,
    phase: 'initiated',
  };
  server.sessions.add(session);
  return session;
}

function prove<Client>(server: AuthenticatingServer<Client>, session: RspSession<Client>, euiccChallenge: Uint8Array): RspResponse {
  const { deviations } = server;
  const auth = deviations.serverIdentity ? identity(deviations.serverIdentity) : server.auth;
  const serverSigned1 = tlv(
    0x30,
    tlv(0x80, session.transactionId),
    tlv(0x81, deviations.euiccChallenge ?? euiccChallenge),
    tlv(0x83, utf8(deviations.serverAddress ?? session.serverAddress)),
    tlv(0x84, session.serverChallenge),
  );
  return {
    transactionId: deviations.transactionId ?? session.transactionId,
    elements: {
      serverSigned1,
      serverSignature1: tlv(0x5f37, signRs(auth.privateKey, serverSigned1)),
      euiccCiPKIdToBeUsed: tlv(0x04, deviations.ciPkId ?? session.ci.subjectKeyId),
      serverCertificate: auth.certificate.raw,
    },
  };
}
