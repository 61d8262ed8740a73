// SPDX-License-Identifier: Apache-2.0
// Deletes a profile of a consumer eUICC, which it disables first: delete.ts <port> <ICCID>
import { createNodeInstance, Euicc, HttpsTransport, openTcpLine } from 'ipa-wasm';

const [port, iccid = ''] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

const euicc = new Euicc(links, { assistant: 'lpad' });
const [profile] = await euicc.profiles({ iccid, fields: ['state'] });
if (profile?.state === 'enabled') await euicc.disable(iccid);
await euicc.delete(iccid);
console.log(`${iccid} is deleted`);
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
