// SPDX-License-Identifier: Apache-2.0
// Other people's PC/SC and the simulated eUICC: Debian's pcscd finds the card in vsmartcard's virtual reader, and OpenSC's opensc-tool, which
// knows nothing of eUICCs, reads the EID. The commands of docs/virtual-card.md are run here, too, as they stand there.

import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectVpcd } from '../../host/sim/card/index.js';
import type { SimulatedEuicc } from '../../host/sim/euicc/index.js';
import { inProject } from '../../scripts/paths.js';
import { ENTRY, ipa } from '../cli/support.js';
import { startProgram } from '../host/datagram/program.js';
import { LPAD, makeEuicc } from '../sim/euicc/support/card.js';
import { findPcsc, freeTcpPorts, type Pcsc, type PcscDaemon, READER } from '../support/pcsc.js';

const TERMINAL_CAPABILITY = `80AA000005${LPAD}`;
const SELECT_ISDR = '00A4040010A0000005591010FFFFFFFF8900000100';
const GET_EID = '80E2910006BF3E035C015A';
const EID_ANSWER = 'BF3E125A10890490321234512345123456789012359000';
const FCI = '6F208410A0000005591010FFFFFFFF8900000100A500E0058203020500E1038001009000';

/** Said of a card that comes, and of one that was there before the daemon looked for the first time. */
const CARD_IN = /Card ATR: 3B 9B /;

const pcsc = findPcsc();
const isThere = 'start' in pcsc;
if (!isThere) console.warn(`tests with PC/SC are skipped: ${pcsc.missing}`);

async function startDaemon(): Promise<PcscDaemon> {
  const daemon = await (pcsc as Pcsc).start();
  onTestFinished(() => daemon.stop());
  return daemon;
}

/** A daemon with the card in its reader. */
async function insert(euicc: SimulatedEuicc): Promise<PcscDaemon> {
  const daemon = await startDaemon();
  const connection = await connectVpcd(euicc, { port: daemon.port });
  onTestFinished(() => connection.close());
  await daemon.shows(CARD_IN);
  return daemon;
}

/** Sends command APDUs without asking the card first which of OpenSC's cards it is. The responses: data, SW1 and SW2. */
async function send(daemon: PcscDaemon, ...commands: string[]): Promise<string[]> {
  const apdus = commands.flatMap((each) => ['--send-apdu', each]);
  return responses(await daemon.openscTool('--reader', '0', '--card-driver', 'default', ...apdus));
}

/** What opensc-tool prints of each exchange: the status word, then rows of up to 16 bytes with their letters behind. */
function responses(output: string): string[] {
  const answers = output.split(/^Sending: .*$/m).slice(1);
  return answers.map((text) => {
    const [, sw1, sw2] = /SW1=0x(..), SW2=0x(..)/.exec(text) ?? [];
    const rows = [...text.matchAll(/^((?:[0-9A-F]{2} ){1,16})/gm)].map(([, bytes = '']) => bytes.replaceAll(' ', ''));
    return `${rows.join('')}${sw1}${sw2}`;
  });
}

