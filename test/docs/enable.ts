// SPDX-License-Identifier: Apache-2.0
// Enables a profile of a consumer eUICC: enable.ts <port> <ICCID>
import { createNodeInstance, Es10Error, Euicc, HttpsTransport, openTcpLine } from 'ipa-wasm';

const [port, iccid = ''] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

const euicc = new Euicc(links, { assistant: 'lpad' });
try {
  await euicc.enable(iccid);
  console.log(`${iccid} is enabled`);
} catch (error) {
  // catBusy, profileNotInDisabledState, …
  if (!(error instanceof Es10Error)) throw error;
  console.log(`${error.code}: ${error.advice}`);
}
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
