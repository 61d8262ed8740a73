// SPDX-License-Identifier: Apache-2.0
// The ways in which modems differ from 3GPP TS 27.007. Each is one thing that somebody met in the field; any may be combined.

import type { CardQuirks } from './card-quirks.js';

/** How answers look. */
export interface AnswerQuirks {
  /** +CCHO answers the bare handle, without "+CCHO: ". */
  readonly bareSession?: boolean;
  /** How handles of logical channels look: short decimal numbers (default), 16 hexadecimal digits, or the number of the channel on the card. */
  readonly sessionHandles?: 'decimal' | 'longHexadecimal' | 'channelNumber';
  /** Responses of +CSIM and +CGLA come without quotes. */
  readonly unquotedResponses?: boolean;
  /** Responses of +CSIM and +CGLA come without their prefix: `4,"9000"` ("length"), or as hexadecimal digits and nothing else ("digits"). */
  readonly bareResponses?: 'length' | 'digits';
  /** Responses are in lower case. */
  readonly lowerCaseResponses?: boolean;
  /** Blanks around the parts of a response: one after the colon (default), none, or some everywhere, at the end of the line, too. */
  readonly blanks?: 'standard' | 'none' | 'many';
  /** What lines begin and end with: CR LF (default), CR alone, LF alone; "trailing": CR LF behind lines only. */
  readonly lineEnds?: 'CRLF' | 'CR' | 'LF' | 'trailing';
  /** How refusals look whatever AT+CMEE says: ERROR, +CME ERROR in words or numbers, or +CMS ERROR with a number. Default: as AT+CMEE says. */
  readonly errorForm?: 'bare' | 'words' | 'numbers' | 'sms';
  /** The maker's own words by +CME ERROR number. */
  readonly errorWords?: Readonly<Record<number, string>>;
  /** ATE0 answers OK, and commands are still echoed. */
  readonly stubbornEcho?: boolean;
}

/** What becomes of command lines before anything is done about them. */
export interface CommandQuirks {
  /** Commands answered as unknown, such as "+CCHC". */
  readonly unsupported?: readonly string[];
  /** The =? forms answer ERROR although the commands work: all of them, or those of these commands, such as "+CGLA". */
  readonly noTestForms?: boolean | readonly string[];
  /** The longest command line in characters, "AT" included and CR not. Default 600: a whole short APDU by AT+CGLA fits. */
  readonly maximumLineLength?: number;
  /** What becomes of a longer line: ERROR (default), or nothing at all. */
  readonly longLines?: 'refused' | 'lost';
  /** One in so many lines that begin like this is lost: not carried out, not answered. The first ones are not. */
  readonly lostCommands?: { readonly prefix: string; readonly every: number };
  /** What comes in while an answer is still to be given: carried out afterwards (default), or lost. Matters where answers are delayed. */
  readonly whileBusy?: 'queued' | 'lost';
}

/** How the modem finds its network. */
export interface NetworkQuirks {
  /** So many AT+CEREG? after each power-up of radio or card say 2, searching, before one says that it is registered. Default 0. */
  readonly searchesAfterReset?: number;
  /** Whether registration needs an enabled profile on the card, as it was when the card was last read. Default "always": it needs none. */
  readonly registration?: 'always' | 'withProfile';
  /** Registered is 5, roaming, in place of 1, home. */
  readonly roams?: boolean;
  /** AT+CEREG? tells <n> 2 and the cell (TS 27.007 §10.1.22). */
  readonly tellsCell?: boolean;
  /** Each AT+CEREG? is answered twice: by the unsolicited form, `+CEREG: <stat>`, and by its own. */
  readonly reportsWithQuery?: boolean;
  /** Unsolicited lines after a restart by AT+CFUN=1,1. */
  readonly bootLines?: readonly string[];
}

/** Known oddities of real modems. All absent: a modem that does what 3GPP TS 27.007 says. */
export interface ModemQuirks extends AnswerQuirks, CommandQuirks, CardQuirks, NetworkQuirks {}
