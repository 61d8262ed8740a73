// SPDX-License-Identifier: Apache-2.0
// Indirect profile download through the eIM (SGP.32 v1.2 §3.2.3.2). From InitiateAuthentication on, every failure ends the
// RSP session on the eUICC and tells the eIM (§5.14.8, and the result of the trigger).

import { Do, Go } from './functions';

namespace Step {
  export const GetEuiccInfo1: u8 = 1;
  export const GetEuiccChallenge: u8 = 2;
  export const InitiateAuthentication: u8 = 3;
  export const AuthenticateServer: u8 = 4;
  export const AuthenticateClient: u8 = 5;
  export const PrepareDownload: u8 = 6;
  export const GetBoundProfilePackage: u8 = 7;
  export const LoadBoundProfilePackage: u8 = 8;
  export const HandleInstallationResult: u8 = 9;
  export const RemoveNotification: u8 = 10;
  export const CancelSession: u8 = 11;
  export const NotCancelled: u8 = 12;
  export const OweTriggerError: u8 = 14;
  export const SendOwed: u8 = 15;
  export const OweInvalidFormat: u8 = 16;
}

// prettier-ignore
export const DOWNLOAD: usize = memory.data<u8>([
  /* 0 */ Do.ReadTrigger,
  Step.GetEuiccInfo1,
  Step.OweInvalidFormat,
  /* 1 */ Do.GetEuiccInfo1,
  Step.GetEuiccChallenge,
  Step.OweTriggerError,
  /* 2 */ Do.GetEuiccChallenge,
  Step.InitiateAuthentication,
  Step.OweTriggerError,
  /* 3 */ Do.InitiateAuthentication,
  Step.AuthenticateServer,
  Step.OweTriggerError,
  /* 4 */ Do.AuthenticateServer,
  Step.AuthenticateClient,
  Step.CancelSession,
  /* 5 */ Do.AuthenticateClient,
  Step.PrepareDownload,
  Step.CancelSession,
  /* 6 */ Do.PrepareDownload,
  Step.GetBoundProfilePackage,
  Step.CancelSession,
  /* 7 */ Do.GetBoundProfilePackage,
  Step.LoadBoundProfilePackage,
  Step.CancelSession,
  /* 8 */ Do.LoadBoundProfilePackage,
  Step.HandleInstallationResult,
  Step.CancelSession,
  /* 9 */ Do.HandleInstallationResult,
  Step.RemoveNotification,
  Go.End,
  /* 10 */ Do.RemoveNotification,
  Go.Retrieval,
  Go.End,
  /* 11 */ Do.CancelSession,
  Step.NotCancelled,
  Step.OweTriggerError,
  /* 12 no session on the eUICC */ Do.Goto,
  Step.OweTriggerError,
  Go.End,
  /* 13 cancelled */ Do.CancelSessionEsipa,
  Step.OweTriggerError,
  Step.OweTriggerError,
  /* 14 */ Do.OweTriggerError,
  Step.SendOwed,
  Go.End,
  /* 15 */ Do.SendOwed,
  Go.Retrieval,
  Go.End,
  /* 16 */ Do.OweInvalidFormat,
  Step.SendOwed,
  Go.End,
]);
