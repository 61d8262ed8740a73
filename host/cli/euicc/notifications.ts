// SPDX-License-Identifier: Apache-2.0
// `ipa notifications`: what the eUICC has to tell to SM-DP+; list it, deliver it, or throw it away.

import type { Command } from 'commander';
import { deliverNotifications } from '../../driver.js';
import type { NotificationMetadata } from '../../es10/index.js';
import { wholeNumber } from '../arguments.js';
import { addConnectionOptions, type ConnectionOptions } from '../connection/options.js';
import { printReport, reportResult, resultLines } from '../connection/report.js';
import { withSession } from '../connection/session.js';
import { addLocalCommand } from './local.js';

const MOST_SEQ_NUMBER = 0xffff_ffff;

/** Adds the group of commands. */
export function addNotificationsCommands(program: Command): void {
  const group = program.command('notifications').description('lists, delivers or removes the notifications in the eUICC');
  addListCommand(group);
  addDeliverCommand(group);
  addRemoveCommand(group);
}

function addListCommand(group: Command): void {
  addLocalCommand<{ readonly notifications: readonly NotificationMetadata[] }>(group, {
    name: 'list',
    description: 'lists them (default)',
    isDefault: true,
    examples: '  ipa notifications list --modem pty:/dev/ttyUSB2',
    work: async (euicc) => ({ notifications: await euicc.notifications() }),
    lines: ({ notifications }) => (notifications.length === 0 ? ['no notification'] : notifications.map(lineOf)),
  });
}

function lineOf({ seqNumber, events, iccid, address }: NotificationMetadata): string {
  return `${String(seqNumber).padStart(5)}  ${events.join(', ').padEnd(8)}  ${(iccid ?? '').padEnd(20)}  for ${address}`;
}

function addDeliverCommand(group: Command): void {
  addConnectionOptions(group.command('deliver').description('delivers them to the SM-DP+ that they are for'))
    .addHelpText('after', '\nExamples:\n  ipa notifications deliver --modem pty:/dev/ttyUSB2 --ca ci.pem\n')
    .action(async (options: ConnectionOptions) => {
      const report = await withSession(options, async (session) =>
        reportResult(await deliverNotifications(session.links, session.commandOptions), session),
      );
      printReport(report, options, (told) => resultLines(told, 'ES9+', false));
    });
}

function addRemoveCommand(group: Command): void {
  addLocalCommand<{ readonly removed: boolean }>(group, {
    name: 'remove',
    description: 'removes one without delivering it: its SM-DP+ will never know',
    examples: '  ipa notifications remove --modem pty:/dev/ttyUSB2 12',
    configure: (command) => command.argument('<seq>', 'its number in the list', wholeNumber(0, MOST_SEQ_NUMBER)),
    work: async (euicc, [seqNumber]) => ({ removed: await euicc.removeNotification(Number(seqNumber)) }),
    lines: ({ removed }) => [removed ? 'done: the notification is removed' : 'done: there is no such notification'],
  });
}
