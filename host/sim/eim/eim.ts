// SPDX-License-Identifier: Apache-2.0
// The simulated eIM: the protocol of service.ts behind an HTTPS and a CoAP server, with the data an eUICC needs to trust it.
import { createPublicKey } from 'node:crypto';
import { systemClock } from '../../clock.js';
import { loadGnutls } from '../../datagram/gnutls-library.js';
import { createMemorySessionStore, type DtlsServerOptions, type PreSharedKey } from '../../datagram/index.js';
import type { Clock, DatagramChannel } from '../../interfaces.js';
import type { KeyAndCertificate, TestPki } from '../pki/index.js';
import type { BlockBytes } from './coap/block.js';
import { post } from './coap/client.js';
import { CoapServer } from './coap/coap-server.js';
import type { CoapFault } from './coap/faults.js';
import { uintValue } from './coap/message.js';
import { type EimConfiguration, EimIdType, EimProtocol, encodeEimConfigurationData, type KeyData } from './configuration-data.js';
import type { Device, DeviceRegistration } from './device.js';
import type { FaultPlan } from './faults.js';
import { bindingFor } from './http-bindings.js';
import { EsipaServer } from './http-server.js';
import type { EimEvent } from './log.js';
import type { EimItem } from './packages/items.js';
import type { PushedItem } from './push.js';
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
  /** How CoAP is spoken, and whether a port listens for it. */
  readonly coap?: EimCoapOptions;
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
  /** Default: retrieval over HTTPS, and over CoAP when a port listens for it. */
  readonly eimSupportedProtocol?: readonly EimProtocol[];
  /** CI key identifier, 20 bytes; default none. */
  readonly euiccCiPkId?: Uint8Array;
  /** Downloads go through this eIM; default no. */
  readonly indirectProfileDownload?: boolean;
}

const ONE_MEBIBYTE = 1024 * 1024;

/** ESipa over CoAP (SGP.32 v1.2 §6.2). */
export interface EimCoapOptions {
  /** UDP port of plain CoAP, which nothing protects; 0: any free one; default: none, and only channels given to serve() are served. */
  readonly port?: number;
  /** UDP port of CoAP over DTLS; 0: any free one; default: none. The key of TLS is shown as certificate, or as itself (RFC 7250). Needs GnuTLS. */
  readonly coapsPort?: number;
  /** Devices may prove themselves, and have the eIM proved, by this key instead. */
  readonly psk?: PreSharedKey;
  /** Told why a device got no DTLS session. */
  readonly onDtlsRefused?: (problem: string) => void;
  /** Longest block in bytes, sent and asked for; default 1,024. */
  readonly largestBlockBytes?: BlockBytes;
  /** How long an answer may take before its request is acknowledged apart, in ms; default 1,000. */
  readonly separateAfterMs?: number;
  /** How long a pushed message, or each of its blocks, may wait for its answer, in ms; default 120,000. */
  readonly pushTimeoutMs?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** An eIM on the loopback interface. */
export class SimulatedEim {
  private readonly service: EimService;
  private readonly server: EsipaServer;
  private readonly options: SimulatedEimOptions;
  private readonly coap: CoapServer;
  /** Clients resume by a number; what it stands for is here. */
  private readonly sessions = createMemorySessionStore();
  private tlsIdentity: KeyAndCertificate;
  private port: number | undefined;
  private coapPlace: string | undefined;
  private coapsPlace: string | undefined;
  private pushes = 0;

