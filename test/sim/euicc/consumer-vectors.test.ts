// SPDX-License-Identifier: Apache-2.0
// The consumer eUICC against bytes from outside the project, read from the folder that IPA_SHARED names: requests of the ES10c functions, and
// recorded conversations with cards.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fromHex, hex } from '../../../host/sim/codec/bytes.js';
import type { SimulatedEuicc, SimulatedEuiccOptions } from '../../../host/sim/euicc/index.js';
import { makeMetadata } from '../../../host/sim/profile/index.js';
import { askHex, makeEuicc, openedConsumerEuicc, openedEuicc, send, withChild } from './support/card.js';

const shared = process.env.IPA_SHARED;

/** The profiles of the requests, by their order on the card: the second one has the AID that they name. */
const FIRST = '89000123456789012341';
const SECOND = '89000123456789012358';
/** Metadata of the profile that the recordings delete; its ICCID stands there with the digits not swapped. */
const RECORDED = withChild(makeMetadata({ iccid: FIRST }), 0x5a, fromHex('5A0A8944058925001234567F'));

describe.skipIf(!shared)('published requests', () => {
  const page = shared ? readFileSync(join(shared, 'vectors.md'), 'utf8') : '';

  /** The bytes after the line that begins with this text. */
  function vector(title: string): string {
    const line = page.split('\n').find((each) => each.startsWith(`- ${title}`));
    return /`([0-9A-F]+)`/.exec(line ?? '')![1]!;
  }

  function states(euicc: SimulatedEuicc): string[] {
    return euicc.profiles.map((each) => each.state);
  }

  test('EnableProfile by ICCID', () => {
    const euicc = openedConsumerEuicc({ profiles: [{ iccid: FIRST }, { iccid: SECOND, state: 'enabled' }] });
    expect(askHex(euicc, vector('EnableProfileRequest by ICCID, refresh true'))).toBe('BF3103800100');
    expect(states(euicc)).toEqual(['enabled', 'disabled']);
  });

  test('DisableProfile by AID', () => {
    const euicc = openedConsumerEuicc({ profiles: [{ iccid: FIRST }, { iccid: SECOND, state: 'enabled' }], proactiveRefresh: 4 });
    expect(askHex(euicc, vector('DisableProfileRequest by AID, refresh false'))).toBe('BF3203800100');
    expect(states(euicc)).toEqual(['disabled', 'disabled']);
  });

  test('DeleteProfile by ICCID', () => {
    const euicc = openedConsumerEuicc({ profiles: [{ iccid: FIRST }, { iccid: SECOND }] });
    expect(askHex(euicc, vector('DeleteProfileRequest by ICCID'))).toBe('BF3303800100');
    expect(euicc.profiles.map((each) => each.iccid)).toEqual([SECOND]);
  });

  test('IpaeActivation, and the FCI of an IoT eUICC without an IPA of its own', () => {
    expect(askHex(openedEuicc({ ipaeSupported: true }), vector('IpaeActivationRequest'))).toBe('BF4203800100');
    const euicc = makeEuicc({ profiles: [{ state: 'enabled' }], inlineResponses: true });
    euicc.reset();
    expect(send(euicc, '00A4040010A0000005591010FFFFFFFF8900000100')).toBe(`${vector('ISD-R FCI synthetic')}9000`);
  });
});

describe.skipIf(!shared)('recorded conversations', () => {
  /** Commands and responses of a recording, from the first STORE DATA on: what comes before depends on the card's own FCI. */
  function exchanges(name: string): { command: string; response: string }[] {
    const lines = readFileSync(join(shared!, 'vectors', `${name}.log`), 'utf8').split('\n');
    const of = (mark: string) => lines.filter((line) => line.startsWith(mark)).map((line) => hex(fromHex(line.slice(2).replace(/ /g, ''))));
    const responses = of('< ');
    const all = of('> ').map((command, index) => ({ command, response: responses[index]! }));
    return all.slice(all.findIndex(({ command }) => command.startsWith('80E2')));
  }

  /** A card on which the ISD-R is selected on the basic channel, as the recordings have it. */
  function selected(options: Partial<SimulatedEuiccOptions>): SimulatedEuicc {
    const euicc = makeEuicc({ kind: 'consumer', ...options });
    euicc.reset();
    send(euicc, '80AA000005A903830107');
    send(euicc, '00A4040C10A0000005591010FFFFFFFF8900000100');
    return euicc;
  }

  test.each([
    ['synthetic-delete-ok', 'disabled', 0],
    ['synthetic-delete-enabled', 'enabled', 1],
  ] as const)('%s, APDU by APDU', (name, state, left) => {
    const euicc = selected({ profiles: [{ state, metadata: RECORDED }] });
    const recorded = exchanges(name);
    expect(recorded.length).toBe(2);
    for (const { command, response } of recorded) expect(send(euicc, command)).toBe(response);
    expect(euicc.profiles).toHaveLength(left);
  });
});
