// SPDX-License-Identifier: Apache-2.0
// Profile download, through the eIM (SGP.32 v1.2 §3.2.3.2) or straight from the SM-DP+ (§3.2.3.1, SGP.22 v2.5 §3.1.3), found by
// activation code, default SM-DP+, or the events of an SM-DS. From AuthenticateServer on, every failure ends the RSP session on
// the eUICC, at the server and for the eIM (§5.14.8, and the result of the trigger).

import { IS_INDIRECT } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const Trigger: u8 = 1;
  export const ChooseRoute: u8 = 4;
  export const Route: u8 = 5;
  export const OpenServer: u8 = 7;
  export const GetEuiccInfo1: u8 = 8;
  export const GetEuiccChallenge: u8 = 9;
  export const InitiateAuthentication: u8 = 10;
  export const CheckServer: u8 = 11;
  export const AuthenticateServer: u8 = 12;
  export const AuthenticateClient: u8 = 13;
  export const Authenticated: u8 = 14;
  export const TakeEvent: u8 = 16;
  export const Event: u8 = 17;
  export const CheckRules: u8 = 19;
  export const Rules: u8 = 20;
  export const GetRat: u8 = 22;
  export const Judged: u8 = 23;
  export const ListOperationalProfiles: u8 = 25;
  export const Consent: u8 = 26;
  export const PrepareDownload: u8 = 27;
  export const GetBoundProfilePackage: u8 = 28;
  export const LoadBoundProfilePackage: u8 = 29;
  export const ImmediateEnable: u8 = 30;
  export const NotEnabled: u8 = 31;
  export const Attach: u8 = 33;
  export const WhichPeer: u8 = 35;
  export const AtEim: u8 = 36;
  export const HandleInstallationResult: u8 = 39;
  export const AskForPackage: u8 = 40;
  export const RemoveNotification: u8 = 41;
  export const OweInstallationResult: u8 = 42;
  export const MoreEvents: u8 = 43;
  export const NoMoreEvents: u8 = 44;
  export const CancelSession: u8 = 46;
  export const NotCancelled: u8 = 47;
  export const Failed: u8 = 49;
  export const OweTriggerError: u8 = 50;
  export const OweInvalidFormat: u8 = 52;
  export const ReturnToEim: u8 = 53;
  export const Returning: u8 = 54;
  export const ReopenEim: u8 = 57;
  export const SendOwed: u8 = 59;
  export const FindInstallationResult: u8 = 60;
  export const Found: u8 = 61;
}

