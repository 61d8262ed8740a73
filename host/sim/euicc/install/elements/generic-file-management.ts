// SPDX-License-Identifier: Apache-2.0
// PE-GenericFileManagement: creates directories and files one by one, and fills them (Interoperable Format §8.3.5).
import type { Tlv } from '../../../codec/ber.js';
import { hex } from '../../../codec/bytes.js';
import type { Draft } from './draft.js';
import { field, malformed, unknownReference } from './fields.js';
import { checkFill, createDirectory, createFile, parentOf, piecesOf } from './file-creation.js';
import { readFileParameters } from './file-parameters.js';

const COMMAND = { filePath: 0x80, createFcp: 0x62, fillFileContent: 0x81, fillFileOffset: 0x02 } as const;
const FILL = { content: COMMAND.fillFileContent, offset: COMMAND.fillFileOffset };
const LONGEST_PATH_BYTES = 8;

/** Where the commands of one element have got to. */
interface Progress {
  readonly identification: number;
  directory: string;
  /** File selected or created last. */
  file: string | undefined;
  createdDirectory: boolean;
}

/** Throws ElementError at the first command that cannot be carried out. */
export function manageFiles(draft: Draft, element: Tlv, identification: number): void {
  const progress: Progress = { identification, directory: '', file: undefined, createdDirectory: false };
  const lists = field(element, 0xa1).children;
  if (lists.length === 0) throw malformed('no commands');
  for (const list of lists) {
    if (list.tag !== 0x30 || list.children.length === 0) throw malformed('no list of commands');
    for (let index = 0; index < list.children.length; ) index += runCommand(draft, progress, list.children.slice(index));
  }
}

/** Runs the first command, with the fills behind it; the number of commands done. */
function runCommand(draft: Draft, progress: Progress, commands: readonly Tlv[]): number {
  const command = commands[0]!;
  if (command.tag === COMMAND.filePath) {
    selectPath(draft, progress, command);
    return 1;
  }
  const creates = command.tag === COMMAND.createFcp ? 1 : 0;
  const behind = commands.slice(creates);
  const other = behind.findIndex(({ tag }) => tag !== FILL.content && tag !== FILL.offset);
  const fills = other < 0 ? behind : behind.slice(0, other);
  if (creates + fills.length === 0) throw malformed(`command ${command.tag.toString(16)}`);
  if (creates === 1) create(draft, progress, command, fills);
  else fill(draft, progress, fills);
  return creates + fills.length;
}

function selectPath(draft: Draft, progress: Progress, command: Tlv): void {
  if (command.value.length > LONGEST_PATH_BYTES || command.value.length % 2 !== 0)
    throw malformed(`a path of ${command.value.length} bytes`);
  const path = hex(command.value);
  // The path of the MF may be given before the MF is made.
  const selected = path === '' ? { directory: true } : draft.files.get(path);
  if (selected === undefined) throw unknownReference(`no file ${path}`);
  progress.directory = selected.directory ? path : parentOf(path);
  progress.file = selected.directory ? undefined : path;
}

function create(draft: Draft, progress: Progress, command: Tlv, fills: readonly Tlv[]): void {
  const parameters = readFileParameters(command, undefined);
  const { fileId, directory } = parameters;
  const isMasterFile = directory && draft.files.size === 0;
  if (fileId === undefined) throw malformed('a new file without file identifier');
  const path = isMasterFile ? '' : progress.directory + fileId;
  if (!directory) {
    createFile(draft, path, parameters, piecesOf(fills, FILL));
    progress.file = path;
    return;
  }
  if (fills.length > 0) throw malformed('content for a directory');
  createDirectory(draft, path, parameters, progress.identification);
  if (!progress.createdDirectory) draft.pinContext = path;
  progress.createdDirectory = true;
}

/** Fills a file that was there already. */
function fill(draft: Draft, progress: Progress, fills: readonly Tlv[]): void {
  if (progress.file === undefined) throw unknownReference('content without a file');
  checkFill(progress.file, draft.files.get(progress.file)?.sizeBytes, piecesOf(fills, FILL));
}
