// SPDX-License-Identifier: Apache-2.0
// How people write which modem to use, and what they are told when it is none.

import { describe, expect, it } from 'vitest';
import { parseModemAddress } from '../../../host/modem/address.js';

describe('parseModemAddress', () => {
  it.each([
    ['tcp:127.0.0.1:4000', { kind: 'tcp', host: '127.0.0.1', port: 4000 }],
    ['TCP:modem.example.com:65535', { kind: 'tcp', host: 'modem.example.com', port: 65535 }],
    ['tcp:[::1]:4000', { kind: 'tcp', host: '::1', port: 4000 }],
    ['pty:/dev/ttyUSB2', { kind: 'pty', path: '/dev/ttyUSB2' }],
    ['pty:/dev/serial/by-id/x:y', { kind: 'pty', path: '/dev/serial/by-id/x:y' }],
    ['sim:', { kind: 'sim' }],
  ])('reads %s', (text, address) => {
    expect(parseModemAddress(text)).toEqual(address);
  });

  it.each([
    ['', 'names no kind of line'],
    ['/dev/ttyUSB2', 'names no kind of line; write tcp:<host>:<port>, pty:<device path>'],
    ['127.0.0.1:4000', '"127.0.0.1" in the modem address'],
    ['usb:1', '"usb" in the modem address "usb:1" is not a kind of line'],
    ['tcp:', 'needs a host and a port; write tcp:127.0.0.1:4000'],
    ['tcp:host', 'needs a host and a port'],
    ['tcp:::1:4000', 'tcp:[::1]:4000'],
    ['tcp:host:0', 'the port 0'],
    ['tcp:host:65536', 'must be from 1 to 65535'],
    ['tcp:host:4000x', 'needs a host and a port'],
    ['pty:', 'needs the full path of a device; write pty:/dev/ttyUSB2'],
    ['pty:ttyUSB2', 'needs the full path'],
    ['sim:x', 'write just sim:'],
  ])('refuses "%s"', (text, words) => {
    expect(() => parseModemAddress(text)).toThrow(words);
  });
});
