// SPDX-License-Identifier: Apache-2.0
// The public names of what puts a card into other people's readers.

export { type SharedCard, shareCard } from './shared-card.js';
export { connectVpcd, VPCD_PORT, type VpcdConnection, type VpcdOptions } from './vpcd.js';
