// SPDX-License-Identifier: Apache-2.0
// Indirect profile download through the eIM (SGP.32 v1.2 §3.2.3.2). From InitiateAuthentication on, every failure ends the
// RSP session on the eUICC and tells the eIM (§5.14.8, and the result of the trigger).

import { Do, Go } from './functions';

namespace Step {
  export const Trigger: u8 = 1;
  export const GetEuiccInfo1: u8 = 3;
  export const GetEuiccChallenge: u8 = 4;
  export const InitiateAuthentication: u8 = 5;
  export const AuthenticateServer: u8 = 6;
  export const AuthenticateClient: u8 = 7;
  export const PrepareDownload: u8 = 8;
  export const GetBoundProfilePackage: u8 = 9;
  export const LoadBoundProfilePackage: u8 = 10;
  export const HandleInstallationResult: u8 = 11;
  export const RemoveNotification: u8 = 12;
  export const CancelSession: u8 = 13;
  export const NotCancelled: u8 = 14;
  export const OweTriggerError: u8 = 16;
  export const SendOwed: u8 = 17;
  export const OweInvalidFormat: u8 = 18;
}

// biome-ignore format: a row a line
export const DOWNLOAD: usize = memory.data<u8>([
  /* 0 */ Do.ReadTrigger, Step.Trigger, Step.OweInvalidFormat,
  /* 1 */ Do.Goto, Step.GetEuiccInfo1, Go.End,
  /* 2 not supported */ Do.Goto, Step.OweTriggerError, Go.End,
  /* 3 */ Do.GetEuiccInfo1, Step.GetEuiccChallenge, Step.OweTriggerError,
  /* 4 */ Do.GetEuiccChallenge, Step.InitiateAuthentication, Step.OweTriggerError,
  /* 5 */ Do.InitiateAuthentication, Step.AuthenticateServer, Step.OweTriggerError,
  /* 6 */ Do.AuthenticateServer, Step.AuthenticateClient, Step.CancelSession,
  /* 7 */ Do.AuthenticateClient, Step.PrepareDownload, Step.CancelSession,
  /* 8 */ Do.PrepareDownload, Step.GetBoundProfilePackage, Step.CancelSession,
  /* 9 */ Do.GetBoundProfilePackage, Step.LoadBoundProfilePackage, Step.CancelSession,
  /* 10 */ Do.LoadBoundProfilePackage, Step.HandleInstallationResult, Step.CancelSession,
  /* 11 */ Do.HandleInstallationResult, Step.RemoveNotification, Go.End,
  /* 12 */ Do.RemoveNotification, Go.Retrieval, Go.End,
  /* 13 */ Do.CancelSession, Step.NotCancelled, Step.OweTriggerError,
  /* 14 no session on the eUICC */ Do.Goto, Step.OweTriggerError, Go.End,
  /* 15 cancelled */ Do.CancelSessionEsipa, Step.OweTriggerError, Step.OweTriggerError,
  /* 16 */ Do.OweTriggerError, Step.SendOwed, Go.End,
  /* 17 */ Do.SendOwed, Go.Retrieval, Go.End,
  /* 18 */ Do.OweInvalidFormat, Step.SendOwed, Go.End,
]);
