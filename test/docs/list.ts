// SPDX-License-Identifier: Apache-2.0
// Lists the profiles of the eUICC in a modem on a TCP port of this machine: list.ts <port>
import { createNodeInstance, Euicc, HttpsTransport, openTcpLine } from 'ipa-wasm';

const [port] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

const euicc = new Euicc(links);
for (const { iccid, state, profileName } of await euicc.profiles()) console.log(`${iccid} ${state} ${profileName}`);
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
