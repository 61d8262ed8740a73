// SPDX-License-Identifier: Apache-2.0
// Tells whether something must be made again: a stamp beside the outputs holds the hash of all inputs they were made from.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inBuild, inProject } from './paths.js';

/** Something the build makes. */
export interface Step {
  readonly name: string;
  /** Files and folders, relative to the project's root. A missing one counts as empty. */
  readonly inputs: readonly string[];
  /** Files, relative to the project's root; a missing one makes the step stale. */
  readonly outputs: readonly string[];
  run(): Promise<void>;
}

/** Whether the step's outputs are not those of its present inputs. */
export async function isStale(step: Step): Promise<boolean> {
  if (step.outputs.some((output) => !existsSync(inProject(output)))) return true;
  const stamp = await readFile(stampFile(step), 'utf8').catch(() => '');
  return stamp !== (await hashInputs(step.inputs));
}

/** Runs the step and remembers what it was made from. Inputs that change meanwhile leave it stale. */
export async function runStep(step: Step): Promise<void> {
  const hash = await hashInputs(step.inputs);
  await step.run();
  await mkdir(inBuild(), { recursive: true });
  await writeFile(stampFile(step), hash);
}

/** SHA-256 over names and contents, in the order of the names. Nothing is made of what is written for people. */
async function hashInputs(inputs: readonly string[]): Promise<string> {
  const files = (await Promise.all(inputs.map((input) => listFiles(inProject(input))))).flat().sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = await readFile(file);
    hash.update(`${path.relative(inProject(), file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function listFiles(file: string): Promise<string[]> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [file];
  const names = (await readdir(file)).filter((name) => !name.endsWith('.md'));
  return (await Promise.all(names.map((name) => listFiles(path.join(file, name))))).flat();
}

const stampFile = (step: Step): string => inBuild(`.${step.name}.inputs`);
