// SPDX-License-Identifier: Apache-2.0
// Where things are, relative to the project's root.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** A path inside the project. */
export const inProject = (...parts: string[]): string => path.join(root, ...parts);

/** A path inside the folder of everything generated that is not committed. */
export const inBuild = (...parts: string[]): string => path.join(root, 'build', ...parts);
