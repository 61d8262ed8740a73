// SPDX-License-Identifier: Apache-2.0
// The profile elements of one package, in order: the fewest a network needs, or all kinds a real profile has.
import { fromHex } from '../../codec/bytes.js';
import type { TEMPLATE } from '../interoperable-format.js';
import type { SeededBytes } from '../seeded-bytes.js';
import { akaParameter } from './aka-parameter.js';
import { application } from './application.js';
import { pinCodes, pukCodes } from './codes.js';
import { twoBytes } from './file.js';
import { profileHeader } from './header.js';
import { isim } from './isim.js';
import { mf } from './mf.js';
import type { NumberedElement } from './numbered.js';
import { optUsim } from './opt-usim.js';
import { remoteFileManagement } from './rfm.js';
import { securityDomain } from './security-domain.js';
import { ISIM_AID, type Subscription, USIM_AID } from './subscription.js';
import { TELECOM_FILE_ID, telecom } from './telecom.js';
import { usim } from './usim.js';

export interface ElementList {
  readonly header: Uint8Array;
  readonly elements: readonly NumberedElement[];
  /** Directory for more files. */
  readonly fillerPath: Uint8Array;
}

const PIN = { global1: 0x01, adm1: 0x0a, local1: 0x81 } as const;
const PUK = { global1: 0x01, local1: 0x81 } as const;
const LOCAL_PIN = { keyReference: PIN.local1, code: '9999', unblockedBy: PUK.local1 };
const GLOBAL_PIN = { keyReference: PIN.global1, code: '0000', unblockedBy: PUK.global1 };
/** Toolkit application references of remote file management (ETSI TS 101 220 Annex D): for the UICC's files, and with a USIM. */
const REFERENCE = { sharedFiles: fromHex('B00000'), usim: fromHex('B00010') } as const;

/** MF, one PUK, one PIN, a USIM and its keys. */
export function fewestElements(subscription: Subscription, profileType: string): ElementList {
  const { iccid, algorithm } = subscription;
  const services = ['usim', authentication(algorithm)] as const;
  return {
    header: profileHeader({ iccid, profileType, services, templates: ['mf', 'usim'] }),
    fillerPath: new Uint8Array(0),
    elements: [
      mf({ iccid, pins: [PIN.global1], applications: [[USIM_AID, 'USIM']], languages: [] }),
      pukCodes([[PUK.global1, '11111111']]),
      pinCodes([GLOBAL_PIN]),
      usim(subscription, [PIN.global1], false),
      akaParameter(subscription, 'keys'),
    ],
  };
}

/** Also DF TELECOM, optional files, an ISIM, a security domain, remote file management, and with `codeBytes` an application. */
export function allElements(subscription: Subscription, profileType: string, random: SeededBytes, codeBytes: number): ElementList {
  const { iccid, algorithm } = subscription;
  const services = ['usim', 'isim', authentication(algorithm), ...(codeBytes > 0 ? (['javacard'] as const) : [])] as const;
  const templates: (keyof typeof TEMPLATE)[] = ['mf', 'telecom', 'usim', 'optUsim', 'isim'];
  const applications = [[USIM_AID, 'USIM'] as const, [ISIM_AID, 'ISIM'] as const];
  const pins = [PIN.local1, PIN.global1, PIN.adm1];
  return {
    header: profileHeader({ iccid, profileType, services, templates }),
    fillerPath: twoBytes(TELECOM_FILE_ID),
    elements: [
      mf({ iccid, pins: [PIN.global1, PIN.adm1], applications, languages: ['en', 'de'] }),
      pukCodes([
        [PUK.global1, '11111111'],
        [PUK.local1, '22222222'],
      ]),
      pinCodes([GLOBAL_PIN, { keyReference: PIN.adm1, code: '55555555' }]),
      telecom(pins, 'Services'),
      pinCodes([LOCAL_PIN]),
      usim(subscription, pins, true),
      optUsim(subscription),
      pinCodes([LOCAL_PIN]),
      akaParameter(subscription, codeBytes > 0 ? 'sequenceNumbers' : 'constants'),
      isim(subscription, pins),
      pinCodes([LOCAL_PIN]),
      akaParameter(subscription, 'keys'),
      securityDomain(random),
      remoteFileManagement(REFERENCE.sharedFiles),
      remoteFileManagement(REFERENCE.usim, USIM_AID),
      ...(codeBytes > 0 ? [application(codeBytes, random)] : []),
    ],
  };
}

function authentication(algorithm: Subscription['algorithm']): 'milenage' | 'tuak128' {
  return algorithm === 'milenage' ? 'milenage' : 'tuak128';
}
