// SPDX-License-Identifier: Apache-2.0
// Disables a profile of a consumer eUICC, and tells its SM-DP+: disable.ts <port> <ICCID>
import { createNodeInstance, deliverNotifications, Euicc, HttpsTransport, openTcpLine } from 'ipa-wasm';

const [port, iccid = ''] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

const euicc = new Euicc(links, { assistant: 'lpad' });
await euicc.disable(iccid);
const { error, notifications } = await deliverNotifications(links, { assistant: 'lpad' });
console.log(`${iccid} is disabled, notifications delivered: ${notifications}`);
if (error) console.log(`left for another time: ${error.message}`);
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