// biome-ignore format: a row a line
export const DOWNLOAD: usize = IS_INDIRECT ? 0 : memory.data<u8>([
  /* 0 */ Do.ReadTrigger, Step.Trigger, Step.OweInvalidFormat,
  /* 1 address known */ Do.Goto, Step.ChooseRoute, Go.End,
  /* 2 the eUICC knows it */ Do.GetConfiguredAddresses, Step.ChooseRoute, Step.Failed,
  /* 3 held by the eIM */ Do.Goto, Step.GetEuiccInfo1, Go.End,
  /* 4 */ Do.ChooseRoute, Step.Route, Go.End,
  /* 5 through the eIM */ Do.Goto, Step.GetEuiccInfo1, Go.End,
  /* 6 straight */ Do.Goto, Step.OpenServer, Go.End,
  /* 7 */ Do.OpenServer, Step.GetEuiccInfo1, Step.Failed,
  /* 8 */ Do.GetEuiccInfo1, Step.GetEuiccChallenge, Step.Failed,
  /* 9 */ Do.GetEuiccChallenge, Step.InitiateAuthentication, Step.Failed,
  /* 10 */ Do.InitiateAuthentication, Step.CheckServer, Step.Failed,
  /* 11 */ Do.CheckServer, Step.AuthenticateServer, Step.CancelSession,
  /* 12 */ Do.AuthenticateServer, Step.AuthenticateClient, Step.CancelSession,
  /* 13 */ Do.AuthenticateClient, Step.Authenticated, Step.CancelSession,
  /* 14 SM-DP+ */ Do.Goto, Step.CheckRules, Go.End,
  /* 15 SM-DS */ Do.Goto, Step.TakeEvent, Go.End,
  /* 16 */ Do.TakeEvent, Step.Event, Step.Failed,
  /* 17 one */ Do.Goto, Step.ChooseRoute, Go.End,
  /* 18 none: the trigger ends without a profile */ Do.Goto, Step.OweTriggerError, Go.End,
  /* 19 */ Do.CheckRules, Step.Rules, Step.CancelSession,
  /* 20 none */ Do.Goto, Step.Consent, Go.End,
  /* 21 some */ Do.Goto, Step.GetRat, Go.End,
  /* 22 */ Do.GetRat, Step.Judged, Step.CancelSession,
  /* 23 allowed */ Do.Goto, Step.Consent, Go.End,
  /* 24 but not beside another */ Do.Goto, Step.ListOperationalProfiles, Go.End,
  /* 25 */ Do.ListOperationalProfiles, Step.Consent, Step.CancelSession,
  /* 26 */ Do.Consent, Step.PrepareDownload, Step.CancelSession,
  /* 27 */ Do.PrepareDownload, Step.GetBoundProfilePackage, Step.CancelSession,
  /* 28 */ Do.GetBoundProfilePackage, Step.LoadBoundProfilePackage, Step.CancelSession,
  /* 29 */ Do.LoadBoundProfilePackage, Step.ImmediateEnable, Step.FindInstallationResult,
  /* 30 */ Do.ImmediateEnable, Step.NotEnabled, Step.WhichPeer,
  /* 31 */ Do.Goto, Step.WhichPeer, Go.End,
  /* 32 enabled */ Do.Goto, Step.Attach, Go.End,
  /* 33 */ Do.Goto, Go.Attach, Go.End,
  /* 34 */ Do.Goto, Step.WhichPeer, Go.End,
  /* 35 */ Do.AskWhichPeer, Step.AtEim, Go.End,
  /* 36 through the eIM */ Do.Goto, Step.HandleInstallationResult, Go.End,
  /* 37 straight, for the eIM */ Do.Goto, Step.OweInstallationResult, Go.End,
  /* 38 for the local user */ Do.Goto, Step.MoreEvents, Go.End,
  /* 39 */ Do.HandleInstallationResult, Step.AskForPackage, Go.End,
  /* 40 */ Do.AskForPackage, Step.RemoveNotification, Step.RemoveNotification,
  /* 41 */ Do.RemoveNotification, Go.Retrieval, Go.End,
  /* 42 */ Do.OweInstallationResult, Step.ReturnToEim, Go.End,
  /* 43 */ Do.AskWhetherMoreEvents, Step.NoMoreEvents, Go.End,
  /* 44 */ Do.Goto, Go.Delivery, Go.End,
  /* 45 ask the SM-DS again */ Do.Goto, Step.OpenServer, Go.End,
  /* 46 */ Do.CancelSession, Step.NotCancelled, Step.Failed,
  /* 47 no session on the eUICC */ Do.Goto, Step.Failed, Go.End,
  /* 48 cancelled */ Do.CancelSessionAtServer, Step.Failed, Step.Failed,
  /* 49 */ Do.AskWhetherAgain, Step.OweTriggerError, Go.End,
  /* 50 */ Do.OweTriggerError, Step.ReturnToEim, Go.End,
  /* 51 the server wants it from the beginning */ Do.Goto, Step.GetEuiccInfo1, Go.End,
  /* 52 */ Do.OweInvalidFormat, Step.ReturnToEim, Go.End,
  /* 53 */ Do.AskWhichPeer, Step.Returning, Go.End,
  /* 54 */ Do.Goto, Step.SendOwed, Go.End,
  /* 55 */ Do.Goto, Step.ReopenEim, Go.End,
  /* 56 there is no eIM */ Do.Goto, Step.MoreEvents, Go.End,
  /* 57 */ Do.GetEimConfigurationData, Step.ReopenEim + 1, Go.End,
  /* 58 */ Do.OpenNetwork, Step.SendOwed, Go.End,
  /* 59 */ Do.SendOwed, Go.Retrieval, Go.End,
  /* 60 */ Do.FindInstallationResult, Step.Found, Step.CancelSession,
  /* 61 the modem had lost it */ Do.Goto, Step.ImmediateEnable, Go.End,
  /* 62 there is none */ Do.Goto, Step.CancelSession, Go.End,
]);
