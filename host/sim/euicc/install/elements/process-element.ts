// SPDX-License-Identifier: Apache-2.0
// Processes one profile element: order, number, and what it asks for (Interoperable Format).
import { CodecError, child, readOid, readTlv, type Tlv } from '../../../codec/ber.js';
import { PROFILE_ELEMENT } from '../../../profile/interoperable-format.js';
import { readAkaParameter, readCdmaParameter } from './aka-parameter.js';
import { createApplication } from './application.js';
import { createPinCodes, createPukCodes } from './codes.js';
import { checkComplete } from './completeness.js';
import { addOnce, type Draft } from './draft.js';
import { field, integerUpTo, malformed } from './fields.js';
import { manageFiles } from './generic-file-management.js';
import { readProfileHeader } from './header.js';
import { createRemoteFileManagement } from './rfm.js';
import { createSecurityDomain } from './security-domain.js';
import { ELEMENT_STATUS, ElementError, type ElementStatus } from './status.js';
import { createTemplateFiles } from './template-files.js';
import { TEMPLATES } from './templates.js';

/** Largest identification (UInt15). */
const LARGEST_IDENTIFICATION = 0x7fff;

type Process = (draft: Draft, element: Tlv, identification: number) => void;

const PROCESSES: ReadonlyMap<number, Process> = new Map<number, Process>([
  [PROFILE_ELEMENT.genericFileManagement, manageFiles],
  [PROFILE_ELEMENT.pinCodes, createPinCodes],
  [PROFILE_ELEMENT.pukCodes, createPukCodes],
  [PROFILE_ELEMENT.akaParameter, readAkaParameter],
  [PROFILE_ELEMENT.cdmaParameter, readCdmaParameter],
  [PROFILE_ELEMENT.securityDomain, createSecurityDomain],
  [PROFILE_ELEMENT.rfm, createRemoteFileManagement],
  [PROFILE_ELEMENT.application, createApplication],
  ...[...TEMPLATES.keys()].map((tag): [number, Process] => [tag, createTemplateFiles]),
  [PROFILE_ELEMENT.end, endProfile],
]);

/** The status of an element that ends the installation; undefined when it was carried out, or may be left out. */
export function processElement(draft: Draft, bytes: Uint8Array): ElementStatus | undefined {
  let identification: number | undefined;
  try {
    const element = readTlv(bytes);
    if (draft.ended) throw malformed('an element behind the end');
    if ((element.tag === PROFILE_ELEMENT.header) !== (draft.iccid === undefined)) throw malformed('a header that is not the first element');
    if (element.tag === PROFILE_ELEMENT.header) readProfileHeader(draft, element);
    else {
      const header = field(element, 0xa0);
      identification = integerUpTo(field(header, 0x81), LARGEST_IDENTIFICATION);
      addOnce(draft.identifications, identification, 'identification');
      processNumbered(draft, element, identification, child(header, 0x80) !== undefined);
    }
    return undefined;
  } catch (error) {
    if (error instanceof CodecError) return { status: ELEMENT_STATUS.invalidRequestFormat, identification };
    if (error instanceof ElementError) return { status: error.status, identification: error.identification ?? identification };
    throw error;
  }
}

/** An element or template that is not known is left out with a warning, unless the profile demands it. */
function processNumbered(draft: Draft, element: Tlv, identification: number, mandated: boolean): void {
  const status = unsupported(element);
  if (status === undefined) PROCESSES.get(element.tag)!(draft, element, identification);
  else if (mandated) throw new ElementError(status, `element ${element.tag.toString(16)}`);
  else draft.warnings.push({ status, identification });
}

function unsupported(element: Tlv): number | undefined {
  if (!PROCESSES.has(element.tag)) return ELEMENT_STATUS.notSupported;
  const template = TEMPLATES.get(element.tag);
  const known = template === undefined || template.identifiers.has(readOid(field(element, 0x81)));
  return known ? undefined : ELEMENT_STATUS.templateNotSupported;
}

function endProfile(draft: Draft): void {
  checkComplete(draft);
  draft.ended = true;
}
