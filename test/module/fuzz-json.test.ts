// SPDX-License-Identifier: Apache-2.0
// Hostile answers in JSON (SGP.32 v1.2 §6.4): frozen sessions whose answers are turned into JSON and spoilt. The module always ends with
// Finished within a bounded number of calls, never writes outside its region, and works afterwards.
// Another run: IPA_SEED=…

import { describe, expect, it } from 'vitest';
import { ErrorCode, Option } from '../../host/abi.js';
import { readTlv, type Tlv } from '../../host/sim/codec/ber.js';
import { concat, fromHex } from '../../host/sim/codec/bytes.js';
import { seededRandom } from '../../host/wrap/seeded-random.js';
import { DerInputs } from './support/der-inputs.js';
import { formOfRun, Module } from './support/module.js';
import { Session } from './support/session.js';
import { SimplePeers } from './support/simple-peers.js';
import { TranscriptPeers, transcripts } from './support/transcript.js';

const SEED = Number(process.env.IPA_SEED ?? 20_261_126);
const RUNS = 4_000;
const MOST_CALLS = 60_000;
const TIMEOUT_MS = 60_000;
const JSON_BINDING = Uint8Array.of(Option.EsipaBinding, 1, 1);
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u',
  '\\u00',
  '\\"',
  '=',
  '====',
  ' ',
  '\n',
  '0',
  '99999999999',
  'null',
  'QUJD',
  '"header":{',
];

const base64 = ({ raw }: Tlv): string => Buffer.from(raw).toString('base64');
/** Members of an answer by the tags of its elements; the second 30 is the certificate. */
const MEMBERS: Readonly<Record<number, readonly string[]>> = {
  48953: ['serverSigned1', 'serverSignature1', 'euiccCiPKIdentifierToBeUsed', 'serverCertificate'],
  48955: ['smdpSigned2', 'smdpSignature2', 'hashCc', 'smdpCertificate'],
};
const PACKAGES: Readonly<Record<number, string>> = {
  48977: 'euiccPackageRequest',
  48978: 'ipaEuiccDataRequest',
  48980: 'profileDownloadTriggerRequest',
  48979: 'eimAcknowledgements',
};

function membersOf(message: Tlv): Record<string, string | number> {
  const [choice] = message.children;
  if (choice === undefined) return {};
  const name = PACKAGES[choice.tag];
  if (name !== undefined) return { [name]: base64(choice) };
  if (choice.tag === 0x02) return { eimPackageError: choice.value[0] ?? 0 };
  if (choice.tag !== 0xa0) return {};
  const [signed, signature, octets, certificate] = MEMBERS[message.tag] ?? [];
  const members: Record<string, string> = {};
  for (const element of choice.children) {
    if (element.tag === 0xbf36) members.boundProfilePackage = base64(element);
    if (element.tag === 0xbf25) members.profileMetadata = base64(element);
    if (element.tag === 0x30) members[signed !== undefined && !(signed in members) ? signed : (certificate ?? 'unknown')] = base64(element);
    if (element.tag === 0x5f37) members[signature ?? 'unknown'] = base64(element);
    if (element.tag === 0x04) members[octets ?? 'unknown'] = base64(element);
  }
  return members;
}

/** An answer of a frozen session as an eIM with JSON would give it. */
function inJson(answer: string): string {
  const header = { functionExecutionStatus: { status: 'Executed-Success' } };
  if (answer === '') return '';
  try {
    return JSON.stringify({ header, ...membersOf(readTlv(fromHex(answer))) });
  } catch {
    return JSON.stringify({ header, euiccPackageRequest: Buffer.from(answer, 'hex').toString('base64') });
  }
}

function spoil(text: string, inputs: DerInputs): string {
  let spoilt = text;
  for (let edits = 1 + inputs.below(4); edits > 0; edits--) {
    const at = inputs.below(spoilt.length + 1);
    const kind = inputs.below(4);
    if (kind === 0) spoilt = spoilt.slice(0, at) + inputs.pick(PIECES) + spoilt.slice(at);
    else if (kind === 1) spoilt = spoilt.slice(0, at) + spoilt.slice(at + 1 + inputs.below(8));
    else if (kind === 2) spoilt = spoilt.slice(0, at) + String.fromCharCode(inputs.below(256)) + spoilt.slice(at + 1);
    else spoilt = inputs.below(6) === 0 ? spoilt.slice(0, at) : spoilt + spoilt.slice(at);
  }
  return spoilt;
}

function run(seed: number): void {
  const random = seededRandom(seed);
  const inputs = new DerInputs(random);
  const transcript = inputs.pick(transcripts());
  const share = inputs.pick([0.05, 0.3, 1]);
  const card = new TranscriptPeers(transcript);
  const plain = new SimplePeers();
  const answers = transcript.exchanges.flatMap(({ esipa, receive }) => (esipa === undefined ? [] : [receive ?? '']));
  const eim = (): Uint8Array => {
    const text = inJson(answers.shift() ?? 'BF4F03020101');
    return Uint8Array.from(Buffer.from(random() < share ? spoil(text, inputs) : text, 'latin1'));
  };
  // a card that does not know what comes next answers like any other
  const answer = (command: Uint8Array): Uint8Array => {
    try {
      return card.card(command);
    } catch {
      return plain.card(command);
    }
  };
  const cut = 1 + inputs.below(900);
  const session = new Session(
    { card: answer, eim },
    { options: JSON_BINDING, mostCalls: MOST_CALLS, cutNetwork: (length) => (cut < length ? [cut] : []) },
    new Module(undefined, formOfRun(seed)),
  );
  const outside = session.module.outside();
  const result = session.run();
  expect(result.error).toBeLessThanOrEqual(0);
  expect(result.error).toBeGreaterThanOrEqual(ErrorCode.TooManyPackages);
  expect(outside.equals(session.module.outside()), 'memory outside the region is untouched').toBe(true);
  // a report may be owed: it is taken
  const idle = (request: Uint8Array) => (Buffer.from(request).includes('eimPackageResult') ? '{}' : '{"eimPackageError":1}');
  const after = new SimplePeers({ eim: { '7B': (request) => Uint8Array.from(Buffer.from(idle(request))) } });
  expect(new Session(after, { options: concat(JSON_BINDING) }, session.module).run()).toMatchObject({ error: 0 });
}

describe('hostile answers in JSON', () => {
  it(
    'end the command, and spoil nothing',
    () => {
      for (let i = 0; i < RUNS; i++) {
        try {
          run(SEED + i);
        } catch (cause) {
          throw new Error(`IPA_SEED=${SEED + i}: ${(cause as Error).message}`, { cause });
        }
      }
    },
    TIMEOUT_MS,
  );
});
