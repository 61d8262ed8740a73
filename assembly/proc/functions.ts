// SPDX-License-Identifier: Apache-2.0
// The vocabulary of the step tables: what a row can do, and the procedures a row can go to.
// A row is three bytes: what to do, where to go when it went well, where to go when it failed. An outcome n > 0 goes n rows
// further. The numbers of Do are grouped by what the step waits for: number / 32 is the Wait.

/** What a step waits for. */
export const enum Wait {
  /** Nothing: it is done at once. */
  Nothing = 0,
  /** The link, the host, or the clock. */
  Host = 1,
  /** The response of the card, gathered in MESSAGE. */
  Card = 2,
  /** An element in the response of the card, which the next step streams on. */
  CardElement = 3,
  /** The peer's answer to a request from memory. */
  Network = 4,
  /** The peer's answer to a request that ends with what the card streams. */
  NetworkFromCard = 5,
  /** The card's response to a command that the network or the host streams. */
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
  export const Dispatch: u8 = 17;
  export const ChooseRoute: u8 = 18;
  export const CheckServer: u8 = 19;
  export const CheckRules: u8 = 20;
  export const TakeEvent: u8 = 21;
  export const OweInstallationResult: u8 = 22;
  export const AskWhichPeer: u8 = 23;
  export const AskWhetherMoreEvents: u8 = 24;
  export const ResultIsLost: u8 = 25;
  export const Return: u8 = 26;
  export const ChooseNotificationRoute: u8 = 27;
  export const LeaveNotification: u8 = 28;

  export const ModemReady: u8 = 32;
  export const ResetCard: u8 = 33;
  export const OpenNetwork: u8 = 34;
  export const OpenServer: u8 = 35;
  export const Consent: u8 = 36;
  export const Pause: u8 = 37;

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
  export const GetConfiguredAddresses: u8 = 76;
  export const GetRat: u8 = 77;
  export const ListOperationalProfiles: u8 = 78;
  export const ImmediateEnable: u8 = 79;
  export const ProfileRollback: u8 = 80;

  export const GetEimConfigurationData: u8 = 96;
  export const RetrieveResults: u8 = 97;
  export const RetrieveNotifications: u8 = 98;
  export const RetrieveForResult: u8 = 99;
  export const AuthenticateServer: u8 = 100;
  export const MeasureDataObject: u8 = 101;
  export const SendDataObject: u8 = 102;
  export const FindResult: u8 = 103;
  export const FindNotification: u8 = 104;

  export const SendOwed: u8 = 128;
  export const GetEimPackage: u8 = 129;
  export const ProvideEimPackageResult: u8 = 130;
  export const FinishDataResponse: u8 = 131;
  export const InitiateAuthentication: u8 = 132;
  export const GetBoundProfilePackage: u8 = 133;
  export const HandleInstallationResult: u8 = 134;
  export const CancelSessionAtServer: u8 = 135;

  export const ProvideStoredResult: u8 = 160;
  export const HandleStoredNotification: u8 = 161;
  export const ProvideResultAndNotifications: u8 = 162;
  export const AuthenticateClient: u8 = 163;

  export const AddInitialEim: u8 = 192;
  export const LoadEuiccPackage: u8 = 193;
  export const LoadBoundProfilePackage: u8 = 194;
  export const RunEs10Function: u8 = 195;
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
  /** The procedure returns to the row behind the one that goes here. */
  export const Attach: u8 = 0x87;
  export const Lost: u8 = 0x88;
  export const Es10: u8 = 0x89;
}

/** Bytes of a row. */
export const ROW_BYTES: u32 = 3;
