// SPDX-License-Identifier: Apache-2.0
// The two bindings of ESipa over HTTPS: ASN.1 on one path (SGP.32 v1.2 §6.3), JSON on one path for each function (§6.4).
import { type EsipaFunctionName, esipaFunctionName } from './functions.js';
import { FIELDS } from './json/fields.js';
import type { EimService, EsipaResponse } from './service.js';

/** What is served on one path. */
export interface HttpBinding {
  /** Of answers. */
  readonly contentType: string;
  /** Whether requests may have this media type, as it stands in the header. */
  readonly takes: (contentType: string) => boolean;
  /** The function that a request calls, as far as can be told without reading it. */
  readonly functionName: (body: Uint8Array) => EsipaFunctionName | undefined;
  /** Answers a request; never rejects. */
  readonly handle: (body: Uint8Array) => Promise<EsipaResponse>;
}

const ASN1_PATH = '/gsma/rsp2/asn1';
const ASN1_TYPE = 'application/x-gsma-rsp-asn1';
const JSON_PREFIX = '/gsma/rsp2/esipa/';
const JSON_TYPE = 'application/json';

/** What is served on this path; undefined when nothing is. JSON came with v1.1 of the specification. */
export function bindingFor(path: string, service: EimService): HttpBinding | undefined {
  if (path === ASN1_PATH) return asn1Binding(service);
  const name = path.startsWith(JSON_PREFIX) ? path.slice(JSON_PREFIX.length) : '';
  return service.version !== '1.0' && isFunctionName(name) ? jsonBinding(name, service) : undefined;
}

function asn1Binding(service: EimService): HttpBinding {
  return {
    contentType: ASN1_TYPE,
    takes: (contentType) => mediaType(contentType) === ASN1_TYPE,
    functionName: esipaFunctionName,
    handle: (body) => service.handle(body),
  };
}

function jsonBinding(name: EsipaFunctionName, service: EimService): HttpBinding {
  return {
    contentType: `${JSON_TYPE};charset=UTF-8`,
    takes: (contentType) => mediaType(contentType) === JSON_TYPE && isUtf8(contentType),
    functionName: () => name,
    handle: (body) => service.handleJson(name, body),
  };
}

function isFunctionName(name: string): name is EsipaFunctionName {
  return Object.hasOwn(FIELDS, name);
}

function mediaType(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase();
}

/** No charset means UTF-8 (RFC 8259 §8.1). */
function isUtf8(contentType: string): boolean {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1];
  return charset === undefined || charset.toLowerCase() === 'utf-8';
}
