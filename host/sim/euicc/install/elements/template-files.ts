// SPDX-License-Identifier: Apache-2.0
// PE-MF, PE-USIM and the other elements that create files from a template (Interoperable Format §8.3).
import { child, type Tlv } from '../../../codec/ber.js';
import type { Draft } from './draft.js';
import { badValue, malformed, unknownReference } from './fields.js';
import { contentOfPieces, createDirectory, createFile, piecesOf } from './file-creation.js';
import { type FileParameters, readFileParameters } from './file-parameters.js';
import { TEMPLATES, type Template } from './templates.js';

const HEADER = 0xa0;
const TEMPLATE_ID = 0x81;
const ROOT = 0xa2;
const DO_NOT_CREATE = 0x80;
const DESCRIPTION = 0xa1;
const FILL = { content: 0x83, offset: 0x82 };

/** Where the files of one element go. */
interface Place {
  readonly element: Tlv;
  readonly template: Template;
  readonly identification: number;
  /** Directory the element's files belong to, unless one of its further directories came before. */
  root: string;
  current: string;
}

/** Throws ElementError when a mandatory file is missing, or a file cannot be created. */
export function createTemplateFiles(draft: Draft, element: Tlv, identification: number): void {
  const template = TEMPLATES.get(element.tag)!;
  for (const tag of template.mandatory) if (child(element, tag) === undefined) throw malformed(`no file ${tag.toString(16)}`);
  const parent = directoryBelow(draft, element, template);
  const place = { element, template, identification, root: parent, current: parent };
  const files = element.children.filter(({ tag }) => tag !== HEADER && tag !== TEMPLATE_ID);
  for (const file of files) createOne(draft, place, file);
}

/** The directory that must be there before: the MF, or the ADF of the NAA created last. */
function directoryBelow(draft: Draft, { tag }: Tlv, { below }: Template): string {
  if (below === undefined) return '';
  const path = TEMPLATES.get(below)!.isNaa ? draft.naas.findLast(({ element }) => element === below)?.path : '';
  if (path === undefined || !draft.files.has(path)) throw unknownReference(`nothing to put the files of ${tag.toString(16)} in`);
  return path;
}

function createOne(draft: Draft, place: Place, file: Tlv): void {
  const { template } = place;
  const isRoot = template.hasRoot && file.tag === ROOT;
  // Files of the MF are created whatever the package says.
  if (template.below !== undefined && file.children[0]?.tag === DO_NOT_CREATE) {
    if (isRoot || template.mandatory.includes(file.tag)) throw badValue(`file ${file.tag.toString(16)} has to be created`);
    return;
  }
  const parameters = readFileParameters(child(file, DESCRIPTION), template.files.get(file.tag));
  if (isRoot) createRoot(draft, place, parameters);
  else if (parameters.directory) createFurtherDirectory(draft, place, parameters);
  else createContent(draft, place, file, parameters);
}

function createRoot(draft: Draft, place: Place, parameters: FileParameters): void {
  const { element, template, identification } = place;
  if (template.below !== undefined && parameters.fileId === undefined) throw malformed('a directory without file identifier');
  if (template.isNaa && parameters.dfName === undefined) throw malformed('an application without AID');
  const path = template.below === undefined ? '' : place.root + parameters.fileId;
  createDirectory(draft, path, parameters, identification);
  draft.pinContext = path;
  place.root = path;
  place.current = path;
  if (template.isNaa) draft.naas.push({ element: element.tag, path, identification, hasAlgorithm: false });
}

function createFurtherDirectory(draft: Draft, place: Place, parameters: FileParameters): void {
  if (parameters.fileId === undefined) throw malformed('a directory without file identifier');
  place.current = place.root + parameters.fileId;
  createDirectory(draft, place.current, parameters, place.identification);
}

function createContent(draft: Draft, place: Place, file: Tlv, parameters: FileParameters): void {
  const pieces = piecesOf(
    file.children.filter(({ tag }) => tag !== DESCRIPTION && tag !== DO_NOT_CREATE),
    FILL,
  );
  if (parameters.fileId === undefined) throw malformed(`file ${file.tag.toString(16)} has no identifier, here or in its template`);
  const path = place.current + parameters.fileId;
  createFile(draft, path, parameters, pieces);
  if (place.template.kept && parameters.link === undefined) draft.stored.push({ path, content: contentOfPieces(parameters, pieces) });
}
