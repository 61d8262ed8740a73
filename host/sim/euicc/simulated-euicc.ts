// SPDX-License-Identifier: Apache-2.0
// A simulated eUICC in a card slot, IoT (SGP.32 v1.2 on SGP.22 v2.5) or consumer (SGP.22 v2.5), with real keys, signatures and profile decryption.
import type { SyncCardSlot } from '../../interfaces.js';
import { fromHex } from '../codec/bytes.js';
import { runCommand } from './apdu/run.js';
import { STATUS, statusBytes } from './apdu/status-word.js';
import { freeBytes } from './domain/capacity.js';
import { createIdentity, type EuiccCredentials } from './domain/identity.js';
import { type PreinstalledProfile, preassociateEim, preinstallProfile } from './initial-content.js';
import {
  type EimView,
  eimViews,
  fileContent,
  type NotificationView,
  notificationViews,
  type PackageResultView,
  type ProfileView,
  packageResultViews,
  profileViews,
} from './inspection.js';
import { abandonInstallation } from './install/interruption.js';
import type { Euicc } from './state/euicc.js';
import { emptyMemory } from './state/non-volatile.js';
import { restoreMemory, saveMemory } from './state/persistence.js';
import { freshSession } from './state/session.js';
import { type EuiccSettings, resolveSettings } from './state/settings.js';

export interface SimulatedEuiccOptions extends Partial<EuiccSettings> {
  /** Key and certificates; a TestPki will do. */
  readonly pki: EuiccCredentials;
  /** When given, must be the EID of the certificate. */
  readonly eid?: string;
  /** CI certificates trusted besides the one in `pki`. */
  readonly trustedCiCertificates?: readonly Uint8Array[];
  readonly defaultSmdpAddress?: string;
  /** eIMs associated from the start: EimConfigurationData, `30…`. */
  readonly eimConfigurations?: readonly Uint8Array[];
  readonly profiles?: readonly PreinstalledProfile[];
}

/** T=0, 512/32 clock cycles per bit, classes A to C; the historical bytes read "SIM-EUICC-1". */
const ATR = fromHex('3B9B96801FC753494D2D45554943432D316A');

/**
 * One eUICC. Off until the first `reset()`. Commands run at once; nothing waits or uses a clock.
 * The constructor throws when the options do not fit together (certificate chain, EID, preinstalled content).
 */
export class SimulatedEuicc implements SyncCardSlot {
  private readonly euicc: Euicc;
  private powered = false;
  private fault: unknown;
  private apdus = 0;

  constructor(options: SimulatedEuiccOptions) {
    this.euicc = {
      identity: createIdentity(options.pki, options.eid, options.trustedCiCertificates ?? []),
      settings: resolveSettings(options),
      memory: { ...emptyMemory(), defaultSmdpAddress: options.defaultSmdpAddress },
      session: freshSession(),
      catBusy: false,
    };
    for (const profile of options.profiles ?? []) preinstallProfile(this.euicc, profile);
    for (const configuration of options.eimConfigurations ?? []) preassociateEim(this.euicc, configuration);
  }

  /** Powers on or resets: channels, the RSP session and TERMINAL CAPABILITY are gone; an installation that was interrupted gets its result now. */
  reset(): Uint8Array {
    this.powered = true;
    this.euicc.session = freshSession();
    this.euicc.catBusy = false;
    abandonInstallation(this.euicc);
    return ATR.slice();
  }

  powerOff(): void {
    this.powered = false;
  }

  /** 6F00 when there is no power. Never throws: a fault of the simulator itself is also 6F00, and is kept in `lastFault`. */
  transmit(command: Uint8Array): Uint8Array {
    this.apdus++;
    if (!this.powered) return statusBytes(STATUS.technicalProblem);
    try {
      return runCommand(this.euicc, command);
    } catch (error) {
      this.fault = error;
      return statusBytes(STATUS.technicalProblem);
    }
  }

  /** 32 digits. */
  get eid(): string {
    return this.euicc.identity.eid;
  }

  /** Installed profiles, oldest first; states are those after the last signed result. */
  get profiles(): readonly ProfileView[] {
    return profileViews(this.euicc.memory);
  }

  /**
   * The content of an elementary file of a downloaded profile: MF, DF TELECOM, USIM and ISIM.
   * @param path file identifiers below the MF in hexadecimal: "2FE2", "7FD06F07". Undefined when there is no such profile or file.
   */
  profileFile(iccid: string, path: string): Uint8Array | undefined {
    return fileContent(this.euicc.memory, iccid, path);
  }

  /** Notifications not removed yet. */
  get notifications(): readonly NotificationView[] {
    return notificationViews(this.euicc.memory);
  }

  /** Signed eUICC package results not removed yet. */
  get packageResults(): readonly PackageResultView[] {
    return packageResultViews(this.euicc.memory);
  }

  get eimConfigurations(): readonly EimView[] {
    return eimViews(this.euicc.memory);
  }

  get defaultSmdpAddress(): string | undefined {
    return this.euicc.memory.defaultSmdpAddress;
  }

  /** Non-volatile bytes left for profiles. */
  get freeMemoryBytes(): number {
    return freeBytes(this.euicc);
  }

  /** Whether the enabled profile changed and the modem has not read the new one yet: neither by a reset nor by REFRESH. */
  get refreshPending(): boolean {
    return this.euicc.session.switchedSinceReset;
  }

  /** Command APDUs so far, also those without power. */
  get counters(): { readonly apdus: number } {
    return { apdus: this.apdus };
  }

  /** What went wrong inside the simulator the last time it answered 6F00 with power; undefined is the only value a test should see. */
  get lastFault(): unknown {
    return this.fault;
  }

  /** Opens or closes a proactive session: while it is open, profile changes are answered catBusy(5). A reset closes it. */
  setCatBusy(busy: boolean): void {
    this.euicc.catBusy = busy;
  }

  /** Non-volatile memory as text, for `restoreNonVolatile` of an eUICC with the same EID. */
  saveNonVolatile(): string {
    return saveMemory(this.euicc.identity.eid, this.euicc.memory);
  }

  /** Replaces non-volatile memory and switches the card off. Throws Error when the text is not this eUICC's. */
  restoreNonVolatile(saved: string): void {
    this.euicc.memory = restoreMemory(this.euicc.identity.eid, saved);
    this.powerOff();
  }
}
