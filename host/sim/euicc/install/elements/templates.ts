// SPDX-License-Identifier: Apache-2.0
// The templates of file structures that the eUICC knows, and of their files what a package may leave out (Interoperable Format, Annex A).
import { PROFILE_ELEMENT, TEMPLATE } from '../../../profile/interoperable-format.js';

/** Defaults of a file: identifier, and its size when the template has one. */
export interface TemplateFile {
  readonly fileId: string;
  readonly sizeBytes?: number;
  /** Default length of each record; `sizeBytes` is one of whole records. */
  readonly recordBytes?: number;
}

export interface Template {
  /** Object identifiers of all versions. */
  readonly identifiers: ReadonlySet<string>;
  /** Tag of the element that creates the directory it goes to; undefined for the MF itself. */
  readonly below: number | undefined;
  /** Whether its first file, A2, is a directory of its own. */
  readonly hasRoot: boolean;
  /** Whether that directory is the ADF of a network access application. */
  readonly isNaa: boolean;
  /** Tags of the files every package has to give. */
  readonly mandatory: readonly number[];
  readonly files: ReadonlyMap<number, TemplateFile>;
  /** Whether the eUICC keeps the contents of its files after installation, for reading. */
  readonly kept: boolean;
}

type FileRow = readonly [tag: number, fileId: string, sizeBytes?: number, recordBytes?: number];

interface Extras extends Partial<Pick<Template, 'hasRoot' | 'isNaa' | 'mandatory' | 'kept'>> {
  /** How many versions there are; each after the first has its number as a further arc. */
  readonly versions?: number;
  readonly files?: readonly FileRow[];
}

const MF_FILES: readonly FileRow[] = [
  [0xa3, '2F05', 2],
  [0xa4, '2FE2', 10],
  [0xa5, '2F00'],
  [0xa6, '2F06'],
  [0xa7, '2F08', 5],
];

const TELECOM_FILES: readonly FileRow[] = [
  [0xa2, '7F10'],
  [0xa3, '6F06'],
  [0xa5, '6F54', 22],
];

const USIM_FILES: readonly FileRow[] = [
  [0xa3, '6F07', 9],
  [0xa4, '6F06'],
  [0xa5, '6F08', 33],
  [0xa6, '6F09', 33],
  [0xa7, '6F31', 1],
  [0xa8, '6F38'],
  [0xa9, '6F3B', 520, 26],
  [0xaa, '6F3C', 1760, 176],
  [0xab, '6F42', 38, 38],
  [0xac, '6F43', 2],
  [0xad, '6F46', 17],
  [0xae, '6F56', 1],
  [0xaf, '6F5B', 6],
  [0xb0, '6F5C', 3],
  [0xb1, '6F73', 14],
  [0xb2, '6F78', 2],
  [0xb3, '6F7B', 12],
  [0xb4, '6F7E', 11],
  [0xb5, '6FAD', 4],
  [0xb6, '6FB7', 4, 4],
  [0xb7, '6FC4', 128],
  [0xb8, '6FE3', 18],
  [0xb9, '6FE4', 80, 80],
];

/** The first 29 of the optional files; of the others a package has to give the identifier. */
const OPT_USIM_FILES: readonly FileRow[] = [
  [0xa2, '6F05', 6],
  [0xa3, '6F37', 3],
  [0xa4, '6F39', 3, 3],
  [0xa5, '6F3E', 8],
  [0xa6, '6F3F', 8],
  [0xa7, '6F40', 24, 24],
  [0xa8, '6F41', 5],
  [0xa9, '6F45', 10],
  [0xaa, '6F48', 10],
  [0xab, '6F49', 240, 24],
  [0xac, '6F4B', 130, 13],
  [0xad, '6F4C', 130, 13],
  [0xae, '6F50', 20],
  [0xaf, '6F60', 40],
  [0xb0, '6F61', 40],
  [0xb1, '6F62', 5],
  [0xb2, '6F2C', 16],
  [0xb3, '6F32', 30],
  [0xb4, '6F47', 300, 30],
  [0xb5, '6F4D', 250, 25],
  [0xb6, '6F4E', 130, 13],
  [0xb7, '6F4F', 75, 15],
  [0xb8, '6F55', 130, 13],
  [0xb9, '6F57', 101],
  [0xba, '6F58', 110, 11],
  [0xbb, '6F80', 760, 38],
  [0xbc, '6F81', 740, 37],
  [0xbd, '6F82', 3, 3],
  [0xbe, '6F83', 3, 3],
];

