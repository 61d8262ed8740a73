// SPDX-License-Identifier: Apache-2.0
// Polls the eIM, whose package enables a profile and allows the rollback: when the modem does not come online with it within a minute, the
// module enables the profile of before again, and tells the eIM: rollback.ts <port>
import { createNodeInstance, Euicc, HttpsTransport, openTcpLine, poll } from 'ipa-wasm';

const [port] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

const { error, packages } = await poll(links, { onlineTimeoutMs: 60_000 });
const profiles = await new Euicc(links).profiles({ fields: ['iccid', 'state'] });
console.log(error?.message ?? `packages: ${packages}, enabled: ${profiles.find(({ state }) => state === 'enabled')?.iccid}`);
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
