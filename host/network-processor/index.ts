// SPDX-License-Identifier: Apache-2.0
// The other end of boards/common/ipa_serial_network.c: gives a device without IP the network, over a line.

export {
  type NetworkProcessor,
  type NetworkProcessorCounters,
  type NetworkProcessorLinks,
  type NetworkProcessorOptions,
  serveNetworkProcessor,
} from './serve.js';
