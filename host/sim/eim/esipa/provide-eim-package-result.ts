// SPDX-License-Identifier: Apache-2.0
// ESipa.ProvideEimPackageResult (SGP.32 v1.2 §6.3.2.7, §5.14.6): the IPA reports what became of a package.
import { integerContent, type Tlv, tlv } from '../../codec/ber.js';
import type { EimContext, EsipaAnswer } from '../context.js';
import { eimAcknowledgements } from '../packages/acknowledgements.js';
import { acceptEimPackageResult } from '../results/accept-eim-package-result.js';

/** provideEimPackageResultError. */
const ERROR_CODES = { eidNotFound: 2, invalidEid: 3, missingEid: 4 } as const;
/** The only one of v1.0, where the message names no EID. */
const UNDEFINED_ERROR = 127;

/** Takes the result; answers with the sequence numbers that the eUICC may forget, with nothing, or with why the sender is not known. */
export async function provideEimPackageResult(request: Tlv, eim: EimContext): Promise<EsipaAnswer> {
  const accepted = await acceptEimPackageResult(request, eim, 'provideEimPackageResult');
  if (typeof accepted === 'string')
    return answer(tlv(0x02, integerContent(eim.version === '1.0' ? UNDEFINED_ERROR : ERROR_CODES[accepted])));
  if (accepted.length === 0) return answer(tlv(0x30));
  return answer(eimAcknowledgements(accepted));
}

function answer(content: Uint8Array): EsipaAnswer {
  return { message: tlv(0xbf50, content) };
}
