// SPDX-License-Identifier: Apache-2.0
// SELECT by application identifier (ETSI TS 102 221 §11.1.1). The ISD-R is the only application; its answer is the FCI of
// SGP.22 v2.5 §5.7.1 with the IoT template of SGP.32 v1.2 §3.8.4.
import { bitStringContent, tlv } from '../../codec/ber.js';
import { equal, fromHex } from '../../codec/bytes.js';
import type { Euicc } from '../state/euicc.js';
import { offer, success } from './channel.js';
import type { Command } from './command.js';
import { STATUS, StatusWordError } from './status-word.js';

/** Application identifier of the ISD-R (SGP.02 v4 Annex H; the same on every eUICC). */
export const ISDR_AID = fromHex('A0000005591010FFFFFFFF8900000100');

const BY_AID = 0x04;
const RETURN_NOTHING = 0x0c;
const RETURN_TEMPLATE = [0x00, 0x04];

/** 6A82 for any other application, 6A86 for other ways to select. */
export function select(euicc: Euicc, command: Command): Uint8Array {
  const known = RETURN_TEMPLATE.includes(command.p2) || command.p2 === RETURN_NOTHING;
  if (command.p1 !== BY_AID || !known) throw new StatusWordError(STATUS.incorrectParameters);
  if (!equal(command.data, ISDR_AID)) throw new StatusWordError(STATUS.notFound);
  const channel = euicc.session.channels[command.channel]!;
  channel.isdrSelected = true;
  channel.chain = [];
  if (command.p2 === RETURN_NOTHING) return success();
  return offer(channel, fileControlInformation(euicc), euicc.settings.inlineResponses);
}

/** `6F{84 AID, A5{}, E0{82 svn}, [E1{80 euiccConfiguration}]}`; a consumer eUICC knows no E1. */
export function fileControlInformation(euicc: Euicc): Uint8Array {
  return tlv(
    0x6f,
    tlv(0x84, ISDR_AID),
    tlv(0xa5),
    tlv(0xe0, tlv(0x82, euicc.settings.svn)),
    ...(euicc.settings.kind === 'iot' ? [iotTemplate(euicc)] : []),
  );
}

/** euiccConfiguration bits: ipaeSupported, enabledProfile. */
function iotTemplate({ memory, settings }: Euicc): Uint8Array {
  const ipae = settings.ipaeSupported ? [0] : [];
  const enabled = memory.profiles.some((profile) => profile.state === 'enabled') ? [1] : [];
  return tlv(0xe1, tlv(0x80, bitStringContent([...ipae, ...enabled])));
}
