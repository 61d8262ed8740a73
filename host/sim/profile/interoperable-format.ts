// SPDX-License-Identifier: Apache-2.0
// Numbers of the TCA eUICC Profile Package: Interoperable Format 2.3.1 that a maker and a reader of packages both need: element tags (CHOICE
// ProfileElement), services of the header, and template identifiers.

/** Tags of ProfileElement. */
export const PROFILE_ELEMENT = {
  header: 0xa0,
  genericFileManagement: 0xa1,
  pinCodes: 0xa2,
  pukCodes: 0xa3,
  akaParameter: 0xa4,
  cdmaParameter: 0xa5,
  securityDomain: 0xa6,
  rfm: 0xa7,
  application: 0xa8,
  end: 0xaa,
  mf: 0xb0,
  cd: 0xb1,
  telecom: 0xb2,
  usim: 0xb3,
  optUsim: 0xb4,
  isim: 0xb5,
  optIsim: 0xb6,
  phonebook: 0xb7,
  gsmAccess: 0xb8,
  csim: 0xb9,
  optCsim: 0xba,
  eap: 0xbb,
  df5gs: 0xbc,
  dfSaip: 0xbd,
} as const;

/** Tags of ServicesList that the simulators use by name. */
export const SERVICE = { usim: 0x81, isim: 0x82, milenage: 0x84, tuak128: 0x85, javacard: 0x8b } as const;

/** Version 1 of each template of file structures; later versions add an arc. */
export const TEMPLATE = {
  mf: '2.23.143.1.2.1',
  cd: '2.23.143.1.2.2',
  telecom: '2.23.143.1.2.3',
  usim: '2.23.143.1.2.4',
  optUsim: '2.23.143.1.2.5',
  phonebook: '2.23.143.1.2.6',
  gsmAccess: '2.23.143.1.2.7',
  isim: '2.23.143.1.2.8',
  optIsim: '2.23.143.1.2.9',
  csim: '2.23.143.1.2.10',
  optCsim: '2.23.143.1.2.11',
  eap: '2.23.143.1.2.12',
  df5gs: '2.23.143.1.2.13',
  dfSaip: '2.23.143.1.2.14',
} as const;
