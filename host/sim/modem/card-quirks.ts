// SPDX-License-Identifier: Apache-2.0
// The ways in which modems stand between a host and its card: what they let through, what they do themselves, what they lose.

/** The answer to a last block of STORE DATA (P1 91) is lost: the card has carried it out, and the host gets ERROR. */
export interface LostLastBlocks {
  /** The command it happens to. Default: both. */
  readonly command?: '+CSIM' | '+CGLA';
  /** Smallest P2 of such a block. Default 1: chains of two blocks or more. */
  readonly fromBlock?: number;
  /**
   * "profileEnd": only where the card answers with data and had answered the chain before it without, as it does to the last segment of a profile
   * package (SGP.22 v2.5 §5.7.6). Default: all.
   */
  readonly at?: 'anywhere' | 'profileEnd';
  /** One in so many. Default 1: each. */
  readonly every?: number;
  /** How often at most. Default: without end. */
  readonly times?: number;
}

/** Between host and card. */
export interface CardQuirks {
  /** The modem sends GET RESPONSE itself after 61xx and hands over the data at once: all of it (true), or what one GET RESPONSE gives ("once"). */
  readonly fetchesResponses?: boolean | 'once';
  /** The modem repeats a command with the right Le itself after 6Cxx. */
  readonly correctsLength?: boolean;
  /** A response with more data bytes than this does not pass: 6100 comes instead, each time, until less is asked for. Nothing is lost. */
  readonly maximumResponseDataBytes?: number;
  /** Instruction bytes that +CSIM refuses with operation not allowed, such as 0xC0. */
  readonly refusedInstructions?: readonly number[];
  /** +CSIM with one of these instructions is refused, too, unless P3 is the number of bytes behind it: no Le after data. */
  readonly exactLengthInstructions?: readonly number[];
  /** The lengths that +CSIM takes, in hexadecimal characters; others are refused with operation not allowed. Default 8 to 522, and error 50. */
  readonly csimLengths?: readonly [least: number, most: number];
  /** +CSIM on a logical channel other than the basic one is refused. MANAGE CHANNEL is on the basic one, and works. */
  readonly basicChannelOnly?: boolean;
  /** +CSIM is refused with SIM failure unless there was an enabled profile when the card was last read. */
  readonly csimNeedsProfile?: boolean;
  /** AT+CSIM=1 locks the SIM interface for the host, AT+CSIM=0 unlocks it, `#QSS` tells: "required": +CSIM works while it is locked only. Default: neither is known. */
  readonly simLock?: 'optional' | 'required';
  /** +CCHO is refused with this +CME ERROR number whatever the application is. */
  readonly channelRefusal?: number;
  /** +CME ERROR number for +CCHO of an application that is not there. Default 22. */
  readonly missingApplicationError?: number;
  /** +CSIM with SELECT of an application that is not there is answered by this +CME ERROR number, not by its status word. */
  readonly missingSelectError?: number;
  /** +CGLA leaves the class byte as the host sent it instead of putting in the channel. */
  readonly passesClassByte?: boolean;
  /** After power-up this many commands that need the card answer SIM busy. */
  readonly busyCommandsAfterReset?: number;
  readonly lostLastBlocks?: LostLastBlocks;
  /**
   * Who answers proactive commands that the card announces by 91xx: the host (default), the modem itself, which fetches them before the next
   * command and resets the card when that is asked, or nobody: then the modem lets neither FETCH nor TERMINAL RESPONSE through.
   */
  readonly proactiveCommands?: 'host' | 'modem' | 'nobody';
}
