// SPDX-License-Identifier: Apache-2.0
// Where a result comes from, for all that take one in.
import type { EimContext } from '../context.js';
import type { Device } from '../device.js';
import type { ResultRoute } from '../log.js';

/** The device that reports, the eIM that it reports to, and the function that it does so with. */
export interface ResultOrigin {
  readonly device: Device;
  readonly eim: EimContext;
  readonly route: ResultRoute;
}
