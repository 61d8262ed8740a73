// SPDX-License-Identifier: Apache-2.0
// What the ESipa functions share.
import type { KeyObject } from 'node:crypto';
import type { Tlv } from '../codec/ber.js';
import type { ParsedCertificate } from '../pki/check.js';
import type { DeviceRegistry } from './device.js';
import type { EventLog } from './log.js';
import type { SmdpRelay } from './relay/smdp-relay.js';
import type { Sessions } from './sessions.js';
import type { UnknownElementPlace } from './unknown-elements.js';
import type { EimVersion } from './version.js';

/** The eIM's verdict on profile metadata when it checks them in the IPA's place (IPA capability eimProfileMetadataVerification). */
export type MetadataPolicy = (profileMetadata: Tlv) => 'accept' | 'pprNotAllowed';

/** State and keys of one eIM. */
export interface EimContext {
  readonly eimId: string;
  readonly eimPrivateKey: KeyObject;
  readonly trustedCis: readonly ParsedCertificate[];
  readonly devices: DeviceRegistry;
  readonly sessions: Sessions;
  readonly log: EventLog;
  readonly relay: SmdpRelay;
  /** Present: the eIM checks profile metadata and keeps them from the IPA. */
  readonly metadataPolicy: MetadataPolicy | undefined;
  readonly version: EimVersion;
  /** Where in its SEQUENCEs this eIM puts elements that nobody knows. */
  readonly unknownElements: readonly UnknownElementPlace[];
  /** The transactionId of an RSP session is left out of answers where it is optional. */
  readonly omitTransactionIds: boolean;
  /** Makes another eIM transaction identifier. */
  readonly newTransactionId: () => Uint8Array;
  readonly now: () => Date;
}

/** The answer to a request: a whole ESipa message, nothing to say, or a refusal on the level of the transport. */
export type EsipaAnswer = { readonly message: Uint8Array } | 'empty' | { readonly transportStatus: number; readonly reason: string };

/** One ESipa function: takes the request TLV. Throws CodecError for a malformed request. */
export type EsipaFunction = (request: Tlv, eim: EimContext) => Promise<EsipaAnswer> | EsipaAnswer;
