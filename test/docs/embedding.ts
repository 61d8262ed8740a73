// SPDX-License-Identifier: Apache-2.0
// Polls the eIM that the eUICC knows, through a modem on a TCP port of this machine.
import { createNodeInstance, HttpsTransport, openTcpLine, poll } from 'ipa-wasm';

const instance = await createNodeInstance();
const card = await openTcpLine('127.0.0.1', Number(process.argv[2]));
const transport = new HttpsTransport();
const { error, packages, profilesInstalled } = await poll({ instance, card, transport }, { cardTimeoutMs: 60_000 });
console.log(error?.message ?? `packages: ${packages}, profiles installed: ${profilesInstalled}`);
await Promise.all([card.close(), transport.close(), instance.close()]);
