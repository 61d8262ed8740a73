// SPDX-License-Identifier: Apache-2.0
// Everything the simulated eUICC keeps without power, as plain data, so that it can be copied, replaced as a whole and saved.

export type ProfileState = 'disabled' | 'enabled';

/** An element kept as received, with its tag. */
export interface RawField {
  readonly tag: number;
  readonly raw: Uint8Array;
}

/** An elementary file of an installed profile. */
export interface StoredFile {
  /** File identifiers below the MF in upper-case hexadecimal: "2FE2", "7FD06F07". */
  readonly path: string;
  readonly content: Uint8Array;
}

export interface StoredProfile {
  /** 10 bytes as in tag 5A: digit pairs swapped, filled with F. */
  readonly iccid: Uint8Array;
  /** AID of the ISD-P. */
  readonly aid: Uint8Array;
  state: ProfileState;
  /** ProfileClass: 0 test, 1 provisioning, 2 operational. */
  readonly profileClass: number;
  /** Other elements of StoreMetadata that ProfileInfo reports (91, 92, 93, 94, B6, B7, 99, BF22, 9F7B, 9F67), as received, and B8. */
  readonly fields: readonly RawField[];
  /** Non-volatile memory the profile takes. */
  readonly sizeBytes: number;
  /** Files of MF, DF TELECOM and NAAs; a profile that was there from the start has none. */
  readonly files?: readonly StoredFile[];
  nickname: string | undefined;
  /** Whether this is the fallback profile (SGP.32 v1.2 §3.4.6). */
  fallbackAttribute: boolean;
  /** Whether the profile was there when the eUICC was made; memory reset tells such test profiles apart. */
  readonly preloaded: boolean;
  /** httpParams for GetConnectivityParameters, if the profile has some. */
  readonly httpParams?: Uint8Array | undefined;
}

/** A notification waiting to be delivered. */
interface StoredNotification {
  readonly seqNumber: number;
  /** NotificationEvent bit: 0 install, 1 enable, 2 disable, 3 delete. */
  readonly event: number;
  readonly address: string;
  /** 10 bytes; undefined when an installation failed before it was known. */
  readonly iccid: Uint8Array | undefined;
  /** `BF37…` or `30…`, as handed out by RetrieveNotificationsList. */
  readonly raw: Uint8Array;
}

/** A signed eUICC package result waiting to be delivered. */
interface StoredPackageResult {
  readonly seqNumber: number;
  readonly eimId: string;
  readonly counterValue: number;
  /** `BF51{A0…}`. */
  readonly raw: Uint8Array;
}

/** An associated eIM (SGP.32 v1.2 §2.11.1.1.1). */
export interface StoredEim {
  readonly eimId: string;
  counterValue: number;
  readonly associationToken: number | undefined;
  /** Elements 80 to 89 of EimConfigurationData without counterValue and associationToken, as received, in ascending tag order. */
  readonly fields: readonly RawField[];
}

/** What a package with rollbackFlag allowed (SGP.32 v1.2 §3.3.2). */
export interface RollbackAuthorisation {
  readonly eimId: string;
  readonly counterValue: number;
  readonly eimTransactionId: Uint8Array | undefined;
  /** The result of the granting package. */
  readonly seqNumber: number;
  /** ICCID of the profile that was enabled before. */
  readonly previousIccid: Uint8Array;
}

/** What a Profile Installation Result says about the installation it belongs to. */
export interface InstallationIdentity {
  readonly transactionId: Uint8Array;
  readonly smdpOid: Uint8Array;
  readonly smdpAddress: string;
  /** 10 bytes once StoreMetadata was accepted. */
  iccid: Uint8Array | undefined;
  /** BppCommandId reached. */
  command: number;
}

/** An ephemeral key kept because a server may bind to it again (SGP.22 v2.5 §5.7.5, bppEuiccOtpk). */
interface RetainedKey {
  readonly smdpOid: Uint8Array;
  /** 32 bytes. */
  readonly privateScalar: Uint8Array;
}

/** SGP.32 v1.2 §3.4.4 and §5.9.17. */
interface ImmediateEnableConfiguration {
  readonly enabled: boolean;
  readonly smdpOid: Uint8Array | undefined;
  readonly smdpAddress: string | undefined;
}

/** A certificate revocation list, as far as it was loaded: complete when there are `totalParts` parts. */
export interface StoredRevocationList {
  /** Key identifier of the CI that signed it. */
  readonly ciPkId: Uint8Array;
  readonly crlNumber: number;
  readonly totalParts: number;
  readonly parts: readonly {
    readonly partNumber: number;
    /** Serial numbers, upper-case hexadecimal without leading zeros. */
    readonly revoked: readonly string[];
    /** Bytes it came in. */
    readonly sizeBytes: number;
  }[];
}

export interface NonVolatileMemory {
  profiles: StoredProfile[];
  notifications: StoredNotification[];
  packageResults: StoredPackageResult[];
  eims: StoredEim[];
  /** The number the next notification or package result gets; never goes back. */
  nextSeqNumber: number;
  nextAssociationToken: number;
  defaultSmdpAddress: string | undefined;
  immediateEnable: ImmediateEnableConfiguration;
  rollback: RollbackAuthorisation | undefined;
  /** ICCID to go back to while the fallback profile is in use. */
  fallbackReturnIccid: Uint8Array | undefined;
  /** ICCID to go back to while the emergency profile is in use. */
  emergencyReturnIccid: Uint8Array | undefined;
  /** Set while a bound profile package is being loaded; still set after power came back means it was interrupted. */
  installation: InstallationIdentity | undefined;
  retainedKey: RetainedKey | undefined;
  /** ICCID of the operational profile that was enabled before test profiles were; consumer eUICC only (SGP.22 v2.5 §5.7.16). */
  operationalBeforeTestIccid: Uint8Array | undefined;
  revocationLists: StoredRevocationList[];
}

/** Memory of an eUICC on which nothing is stored. Sequence numbers begin at 1, because some peers take 0 for "absent". */
export function emptyMemory(): NonVolatileMemory {
  return {
    profiles: [],
    notifications: [],
    packageResults: [],
    eims: [],
    nextSeqNumber: 1,
    nextAssociationToken: 1,
    defaultSmdpAddress: undefined,
    immediateEnable: { enabled: false, smdpOid: undefined, smdpAddress: undefined },
    rollback: undefined,
    fallbackReturnIccid: undefined,
    emergencyReturnIccid: undefined,
    installation: undefined,
    retainedKey: undefined,
    operationalBeforeTestIccid: undefined,
    revocationLists: [],
  };
}

/** Takes the next number of the common sequence of notifications and package results. */
export function takeSeqNumber(memory: NonVolatileMemory): number {
  return memory.nextSeqNumber++;
}
