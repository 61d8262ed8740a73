// SPDX-License-Identifier: Apache-2.0
// Numbers of somebody are gone from a transcript, in each form and across chunks, and it can still be played.

import { expect, it } from 'vitest';
import { blankTranscript } from '../../../host/wrap/blank-transcript.js';
import { replayLine } from '../../../host/wrap/replay-line.js';

const HEAD = '{"transcript":1,"line":"tcp:127.0.0.1:4000"}';
const IMEI = '490154203237518';
const ICCID = '89000123456789012341';
const IMSI = '001010123456789';

const BEFORE = [
  HEAD,
  '{"ms":0,"out":"AT+CGSN\\r"}',
  '{"ms":3,"in":"\\r\\n4901542"}',
  '{"ms":4,"in":"03237518\\r\\n\\r\\nOK\\r\\n"}',
  '{"ms":5,"out":"AT+CSIM=40,\\"81E291000FBF310C5A0A98001032547698103214\\"\\r"}',
  '{"ms":9,"in":"+CSIM: 36,\\"94104502237315f80809101010325476989000\\""}',
  '{"ms":10,"broken":"unplugged"}',
  '{"ms":11,"closed":true}',
].join('\n');

const AFTER = [
  HEAD,
  '{"ms":0,"out":"AT+CGSN\\r"}',
  '{"ms":3,"in":"\\r\\n0000000"}',
  '{"ms":4,"in":"00000000\\r\\n\\r\\nOK\\r\\n"}',
  '{"ms":5,"out":"AT+CSIM=40,\\"81E291000FBF310C5A0A00000000000000000000\\"\\r"}',
  '{"ms":9,"in":"+CSIM: 36,\\"00000000000000F00800000000000000009000\\""}',
  '{"ms":10,"broken":"unplugged"}',
  '{"ms":11,"closed":true}',
  '',
].join('\n');

it('puts zeros in the place of the numbers, and of nothing else', () => {
  expect(blankTranscript(BEFORE, [IMEI, ICCID, IMSI])).toBe(AFTER);
  expect(blankTranscript(BEFORE, [])).toBe(`${BEFORE}\n`);
  expect(blankTranscript(BEFORE, ['490154203237519'])).toBe(`${BEFORE}\n`);
});

it('leaves a transcript that can be played', () => {
  expect(replayLine(blankTranscript(BEFORE, [IMEI, ICCID, IMSI])).name).toBe('replay:tcp:127.0.0.1:4000');
});

it.each(['', '1234567', '12345678F', '1234 5678'])('refuses "%s"', (number) => {
  expect(() => blankTranscript(BEFORE, [number])).toThrow(`a number to blank has 8 digits or more and nothing else, not "${number}"`);
});
