// SPDX-License-Identifier: Apache-2.0
// A host that expects everything of a modem: it shows which mixtures can be dealt with, and which can only be given up.

import type { ByteLine, Clock } from '../../../host/interfaces.js';
import type { ModemMixture } from '../../../host/sim/modem/index.js';

const ISDR = 'A0000005591010FFFFFFFF8900000100';
const TERMINAL_CAPABILITY = '80AA000005A903840101';

/** Why the host gives up. */
export class HostError extends Error {}

/** The modem said no; `code` is the +CME ERROR number, where there is one. */
class Refused extends HostError {
  constructor(readonly code: number | undefined) {
    super(`refused: ${code ?? 'no number'}`);
  }
}

/** What an answer must bring besides OK. */
type Reader<Value> = (lines: readonly string[]) => Value | undefined;

/** Sends an APDU, given and answered in hexadecimal digits. */
type Exchange = (apdu: string) => Promise<string>;

/** One session on one line. */
export class CarefulHost {
  private received = '';
  private wake: () => void = () => {};

  constructor(
    private readonly line: ByteLine,
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly options: ModemMixture['hostOptions'] = {},
  ) {
    line.onData((bytes) => {
      this.received += Buffer.from(bytes).toString('latin1');
      this.wake();
    });
  }

  /** Finds a way to the ISD-R; returns what runs one ES10 function there. Rejects with HostError. */
  async open(): Promise<Exchange> {
    await this.command('AT', nothing, 1_000, 30);
    for (const command of ['ATE0', 'AT+CMEE=1']) await this.command(command, nothing).catch(unlessRefused);
    if (this.options.simLock) await this.command('AT+CSIM=1', nothing).catch(unlessRefused);
    for (const way of [() => this.openCsim(), () => this.openChannel(), () => this.openBasic()]) {
      const exchange = await way().catch(unlessRefused);
      if (exchange !== undefined) return (request) => storeData(exchange, request);
    }
    throw new HostError('no way to the card');
  }

  private async openCsim(): Promise<Exchange> {
    await this.csim(TERMINAL_CAPABILITY);
    const opened = await this.csim('0070000001');
    if (!/^0[1-3]9000$/.test(opened)) throw new Refused(undefined);
    const exchange: Exchange = (apdu) => this.csim(onChannel(apdu, Number(opened[1])));
    await select(exchange);
    return exchange;
  }

  private async openChannel(): Promise<Exchange> {
    const handle = await this.command(`AT+CCHO="${ISDR}"`, (lines) => firstMatch(lines, /^(?:\+CCHO\s*:\s*)?([0-9A-F]+)$/i));
    const channel = this.options.passesClassByte ? Number(handle) : 0;
    const exchange: Exchange = (apdu) => {
      const text = onChannel(apdu, channel);
      return this.command(`AT+CGLA=${handle},${text.length},"${text}"`, (lines) => responseOf('+CGLA', lines));
    };
    await exchange(TERMINAL_CAPABILITY);
    return exchange;
  }

  private async openBasic(): Promise<Exchange> {
    await this.csim(TERMINAL_CAPABILITY);
    await select((apdu) => this.csim(apdu));
    return (apdu) => this.csim(apdu);
  }

  private csim(apdu: string): Promise<string> {
    return this.command(`AT+CSIM=${apdu.length},"${apdu}"`, (lines) => responseOf('+CSIM', lines));
  }