  constructor(options: SimulatedEimOptions) {
    this.options = options;
    this.tlsIdentity = options.tlsIdentity ?? options.pki.eimTls;
    this.service = new EimService(options);
    this.server = new EsipaServer({
      tlsIdentity: this.tlsIdentity,
      bindingFor: (path) => bindingFor(path, this.service),
      maxRequestBytes: options.maxRequestBytes ?? ONE_MEBIBYTE,
      responseChunkBytes: options.responseChunkBytes,
    });
    const { clock = systemClock, separateAfterMs = 1_000, largestBlockBytes = 1_024 } = options.coap ?? {};
    this.coap = new CoapServer({
      handle: (body) => this.service.handle(body),
      clock,
      separateAfterMs,
      largestBlock: largestBlockBytes,
      maxRequestBytes: options.maxRequestBytes ?? ONE_MEBIBYTE,
      seed: options.seed ?? 1,
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

  /** "127.0.0.1:port" of plain CoAP; throws Error unless a port was asked for and start() has resolved. */
  get coapAddress(): string {
    if (this.coapPlace === undefined) throw new Error('the eIM is not listening for CoAP; give the option coap: { port: 0 } and start it');
    return this.coapPlace;
  }

  /** "127.0.0.1:port" of CoAP over DTLS; throws Error unless a port was asked for and start() has resolved. */
  get coapsAddress(): string {
    if (this.coapsPlace === undefined)
      throw new Error('the eIM is not listening for CoAP over DTLS; give the option coap: { coapsPort: 0 } and start it');
    return this.coapsPlace;
  }

  /** Everything that happened, in order. */
  get log(): readonly EimEvent[] {
    return this.service.log;
  }

  /** Disturbances on the way between the IPA and this eIM. */
  get faults(): FaultPlan {
    return this.server.faults;
  }

  /** The same for CoAP, and what a hostile eIM would do. */
  get coapFaults(): FaultPlan<CoapFault> {
    return this.coap.faults;
  }

  /** How many TLS connections were set up since the start. */
  get connectionCount(): number {
    return this.server.connectionCount;
  }

  /** Starts the servers; rejects when a port is taken, or GnuTLS is needed and not there. */
  async start(): Promise<void> {
    const { port = 0, coap = {} } = this.options;
    if (coap.coapsPort !== undefined) await loadGnutls();
    this.port = await this.server.listen(port);
    try {
      await this.listenForCoap(coap);
    } catch (error) {
      await Promise.all([this.server.close(), this.coap.close()]);
      throw error;
    }
  }

  private async listenForCoap({ port, coapsPort, onDtlsRefused = () => {} }: EimCoapOptions): Promise<void> {
    if (port !== undefined) this.coapPlace = await this.coap.listen(port);
    if (coapsPort === undefined) return;
    this.coapsPlace = await this.coap.listenDtls(coapsPort, { identity: () => this.dtlsIdentity(), onRefused: onDtlsRefused });
  }

  private dtlsIdentity(): DtlsServerOptions {
    const { psk } = this.options.coap ?? {};
    const { tlsIdentity, sessions } = this;
    const keys = { certificate: tlsIdentity, rawPublicKey: tlsIdentity.privateKey, sessions };
    return psk === undefined ? keys : { ...keys, psk: (identity) => (identity === psk.identity ? psk.key : undefined) };
  }

  /** Serves CoAP to the peer behind this channel, whatever it is: a DTLS association, a simulated link. */
  serve(channel: DatagramChannel): void {
    this.coap.serve(channel);
  }

  /**
   * Pushes the queued packages of a registered device over CoAP to the device behind this channel (SGP.32 v1.2 §3.1.1.2), until one is
   * refused or gets no answer, or is a download that the device goes about: the rest is for another call. Rejects with RangeError when there is no such device.
   */
  async push(eid: string, channel: DatagramChannel): Promise<PushedItem[]> {
    const { largestBlockBytes = 1_024, pushTimeoutMs = 120_000 } = this.options.coap ?? {};
    const endpoint = this.coap.serve(channel);
    const limits = { largestBlock: largestBlockBytes, maxAnswerBytes: ONE_MEBIBYTE, timeoutMs: pushTimeoutMs };
    return this.service.push(eid, (message, unneeded) =>
      post(endpoint, message, { ...limits, unneeded, requestTag: uintValue(++this.pushes) }),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.server.close(), this.coap.close(), this.service.close()]);
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

  /** From now on shows another certificate in TLS and DTLS. */
  presentTlsIdentity(identity: KeyAndCertificate): void {
    this.tlsIdentity = identity;
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
      eimSupportedProtocol: options.eimSupportedProtocol ?? this.protocols(),
      ...(euiccCiPkId === undefined ? {} : { euiccCiPkId }),
      indirectProfileDownload: options.indirectProfileDownload ?? false,
    };
  }

  private protocols(): EimProtocol[] {
    const { port, coapsPort } = this.options.coap ?? {};
    const retrieveCoaps = port === undefined && coapsPort === undefined ? [] : [EimProtocol.RetrieveCoaps];
    return [EimProtocol.RetrieveHttps, ...retrieveCoaps];
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