const ISIM_FILES: readonly FileRow[] = [
  [0xa3, '6F02'],
  [0xa4, '6F04'],
  [0xa5, '6F03'],
  [0xa6, '6F07'],
  [0xa7, '6FAD', 3],
  [0xa8, '6F06'],
];

/** Templates by the tag of their profile element. */
export const TEMPLATES: ReadonlyMap<number, Template> = new Map([
  template('mf', undefined, { hasRoot: true, mandatory: [0xa2, 0xa4, 0xa5, 0xa6], files: MF_FILES, kept: true }),
  template('cd', 'mf', { hasRoot: true, mandatory: [0xa2] }),
  template('telecom', 'mf', { hasRoot: true, mandatory: [0xa2], versions: 2, files: TELECOM_FILES, kept: true }),
  template('usim', 'mf', {
    hasRoot: true,
    isNaa: true,
    mandatory: [0xa2, 0xa3, 0xa4, 0xa8, 0xad, 0xae, 0xb2, 0xb6],
    versions: 2,
    files: USIM_FILES,
    kept: true,
  }),
  template('optUsim', 'usim', { versions: 2, files: OPT_USIM_FILES, kept: true }),
  template('phonebook', 'usim', { hasRoot: true, mandatory: [0xa2] }),
  template('gsmAccess', 'usim', { hasRoot: true, mandatory: [0xa2] }),
  template('isim', 'mf', {
    hasRoot: true,
    isNaa: true,
    mandatory: [0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa8],
    files: ISIM_FILES,
    kept: true,
  }),
  template('optIsim', 'isim', { versions: 2, kept: true }),
  template('csim', 'mf', { hasRoot: true, isNaa: true, mandatory: [0xa2] }),
  template('optCsim', 'csim', {}),
  template('eap', 'usim', { hasRoot: true, mandatory: [0xa2, 0xa4] }),
  template('df5gs', 'usim', { hasRoot: true, mandatory: [0xa2], versions: 2 }),
  template('dfSaip', 'usim', { hasRoot: true, mandatory: [0xa2] }),
]);

/** Object identifiers of all templates. */
export const KNOWN_TEMPLATES: ReadonlySet<string> = new Set([...TEMPLATES.values()].flatMap(({ identifiers }) => [...identifiers]));

function template(name: keyof typeof TEMPLATE, below: keyof typeof TEMPLATE | undefined, extras: Extras): [number, Template] {
  const { versions = 1, files = [] } = extras;
  const identifiers = Array.from({ length: versions }, (_, index) => (index === 0 ? TEMPLATE[name] : `${TEMPLATE[name]}.${index + 1}`));
  const made: Template = {
    identifiers: new Set(identifiers),
    below: below && PROFILE_ELEMENT[below],
    hasRoot: extras.hasRoot ?? false,
    isNaa: extras.isNaa ?? false,
    mandatory: extras.mandatory ?? [],
    files: new Map(files.map(([tag, fileId, sizeBytes, recordBytes]) => [tag, defaults(fileId, sizeBytes, recordBytes)])),
    kept: extras.kept ?? false,
  };
  return [PROFILE_ELEMENT[name], made];
}

function defaults(fileId: string, sizeBytes: number | undefined, recordBytes: number | undefined): TemplateFile {
  return { fileId, ...(sizeBytes === undefined ? {} : { sizeBytes }), ...(recordBytes === undefined ? {} : { recordBytes }) };
}
