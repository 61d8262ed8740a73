// SPDX-License-Identifier: Apache-2.0
// Opening the connection to a peer, and waiting for it. The card goes on meanwhile: the first step that needs the peer waits.

import { Action, PeerKind } from '../abi/actions';
import { ErrorCode } from '../abi/errors';
import { HAS_COAP, HAS_DIRECT, HAS_MODEMS, HAS_PUSH, HAS_STATE_CHANGES } from '../abi/features';
import { Command } from '../abi/options';
import { O, S } from '../abi/state';
import { prepareServerOpen } from '../es9p/open-server';
import { Go } from '../proc/functions';
import { OPENING } from '../proc/start-up';
import { ask } from '../wire/ask';
import { NetworkState } from '../wire/lanes';
import { random } from '../wire/random';
import { networkFailure, PENDING } from './streams';

/** Asks the host for the connection to the eIM, or to a server. Returns 1 where the eIM is then waited for to push, else 0; or NoSeed. */
export function openPeer(isServer: bool): i32 {
  if ((HAS_DIRECT || HAS_MODEMS) && S.networkState == NetworkState.Opening) return awaitPeer();
  if (HAS_DIRECT && isServer) prepareServerOpen(S.route);
  if (HAS_COAP && S.scheme) {
    if (!O.seed) return ErrorCode.NoSeed;
    // the peer may still know the message IDs of the last command (RFC 7252 §4.4)
    S.coapMessageId = random() & 0xffff;
  }
  S.networkState = NetworkState.Opening;
  S.networkOpened = true;
  ask(Action.NetworkOpen);
  return HAS_PUSH && O.command == Command.Listen && S.procedure == Go.StartUp ? 1 : 0;
}

/**
 * The step needs the peer that is being selected: it begins when that is done, and fails when it could not be done; where it is the eIM that
 * cannot be reached, as the row does that has opened it.
 */
export function awaitPeer(): i32 {
  if (S.networkState == NetworkState.Unreached) {
    if (HAS_STATE_CHANGES && (!HAS_DIRECT || S.peerKind == PeerKind.Eim)) {
      S.procedure = Go.StartUp;
      S.step = OPENING;
    }
    return networkFailure();
  }
  S.stepStarted = false;
  return PENDING;
}
