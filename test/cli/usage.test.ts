// SPDX-License-Identifier: Apache-2.0
// A wrong command line: status 2, words that say what to write instead, no stack trace.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ipa, ipaHere, temporaryFolder } from './support.js';

const folder = temporaryFolder();
const text = path.join(folder, 'text');
writeFileSync(text, 'neither DER nor PEM');
const modem = ['--modem', 'sim:'];

const WRONG: readonly (readonly [args: string[], says: RegExp])[] = [
  [['demo', '--profile-size', '12'], /whole number from 600 to 1400000/],
  [['demo', '--profile-size', '5e3'], /whole number from 600/],
  [['demo', '--block-size', '300'], /whole number from 16 to 255/],
  [['demo', '--runtime', 'browser'], /Allowed choices are node, wasmtime/],
  [['demo', 'now'], /too many arguments/],
  [['fly'], /unknown command 'fly'/],
  [['poll'], /required option '--modem <address>'/],
  [['poll', '--modem', 'COM3'], /write tcp:<host>:<port>, serial:<port>/],
  [['poll', '--modem', 'serial:ttyUSB2'], /write serial:\/dev\/ttyUSB2 or serial:COM3/],
  [['poll', '--modem', 'tcp:host'], /write tcp:127\.0\.0\.1:4000/],
  [['poll', ...modem, '--eim-url', 'http://eim.example.com'], /Write https:\/\/, coaps:\/\/ or coap:\/\/ and <host>/],
  [['poll', ...modem, '--eim-url', 'https://eim.example.com/other'], /path is fixed/],
  [['poll', ...modem, '--imei', '35'], /IMEI of 15 or 16 digits/],
  [['poll', ...modem, '--eim-id', 'x'.repeat(129)], /1 to 128 bytes/],
  [['poll', ...modem, '--card-timeout-ms', '5'], /whole number from 100/],
  [['poll', ...modem, '--card-access', 'at'], /Allowed choices are auto, csim, channel, basic/],
  [['poll', ...modem, '--response-bytes', '256'], /whole number from 16 to 255/],
  [['poll', ...modem, '--modem-reset', 'off'], /Allowed choices are powerCycle, radioCycle, restart/],
  [['poll', ...modem, '--modem-quirks', path.join(folder, 'none')], /--modem-quirks: .*none cannot be read \(ENOENT\)/],
  [['poll', ...modem, '--modem-quirks', text], /--modem-quirks: .*text: it is no JSON/],
  [['modem'], /Usage: ipa modem/],
  [['modem', 'probe'], /required option '--modem <address>'/],
  [['poll', ...modem, '--ca', path.join(folder, 'none')], /--ca: .*none cannot be read \(ENOENT\)/],
  [['poll', ...modem, '--ca', text], /--ca: .*text holds no certificate; write a file with one in PEM or DER/],
  [['poll', ...modem, '--initial-eim', text], /does not begin with BF57/],
  [['poll', ...modem, '--state', text], /--state: .*it is no state file; remove it/],
  [['poll', ...modem, '--state', folder], /--state: .*cannot be read \(EISDIR\)/],
  [['poll', ...modem, '--state', path.join(folder, 'no', 'state')], /--state: .*cannot be written \(ENOENT\)/],
  [['poll', ...modem, '--trace', path.join(folder, 'no', 'trace')], /--trace: .*cannot be written \(ENOENT\)/],
  [['poll', ...modem, '--record', path.join(folder, 'no', 'record')], /--record: .*cannot be written \(ENOENT\)/],
  [['poll', '--modem', 'pcsc:', '--record', path.join(folder, 'record')], /--record is for lines to modems; write --trace/],
  [['poll', ...modem, '--rplmn', '26'], /MCC and MNC, such as 262\/01/],
  [['poll', ...modem, '--esipa-binding', 'xml'], /Allowed choices are asn1, json/],
  [['poll', ...modem, '--resolve', 'a'], /Write <host>=<host>:<port>/],
  [['poll', ...modem, '--resolve', 'a=b/c'], /Write <host>=<host>:<port>/],
  [['poll', ...modem, '--assistant', 'ipae'], /Allowed choices are ipad, lpad/],
  [['poll', ...modem, '--eim-url', 'coap://'], /Write https:\/\/, coaps/],
  [['poll', ...modem, '--eim-url', 'coaps://eim.example.com/other'], /path is fixed/],
  [['poll', ...modem, '--scheme', 'http'], /Allowed choices are https, coaps, coap/],
  [['poll', ...modem, '--scheme', 'coap', '--eim-url', 'coaps://eim'], /--scheme is coap, --eim-url is of coaps; write the same/],
  [['poll', ...modem, '--psk', 'device'], /Write <identity>:<key>, the key as 2 to 128 hexadecimal digits/],
  [['poll', ...modem, '--psk', 'device:012'], /Write <identity>:<key>/],
  [['poll', ...modem, '--coap-block', '100'], /Write a power of two from 16 to 1024/],
  [['poll', ...modem, '--ack-timeout-ms', '1'], /whole number from 100/],
  [['poll', ...modem, '--every', '0'], /whole number from 1/],
  [['poll', ...modem, '--jitter', '5'], /--jitter goes with --every/],
  [['listen'], /required option '--modem <address>'/],
  [['listen', ...modem], /coaps needs --psk <identity>:<key>; or write --scheme coap/],
  [['listen', ...modem, '--scheme', 'https'], /write --scheme coaps or --scheme coap/],
  [['listen', ...modem, '--scheme', 'coap', '--host', 'here'], /Write an IP address/],
  [['listen', ...modem, '--scheme', 'coap', '--for', '0'], /whole number from 1/],
  [['download'], /required option '--modem <address>'/],
  [['download', ...modem], /write one place to download from/],
  [['download', ...modem, '--default-smdp', '--smds'], /write one place to download from/],
  [['download', ...modem, '--default-smdp', 'LPA:1$a$b'], /write one place to download from/],
  [['download', ...modem, 'smdp.example.com'], /Write LPA:1\$<SM-DP\+ address>\$<matching ID>/],
  [['download', ...modem, 'LPA:1$a'], /Write LPA:1\$/],
  [['download', ...modem, '2$a$b'], /Write LPA:1\$/],
  [['download', ...modem, '--smds', 'https://ds'], /Write <host> or <host>:<port>/],
  [['download', ...modem, '--rsp-binding', 'xml', '--default-smdp'], /Allowed choices are asn1, json/],
  [['download', ...modem, '--default-smdp', '--ca', text], /--ca: .*text holds no certificate/],
  [['profiles'], /required option '--modem <address>'/],
  [['profiles', ...modem, 'x'], /too many arguments/],
  [['enable', ...modem], /missing required argument 'iccid'/],
  [['enable', ...modem, '12'], /Write an ICCID of 18 to 20 digits\./],
  [['disable', ...modem, 'last'], /Write an ICCID of 18 to 20 digits\./],
  [['delete', ...modem, '8900012345678901234x'], /Write an ICCID of 18 to 20 digits\./],
  [['nickname', ...modem, '89000123456789012341'], /missing required argument 'name'/],
  [['nickname', ...modem, '89000123456789012341', 'ü'.repeat(33)], /name of at most 64 bytes/],
  [['notifications', 'send', ...modem], /too many arguments|unknown command/],
  [['notifications', 'remove', ...modem, 'x'], /whole number from 0/],
  [['eim', 'add', ...modem, text], /<file>: .*text does not begin with BF57/],
  [['eim', 'add', ...modem, path.join(folder, 'none')], /<file>: .*none cannot be read/],
  [['reset', ...modem], /write what to reset: --profiles, --test-profiles/],
  [['reset', ...modem, '--assistant', 'lpad', '--eim'], /--eim is for eUICCs for IoT/],
  [['fallback', ...modem], /unknown option|Usage/],
  [['fallback', 'now', ...modem], /unknown command 'now'/],
  [['sim', '--enable', 'first'], /ICCID of 18 to 20 digits, or "last"/],
  [['sim', '--enable', 'last'], /--enable last needs a --download before it/],
  [['sim', '--disable', 'last', '--download'], /--disable last needs a --download before it/],
  [['sim', '--download', 'big'], /whole number from 600/],
  [['sim', '--eim-tls', 'key'], /Allowed choices are spki, certificate, ci, none/],
  [['sim', '--port-eim', '70000'], /whole number from 0 to 65535/],
  [['sim', '--psk', 'x'], /Write <identity>:<key>/],
  [['sim', '--push-to', 'coap://x'], /Write <host> or <host>:<port>/],
  [['sim', '--sgp26', folder], /--sgp26: .*write a folder that holds sgp26_v1/],
  [['sim', '--ca-out', folder], /--ca-out: .*write the path of a new file/],
];

describe('a wrong command line', () => {
  it.each(WRONG)('%j → %s', async (args, says) => {
    const { status, stdout, stderr } = await ipaHere(...args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n +at /);
    expect({ status, stdout: args[0] === 'sim' ? '' : stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('gives the status to the shell', async () => {
    expect(await ipa('poll', '--modem', 'x')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('help and version', () => {
  it('shows examples, of the program and of each command', async () => {
    const commands = ['sim', 'poll', 'listen', 'download', 'info', 'profiles', 'enable', 'disable', 'delete', 'nickname', 'reset'];
    const grouped = [
      'notifications list',
      'notifications deliver',
      'notifications remove',
      'eim list',
      'eim add',
      'fallback execute',
      'modem probe',
    ];
    for (const command of ['', ...commands, ...grouped])
      expect(await ipaHere(...command.split(' ').filter(Boolean), '--help')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining('Examples:'),
      });
  });

  it('shows the version of the package', async () => {
    expect(await ipaHere('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});
