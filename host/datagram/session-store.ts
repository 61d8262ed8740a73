// SPDX-License-Identifier: Apache-2.0
// Where DTLS sessions are kept, so that the next handshake with the same peer costs one round trip less and no public-key operation.

/** Keeps secrets: whoever reads them can read what the session carries. Forgetting any of them at any time does no harm. */
export interface SessionStore {
  get(key: string): Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): void;
  delete(key: string): void;
}

/** A store that lasts as long as the process. Beyond `maxSessions` the oldest is forgotten. */
export function createMemorySessionStore(maxSessions = 1000): SessionStore {
  const sessions = new Map<string, Uint8Array>();
  return {
    get: (key) => sessions.get(key),
    set: (key, bytes) => {
      // Taken out first, so that it becomes the newest.
      sessions.delete(key);
      sessions.set(key, bytes);
      const [oldest] = sessions.keys();
      if (sessions.size > maxSessions) sessions.delete(oldest!);
    },
    delete: (key) => {
      sessions.delete(key);
    },
  };
}
