// SPDX-License-Identifier: Apache-2.0
// A cellular modem as far as an eSIM assistant sees it: AT commands in, answers out, a card behind them.

import { systemClock } from '../../clock.js';
import type { ByteLine } from '../../interfaces.js';
import { NO_REPLY, type Reply, writeLines, writeReply } from './answer.js';
import { type AtCommand, parseCommandLine } from './at-command.js';
import { AtError, refusalLine } from './at-error.js';
import { CardAccess } from './card-access.js';
import type { CommandLine } from './command-reader.js';
import { runCommand } from './command-table.js';
import type { Functionality, ModemCore, ModemSettings } from './core.js';
import { type Disturbance, type DisturbanceAction, Disturbances, isCarriedOut } from './disturbance.js';
import { LostCommands } from './lost-commands.js';
import { Network } from './network.js';
import { DEFAULT_IDENTITY, type SimulatedModemOptions } from './options.js';
import { connectPipe } from './pipe.js';
import { ModemPort, type PortOutput } from './port.js';
import { type ModemDevice, openPty } from './pty-device.js';
import type { ModemQuirks } from './quirks.js';
import { listenTcp, type ModemServer } from './tcp-server.js';

const CARRIES_APDU = /^AT\+C(SIM|GLA)=/i;

/** Whether this is done to response APDUs only: a bare handle of 16 digits looks like one. */
function isForResponses(action: DisturbanceAction): boolean {
  return action.kind === 'truncate' || (action.kind === 'unsolicited' && action.place === 'inside');
}

/** What the modem has done so far. Bytes are seen from the modem: in is from the host. */
export interface ModemCounters {
  /** Command lines that began with AT. */
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** APDUs that reached the card, also those the modem sends itself. */
  readonly apdus: number;
}

/**
 * A simulated modem. Making one powers it up: the card is reset and the radio is on. Commands of 3GPP TS 27.007: +CMEE, +CGMI, +CGMM, +CGMR,
 * +CGSN, +CPIN, +CFUN, +CSIM, +CCHO, +CGLA, +CCHC, +CEREG, +COPS, +CSQ; of ITU-T V.250: AT, E, V, Q, Z, &F. Any number of lines can be attached.
 */
export class SimulatedModem {
  private readonly quirks: ModemQuirks;
  private readonly card: CardAccess;
  private readonly settings: ModemSettings;
  private readonly core: ModemCore;
  private readonly disturbances = new Disturbances();
  private readonly lostCommands: LostCommands;
  private readonly ports = new Set<ModemPort>();
  private later: string[] = [];
  private commands = 0;
  private bytesIn = 0;
  private bytesOut = 0;

  constructor(private readonly options: SimulatedModemOptions = {}) {
    this.quirks = options.quirks ?? {};
    this.card = new CardAccess(options.slot, this.quirks, options.hasEnabledProfile, options.onResponse);
    this.lostCommands = new LostCommands(this.quirks);
    this.settings = this.powerUpSettings();
    this.core = this.createCore();
    this.card.reset();
  }

  /** A line inside this process. Bytes arrive asynchronously, as on a real line. */
  connect(): ByteLine {
    return connectPipe('sim:', (output) => this.attach(output));
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. */
  listenTcp(port = 0): Promise<ModemServer> {
    return listenTcp(port, (output) => this.attach(output));
  }

  /** Opens a pseudo-terminal in raw mode and answers at its master side. Rejects where none can be made. */
  openPty(): Promise<ModemDevice> {
    return openPty((output) => this.attach(output));
  }

  /** Adds a rule for what goes wrong; its count of matches begins now. */
  disturb(rule: Disturbance): void {
    this.disturbances.add(rule);
  }

  /** Sends an unsolicited line, such as "+CEREG: 1", to all lines. */
  sendUnsolicited(text: string): void {
    for (const port of this.ports) port.send(writeLines([text], this.quirks.lineEnds));
  }

  /** Breaks all lines now. The modem goes on and can be attached again. */
  dropLines(): void {
    for (const port of [...this.ports]) port.hangUp();
  }

  get counters(): ModemCounters {
    return { commands: this.commands, bytesIn: this.bytesIn, bytesOut: this.bytesOut, apdus: this.card.apdus };
  }

  /** What AT+CFUN? would answer. */
  get functionality(): Functionality {
    return this.core.functionality;
  }

  /** Open logical channels: handle of AT+CCHO to channel number on the card. */
  get sessions(): ReadonlyMap<string, number> {
    return this.card.sessions;
  }

  /** A line whose bytes go both ways within the call: what the links above are made of, and for tests that count time. */
  attach(output: PortOutput): { port: ModemPort; detach: () => void } {
    const { settings } = this;
    const owner = {
      get echo() {
        return settings.echo;
      },
      answer: (line: CommandLine) => this.answer(line),
      countIn: (bytes: number) => {
        this.bytesIn += bytes;
      },
      countOut: (bytes: number) => {
        this.bytesOut += bytes;
      },
    };
    const { maximumLineLength = this.quirks.maximumLineLength ?? 600, chunks = { kind: 'whole' }, clock = systemClock } = this.options;
    const deafWhileBusy = this.quirks.whileBusy === 'lost';
    const port = new ModemPort(owner, output, { maximumLineLength, chunks, clock, deafWhileBusy });
    this.ports.add(port);
    const detach = () => {
      this.ports.delete(port);
      port.close();
    };
    return { port, detach };
  }

  private answer(line: CommandLine): Reply {
    const { lineEnds, longLines } = this.quirks;
    if (line.kind === 'tooLong') return longLines === 'lost' ? NO_REPLY : writeReply({ lines: ['ERROR'], lineEnds });
    // What stands before AT is noise, and a line without AT is nothing to a modem (V.250 §5.2.1).
    const start = line.text.search(/at/i);
    if (start < 0) return NO_REPLY;
    this.commands += 1;
    const text = line.text.slice(start);
    const rules = this.disturbances.match(text).filter(({ action }) => !isForResponses(action) || CARRIES_APDU.test(text));
    if (this.lostCommands.isLost(text)) return NO_REPLY;
    this.later = [];
    const lines = isCarriedOut(rules) ? this.runLine(text.slice(2)) : ['OK'];
    return writeReply({ lines, later: this.later, rules, lineEnds });
  }

  /** Runs the commands of a line up to the first that is refused; returns their lines and the final one. */
  private runLine(text: string): string[] {
    const lines: string[] = [];
    try {
      for (const command of parseCommandLine(text)) lines.push(...this.run(command));
      return [...lines, 'OK'];
    } catch (error) {
      if (!(error instanceof AtError)) throw error;
      return [...lines, refusalLine(error.code, this.settings.errorReporting, this.quirks)];
    }
  }

  private run(command: AtCommand): readonly string[] {
    return runCommand(command, this.core);
  }

  private createCore(): ModemCore {
    return {
      card: this.card,
      identity: { ...DEFAULT_IDENTITY, ...this.options.identity },
      quirks: this.quirks,
      settings: this.settings,
      network: new Network(this.card, this.quirks),
      functionality: 1,
      restoreSettings: () => void Object.assign(this.settings, this.powerUpSettings()),
      afterAnswer: (lines) => void this.later.push(...lines),
    };
  }

  private powerUpSettings(): ModemSettings {
    return { echo: this.options.echo ?? true, errorReporting: 0, registrationReports: 0 };
  }
}
