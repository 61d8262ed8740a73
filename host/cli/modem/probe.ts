// SPDX-License-Identifier: Apache-2.0
// `ipa modem probe`: what a modem or card reader can do, what the module chose, and why.

import type { Command } from 'commander';
import { IpaError } from '../../core/errors.js';
import { Es10Error, Euicc } from '../../es10/index.js';
import type { CardSlot } from '../../interfaces.js';
import { AtExchange } from '../../modem/at-exchange.js';
import { askIdentity, type ModemIdentity } from '../../modem/identify.js';
import { type ModemQuirkRow, optionWords, rowName } from '../../modem/modem-quirks.js';
import type { CardPath, CommandResult } from '../../result.js';
import { addConnectionOptions, type ConnectionOptions } from '../connection/options.js';
import { explain, printReport, type Report } from '../connection/report.js';
import { type Session, withSession } from '../connection/session.js';
import { Failure } from '../failure.js';
import { type Finding, Findings, findingLines } from './findings.js';
import { reasonFor, WAYS } from './reason.js';
import { tryCard } from './try-card.js';
import { tryModem } from './try-modem.js';

const EXAMPLES = `
Exit status 0: the eUICC can be reached; 1: it cannot, and what was seen. Nothing is left open or changed.

Examples:
  ipa modem probe --modem serial:/dev/ttyUSB2
  ipa modem probe --modem pcsc:
  ipa modem probe --modem sim: --json
`;

/** Adds the group of commands. */
export function addModemCommands(program: Command): void {
  const group = program.command('modem').description('finds out about a modem or a card reader');
  addConnectionOptions(group.command('probe').description('tries what it can do, and tells how the eUICC is reached and why'))
    .addHelpText('after', EXAMPLES)
    .action(async (options: ConnectionOptions) =>
      printReport(await withSession(options, (session) => probe(session, options)), options, linesOf),
    );
}

/** What was found. */
interface Probed {
  readonly identity?: ModemIdentity | undefined;
  /** The row of the table whose options were used. */
  readonly row?: ModemQuirkRow | undefined;
  readonly findings: readonly Finding[];
  readonly eid?: string;
  /** Undefined for a card in a reader, and of a module that does not tell. */
  readonly cardPath?: CardPath | undefined;
  readonly reason?: string | undefined;
}

async function probe(session: Session, options: ConnectionOptions): Promise<Report<Probed>> {
  const findings = new Findings((name) => (options.json ? undefined : console.error(`trying  ${name}`)));
  const { card } = session.links;
  const identity = 'write' in card ? await probeModem(new AtExchange(card), session, findings, options) : undefined;
  if (!('write' in card)) await tryCard(card as CardSlot, findings);
  const probed = { identity, row: session.known.row, findings: findings.all };
  let result: CommandResult | undefined;
  const links = { ...session.links, onResult: (ended: CommandResult) => (result = ended) };
  try {
    const eid = await new Euicc(links, session.commandOptions).eid();
    const { cardPath } = result ?? {};
    const told = { used: session.commandOptions, asked: options.cardAccess !== undefined, row: session.known.row };
    const reason = cardPath && reasonFor(cardPath.access, told, findings);
    return { ok: true, ...session.facts(), ...probed, eid, cardPath, reason };
  } catch (error) {
    if (!(error instanceof Es10Error || error instanceof IpaError)) throw error;
    return { ok: false, ...session.facts(), ...probed, ...explain(error, session, adviceOf(error)) };
  }
}

/** Rejects with Failure when it says nothing at all: the module would only wait for it half a minute longer. */
async function probeModem(
  at: AtExchange,
  { known, links }: Session,
  findings: Findings,
  options: ConnectionOptions,
): Promise<ModemIdentity | undefined> {
  const attention = await at.ask('AT');
  if (attention.kind === 'lost') throw new Failure(attention.reason.message, 'check the cable and the power of the modem');
  if (attention.kind === 'silent')
    throw new Failure(
      `the modem at ${'write' in links.card ? links.card.name : ''} does not answer AT`,
      'check that this is the AT port of the modem (a USB modem has several), its speed (--baud-rate), and that no other program uses it',
    );
  const identity = known.identity ?? (await askIdentity(at));
  await tryModem(at, findings, options);
  return identity;
}

/** The usual advice would lead here. */
function adviceOf(error: IpaError | Es10Error): string | undefined {
  if (!(error instanceof IpaError) || (error.layer !== 'modem' && error.layer !== 'card')) return undefined;
  return 'what fails above tells which way is closed; try another by --card-access, or shorter blocks by --block-size';
}

function linesOf(report: Report<Probed>): string[] {
  const { modem, identity, row, findings, eid, cardPath, reason } = report;
  const way = cardPath && `${WAYS[cardPath.access]}, blocks of ${cardPath.blockBytes} bytes: ${reason}`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['EID', eid],
    ['way', way],
  ];
  return [
    line(modem.startsWith('pcsc:') ? 'reader' : 'modem', [modem, identity && identityWords(identity)].filter(Boolean).join(', ')),
    ...(modem.startsWith('pcsc:') ? [] : [line('table', row ? rowWords(row) : 'nothing is known about it')]),
    ...findingLines(findings),
    ...rows.flatMap(([name, value]) => (value === undefined ? [] : [line(name, value)])),
  ];
}

const line = (name: string, value: string): string => `${name.padEnd(16)}  ${value}`;

function identityWords({ manufacturer, model, revision }: ModemIdentity): string {
  return `${[manufacturer, model].filter(Boolean).join(' ')}${revision ? ` (${revision})` : ''}`;
}

function rowWords(row: ModemQuirkRow): string {
  const source = row.source ? ` (${row.source})` : '';
  return `${rowName(row)}: ${optionWords(row.options) || 'nothing to set'} — ${row.why}${source}`;
}
