// SPDX-License-Identifier: Apache-2.0
// What a card slot needs of PC/SC, apart from the package that brings it: so that tests have readers of their own.

/** Names of PC/SC for what can go wrong (SCARD_E_NO_SERVICE and so on), as far as people can do something about it. */
export type PcscFailureCode =
  | 'NoService'
  | 'NoReader'
  | 'NoCard'
  | 'CardRemoved'
  | 'CardMute'
  | 'CardReset'
  | 'Busy'
  | 'NotAllowed'
  | 'Protocol'
  | 'Other';

/** Thrown by everything here. The message is what the binding says. */
export class PcscFailure extends Error {
  constructor(
    readonly code: PcscFailureCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PcscFailure';
  }
}

/** The service of this machine. */
export interface PcscService {
  /** Names of the readers that are there now. Rejects with PcscFailure NoService when nobody knows. */
  readers(): Promise<readonly string[]>;
  /** Powers the card in this reader, for this program alone. Rejects with PcscFailure. */
  connect(reader: string): Promise<PcscConnection>;
  close(): void;
}

/** A powered card. Everything rejects with PcscFailure. */
export interface PcscConnection {
  readonly protocol: 'T=0' | 'T=1';
  atr(): Promise<Uint8Array>;
  transmit(command: Uint8Array): Promise<Uint8Array>;
  /** Takes the power from the card and gives it back (SCardReconnect with SCARD_UNPOWER_CARD). */
  powerCycle(): Promise<void>;
  /** Takes the power from the card and lets other programs have it. */
  disconnect(): Promise<void>;
}
