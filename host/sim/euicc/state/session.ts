// SPDX-License-Identifier: Apache-2.0
// What the simulated eUICC forgets at a reset: logical channels, the device's declaration, and the RSP session (SGP.22 v2.5 §3.0.1).
import type { KeyObject } from 'node:crypto';
import type { EphemeralKey } from '../../crypto/key-agreement.js';
import type { ParsedCertificate } from '../../pki/check.js';
import { type Channel, freshChannels } from '../apdu/channel.js';
import type { Installation } from '../install/installation.js';

/** Facts about the server after AuthenticateServer. */
export interface ServerContext {
  readonly transactionId: Uint8Array;
  readonly serverAddress: string;
  /** Contents octets of the registered identifier in the server's certificate. */
  readonly serverOid: Uint8Array;
  /** 20 bytes: the CI both sides use. */
  readonly ciPkId: Uint8Array;
  /** The authenticated certificate; CERT.DPpb must name the same actor. */
  readonly certificate: ParsedCertificate;
  /** Whether the certificate was that of an SM-DP+ (an SM-DS cannot go on to PrepareDownload). */
  readonly isSmdp: boolean;
  /** The element `5F37 40 …`; SmdpSigned2 is signed together with it. */
  readonly euiccSignature1: Uint8Array;
}

export type RspSession =
  | { readonly phase: 'challenged'; readonly challenge: Uint8Array }
  | { readonly phase: 'authenticated'; readonly server: ServerContext }
  | { readonly phase: 'prepared'; readonly server: ServerContext; readonly key: EphemeralKey; readonly smdpKey: KeyObject }
  | { readonly phase: 'loading'; readonly server: ServerContext; readonly installation: Installation };

/** The profile just installed, for ImmediateEnable (SGP.32 v1.2 §5.9.15). */
export interface InstalledProfile {
  readonly iccid: Uint8Array;
  readonly smdpOid: Uint8Array;
  readonly smdpAddress: string;
}

/** What TERMINAL CAPABILITY said is in the device (SGP.22 v2.5 §3.4.2, SGP.32 v1.2 §3.8.2). */
export interface DeclaredAssistants {
  readonly localUserInterface: boolean;
  readonly localProfileDownload: boolean;
  readonly localDiscovery: boolean;
  readonly iotProfileAssistant: boolean;
}

/** A proactive command of the card (ETSI TS 102 223); from its request to its TERMINAL RESPONSE, a proactive session is open. */
export interface ProactiveCommand {
  /** `D0…`. */
  readonly bytes: Uint8Array;
  readonly number: number;
  readonly type: number;
  readonly qualifier: number;
  /** Whether the terminal has it; then it is not announced by 91XX any more. */
  fetched: boolean;
}

export interface Session {
  channels: Channel[];
  assistants: DeclaredAssistants;
  /** Whether the IPA in the eUICC was activated, so that the device's has nothing to say until the next reset. */
  ipaeActive: boolean;
  rsp: RspSession | undefined;
  installed: InstalledProfile | undefined;
  /** Whether another profile was made active and the terminal has not looked again (by a reset, or by REFRESH). */
  switchedSinceReset: boolean;
  proactive: ProactiveCommand | undefined;
}

const NO_ASSISTANT: DeclaredAssistants = {
  localUserInterface: false,
  localProfileDownload: false,
  localDiscovery: false,
  iotProfileAssistant: false,
};

/** The session of a card that was just reset. */
export function freshSession(): Session {
  return {
    channels: freshChannels(),
    assistants: NO_ASSISTANT,
    ipaeActive: false,
    rsp: undefined,
    installed: undefined,
    switchedSinceReset: false,
    proactive: undefined,
  };
}
