// SPDX-License-Identifier: Apache-2.0
// ApplicationInstance: what is made from a load package, a security domain or another application (Interoperable Format §8.7.3).
import { child, type Tlv } from '../../../codec/ber.js';
import { addOnce, type Draft } from './draft.js';
import { aidOf, field, malformed, sized, unknownReference } from './fields.js';

const AID = 0x4f;
/** Load package and class of security domains, which are on the card (GlobalPlatform). */
const SECURITY_DOMAIN_PACKAGE = 'A0000001515350';
const SECURITY_DOMAIN_CLASS = 'A000000151535041';

/** The AID of the new instance, in hexadecimal. Throws ElementError: what it is made from is not there, or its AID is in use. */
export function readInstance(draft: Draft, instance: Tlv): string {
  const [loadPackage, classAid, aid, domain] = instance.children.filter(({ tag }) => tag === AID).map(aidOf);
  if (loadPackage === undefined || classAid === undefined || aid === undefined) throw malformed('an instance without its three AIDs');
  if (!hasClass(draft, loadPackage, classAid)) throw unknownReference(`no class ${classAid} in package ${loadPackage}`);
  if (domain !== undefined && !draft.securityDomainAids.has(domain)) throw unknownReference(`no security domain ${domain}`);
  sized(field(instance, 0x82), 1, 3);
  const lifeCycleState = child(instance, 0x83);
  if (lifeCycleState) sized(lifeCycleState, 1);
  field(instance, 0xc9);
  addOnce(draft.instanceAids, aid, 'instance');
  return aid;
}

function hasClass(draft: Draft, loadPackage: string, classAid: string): boolean {
  if (loadPackage === SECURITY_DOMAIN_PACKAGE) return classAid === SECURITY_DOMAIN_CLASS;
  return draft.packages.get(loadPackage)?.has(classAid) === true;
}
