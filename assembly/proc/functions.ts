// SPDX-License-Identifier: Apache-2.0
// The vocabulary of the step tables: what a row can do, and the procedures a row can go to.
// A row is three bytes: what to do, where to go when it went well, where to go when it failed. An outcome n > 0 goes n rows
// further. The numbers of Do are grouped by what the step waits for: number / 32 is the Wait.

/** What a step waits for. */
export const enum Wait {
  /** Nothing: it is done at once. */
  Nothing = 0,
  /** The link or the host. */
  Host = 1,
  /** The response of the card, gathered in MESSAGE. */
  Card = 2,
  /** An element in the response of the card, which the next step streams on. */
  CardElement = 3,
  /** The eIM's answer to a request from memory. */
  Network = 4,
  /** The eIM's answer to a request that ends with what the card streams. */
  NetworkFromCard = 5,
  /** The card's response to a command that the network streams. */
  CardFromNetwork = 6,
}

export namespace Do {
  export const Goto: u8 = 0;
  export const NoMorePackages: u8 = 1;
  export const DeliveryDone: u8 = 2;
  export const SkipNotification: u8 = 3;
  export const OweUnknownPackage: u8 = 4;
  export const OweInvalidFormat: u8 = 5;
  export const OwePackageError: u8 = 6;
  export const OweResult: u8 = 7;
  export const OweDataError: u8 = 8;
  export const OweTagListError: u8 = 9;
  export const OweTriggerError: u8 = 10;
  export const ReadDataRequest: u8 = 11;
  export const BeginDataResponse: u8 = 12;
  export const ReadTrigger: u8 = 13;
  export const CloseNetwork: u8 = 14;
  export const Finish: u8 = 15;
  export const CountNotification: u8 = 16;

  export const ModemReady: u8 = 32;
  export const ResetCard: u8 = 33;
  export const OpenNetwork: u8 = 34;

  export const TerminalCapability: u8 = 64;
  export const OpenChannel: u8 = 65;
  export const SelectIsdr: u8 = 66;
  export const CloseChannel: u8 = 67;
  export const GetEid: u8 = 68;
  export const RemoveNotification: u8 = 69;
  export const RemoveAcknowledged: u8 = 70;
  export const GetEuiccInfo1: u8 = 71;
  export const GetEuiccChallenge: u8 = 72;
  export const PrepareDownload: u8 = 73;
  export const CancelSession: u8 = 74;
  export const CloseStaleChannels: u8 = 75;

  export const GetEimConfigurationData: u8 = 96;
  export const RetrieveResults: u8 = 97;
  export const RetrieveNotifications: u8 = 98;
  export const RetrieveForResult: u8 = 99;
  export const AuthenticateServer: u8 = 100;
  export const MeasureDataObject: u8 = 101;
  export const SendDataObject: u8 = 102;

  export const SendOwed: u8 = 128;
  export const GetEimPackage: u8 = 129;
  export const ProvideEimPackageResult: u8 = 130;
  export const FinishDataResponse: u8 = 131;
  export const InitiateAuthentication: u8 = 132;
  export const GetBoundProfilePackage: u8 = 133;
  export const HandleInstallationResult: u8 = 134;
  export const CancelSessionEsipa: u8 = 135;

  export const ProvideStoredResult: u8 = 160;
  export const HandleStoredNotification: u8 = 161;
  export const ProvideResultAndNotifications: u8 = 162;
  export const AuthenticateClient: u8 = 163;

  export const AddInitialEim: u8 = 192;
  export const LoadEuiccPackage: u8 = 193;
  export const LoadBoundProfilePackage: u8 = 194;
}

/** A target of 0x80 and above is the first row of a procedure. */
export namespace Go {
  export const StartUp: u8 = 0x80;
  export const Delivery: u8 = 0x81;
  export const Retrieval: u8 = 0x82;
  export const Execution: u8 = 0x83;
  export const Data: u8 = 0x84;
  export const Download: u8 = 0x85;
  export const End: u8 = 0x86;
}

/** Bytes of a row. */
export const ROW_BYTES: u32 = 3;
