// SPDX-License-Identifier: Apache-2.0
// docs/performance.md tells the truth: its tables are those of the present code, and what its text says of the conditions holds.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BLOCK_SIZES } from '../../scripts/bench-card/measure.js';
import { PROFILE_BYTES } from '../../scripts/bench-link/bed.js';
import { IP_UDP_BYTES, RECORD_BYTES } from '../../scripts/bench-link/bound.js';
import { STANDARD_TIMERS } from '../../scripts/bench-link/coap-run.js';
import { PACE } from '../../scripts/bench-link/measure.js';
import { inProject, root } from '../../scripts/paths.js';
import { ended } from '../cli/support.js';
import { needGnutls } from '../host/datagram/dtls-bed.js';

const text = readFileSync(inProject('docs', 'performance.md'), 'utf8');
/** It plays some hundred sessions; a busy machine takes its time for that. */
const CHECK_MS = 600_000;
const LINK = 'npm run bench:link';
const CARD = 'npm run bench:card';

describe('commands', () => {
  const commands = text
    .split('\n')
    .filter((line) => line.startsWith('    npm '))
    .map((line) => line.trim());

  it('are the benchmarks, and their checks', () => {
    expect(commands).toEqual([LINK, `${LINK} -- --check`, CARD, `${CARD} -- --check`]);
  });

  /** Runs the check of this benchmark, which must find nothing stale and nothing missed. Resolves to what it printed. */
  async function check(command: string): Promise<string> {
    const [program = '', ...args] = `${command} -- --check`.split(' ');
    const { status, stdout, stderr } = await ended(spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toContain('NOT MET');
    return stdout;
  }

  describe('the check of the link', () => {
    needGnutls();

    it('finds every number again', async () => expect(await check(LINK)).toContain('met: idle poll: bytes of CoAP up: '), CHECK_MS);
  });

  it(
    'the check of the card finds every number again',
    async () => expect(await check(CARD)).toContain('met: start-up by AT+CSIM: APDUs besides continuations of a response: '),
    CHECK_MS,
  );
});

describe('the text', () => {
  const number = (value: number) => value.toLocaleString('en-US');

  it.each([
    ['the profile', `a profile of ${number(PROFILE_BYTES)} bytes`],
    ['the line', `a serial line of ${number(PACE.bitsPerSecond)} baud`],
    ['the card', `${PACE.apduMs} ms for each APDU`],
    ['a record of DTLS', `a record of DTLS (${RECORD_BYTES} bytes)`],
    ['the headers below', `headers of IPv4 and UDP (${IP_UDP_BYTES} bytes)`],
    ['the blocks', `The module begins with ${BLOCK_SIZES[0]}, and goes down to ${BLOCK_SIZES[1]} and ${BLOCK_SIZES[2]}`],
    ['the timers', `ACK_TIMEOUT ${STANDARD_TIMERS.ackTimeoutMs / 1_000} s`],
    ['the timers of DTLS', `DTLS ${STANDARD_TIMERS.retransmitMs / 1_000} s`],
  ])('has %s as it is measured with', (_, words) => {
    expect(text).toContain(words);
  });
});