  /** Runs a command until `read` finds what it must bring and a final line follows. A busy card is asked again. */
  private async command<Value>(text: string, read: Reader<Value>, timeoutMs = this.timeoutMs, tries = 1): Promise<Value> {
    for (let busy = 0; ; busy += 1) {
      try {
        for (let left = tries; ; left -= 1) {
          this.received = '';
          this.line.write(Buffer.from(`${text}\r`, 'latin1'));
          const value = await this.answer(read, timeoutMs);
          if (value !== undefined) return value;
          if (left <= 1) throw new HostError(`no answer to ${text}`);
        }
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== 14 || busy === 20) throw error;
      }
    }
  }

  private async answer<Value>(read: Reader<Value>, timeoutMs: number): Promise<Value | undefined> {
    let late = false;
    const cancel = this.clock.after(timeoutMs, () => {
      late = true;
      this.wake();
    });
    try {
      while (!late) {
        const value = complete(this.received, read);
        if (value !== undefined) return value;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      return undefined;
    } finally {
      cancel();
    }
  }
}

/** What the lines so far bring, once a final one is there. */
function complete<Value>(received: string, read: Reader<Value>): Value | undefined {
  const ended = received.slice(0, Math.max(received.lastIndexOf('\r'), received.lastIndexOf('\n')) + 1);
  const lines = ended.split(/[\r\n]+/).filter((line) => !/^\s*AT/.test(line));
  for (const [index, line] of lines.entries()) {
    const error = /^(?:ERROR|\+CM[ES] ERROR:\s*(.*))$/.exec(line);
    if (error !== null) throw new Refused(/^\d+$/.test(error[1] ?? '') ? Number(error[1]) : undefined);
    // An OK that comes before what was asked for is another command's.
    const value = line === 'OK' ? read(lines.slice(0, index)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

const nothing: Reader<true> = () => true;

function unlessRefused(error: unknown): undefined {
  if (!(error instanceof Refused)) throw error;
  return undefined;
}

function firstMatch(lines: readonly string[], pattern: RegExp): string | undefined {
  for (const line of lines) {
    const match = pattern.exec(line.trim());
    if (match !== null) return match[1];
  }
  return undefined;
}

/** `+CSIM: <length>,"<digits>"` without any part but the digits, with lines of others in their middle. @throws HostError when digits are missing or more. */
function responseOf(name: string, lines: readonly string[]): string | undefined {
  const start = new RegExp(`^(?:\\${name}\\s*:\\s*)?(\\d+)\\s*,\\s*"?([0-9A-F]*)"?\\s*$`, 'i');
  const at = lines.findIndex((line) => start.test(line) || (name !== '' && line.startsWith(name)));
  if (at < 0) return firstMatch(lines, /^((?:[0-9A-F]{2}){2,})$/i)?.toUpperCase();
  const head = start.exec(lines[at]!);
  if (head === null) throw new HostError(`a response that cannot be read: ${lines[at]}`);
  let digits = head[2]!;
  for (const line of lines.slice(at + 1)) {
    if (digits.length < Number(head[1]) && /^[0-9A-F]+"?\s*$/i.test(line)) digits += line.replace(/[^0-9A-F]/gi, '');
  }
  if (digits.length !== Number(head[1])) throw new HostError(`a response of ${digits.length} digits that should have ${head[1]}`);
  return digits.toUpperCase();
}

function onChannel(apdu: string, channel: number): string {
  const classByte = Number.parseInt(apdu.slice(0, 2), 16) | (apdu.startsWith('80AA') ? 0 : channel);
  return classByte.toString(16).toUpperCase().padStart(2, '0') + apdu.slice(2);
}

async function select(exchange: Exchange): Promise<void> {
  const selected = await exchange(`00A4040C10${ISDR}`);
  if (!selected.endsWith('9000')) throw new Refused(undefined);
}

/** One ES10 function of one block; @returns its response. */
async function storeData(exchange: Exchange, request: string): Promise<string> {
  let answer = await exchange(`80E29100${(request.length / 2).toString(16).toUpperCase().padStart(2, '0')}${request}`);
  let data = answer.slice(0, -4);
  while (/61..$/.test(answer)) {
    answer = await exchange(`00C00000${answer.slice(-2)}`);
    data += answer.slice(0, -4);
  }
  if (!answer.endsWith('9000')) throw new HostError(`status ${answer.slice(-4)}`);
  return data;
}
