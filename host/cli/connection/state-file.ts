// SPDX-License-Identifier: Apache-2.0
// The module's state region over runs: JSON with the build it belongs to (assembly/ABI.md, State).

import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ABI_VERSION } from '../../abi.js';
import { readModule } from '../../core/module-file.js';
import type { IpaInstance } from '../../interfaces.js';
import { Failure, UsageError } from '../failure.js';

interface Content {
  readonly format: typeof FORMAT;
  readonly abiVersion: number;
  /** SHA-256 of the module's file, hexadecimal. */
  readonly module: string;
  /** Base64. */
  readonly region: string;
}

const FORMAT = 'ipa-state';

/** A state file, which may not exist yet. */
export class StateFile {
  private constructor(
    private readonly path: string,
    private readonly module: string,
    private readonly region: Uint8Array | undefined,
  ) {}

  /** Reads the file. @throws UsageError when it is not a state of this build of the module, or could not be written later */
  static async open(path: string): Promise<StateFile> {
    const module = createHash('sha256')
      .update(await readModule())
      .digest('hex');
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw new UsageError(`--state: ${path} cannot be read (${cause.code}); write the path of a file`, { cause });
    });
    const region = text === undefined ? undefined : regionOf(path, text, module);
    await tryToWrite(path);
    return new StateFile(path, module, region);
  }

  /**
   * Gives the state to a fresh instance, if there is one. A run may have been cut off in it: the next poll needs the option restart.
   * Rejects with UsageError when its size is not that of the module.
   */
  async restoreInto(instance: IpaInstance): Promise<void> {
    if (!this.region) return;
    await instance.restoreState(this.region).catch((cause: Error) => {
      throw refusal(this.path, cause.message);
    });
  }

  /** Writes the state so that a power cut leaves the old file or the new one. Rejects with Failure when it cannot. */
  async save(region: Uint8Array): Promise<void> {
    const { module } = this;
    const content: Content = { format: FORMAT, abiVersion: ABI_VERSION, module, region: Buffer.from(region).toString('base64') };
    try {
      await writeFile(`${this.path}.new`, `${JSON.stringify(content)}\n`, { mode: 0o600, flush: true });
      await rename(`${this.path}.new`, this.path);
    } catch (cause) {
      const message = `--state: ${this.path} cannot be written: ${(cause as Error).message}`;
      throw new Failure(message, 'make it possible to write the file, then poll again', { cause });
    }
  }
}

/** Better now than after a poll whose state would be lost. */
async function tryToWrite(path: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, '', { mode: 0o600 });
    await rm(`${path}.new`);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`--state: ${path} cannot be written (${code}); write the path of a file in a folder that is there`, { cause });
  }
}

function regionOf(path: string, text: string, module: string): Uint8Array {
  const content = parse(path, text);
  if (content.abiVersion !== ABI_VERSION)
    throw refusal(path, `it is of version ${content.abiVersion} of the interface, this is version ${ABI_VERSION}`);
  if (content.module !== module) throw refusal(path, 'it belongs to another build of the module');
  return new Uint8Array(Buffer.from(content.region, 'base64'));
}

function parse(path: string, text: string): Content {
  try {
    const content = JSON.parse(text) as Partial<Content> | null;
    if (content?.format === FORMAT && typeof content.region === 'string') return content as Content;
  } catch {
    // told below
  }
  throw refusal(path, 'it is no state file');
}

function refusal(path: string, why: string): UsageError {
  return new UsageError(`--state: ${path} cannot be used: ${why}; remove it to start without what it holds`);
}
