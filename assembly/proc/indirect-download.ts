// SPDX-License-Identifier: Apache-2.0
// Profile download through the eIM alone (SGP.32 v1.2 §3.2.3.2), of a variant that knows nothing else; proc/profile-download.ts
// has the whole. From AuthenticateServer on, every failure ends the RSP session on the eUICC and tells the eIM.

import { IS_INDIRECT } from '../abi/features';
import { Do, Go } from './functions';

namespace Step {
  export const GetEuiccInfo1: u8 = 1;
  export const GetEuiccChallenge: u8 = 2;
  export const InitiateAuthentication: u8 = 3;
  export const CheckServer: u8 = 4;
  export const AuthenticateServer: u8 = 5;
  export const AuthenticateClient: u8 = 6;
  export const CheckRules: u8 = 7;
  export const PrepareDownload: u8 = 8;
  export const GetBoundProfilePackage: u8 = 9;
  export const LoadBoundProfilePackage: u8 = 10;
  export const HandleInstallationResult: u8 = 11;
  export const AskForPackage: u8 = 12;
  export const RemoveNotification: u8 = 13;
  export const CancelSession: u8 = 14;
  export const NotCancelled: u8 = 15;
  export const OweTriggerError: u8 = 17;
  export const OweInvalidFormat: u8 = 18;
  export const SendOwed: u8 = 19;
}

// biome-ignore format: a row a line
export const INDIRECT_DOWNLOAD: usize = !IS_INDIRECT ? 0 : memory.data<u8>([
  /* 0 */ Do.ReadTrigger, Step.GetEuiccInfo1, Step.OweInvalidFormat,
  /* 1 */ Do.GetEuiccInfo1, Step.GetEuiccChallenge, Step.OweTriggerError,
  /* 2 */ Do.GetEuiccChallenge, Step.InitiateAuthentication, Step.OweTriggerError,
  /* 3 */ Do.InitiateAuthentication, Step.CheckServer, Step.OweTriggerError,
  /* 4 */ Do.CheckServer, Step.AuthenticateServer, Step.CancelSession,
  /* 5 */ Do.AuthenticateServer, Step.AuthenticateClient, Step.CancelSession,
  /* 6 */ Do.AuthenticateClient, Step.CheckRules, Step.CancelSession,
  /* 7 */ Do.CheckRules, Step.PrepareDownload, Step.CancelSession,
  /* 8 */ Do.PrepareDownload, Step.GetBoundProfilePackage, Step.CancelSession,
  /* 9 */ Do.GetBoundProfilePackage, Step.LoadBoundProfilePackage, Step.CancelSession,
  /* 10 */ Do.LoadBoundProfilePackage, Step.HandleInstallationResult, Step.CancelSession,
  /* 11 */ Do.HandleInstallationResult, Step.AskForPackage, Go.End,
  /* 12 */ Do.AskForPackage, Step.RemoveNotification, Step.RemoveNotification,
  /* 13 */ Do.RemoveNotification, Go.Retrieval, Go.End,
  /* 14 */ Do.CancelSession, Step.NotCancelled, Step.OweTriggerError,
  /* 15 no session on the eUICC */ Do.Goto, Step.OweTriggerError, Go.End,
  /* 16 cancelled */ Do.CancelSessionAtServer, Step.OweTriggerError, Step.OweTriggerError,
  /* 17 */ Do.OweTriggerError, Step.SendOwed, Go.End,
  /* 18 */ Do.OweInvalidFormat, Step.SendOwed, Go.End,
  /* 19 */ Do.SendOwed, Go.Retrieval, Go.End,
]);
