// SPDX-License-Identifier: Apache-2.0
// Start-up: modem, channel, ISD-R (SGP.32 v1.2 §3.8.2), then what the command wants; for a poll the eIM to talk to (§3.1.1.1),
// and AddInitialEim when the eUICC has none (§3.5.2). The EID is read while the connection is made, and so is what is owed. What cannot be reached one way is tried another (card-access.ts).

import { HAS_MODEMS } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const TerminalCapability: u8 = 1;
  export const OpenChannel: u8 = 2;
  export const Opened: u8 = 3;
  export const SelectIsdr: u8 = 5;
  export const Dispatch: u8 = 6;
  export const Command: u8 = 7;
  export const GetEimConfigurationData: u8 = 11;
  export const Found: u8 = 12;
  export const OpenNetwork: u8 = 14;
  export const GetEid: u8 = 15;
}

/** The row that opens the connection to the eIM. */
export const OPENING: u32 = Step.OpenNetwork;

/** Where a row goes when the card does not answer this way. */
const UNREACHED: u8 = HAS_MODEMS ? Go.Access : Go.End;

// biome-ignore format: a row a line
export const START_UP: usize = memory.data<u8>([
  /* 0 */ Do.ModemReady, Step.TerminalCapability, Go.End,
  /* 1 */ Do.TerminalCapability, Step.OpenChannel, UNREACHED,
  /* 2 */ Do.OpenChannel, Step.Opened, UNREACHED,
  /* 3 */ Do.Goto, Step.SelectIsdr, Go.End,
  /* 4 none is free */ Do.CloseStaleChannels, Step.OpenChannel, UNREACHED,
  /* 5 */ Do.SelectIsdr, Step.Dispatch, UNREACHED,
  /* 6 */ Do.Dispatch, Step.Command, Go.End,
  /* 7 Poll */ Do.Goto, Step.GetEimConfigurationData, Go.End,
  /* 8 Download */ Do.Goto, Go.Download, Go.End,
  /* 9 Es10 */ Do.Goto, Go.Es10, Go.End,
  /* 10 DeliverNotifications */ Do.Goto, Go.Delivery, Go.End,
  /* 11 Listen, or Poll */ Do.GetEimConfigurationData, Step.Found, UNREACHED,
  /* 12 an eIM is there */ Do.Goto, Step.OpenNetwork, Go.End,
  /* 13 none is there */ Do.AddInitialEim, Step.GetEimConfigurationData, Go.End,
  /* 14 */ Do.OpenNetwork, Step.GetEid, Go.Lost,
  /* 15 the eIM is asked */ Do.GetEid, Go.Delivery, UNREACHED,
  /* 16 the eIM pushes */ Do.GetEid, Go.Retrieval, UNREACHED,
]);
