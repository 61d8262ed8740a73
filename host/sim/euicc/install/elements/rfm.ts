// SPDX-License-Identifier: Apache-2.0
// PE-RFM: an application for remote file management (Interoperable Format).
import { child, type Tlv } from '../../../codec/ber.js';
import { hex } from '../../../codec/bytes.js';
import { addOnce, type Draft } from './draft.js';
import { aidOf, field, malformed, sized, unknownReference } from './fields.js';

const AID = 0x4f;
/** PEHeader, and tarList behind the AIDs, have the same tag. */
const HEADER_AND_REFERENCES = 0xa0;
const REFERENCE_BYTES = 3;

/** Throws ElementError: no security domain yet, a toolkit application reference or AID in use, an ADF that is not there. */
export function createRemoteFileManagement(draft: Draft, element: Tlv): void {
  if (draft.securityDomainAids.size === 0) throw unknownReference('remote file management before any security domain');
  const [aid, domain] = element.children.filter(({ tag }) => tag === AID).map(aidOf);
  if (aid === undefined) throw malformed('remote file management without AID');
  if (domain !== undefined && !draft.securityDomainAids.has(domain)) throw unknownReference(`no security domain ${domain}`);
  addOnce(draft.instanceAids, aid, 'instance');
  for (const reference of element.children.filter(({ tag }) => tag === HEADER_AND_REFERENCES)[1]?.children ?? [])
    addOnce(draft.references, hex(sized(reference, REFERENCE_BYTES)), 'toolkit application reference');
  sized(field(element, 0x81), 1);
  if (element.children.filter(({ tag }) => tag === 0x04).length !== 2) throw malformed('not two access domains');
  const adf = child(element, 0x30);
  if (adf === undefined) return;
  const name = aidOf(field(adf, 0x80));
  if (!draft.adfAids.has(name)) throw unknownReference(`no application ${name}`);
  field(adf, 0x81);
  field(adf, 0x82);
}
