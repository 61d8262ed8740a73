// SPDX-License-Identifier: Apache-2.0
// `ipa sim`: simulated modem, eUICC, eIM and SM-DP+ as servers on the loopback interface.

import { type Command, Option } from 'commander';
import type { PreSharedKey } from '../../datagram/index.js';
import { VPCD_PORT } from '../../sim/card/index.js';
import { hostAndPort, preSharedKey, serverAddress, wholeNumber } from '../arguments.js';
import { collectOrders, type Order } from './orders.js';
import type { VpcdAddress } from './reader.js';
import { runSim } from './run.js';

/** How the eUICC is told to recognise the eIM in TLS. */
export type EimTls = 'spki' | 'certificate' | 'ci' | 'none';

/** The options as commander gives them; the packages to queue come apart, in their order. */
export interface SimCommandOptions {
  readonly portModem: number;
  readonly portEim: number;
  readonly portSmdp: number;
  /** Absent: no CoAP. */
  readonly portCoap?: number;
  /** Absent: no CoAP over DTLS. */
  readonly portCoaps?: number;
  readonly psk?: PreSharedKey;
  /** "host:port" of a device that listens. */
  readonly pushTo?: string;
  /** Absent: the eUICC is in the modem alone. */
  readonly vpcd?: VpcdAddress;
  /** The eUICC is one of SGP.22, for LPAs. */
  readonly consumer?: boolean;
  /** False: the eUICC serves whoever asks. */
  readonly assistantCheck: boolean;
  readonly eimTls: EimTls;
  /** Path of a folder. */
  readonly sgp26?: string;
  readonly associated?: boolean;
  /** Path of a file to write. */
  readonly caOut?: string;
  /** Path of a file to write. */
  readonly initialEimOut?: string;
  readonly untilIdle?: boolean;
  readonly untilEof?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Packages are queued in the order of their options, and "last" is the profile of the --download before.

Examples:
  ipa sim --associated --download --enable last
  ipa sim --download 500000 --enable last --list-profiles --initial-eim-out eim.der --until-idle
  ipa sim --associated --port-eim 8443 --port-coaps 8443 --psk device-1:00112233445566778899aabbccddeeff
  ipa sim --associated --download --enable last --push-to 127.0.0.1:5683 --until-idle
  ipa sim --eim-tls none --ca-out ca.pem --data-request
  ipa sim --vpcd
  ipa sim --consumer --download --ca-out ca.pem --port-smdp 4443 --vpcd
`;

/** Adds the command. */
export function addSimCommand(program: Command): void {
  const orders: Order[] = [];
  const port = wholeNumber(0, 65535);
  const command = program
    .command('sim')
    .description('runs simulated peers until Ctrl-C, and tells what they see')
    .option('--port-modem <port>', 'TCP port of the modem (0: any)', port, 0)
    .option('--port-eim <port>', 'TCP port of the eIM (0: any)', port, 0)
    .option('--port-coap <port>', 'also serve ESipa over plain CoAP, which nothing protects, on this UDP port of the eIM (0: any)', port)
    .option('--port-coaps <port>', 'also serve ESipa over CoAP and DTLS, on this UDP port of the eIM (0: any); needs GnuTLS', port)
    .option('--psk <identity:key>', 'for CoAP over DTLS: a key that device and eIM share, in hexadecimal', preSharedKey)
    .option('--push-to <host:port>', 'push the packages over CoAP to a device that listens there, with --psk over DTLS', serverAddress)
    .option('--port-smdp <port>', 'TCP port of the SM-DP+ (0: any)', port, 0)
    .addOption(
      new Option(
        '--vpcd [host:port]',
        'also put the eUICC into the virtual PC/SC reader of vsmartcard; the modem lacks it while it is in use',
      )
        .argParser(hostAndPort(VPCD_PORT))
        .preset(`127.0.0.1:${VPCD_PORT}`),
    )
    .addOption(
      new Option('--consumer', 'the eUICC is a consumer one (SGP.22), for LPAs; profiles of --download get activation codes').conflicts(
        'associated',
      ),
    )
    .option('--no-assistant-check', 'the eUICC serves programs that do not declare themselves by TERMINAL CAPABILITY, too')
    .addOption(
      new Option('--eim-tls <how>', 'how the eUICC is told to recognise the eIM in TLS')
        .choices(['spki', 'certificate', 'ci', 'none'])
        .default('spki'),
    )
    .option('--sgp26 <folder>', 'use the published SGP.26 keys and certificates in this folder (sgp26_v1/ and sgp26_v3o/)')
    .option('--associated', 'the eUICC knows the eIM from the start')
    .option('--ca-out <file>', 'write the certificate of the CI (PEM), for ipa poll --ca')
    .option('--initial-eim-out <file>', 'write the AddInitialEimRequest (DER), for ipa poll --initial-eim')
    .option('--until-idle', 'end when all packages are done and the modem is quiet; exit status 1 when one of them failed')
    .option('--until-eof', 'end when standard input ends')
    .option('--json', 'print each thing as one object on one line')
    .addHelpText('after', EXAMPLES);
  collectOrders(command, orders);
  command.action((options: SimCommandOptions) => runSim(options, orders));
}
