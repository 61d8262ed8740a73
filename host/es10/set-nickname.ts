// SPDX-License-Identifier: Apache-2.0
// ES10c.SetNickname (SGP.22 v2.5 §5.7.21).

import { tlv } from '../asn1/tlv.js';
import { iccidBytes } from '../asn1/values.js';
import { defineEs10, requireOk } from './function.js';

const RESULTS = { 0: 'ok', 1: 'iccidNotFound', 127: 'undefinedError' };
const MOST_NICKNAME_BYTES = 64;

/** A profile, and what its user calls it: at most 64 bytes of UTF-8, none to remove it. */
export interface Nickname {
  readonly iccid: string;
  readonly nickname: string;
}

/** Names a profile. */
export const setNickname = defineEs10<Nickname, void>({
  name: 'SetNickname',
  tag: 0xbf29,
  request: ({ iccid, nickname }) => [tlv(0x5a, iccidBytes(iccid)), tlv(0x90, nicknameBytes(nickname))],
  response: (response) => requireOk(response, 0x80, 'setNicknameResult', RESULTS),
});

function nicknameBytes(nickname: string): Uint8Array {
  const bytes = new TextEncoder().encode(nickname);
  if (bytes.length > MOST_NICKNAME_BYTES) throw new RangeError(`nickname must have 0 to ${MOST_NICKNAME_BYTES} bytes, not ${bytes.length}`);
  return bytes;
}
