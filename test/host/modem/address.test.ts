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
    ['serial:/dev/ttyUSB2', { kind: 'serial', path: '/dev/ttyUSB2', baudRate: undefined }],
    [
      'serial:/dev/serial/by-id/usb-Maker@1:2-if02@921600',
      { kind: 'serial', path: '/dev/serial/by-id/usb-Maker@1:2-if02', baudRate: 921600 },
    ],
    ['serial:COM3@115200', { kind: 'serial', path: 'COM3', baudRate: 115200 }],
    ['serial:\\\\.\\COM12', { kind: 'serial', path: '\\\\.\\COM12', baudRate: undefined }],
    ['pcsc:', { kind: 'pcsc', reader: undefined }],
    ['pcsc:Virtual PCD 00 00', { kind: 'pcsc', reader: 'Virtual PCD 00 00' }],
    ['replay:field/session.jsonl', { kind: 'replay', file: 'field/session.jsonl' }],
    ['sim:', { kind: 'sim' }],
  ])('reads %s', (text, address) => {
    expect(parseModemAddress(text)).toEqual(address);
  });

  it.each([
    ['', 'names no kind of line'],
    ['/dev/ttyUSB2', 'names no kind of line; write tcp:<host>:<port>, serial:<port>[@<baud rate>]'],
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
    ['constructor:', 'is not a kind of line'],
    ['serial:', 'needs the full path or the name of a port; write serial:/dev/ttyUSB2 or serial:COM3'],
    ['serial:ttyUSB2', 'needs the full path or the name of a port'],
    ['serial:/dev/ttyUSB2@115', 'the baud rate 115 in the modem address "serial:/dev/ttyUSB2@115" must be from 300 to 4000000'],
    ['replay:', 'needs the path of a transcript'],
  ])('refuses "%s"', (text, words) => {
    expect(() => parseModemAddress(text)).toThrow(words);
  });
});
