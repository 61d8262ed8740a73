// SPDX-License-Identifier: Apache-2.0
// The host API: run the module, connect it with a modem or card and with the network, poll an eIM. Simulators are in ./sim.

/** Constants of the module's interface, generated from assembly/abi/. */
export * as abi from './abi.js';
export type { ConsentCallback, ConsentDecision, OfferedProfile } from './consent.js';
export { type HostErrorCode, IpaError, type IpaErrorLayer } from './core/errors.js';
export { createNodeInstance } from './core/node.js';
export { createWasmtimeInstance, type WasmtimeOptions } from './core/wasmtime.js';
export { findWasmtime, type Wasmtime } from './core/wasmtime-path.js';
export * from './datagram/index.js';
export { type DriverLinks, deliverNotifications, download, es10, listen, poll } from './driver.js';
export * from './es10/index.js';
export {
  type Action,
  type Binding,
  type ByteLine,
  type CardSlot,
  type Clock,
  type DatagramChannel,
  type DatagramTransport,
  type IpaInstance,
  NetworkError,
  type NetworkFailureReason,
  type Peer,
  type PeerKind,
  type RequestHead,
  type ResponseChunk,
  type RspFunction,
  type Scheme,
  type SyncCardSlot,
  type Transport,
  type TrustAnchor,
} from './interfaces.js';
export { type ModemAddress, parseModemAddress } from './modem/address.js';
export { identifyModem, type ModemIdentity } from './modem/identify.js';
export { type ModemQuirkRow, quirksFor, readModemQuirks } from './modem/modem-quirks.js';
export { MODEM_QUIRKS } from './modem/modem-quirks-table.js';
export { type CardAddress, type OpenCardOptions, type OpenedCard, openCard } from './modem/open.js';
export { openPcscCard, type PcscCard, type PcscOptions } from './modem/pcsc-card.js';
export { type PcscConnection, PcscFailure, type PcscFailureCode, type PcscService } from './modem/pcsc-service.js';
export { openPtyLine, type PtyLineOptions } from './modem/pty-line.js';
export { openSerialLine, type SerialLineOptions } from './modem/serial-line.js';
export { openTcpLine, type TcpLineOptions } from './modem/tcp-line.js';
export * from './network-processor/index.js';
export type {
  CoapOptions,
  CommandOptions,
  DownloadOptions,
  IpaFeatures,
  ListenOptions,
  ModemOptions,
  PollOptions,
  PollSchedule,
  ProfileSource,
  RspOptions,
  StateChangeCause,
} from './options.js';
export type { Operator, PolicyRule, ProfileClass } from './profile-fields.js';
export type { CardPath, CommandResult } from './result.js';
export { type HttpsOptions, HttpsTransport } from './transport/https.js';
export type { AddressOptions } from './transport/https-address.js';
export { chunkLine } from './wrap/chunk-line.js';
export type { ChunkPolicy } from './wrap/chunk-policy.js';
export { countLine, type LineCounters } from './wrap/count-line.js';
export { faultyCard } from './wrap/faulty-card.js';
export { recordLine, type TranscriptSink } from './wrap/record-line.js';
export { type ReplayedLine, type ReplayOptions, replayLine } from './wrap/replay-line.js';
export type { TraceDirection, TraceOptions, TraceSink } from './wrap/trace.js';
export { traceCard } from './wrap/trace-card.js';
export { traceDatagrams } from './wrap/trace-datagrams.js';
export { traceLine } from './wrap/trace-line.js';
export { traceTransport } from './wrap/trace-transport.js';
