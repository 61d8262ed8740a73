// SPDX-License-Identifier: Apache-2.0
// Firmware for boards in tests: the tools for it, and serial lines that a test holds in its own hands.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { type ArmTools, findArmTools } from '../../scripts/boards/arm-tools.js';
import { findBoard } from '../../scripts/boards/board-list.js';
import { type EmulatorPorts, startEmulator } from '../../scripts/boards/emulator.js';
import { type Firmware, linkFirmware, portFiles } from '../../scripts/boards/link.js';
import { inBuild, inProject } from '../../scripts/paths.js';
import { isRequired } from './debian.js';

/** Compiler and emulator. Undefined when the machine lacks them; with CI or IPA_REQUIRE_BOARDS set that is a failure: throws Error. */
export function armTools(): ArmTools | undefined {
  const tools = findArmTools();
  if (!tools && isRequired('IPA_REQUIRE_BOARDS'))
    throw new Error(
      'no arm-none-eabi-gcc with newlib or no qemu-system-arm, though CI or IPA_REQUIRE_BOARDS demands them; npm run setup fetches them',
    );
  return tools;
}

/** The port with another application: a C file of the tests. */
export function buildTestFirmware(tools: ArmTools, boardName: string, application: string): Promise<Firmware> {
  const board = findBoard(boardName);
  const folder = inBuild('boards', 'cortex-m', `${boardName}-${application}`);
  const files = [...portFiles(board), inProject('test', 'boards', 'support', `${application}.c`)];
  return linkFirmware(tools, { board, folder, stackBytes: 1024, guardBytes: 0 }, async () => [{ files, options: [], own: true }]);
}

/** The other end of a line. */
export interface TestLine {
  write(bytes: Uint8Array): void;
  /** Resolves to the next `length` bytes. One call at a time. */
  read(length: number): Promise<Buffer>;
}

/** The other ends of a device's lines. */
export interface TestLines {
  readonly modem: TestLine;
  readonly network: TestLine;
}

/** Starts a firmware whose lines lead to the test. All is ended when the test is over. */
export async function startOnTestLines(tools: ArmTools, firmware: Firmware): Promise<TestLines> {
  const [modem, network] = [await listenOnce(), await listenOnce()];
  const ports: EmulatorPorts = { modem: modem.port, network: network.port };
  const emulator = startEmulator(tools, firmware, { ports, seed: 1, counted: false });
  onTestFinished(() => emulator.stop());
  const ended = emulator.ended.then(() => {
    throw new Error(`the emulator ended: ${emulator.lines.join('\n')}`);
  });
  const connected = Promise.all([modem.connected, network.connected]);
  const [modemSocket, networkSocket] = await Promise.race([connected, ended]);
  return { modem: lineOf(modemSocket), network: lineOf(networkSocket) };
}

function lineOf(socket: Socket): TestLine {
  let held = Buffer.alloc(0);
  let wake = () => {};
  socket.on('data', (part: Buffer) => {
    held = Buffer.concat([held, part]);
    wake();
  });
  return {
    write: (bytes) => void socket.write(bytes),
    async read(length) {
      while (held.length < length)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      const taken = held.subarray(0, length);
      held = held.subarray(length);
      return taken;
    },
  };
}

async function listenOnce(): Promise<{ readonly port: number; readonly connected: Promise<Socket> }> {
  const server = createServer({ noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection').then(([connection]) => {
    const socket = connection as Socket;
    server.close();
    // the emulator is ended while its lines are open
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    return socket;
  });
  return { port: (server.address() as AddressInfo).port, connected };
}
