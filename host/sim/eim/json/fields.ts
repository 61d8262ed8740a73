// SPDX-License-Identifier: Apache-2.0
// The members of every ESipa function in JSON (SGP.32 v1.2 §6.4.1) beside the components of its ASN.1 messages (§6.3.2), one table each.
import type { EsipaFunctionName } from '../functions.js';
import * as read from './read-values.js';
import {
  characterText,
  elementText,
  innerElementText,
  octetStringText,
  signatureText,
  transactionIdText,
  type WriteValue,
} from './write-values.js';

/** A member of a request; the components of the message come in the order of the table. */
export interface RequestMember {
  readonly name: string;
  /** Another spelling that is taken as well. */
  readonly alias?: string;
  readonly required?: boolean;
  readonly read: read.ReadValue;
}

/** A member of an answer; of two components with the same tag the first one belongs to the member that comes first. */
export interface AnswerMember {
  readonly name: string;
  readonly tag: number;
  readonly write: WriteValue;
}

/** One alternative of an answer: its components are members, or it is itself one, or it is the integer of an error. */
export type AnswerAlternative =
  | { readonly tag: number; readonly members: readonly AnswerMember[] }
  | AnswerMember
  | { readonly tag: number; readonly errorName: string };

/** How one function looks in JSON. */
export interface FunctionFields {
  /** Tag of the request. */
  readonly tag: number;
  readonly request: readonly RequestMember[];
  /** Exactly one member of the request must be there. */
  readonly requestIsChoice?: boolean;
  readonly answer: readonly AnswerAlternative[];
}

const EIM_PACKAGE_RESULT_TAGS = [0xbf51, 0x30, 0xbf52, 0xbf54, 0xa0];
const PENDING_NOTIFICATION_TAGS = [0xbf37, 0x30, 0xa0, 0xa1];

const transactionIdMember: AnswerMember = { name: 'transactionId', tag: 0x80, write: transactionIdText };
const transactionIdOfRequest: RequestMember = { name: 'transactionId', required: true, read: read.transactionId(0x80) };
const eidValue: RequestMember = { name: 'eidValue', read: read.eid };

/** The tables. */
export const FIELDS: Readonly<Record<EsipaFunctionName, FunctionFields>> = {
  initiateAuthentication: {
    tag: 0xbf39,
    request: [
      { name: 'euiccChallenge', required: true, read: read.contents(0x81, 16) },
      { name: 'smdpAddress', read: read.characters(0x83) },
      { name: 'euiccInfo1', read: read.element(0xbf20) },
      { name: 'eimTransactionId', read: read.transactionId(0x82) },
    ],
    answer: [
      {
        tag: 0xa0,
        members: [
          transactionIdMember,
          { name: 'serverSigned1', tag: 0x30, write: elementText },
          { name: 'serverSignature1', tag: 0x5f37, write: signatureText },
          { name: 'euiccCiPKIdentifierToBeUsed', tag: 0x04, write: octetStringText },
          { name: 'serverCertificate', tag: 0x30, write: elementText },
          { name: 'matchingId', tag: 0x0c, write: characterText },
          { name: 'ctxParams1', tag: 0xa2, write: innerElementText },
        ],
      },
      { tag: 0x81, errorName: 'initiateAuthenticationErrorEsipa' },
    ],
  },
  authenticateClient: {
    tag: 0xbf3b,
    request: [transactionIdOfRequest, { name: 'authenticateServerResponse', required: true, read: read.element(0xbf38) }],
    answer: [
      {
        tag: 0xa0,
        members: [
          transactionIdMember,
          { name: 'profileMetadata', tag: 0xbf25, write: elementText },
          { name: 'smdpSigned2', tag: 0x30, write: elementText },
          { name: 'smdpSignature2', tag: 0x5f37, write: signatureText },
          { name: 'smdpCertificate', tag: 0x30, write: elementText },
          { name: 'hashCc', tag: 0x04, write: octetStringText },
        ],
      },
      { tag: 0xa1, members: [transactionIdMember, { name: 'profileDownloadTriggerRequest', tag: 0xbf54, write: elementText }] },
      { tag: 0x82, errorName: 'authenticateClientErrorEsipa' },
    ],
  },
  getBoundProfilePackage: {
    tag: 0xbf3a,
    request: [transactionIdOfRequest, { name: 'prepareDownloadResponse', required: true, read: read.element(0xbf21) }],
    answer: [
      { tag: 0xa0, members: [transactionIdMember, { name: 'boundProfilePackage', tag: 0xbf36, write: elementText }] },
      { tag: 0x81, errorName: 'getBoundProfilePackageErrorEsipa' },
    ],
  },
  cancelSession: {
    tag: 0xbf41,
    request: [transactionIdOfRequest, { name: 'cancelSessionResponse', required: true, read: read.elementAs(0xa1, 0xbf41) }],
    answer: [
      { tag: 0xa0, members: [] },
      { tag: 0x81, errorName: 'cancelSessionError' },
    ],
  },
  handleNotification: {
    tag: 0xbf3d,
    request: [
      { name: 'pendingNotification', read: read.elementInside(0xa0, ...PENDING_NOTIFICATION_TAGS) },
      { name: 'provideEimPackageResult', read: read.element(0xbf50) },
    ],
    requestIsChoice: true,
    answer: [],
  },
  getEimPackage: {
    tag: 0xbf4f,
    request: [
      eidValue,
      { name: 'notifyStateChange', read: read.flag(0x80) },
      { name: 'stateChangeCause', read: read.integer(0x81) },
      { name: 'rPlmn', alias: 'rPLMN', read: read.plmn(0x82) },
    ],
    answer: [
      { name: 'euiccPackageRequest', tag: 0xbf51, write: elementText },
      { name: 'ipaEuiccDataRequest', tag: 0xbf52, write: elementText },
      { name: 'profileDownloadTriggerRequest', tag: 0xbf54, write: elementText },
      { tag: 0x02, errorName: 'eimPackageError' },
    ],
  },
  provideEimPackageResult: {
    tag: 0xbf50,
    request: [eidValue, { name: 'eimPackageResult', required: true, read: read.element(...EIM_PACKAGE_RESULT_TAGS) }],
    answer: [
      { name: 'eimAcknowledgements', tag: 0xbf53, write: elementText },
      { tag: 0x30, members: [] },
      { tag: 0x02, errorName: 'provideEimPackageResultError' },
    ],
  },
};