describe.skipIf(!isThere)('pcscd, vpcd and opensc-tool', () => {
  it('see the card come and go, and its ATR', async () => {
    const daemon = await startDaemon();
    expect(await daemon.openscTool('--list-readers')).toMatch(new RegExp(`^0 +No +${READER}$`, 'm'));
    const connection = await connectVpcd(makeEuicc(), { port: daemon.port });
    await daemon.shows(CARD_IN);
    expect(await daemon.openscTool('--list-readers')).toMatch(new RegExp(`^0 +Yes +${READER}$`, 'm'));
    expect(await daemon.openscTool('--reader', READER, '--atr')).toBe('3b:9b:96:80:1f:c7:53:49:4d:2d:45:55:49:43:43:2d:31:6a\n');
    await connection.close();
    await daemon.shows(new RegExp(`Card Removed From ${READER}`));
    expect(await daemon.openscTool('--list-readers')).toMatch(new RegExp(`^0 +No +${READER}$`, 'm'));
  });

  it('select the ISD-R and read the EID, with GET RESPONSE as T=0 has it', async () => {
    const euicc = makeEuicc();
    const daemon = await insert(euicc);
    // OpenSC makes 9000 of 61XX when the command has no Le: it wants no data then. With Le it fetches the data itself, as the last lines show.
    expect(await send(daemon, TERMINAL_CAPABILITY, SELECT_ISDR, '00C0000022', GET_EID, '00C0000015')).toEqual([
      '9000',
      '9000',
      FCI,
      '9000',
      EID_ANSWER,
    ]);
    expect(await send(daemon, `${SELECT_ISDR}00`, `${GET_EID}00`)).toEqual([FCI, EID_ANSWER]);
    expect(EID_ANSWER).toContain(euicc.eid);
    expect(euicc.lastFault).toBeUndefined();
  });

  it.each([
    ['any', '6985'],
    ['none', EID_ANSWER],
  ] as const)('before an assistant is declared, on a card that checks for %s → %s', async (assistantCheck, answer) => {
    const daemon = await insert(makeEuicc({ assistantCheck }));
    expect(await send(daemon, `${SELECT_ISDR}00`, `${GET_EID}00`)).toEqual([FCI, answer]);
  });

  it('may ask for any other card: OpenSC goes through all that it knows, and the EID can still be read', async () => {
    const euicc = makeEuicc();
    const daemon = await insert(euicc);
    const before = euicc.counters.apdus;
    const output = await daemon.openscTool(
      '--reader',
      '0',
      ...[TERMINAL_CAPABILITY, SELECT_ISDR, `${GET_EID}00`].flatMap((each) => ['-s', each]),
    );
    expect(responses(output).at(-1)).toBe(EID_ANSWER);
    expect(euicc.counters.apdus - before).toBeGreaterThan(20);
    expect(euicc.lastFault).toBeUndefined();
  });
});

describe.skipIf(!isThere)('docs/virtual-card.md', () => {
  const lines = readFileSync(inProject('docs', 'virtual-card.md'), 'utf8').split('\n');
  const commands = lines.filter((line) => /^ {4}(node|opensc-tool) /.test(line)).map((line) => line.trim().split(' ').slice(1));
  /** Not the ports of the text, which may be taken; and the sources, which are never stale. */
  const arranged = (words: readonly string[], modem: number, vpcd: number) =>
    words.slice(1).flatMap((word) => (word === '--vpcd' ? [word, `127.0.0.1:${vpcd}`] : [word.replace('4000', String(modem))]));

  it('its commands do what it says: the EID is read, a profile comes through the modem, and is seen in the reader', async () => {
    const [sim, list, readEid, poll, listProfiles] = commands;
    expect(commands.length).toBe(5);
    const daemon = await startDaemon();
    const modem = await freeTcpPorts();
    const rig = startProgram(process.execPath, [...ENTRY, ...arranged(sim!, modem, daemon.port)], process.env);
    onTestFinished(() => rig.stop('SIGTERM'));
    await rig.shows(/^reader +the eUICC is in the reader of vpcd at 127\.0\.0\.1:\d+$/m);
    await daemon.shows(CARD_IN);

    expect(await daemon.openscTool(...list!)).toMatch(new RegExp(`^0 +Yes +${READER}$`, 'm'));
    expect(responses(await daemon.openscTool(...readEid!))).toEqual(['9000', FCI, EID_ANSWER]);
    await rig.shows(/^eUICC +GetEuiccData$[\s\S]*^reader +is done: the modem has the eUICC again$/m);

    expect((await ipa(...arranged(poll!, modem, daemon.port))).stdout).toMatch(/\ndone: 2 packages, 1 profile installed/);
    const profiles = responses(await daemon.openscTool(...listProfiles!)).at(-1);
    expect(profiles, 'ICCID').toContain('5A0A98001032547698103214');
    expect(profiles, 'enabled').toContain('9F700101');
  });
});
