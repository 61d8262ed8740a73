// SPDX-License-Identifier: Apache-2.0
// Enables the fallback profile of an IoT eUICC and tells the eIM that knows it: fallback.ts <port>
import { createNodeInstance, Euicc, HttpsTransport, openTcpLine, poll } from 'ipa-wasm';

const [port] = process.argv.slice(2);
const links = { instance: await createNodeInstance(), card: await openTcpLine('127.0.0.1', Number(port)), transport: new HttpsTransport() };

await new Euicc(links).executeFallback();
const { error, stateChange } = await poll(links);
console.log(
  error?.message ?? (stateChange === undefined ? 'the eIM knows of the fallback' : `the eIM has yet to be told of: ${stateChange}`),
);
await Promise.all([links.card.close(), links.transport.close(), links.instance.close()]);
