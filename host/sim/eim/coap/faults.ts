// SPDX-License-Identifier: Apache-2.0
// Disturbances between the eIM and the IPA over CoAP, and a hostile eIM, for scenario tests. Each belongs to one call of an ESipa
// function, with all blocks of its answer.

/** One disturbance of one exchange. */
export type CoapFault =
  /** The datagram that completes the request is lost: its copy, which the IPA sends, is served. */
  | { readonly kind: 'loseRequest' }
  /** The eIM has done its work, but the first datagram of the answer is lost: the copy of the request gets it. */
  | { readonly kind: 'loseResponse' }
  /** Nothing is done and nothing is said, to no copy either. */
  | { readonly kind: 'ignore' }
  /** The request is acknowledged, and no response follows. */
  | { readonly kind: 'acknowledgeOnly' }
  /** The request is reset. */
  | { readonly kind: 'reset' }
  /** The answer waits until `until` is settled. */
  | { readonly kind: 'delay'; readonly until: Promise<unknown> }
  /** A code ("5.03") instead of the answer; the eIM has not seen the request. */
  | { readonly kind: 'refuse'; readonly code: string }
  /** Other bytes arrive than the eIM has sent. */
  | { readonly kind: 'replaceResponse'; readonly body: Uint8Array }
  /** The answer is passed through this function. */
  | { readonly kind: 'alterResponse'; readonly alter: (body: Uint8Array) => Uint8Array }
  /** The response has another token than the request. */
  | { readonly kind: 'wrongToken' }
  /** Block `atBlock` of the answer, counted from 0, says that it is block `says`. */
  | { readonly kind: 'wrongBlockNumber'; readonly atBlock: number; readonly says: number }
  /** Each block of the answer is half as long as the one before, down to 16 bytes. */
  | { readonly kind: 'shrinkingBlocks' }
  /** More blocks always follow: the answer begins again when it is over. */
  | { readonly kind: 'endlessBlocks' }
  /** The blocks of the answer after the first are gone: 4.08. */
  | { readonly kind: 'forgetBlocks' };
