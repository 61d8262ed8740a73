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

/** What a row can do. Behind each stand its outcomes; the tests take every one of every row (scripts/coverage.ts). */
export namespace Do {
  export const Goto: u8 = 0; // 0
  export const NoMorePackages: u8 = 1; // 0, 1
  export const DeliveryDone: u8 = 2; // 0, 1
  export const SkipNotification: u8 = 3; // 0, failure
  export const OweUnknownPackage: u8 = 4; // 0
  export const OweInvalidFormat: u8 = 5; // 0
  export const OwePackageError: u8 = 6; // 0, failure
  export const OweResult: u8 = 7; // 0
  export const OweDataError: u8 = 8; // 0, failure
  export const OweTagListError: u8 = 9; // 0
  export const OweTriggerError: u8 = 10; // 0
  export const ReadDataRequest: u8 = 11; // 0, failure
  export const BeginDataResponse: u8 = 12; // 0
  export const ReadTrigger: u8 = 13; // 0, 1, 2, failure
  export const CloseNetwork: u8 = 14; // 0
  export const Finish: u8 = 15; // none
  export const CountNotification: u8 = 16; // 0
  export const Dispatch: u8 = 17; // 0, 1, 2, 3, 4
  export const ChooseRoute: u8 = 18; // 0, 1
  export const CheckServer: u8 = 19; // 0, failure
  export const CheckRules: u8 = 20; // 0, 1, failure
  export const TakeEvent: u8 = 21; // 0, 1, failure
  export const OweInstallationResult: u8 = 22; // 0
  export const AskWhichPeer: u8 = 23; // 0, 1, 2
  export const AskWhetherMoreEvents: u8 = 24; // 0, 1
  export const ResultIsLost: u8 = 25; // 0, 1, 2
  export const Return: u8 = 26; // none
  export const ChooseNotificationRoute: u8 = 27; // 0, 1, 2
  export const LeaveNotification: u8 = 28; // 0
  export const AskWhetherAgain: u8 = 29; // 0, 1
  export const OtherAccess: u8 = 30; // 0, 1, failure

  export const ModemReady: u8 = 32; // 0, failure
  export const ResetCard: u8 = 33; // 0, failure
  /** This one and the next are over as soon as the host is asked: the first step that needs the peer waits for it. */
  export const OpenNetwork: u8 = 34; // 0, 1, failure
  export const OpenServer: u8 = 35; // 0
  export const Consent: u8 = 36; // 0, failure
  export const Pause: u8 = 37; // 0
  export const AwaitRegistration: u8 = 38; // 0
  export const UnlockModem: u8 = 39; // 0, failure

  export const TerminalCapability: u8 = 64; // 0, failure
  export const OpenChannel: u8 = 65; // 0, 1, failure
  export const SelectIsdr: u8 = 66; // 0, failure
  export const CloseChannel: u8 = 67; // 0, failure
  export const GetEid: u8 = 68; // 0, failure
  export const RemoveNotification: u8 = 69; // 0, failure
  export const RemoveAcknowledged: u8 = 70; // 0, failure
  export const GetEuiccInfo1: u8 = 71; // 0, failure
  export const GetEuiccChallenge: u8 = 72; // 0, failure
  export const PrepareDownload: u8 = 73; // 0, failure
  export const CancelSession: u8 = 74; // 0, 1, failure
  export const CloseStaleChannels: u8 = 75; // 0, failure
  export const GetConfiguredAddresses: u8 = 76; // 0, failure
  export const GetRat: u8 = 77; // 0, 1, failure
  export const ListOperationalProfiles: u8 = 78; // 0, failure
  export const ImmediateEnable: u8 = 79; // 0, 1, failure
  export const ProfileRollback: u8 = 80; // 0, failure
  export const AnswerCard: u8 = 81; // 0

  export const GetEimConfigurationData: u8 = 96; // 0, 1, failure
  export const RetrieveResults: u8 = 97; // 0, 1, failure
  export const RetrieveNotifications: u8 = 98; // 0, 1, failure
  export const RetrieveForResult: u8 = 99; // 0, 1, failure
  export const AuthenticateServer: u8 = 100; // 0, failure
  export const MeasureDataObject: u8 = 101; // 0, failure
  export const SendDataObject: u8 = 102; // 0, failure
  export const FindResult: u8 = 103; // 0, 1, failure
  export const FindNotification: u8 = 104; // 0, 1, failure
  export const FindInstallationResult: u8 = 105; // 0, 1, failure

  export const SendOwed: u8 = 128; // 0, failure
  export const GetEimPackage: u8 = 129; // 0, 1, 2, 3, 4, 5, 6, failure
  export const ProvideEimPackageResult: u8 = 130; // 0, failure
  export const FinishDataResponse: u8 = 131; // 0, failure
  export const InitiateAuthentication: u8 = 132; // 0, failure
  export const GetBoundProfilePackage: u8 = 133; // 0, failure
  export const HandleInstallationResult: u8 = 134; // 0, failure
  export const CancelSessionAtServer: u8 = 135; // 0, failure
  export const Receipt: u8 = 136; // 0, failure
  /** Sends the request of GetEimPackage, which then waits for the answer. */
  export const AskForPackage: u8 = 137; // 0, failure

  export const ProvideStoredResult: u8 = 160; // 0, failure
  export const HandleStoredNotification: u8 = 161; // 0, failure
  export const ProvideResultAndNotifications: u8 = 162; // 0, failure
  export const AuthenticateClient: u8 = 163; // 0, 1, failure

  export const AddInitialEim: u8 = 192; // 0, failure
  export const LoadEuiccPackage: u8 = 193; // 0, 1, 2, 3, failure
  export const LoadBoundProfilePackage: u8 = 194; // 0, failure
  export const RunEs10Function: u8 = 195; // 0, 1, failure
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
  export const Access: u8 = 0x8a;
}

/** Bytes of a row. */
export const ROW_BYTES: u32 = 3;
