// SPDX-License-Identifier: Apache-2.0
// `ipa download`: gets a profile straight from any SM-DP+, through any modem.

import { type Command, Option } from 'commander';
import { download } from '../../driver.js';
import type { ProfileSource } from '../../options.js';
import { activationCode, defined, imei, serverAddress } from '../arguments.js';
import { addConnectionOptions, type ConnectionOptions } from '../connection/options.js';
import { type Counts, printReport, type Report, reportResult, resultLines } from '../connection/report.js';
import { withSession } from '../connection/session.js';
import { UsageError } from '../failure.js';
import { DownloadConsent, nameOf, terminalAsk } from './consent.js';

interface DownloadCommandOptions extends ConnectionOptions {
  readonly defaultSmdp?: boolean;
  /** An address, or true for the SM-DS that the eUICC knows. */
  readonly smds?: string | true;
  readonly confirmationCode?: string;
  readonly yes?: boolean;
  readonly imei?: string;
  readonly rspBinding?: 'asn1' | 'json';
}

const EXAMPLES = `
Examples:
  ipa download --modem pty:/dev/ttyUSB2 'LPA:1$smdp.example.com$MATCHING-ID'
  ipa download --modem pty:/dev/ttyUSB2 --assistant lpad --ca ci.pem --yes --confirmation-code 1234 'LPA:1$smdp.example.com$ID$$1'
  ipa download --modem sim: --yes 'LPA:1$smdp.example.com$MATCH-0001'
`;

/** Adds the command. */
export function addDownloadCommand(program: Command): void {
  const command = program
    .command('download')
    .description('downloads a profile from its SM-DP+, and delivers notifications; it is not enabled by that')
    .argument('[activation code]', 'LPA:1$<SM-DP+ address>$<matching ID>', activationCode)
    .option('--default-smdp', 'ask the SM-DP+ that the eUICC knows instead')
    .option('--smds [address]', 'ask an SM-DS instead; without an address the one that the eUICC knows', serverAddress)
    .option('--confirmation-code <code>', 'the code that came with the order')
    .option('--yes', 'install whatever is offered, without a question')
    .option('--imei <digits>', 'IMEI to tell to the SM-DP+', imei)
    .addOption(new Option('--rsp-binding <binding>', 'how messages to the SM-DP+ are written (default: json)').choices(['asn1', 'json']));
  addConnectionOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (code: string | undefined, options: DownloadCommandOptions) =>
      printReport(await runDownload(code, options), options, linesOf),
    );
}

/** What came of it. */
interface Downloaded extends Counts {
  /** What the SM-DP+ offered, if it came that far. */
  readonly profile?: { readonly iccid: string | undefined; readonly name: string };
}

async function runDownload(code: string | undefined, options: DownloadCommandOptions): Promise<Report<Downloaded>> {
  const source = sourceOf(code, options);
  const { yes = false, confirmationCode, imei: digits, rspBinding, json } = options;
  const consent = new DownloadConsent({ yes, confirmationCode, ask: json ? undefined : terminalAsk() });
  return withSession(options, async (session) => {
    const told = { ...session.commandOptions, ...defined({ imei: digits, rspBinding, confirmationCode }), askConsent: true, ...source };
    const result = await download({ ...session.links, consent: consent.decide }, told);
    const { offered, advice } = consent;
    const report = reportResult(result, session, advice);
    return offered ? { ...report, profile: { iccid: offered.iccid, name: nameOf(offered) } } : report;
  });
}

/** Exactly one place. @throws UsageError */
function sourceOf(code: string | undefined, { defaultSmdp, smds }: DownloadCommandOptions): ProfileSource {
  const sources: ProfileSource[] = [
    ...(code === undefined ? [] : [{ activationCode: code }]),
    ...(defaultSmdp ? [{ defaultSmdp } as const] : []),
    ...(smds === undefined ? [] : [{ smds }]),
  ];
  if (sources.length === 1) return sources[0]!;
  throw new UsageError('write one place to download from: an activation code, --default-smdp, or --smds');
}

function linesOf(report: Report<Downloaded>): string[] {
  const { profile } = report;
  return [...(profile ? [`offered: ${profile.name}`] : []), ...resultLines(report, 'ES9+', false)];
}
