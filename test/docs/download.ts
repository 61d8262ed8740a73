// SPDX-License-Identifier: Apache-2.0
// Downloads a profile straight from its SM-DP+: download.ts <port> <activation code> <file with the CI's certificate> <name=host:port>
import { readFileSync } from 'node:fs';
import { createNodeInstance, download, HttpsTransport, type OfferedProfile, openTcpLine } from 'ipa-wasm';

const [port, activationCode = '', ca = '', where = ''] = process.argv.slice(2);
const [name = '', place = ''] = where.split('=');
const transport = new HttpsTransport({ ca: readFileSync(ca), resolve: { [name]: place } });
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport };

const consent = ({ profileName, iccid }: OfferedProfile) => {
  console.log(`offered: ${profileName} ${iccid}`);
  return { install: true };
};
const { error, profilesInstalled } = await download({ ...links, consent }, { activationCode, askConsent: true });
console.log(error?.message ?? `profiles installed: ${profilesInstalled}`);
await Promise.all([links.card.close(), transport.close(), links.instance.close()]);
