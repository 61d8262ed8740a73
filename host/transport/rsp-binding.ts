// SPDX-License-Identifier: Apache-2.0
// What the bindings of ESipa, ES9+ and ES11 say of HTTP: path, media type, version (SGP.32 v1.2 §6.1, §6.3, §6.4; SGP.22 v2.5 §6.3, §6.5, §6.6).

import type { Binding, PeerKind, RspFunction } from '../interfaces.js';

/** The path of all functions in the ASN.1 binding. */
export const ASN1_PATH = '/gsma/rsp2/asn1';

const JSON_FOLDERS: Readonly<Record<PeerKind, string>> = { eim: 'esipa', smdp: 'es9plus', smds: 'es11' };

/** The path of a request. */
export function pathOf(kind: PeerKind, binding: Binding, rspFunction: RspFunction): string {
  return binding === 'asn1' ? ASN1_PATH : `/gsma/rsp2/${JSON_FOLDERS[kind]}/${rspFunction}`;
}

/** The media type that an answer must have; parameters may follow it. */
export const MEDIA_TYPES: Readonly<Record<Binding, string>> = { asn1: 'application/x-gsma-rsp-asn1', json: 'application/json' };

/** The content type of requests. */
export const CONTENT_TYPES: Readonly<Record<Binding, string>> = { asn1: MEDIA_TYPES.asn1, json: `${MEDIA_TYPES.json};charset=UTF-8` };

/** X-Admin-Protocol: for ESipa what SGP.32 v1.2 §6.1 names, for the others what SM-DP+ in the field know from LPAs. */
export const ADMIN_PROTOCOLS: Readonly<Record<PeerKind, string>> = {
  eim: 'gsma/rsp/v2.1.0',
  smdp: 'gsma/rsp/v2.2.2',
  smds: 'gsma/rsp/v2.2.2',
};
