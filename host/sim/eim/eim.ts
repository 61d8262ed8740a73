// SPDX-License-Identifier: Apache-2.0
// The simulated eIM: the protocol of service.ts behind an HTTPS server, with the data an eUICC needs to trust it.
import { createPublicKey } from 'node:crypto';
import type { KeyAndCertificate, TestPki } from '../pki/index.js';
import { type EimConfiguration, EimIdType, EimProtocol, encodeEimConfigurationData, type KeyData } from './configuration-data.js';
import type { Device, DeviceRegistration } from './device.js';
import type { FaultPlan } from './faults.js';
import { bindingFor } from './http-bindings.js';
import { EsipaServer } from './http-server.js';
import type { EimEvent } from './log.js';
import type { EimItem } from './packages/items.js';
import type { QueuedItem } from './queue.js';
import { EimService, type EimServiceOptions } from './service.js';

export interface SimulatedEimOptions extends Omit<EimServiceOptions, 'pki'> {
  readonly pki: TestPki;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Shown in TLS instead of pki.eimTls, so that checks of the IPA can be tested. */
  readonly tlsIdentity?: KeyAndCertificate;
  /** Longest request body taken; default 1 MiB. */
  readonly maxRequestBytes?: number;
  /** Answers in chunked transfer coding, this many bytes each; by default in one piece with Content-Length. */
  readonly responseChunkBytes?: number;
}

/** What EimConfigurationData says; everything has a default that fits the running eIM. */
export interface EimConfigurationOptions {
  /** "host" or "host:port"; default: where the server listens. */
  readonly eimFqdn?: string;
  /** Default: the eIM's initial counter value. */
  readonly counterValue?: number;
  /** Whether to ask the eUICC for an association token; default no. */
  readonly requestAssociationToken?: boolean;
  /** How to give the eIM's signing key; default "spki". */
  readonly eimPublicKeyData?: 'spki' | 'certificate';
  /** How to give the key for TLS: the server's own, as a key or certificate, its CI's certificate, or nothing; default "spki". */
  readonly trustedPublicKeyDataTls?: 'spki' | 'certificate' | 'ciCertificate' | 'none';
  /** Default: retrieval over HTTPS. */
  readonly eimSupportedProtocol?: readonly EimProtocol[];
  /** CI key identifier, 20 bytes; default none. */
  readonly euiccCiPkId?: Uint8Array;
  /** Downloads go through this eIM; default no. */
  readonly indirectProfileDownload?: boolean;
}

const ONE_MEBIBYTE = 1024 * 1024;

/** An eIM on the loopback interface. */
export class SimulatedEim {
  private readonly service: EimService;
  private readonly server: EsipaServer;
  private readonly options: SimulatedEimOptions;
  private port: number | undefined;

  constructor(options: SimulatedEimOptions) {
    this.options = options;
    this.service = new EimService(options);
    this.server = new EsipaServer({
      tlsIdentity: options.tlsIdentity ?? options.pki.eimTls,
      bindingFor: (path) => bindingFor(path, this.service),
      maxRequestBytes: options.maxRequestBytes ?? ONE_MEBIBYTE,
      responseChunkBytes: options.responseChunkBytes,
    });
  }

  get eimId(): string {
    return this.service.eimId;
  }

  /** "127.0.0.1:port"; throws Error before start() has resolved. */
  get address(): string {
    if (this.port === undefined) throw new Error('the eIM is not listening yet');
    return `127.0.0.1:${this.port}`;
  }

  /** Everything that happened, in order. */
  get log(): readonly EimEvent[] {
    return this.service.log;
  }

  /** Disturbances on the way between the IPA and this eIM. */
  get faults(): FaultPlan {
    return this.server.faults;
  }

  /** How many TLS connections were set up since the start. */
  get connectionCount(): number {
    return this.server.connectionCount;
  }

  /** Starts the server; rejects when the port is taken. */
  async start(): Promise<void> {
    this.port = await this.server.listen(this.options.port ?? 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.server.close(), this.service.close()]);
  }

  /** Adds a device. Throws RangeError for a bad EID, CertificateError for certificates that do not fit it. */
  register(registration: DeviceRegistration): Device {
    return this.service.register(registration);
  }

  /** The registered device with this EID, 32 digits. */
  device(eid: string): Device | undefined {
    return this.service.device(eid);
  }

  /** Puts a package in the queue of a registered device. Throws RangeError when there is no such device. */
  queue(eid: string, item: EimItem): QueuedItem {
    return this.service.queue(eid, item);
  }

  /** From now on shows another certificate in TLS. */
  presentTlsIdentity(identity: KeyAndCertificate): void {
    this.server.present(identity);
  }

  /** What an eUICC needs to know of this eIM, for addEim, updateEim or eimConfigurationData(). */
  eimConfiguration(options: EimConfigurationOptions = {}): EimConfiguration {
    const { pki, tlsIdentity = pki.eimTls, initialCounterValue = 0 } = this.options;
    const { trustedPublicKeyDataTls = 'spki', eimPublicKeyData = 'spki', requestAssociationToken, euiccCiPkId } = options;
    return {
      eimId: this.eimId,
      eimFqdn: options.eimFqdn ?? this.address,
      eimIdType: EimIdType.Fqdn,
      counterValue: options.counterValue ?? initialCounterValue,
      ...(requestAssociationToken ? { associationToken: -1 } : {}),
      eimPublicKeyData: keyData(pki.eimSign, eimPublicKeyData),
      ...(trustedPublicKeyDataTls === 'none' ? {} : { trustedPublicKeyDataTls: tlsTrust(trustedPublicKeyDataTls, tlsIdentity, pki) }),
      eimSupportedProtocol: options.eimSupportedProtocol ?? [EimProtocol.RetrieveHttps],
      ...(euiccCiPkId === undefined ? {} : { euiccCiPkId }),
      indirectProfileDownload: options.indirectProfileDownload ?? false,
    };
  }

  /** The same as a DER SEQUENCE, for AddInitialEim (SGP.32 v1.2 §5.9.4) or an eUICC that is associated from the start. */
  eimConfigurationData(options: EimConfigurationOptions = {}): Uint8Array {
    return encodeEimConfigurationData(this.eimConfiguration(options));
  }
}

function tlsTrust(form: 'spki' | 'certificate' | 'ciCertificate', identity: KeyAndCertificate, pki: TestPki): KeyData {
  return form === 'ciCertificate' ? { certificate: pki.ci.certificate } : keyData(identity, form);
}

function keyData(identity: KeyAndCertificate, form: 'spki' | 'certificate'): KeyData {
  if (form === 'certificate') return { certificate: identity.certificate };
  return { spki: new Uint8Array(createPublicKey(identity.privateKey).export({ type: 'spki', format: 'der' })) };
}
