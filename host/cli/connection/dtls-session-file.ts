// SPDX-License-Identifier: Apache-2.0
// DTLS sessions over runs, beside the state file, so that the next poll resumes: JSON that may be missing, damaged or lost at any time,
// as that costs no more than a whole handshake. It holds keys, so that nobody else may read it.

import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { SessionStore } from '../../datagram/index.js';

interface Content {
  readonly format: typeof FORMAT;
  /** Base64 by key, the oldest first. */
  readonly sessions: Readonly<Record<string, string>>;
}

const FORMAT = 'ipa-dtls-sessions';
/** A device has few eIMs. */
const MOST_SESSIONS = 8;

/** Keeps sessions in the file at `path`, as it changes. What cannot be read or written is as if it had been forgotten. */
export function openDtlsSessionFile(path: string): SessionStore {
  const sessions = new Map(readSessions(path));
  const keep = (): void => write(path, { format: FORMAT, sessions: Object.fromEntries(sessions) });
  return {
    get: (key) => {
      const kept = sessions.get(key);
      return kept === undefined ? undefined : new Uint8Array(Buffer.from(kept, 'base64'));
    },
    set: (key, bytes) => {
      sessions.delete(key);
      sessions.set(key, Buffer.from(bytes).toString('base64'));
      const [oldest] = sessions.keys();
      if (sessions.size > MOST_SESSIONS) sessions.delete(oldest!);
      keep();
    },
    delete: (key) => {
      if (sessions.delete(key)) keep();
    },
  };
}

function readSessions(path: string): [string, string][] {
  try {
    const { format, sessions } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Content>;
    if (format === FORMAT) return Object.entries(sessions ?? {}).filter(([, kept]) => typeof kept === 'string');
  } catch {
    // there is none, or it is damaged
  }
  return [];
}

/** A power cut leaves the old file or the new one; a file that was there with other rights gets new ones. */
function write(path: string, content: Content): void {
  try {
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // the next handshake is a whole one
  }
}
