// SPDX-License-Identifier: Apache-2.0
// Frozen sessions (test/vectors): every byte that the module sends on both lanes is the one written down, however the bytes
// that it gets are cut, however the card hands them out, and however often the module is put into a fresh instance (P5).

import { describe, expect, it } from 'vitest';
import { fromHex } from '../../host/sim/codec/bytes.js';
import { formOfRun, Module } from './support/module.js';
import { type Cuts, Session, type SessionOptions } from './support/session.js';
import { type CardManners, type Transcript, TranscriptPeers, transcripts } from './support/transcript.js';

/** Runs a transcript on a form of the module; throws at the first byte that differs. */
function play(transcript: Transcript, options: SessionOptions = {}, manners: CardManners = {}, form = 'ipad'): void {
  const peers = new TranscriptPeers(transcript, { ...(options.blockBytes && { blockBytes: options.blockBytes }), ...manners });
  const all: SessionOptions = {
    ...(transcript.options && { options: fromHex(transcript.options) }),
    ...(transcript.initialEim && { initialEim: fromHex(transcript.initialEim) }),
    ...options,
  };
  const session = new Session(peers, all, new Module(undefined, form));
  const result = session.run();
  peers.finish();
  expect(result).toEqual(transcript.result);
}

const byteByByte: Cuts = (length) => Array.from({ length }, (_, i) => i);
const at =
  (offset: number): Cuts =>
  (length) =>
    offset < length ? [offset] : [];
const freshInstance = (module: Module) => new Module(module.state());

/** Bytes of the longest message of this kind in a transcript. */
function longest(transcript: Transcript, kind: 'es10' | 'esipa'): number {
  return Math.max(
    0,
    ...transcript.exchanges.filter((exchange) => exchange[kind] !== undefined).map(({ receive }) => (receive ?? '').length / 2),
  );
}

describe.each(transcripts())('$name: $about', (transcript) => {
  it('over APDUs', () => play(transcript));

  it('over a modem line', () => play(transcript, { link: 'at' }));

  it('in blocks of every size', () => {
    for (let blockBytes = 16; blockBytes <= 255; blockBytes++) play(transcript, { blockBytes }, {}, formOfRun(blockBytes));
  });

  it.each([
    ['5 bytes at a time', { responseBytes: 5 }],
    ['7 bytes at a time', { responseBytes: 7 }],
    ['255 bytes at a time', { responseBytes: 255 }],
    ['with the answer itself', { responseBytes: 'inline' }],
    ['with a proactive command waiting', { success: '910B' }],
  ] as [string, CardManners][])('from a card that gives its responses %s', (_, manners) => play(transcript, {}, manners));

  it('byte by byte from the network', () => play(transcript, { cutNetwork: byteByByte }));

  it('with empty parts from the network', () => play(transcript, { cutNetwork: (length) => [0, 0, length] }));

  it('byte by byte from the modem', () => play(transcript, { link: 'at', cutCard: byteByByte }));

  it('cut at every place, from the network', () => {
    for (let cut = 1; cut < longest(transcript, 'esipa'); cut++) play(transcript, { cutNetwork: at(cut) }, {}, formOfRun(cut));
  });

  it('cut at every place, from the modem', () => {
    const mostCharacters = '\r\n+CSIM: 516,""\r\n\r\nOK\r\n'.length + 2 * Math.min(258, longest(transcript, 'es10') + 2);
    for (let cut = 1; cut < mostCharacters; cut++) play(transcript, { link: 'at', cutCard: at(cut) }, {}, formOfRun(cut));
  });

  it('in a fresh instance before every call', () => {
    play(transcript, { beforeCall: freshInstance });
    play(transcript, { beforeCall: freshInstance, link: 'at', blockBytes: 63, cutNetwork: (length) => [length >> 1] });
  });
});
