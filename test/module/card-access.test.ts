// SPDX-License-Identifier: Apache-2.0
// Ways through a modem to its card (3GPP TS 27.007 §8.17, §8.43 to §8.46): found by trying, kept for the next command, and what is
// learnt on the way about lengths of blocks and responses. Driven through the whole module, line by line.

import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../host/abi.js';
import { fromHex, hex } from '../../host/sim/codec/bytes.js';
import { type AtModem, channelModem, csimAnswer, csimCommand, plainModem } from './support/at-modem.js';
import { Session, type SessionOptions } from './support/session.js';
import { EID, SimplePeers } from './support/simple-peers.js';

const NO_ERROR = { error: 0, detail: 0, packages: 0 };
const AID = 'A0000005591010FFFFFFFF8900000100';
const HELLO = ['AT', 'ATE0', 'AT+CMEE=1'];
const ERROR = '\r\nERROR\r\n';
const OK = '\r\nOK\r\n';

/** Option Modem by its numbers (assembly/abi/options.ts). */
const ACCESS = { csim: '9D0101', channel: '9D0102', basic: '9D0103' } as const;
const QUIRK = { simLock: '9D0104', channelOfOurs: '9D010A' } as const;

interface Run {
  readonly peers: SimplePeers;
  readonly lines: string[];
  readonly session: Session;
}

function prepare(makeModem: (peers: SimplePeers) => AtModem, options = '', more: SessionOptions = {}, peers = new SimplePeers()): Run {
  const lines: string[] = [];
  const answers = makeModem(peers);
  const modem: AtModem = (line) => {
    lines.push(line);
    return answers(line);
  };
  return { peers, lines, session: new Session(peers, { link: 'at', modem, options: fromHex(options), ...more }) };
}

/** The next command on the same module. */
function next(before: Run, makeModem: (peers: SimplePeers) => AtModem, options = ''): Run {
  const run = prepare(makeModem, options);
  return { ...run, session: new Session(run.peers, run.session.options, before.session.module) };
}

const isGetEid = (line: string) => line.includes('BF3E035C015A');

describe('a modem that refuses AT+CSIM', () => {
  const viaChannel = (peers: SimplePeers) => channelModem(peers.card);

  it('is asked for a channel by AT+CCHO, and its handle stands for the card from then on', () => {
    const { lines, session } = prepare(viaChannel);
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(lines.slice(0, 8)).toEqual([
      ...HELLO,
      'AT+CSIM=20,"80AA000005A903840101"',
      // TERMINAL CAPABILITY may be refused without harm, MANAGE CHANNEL not
      'AT+CSIM=10,"0070000001"',
      ...HELLO,
    ]);
    expect(lines.slice(8, 11)).toEqual([`AT+CCHO="${AID}"`, 'AT+CGLA=17,20,"80AA000005A903840101"', 'AT+CGLA=17,16,"80E2910003BF5500"']);
    expect(lines.at(-1)).toBe('AT+CCHC=17');
  });

  it('is not asked again by the next command', () => {
    const first = prepare(viaChannel);
    first.session.run();
    const second = next(first, viaChannel);
    expect(second.session.run()).toMatchObject(NO_ERROR);
    expect(second.lines.slice(0, 4)).toEqual([...HELLO, `AT+CCHO="${AID}"`]);
    expect(second.lines.filter((line) => line.startsWith('AT+CSIM'))).toEqual([]);
  });

  it('is asked the other way again when what worked does so no more', () => {
    const first = prepare(viaChannel);
    first.session.run();
    const second = next(first, (peers) => plainModem(peers.card));
    expect(second.session.run()).toMatchObject(NO_ERROR);
    expect(second.lines).toContain('AT+CSIM=10,"0070000001"');
  });

  it.each([
    ['a long handle', { handle: '00000000038aa32f' }],
    ['a bare handle', { name: '' }],
    ['a handle in quotation marks', { name: '+CCHO: "', handle: '5' }],
    ['no blank before the handle', { name: '+CCHO:' }],
    ['a line that nobody asked for before it', { name: '+CREG: 1\r\n\r\n+CCHO: ' }],
  ])('with %s works', (_, manners) => {
    const { session } = prepare((peers) => {
      const modem = channelModem(peers.card, manners);
      return (line) => ('name' in manners && manners.name === '+CCHO: "' ? modem(line).replace('"5', '"5"') : modem(line));
    });
    expect(session.run()).toMatchObject(NO_ERROR);
  });

  it('has its channels closed when none is free: a host that lost its memory may have left them open', () => {
    let open = 3;
    const { lines, session } = prepare((peers) => {
      const modem = channelModem(peers.card);
      return (line) => {
        if (line.startsWith('AT+CCHO') && open === 3) return '\r\n+CME ERROR: 20\r\n';
        if (/^AT\+CCHC=[123]$/.test(line)) {
          open--;
          return OK;
        }
        return modem(line);
      };
    });
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(lines.filter((line) => line.startsWith('AT+CC')).slice(0, 5)).toEqual([
      `AT+CCHO="${AID}"`,
      'AT+CCHC=1',
      'AT+CCHC=2',
      'AT+CCHC=3',
      `AT+CCHO="${AID}"`,
    ]);
  });

  it('and knows no AT+CCHC is used all the same', () => {
    const { session } = prepare((peers) => {
      const modem = channelModem(peers.card);
      return (line) => (line.startsWith('AT+CCHC') ? ERROR : modem(line));
    });
    expect(session.run()).toMatchObject(NO_ERROR);
  });

  it('and leaves the class byte alone is given the channel in it, when the host says so', () => {
    const { peers, session } = prepare((made) => channelModem(made.card, { handle: '2' }), QUIRK.channelOfOurs);
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(peers.apdus).toContain('82E2910006BF3E035C015A');
  });

  it('is not asked for a channel when the host says AT+CSIM', () => {
    const { lines, session } = prepare(viaChannel, ACCESS.csim);
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemError });
    expect(lines.filter((line) => line.startsWith('AT+CCHO'))).toEqual([]);
  });
});

describe('a modem that lets nothing through but the basic channel', () => {
  const basic = (peers: SimplePeers): AtModem => {
    const modem = plainModem(peers.card);
    return (line) => {
      const command = csimCommand(line);
      return command && (command[1] === 0x70 || (command[0]! & 3) !== 0) ? ERROR : modem(line);
    };
  };

  it('is used so at last, and no channel is closed', () => {
    const { lines, peers, session } = prepare(basic);
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(peers.apdus).toContain(`00A4040010${AID}`);
    expect(peers.apdus).toContain('80E2910006BF3E035C015A');
    expect(lines.some((line) => line.includes('"007080'))).toBe(false);
  });

  it('is used so at once by the next command, or when the host says so', () => {
    const first = prepare(basic);
    first.session.run();
    for (const run of [next(first, basic), prepare(basic, ACCESS.basic)]) {
      expect(run.session.run()).toMatchObject(NO_ERROR);
      expect(run.lines.slice(3, 5)).toEqual(['AT+CSIM=20,"80AA000005A903840101"', `AT+CSIM=42,"00A4040010${AID}"`]);
    }
  });
});

describe('a card that cannot be reached', () => {
  it('ends the command with the first error, when every way was tried', () => {
    const { lines, session } = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => (line.startsWith('AT+CSIM') ? '\r\n+CME ERROR: 4\r\n' : modem(line));
    });
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemCmeError, detail: 4 });
    expect(lines.filter((line) => line.startsWith('AT+CCHO')).length).toBeGreaterThan(0);
    expect(lines).toContain(`AT+CSIM=42,"00A4040010${AID}"`);
  });

  it('because it is no eUICC is not asked in other ways', () => {
    const peers = new SimplePeers({}, (command) => (command[1] === 0xa4 ? fromHex('6A82') : undefined));
    const { lines, session } = prepare((made) => plainModem(made.card), '', {}, peers);
    expect(session.run()).toMatchObject({ error: ErrorCode.NotAnEuicc, detail: 0x6a82 });
    expect(lines.filter((line) => /AT\+CCHO|"00A4/.test(line))).toEqual([]);
  });

  it('until it was reset (6985) is reset, once', () => {
    for (const [ins, refusals, error] of [
      [0xa4, 1, 0],
      [0xe2, 1, 0],
      [0xe2, 9, ErrorCode.StatusWord],
    ] as const) {
      let left: number = refusals;
      const peers = new SimplePeers({}, (command) => (command[1] === ins && left-- > 0 ? fromHex('6985') : undefined));
      const { session } = prepare((made) => plainModem(made.card), '', {}, peers);
      expect(session.run()).toMatchObject({ error });
      expect(peers.resets).toBe(1);
    }
  });
});

describe('a card that wants a reset and does not get it', () => {
  it('ends the command with what the modem says', () => {
    const peers = new SimplePeers({}, (command) => (command[1] === 0xa4 ? fromHex('6985') : undefined));
    const { session } = prepare(
      (made) => {
        const modem = plainModem(made.card);
        return (line) => (line === 'AT+CFUN=0' ? '\r\n+CME ERROR: 3\r\n' : modem(line));
      },
      '',
      {},
      peers,
    );
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemCmeError, detail: 3 });
  });
});

/** An eUICC without an eIM gets one of this many bytes of padding: a command of several blocks. */
const initialEim = (bytes: number): Uint8Array => {
  const value = hex(Uint8Array.from({ length: bytes }, (_, i) => i));
  const length = (count: number) => `82${count.toString(16).padStart(4, '0')}`;
  return fromHex(`BF57${length(bytes + 4)}80${length(bytes)}${value}`);
};

describe('blocks of STORE DATA', () => {
  /** A modem that refuses lines which are longer. */
  const shortLines =
    (most: number, refusal = ERROR) =>
    (peers: SimplePeers): AtModem => {
      const modem = plainModem(peers.card);
      return (line) => (line.length > most ? refusal : modem(line));
    };
  const eims = ['BF5502A000', 'BF5502A000'];
  const noEim = () => new SimplePeers({ card: { BF55: () => eims[0]!, BF57: 'BF5703800100' } });
  const blocksOf = (peers: SimplePeers) => peers.apdus.filter((apdu) => apdu.startsWith('81E2') && !/^81E29100..BF(3E|55)/.test(apdu));

  it.each([
    ['as long as they may be', 600, 255],
    ['of 120 bytes', 300, 120],
    ['of 63 bytes', 160, 63],
  ])('become %s, in the same chain, with no byte lost', (_, mostCharacters, blockBytes) => {
    const peers = noEim();
    const request = initialEim(700);
    const { session } = prepare(shortLines(mostCharacters), '', { initialEim: request }, peers);
    session.run();
    const blocks = blocksOf(peers);
    expect(blocks.map((apdu) => Number.parseInt(apdu.slice(6, 8), 16))).toEqual(blocks.map((_unused, number) => number));
    expect(blocks.map((apdu) => apdu.slice(4, 6))).toEqual(blocks.map((_unused, number) => (number < blocks.length - 1 ? '11' : '91')));
    expect(Math.max(...blocks.map((apdu) => apdu.length / 2 - 5))).toBe(blockBytes);
    expect(blocks.map((apdu) => apdu.slice(10)).join('')).toBe(hex(request));
  });

  it('stay so in the next command', () => {
    const first = prepare(shortLines(300), '', { initialEim: initialEim(700) }, noEim());
    first.session.run();
    const peers = noEim();
    const run = prepare(shortLines(600), '', { initialEim: initialEim(700) }, peers);
    new Session(peers, run.session.options, first.session.module).run();
    expect(Math.max(...blocksOf(peers).map((apdu) => apdu.length / 2 - 5))).toBe(120);
  });

  it('are not sent again when as long a one has been answered: the card may have had it', () => {
    const peers = noEim();
    let seen = 0;
    const { lines, session } = prepare(
      (made) => {
        const modem = plainModem(made.card);
        return (line) => (line.startsWith('AT+CSIM=520,"81E211') && ++seen === 2 ? ERROR : modem(line));
      },
      '',
      { initialEim: initialEim(700) },
      peers,
    );
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemError });
    expect(lines.filter((line) => line.startsWith('AT+CSIM=520,"81E21101'))).toHaveLength(1);
  });

  it('of a modem that refuses everything end with its error', () => {
    const { session } = prepare(shortLines(80), '', { initialEim: initialEim(700) }, noEim());
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemError });
  });
});

describe('a response', () => {
  it('is asked for in pieces that the modem has room for, after one that did not come', () => {
    const padding = 'DF7F8201F0'.concat('00'.repeat(0x1f0));
    const body = `5A10${hex(EID)}${padding}`;
    const card = { BF3E: `BF3E82${(body.length / 2).toString(16).padStart(4, '0')}${body}` };
    const peers = new SimplePeers({ card });
    const { lines, session } = prepare(
      (made) => {
        const modem = plainModem(made.card);
        // the card keeps what it was not asked for
        return (line) => (/"01C0000000"/.test(line) ? csimAnswer(fromHex('6100')) : modem(line));
      },
      '',
      {},
      peers,
    );
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(
      lines
        .slice(lines.findIndex(isGetEid))
        .filter((line) => line.includes('01C0'))
        .slice(0, 4),
    ).toEqual(['AT+CSIM=10,"01C0000000"', 'AT+CSIM=10,"01C00000FF"', 'AT+CSIM=10,"01C00000FF"', expect.stringMatching(/01C00000/)]);
  });

  it('is asked for in pieces as long as the host says', () => {
    const { lines, session } = prepare((peers) => plainModem(peers.card), '9E0110');
    expect(session.run()).toMatchObject(NO_ERROR);
    const lengths = lines.map((line) => /"01C00000(..)"/.exec(line)?.[1]).filter((text) => text !== undefined);
    expect(lengths.length).toBeGreaterThan(4);
    expect(Math.max(...lengths.map((text) => Number.parseInt(text, 16)))).toBe(16);
  });

  it('that comes at once and is spoilt in its beginning is used in no part', () => {
    const item = `30820200BF2F0580010181003F${'00'.repeat(0x1f3)}`;
    const list = `BF2B820208A0820204${item}`;
    const peers = new SimplePeers({ card: { BF2B00: list }, eim: { BF4F: 'BF4F03020101' } });
    const { session } = prepare(
      (made) => {
        const modem = plainModem(made.card);
        const spoilt = csimAnswer(fromHex(`${list}9000`)).replace('820204', '82~204');
        return (line) => (line.includes('BF2B00') ? spoilt : modem(line));
      },
      ACCESS.csim,
      {},
      peers,
    );
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemGarbage });
    expect(peers.esipa.filter((message) => message.startsWith('BF3D'))).toEqual([]);
    expect(peers.es10.filter((command) => command.startsWith('BF30'))).toEqual([]);
  });

  it('of any length between 256 and 340 bytes may come at once', () => {
    for (let bytes = 200; bytes < 320; bytes++) {
      const body = `5A10${hex(EID)}DF7F82${bytes.toString(16).padStart(4, '0')}${'5A'.repeat(bytes)}`;
      const all = fromHex(`BF3E82${(body.length / 2).toString(16).padStart(4, '0')}${body}9000`);
      for (const bare of [false, true]) {
        const whole = (peers: SimplePeers): AtModem => {
          const modem = plainModem(peers.card);
          return (line) => {
            const answer = isGetEid(line) ? csimAnswer(all) : modem(line);
            return bare ? answer.replace(/\+CSIM: \d+,"([0-9A-F]*)"/, '$1') : answer;
          };
        };
        expect(prepare(whole).session.run(), `${bytes} bytes`).toMatchObject(NO_ERROR);
      }
    }
  });

  it.each([300, 517, 600, 1_000, 3_000])('of %i bytes may come at once', (bytes) => {
    const body = `5A10${hex(EID)}DF7F82${bytes.toString(16).padStart(4, '0')}${'5A'.repeat(bytes)}`;
    const all = fromHex(`BF3E82${(body.length / 2).toString(16).padStart(4, '0')}${body}9000`);
    const whole = (peers: SimplePeers): AtModem => {
      const modem = plainModem(peers.card);
      return (line) => (isGetEid(line) ? csimAnswer(all) : modem(line));
    };
    const expected = bytes > 3_000 - 40 ? { error: 0 } : NO_ERROR;
    expect(prepare(whole).session.run()).toMatchObject(expected);
    for (const cut of [1, 2, 7, 63, 64, 65, 200]) {
      const cutCard = (length: number) => Array.from({ length: Math.floor(length / cut) }, (_, i) => (i + 1) * cut);
      expect(prepare(whole, '', { cutCard }).session.run()).toMatchObject(expected);
    }
  });

  it.each<[string, (text: string) => string]>([
    ['bare digits', (text) => text],
    ['bare digits in quotation marks', (text) => `"${text}"`],
    ['a length and digits', (text) => `${text.length},"${text}"`],
    ['the name and digits', (text) => `+CSIM: ${text}`],
    ['a line in the middle of the digits', (text) => `+CSIM: ${text.length},"${text.slice(0, 3)}\r\n+CREG: 2\r\n${text.slice(3)}"`],
    [
      'two lines in the middle of the digits',
      (text) => `+CSIM: ${text.length},"${text.slice(0, 2)}\r\n\r\n^RSSI:20\r\nRDY\r\n${text.slice(2)}"`,
    ],
    ['a line with a comma in the middle', (text) => `+CSIM: ${text.length},"${text.slice(0, 2)}\r\n+CEREG: 1,"00A1"\r\n${text.slice(2)}"`],
  ])('may be %s', (_, form) => {
    const modem =
      (peers: SimplePeers): AtModem =>
      (line) => {
        const command = csimCommand(line);
        return command ? `\r\n${form(hex(peers.card(command)))}\r\n\r\nOK\r\n` : plainModem(peers.card)(line);
      };
    expect(prepare(modem).session.run()).toMatchObject(NO_ERROR);
    for (let cut = 1; cut < 12; cut++) expect(prepare(modem, '', { cutCard: () => [cut, cut + 9] }).session.run()).toMatchObject(NO_ERROR);
  });
});

describe('answers that come late', () => {
  it('are told from those that are awaited: AT+CFUN? comes first, and what precedes its answer is not believed', () => {
    let owed = '';
    let calls = 0;
    const { lines, session } = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => {
        const before = owed;
        owed = '';
        if (!isGetEid(line) || ++calls > 1) return before + modem(line);
        owed = csimAnswer(fromHex('BF3E00'.concat('9000')));
        peers.card(csimCommand(line)!);
        return '';
      };
    }, ACCESS.csim);
    expect(session.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
    const at = lines.findIndex(isGetEid);
    expect(lines[at + 1]).toBe('AT+CFUN?');
    expect(lines[at + 2]).toBe('AT+CSIM=10,"0070800100"');
  });

  it.each(['AT+CFUN?', ''])('do not confuse the next command (answered with %s)', () => {
    const first = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => (line.startsWith('AT+CSIM') ? '' : modem(line));
    }, ACCESS.csim);
    expect(first.session.run()).toMatchObject({ error: ErrorCode.ModemTimeout });
    let number = 0;
    const second = next(
      first,
      (peers) => {
        const modem = plainModem(peers.card);
        return (line) => (number++ === 0 ? csimAnswer(fromHex('029000')) + OK + modem(line) : modem(line));
      },
      ACCESS.csim,
    );
    expect(second.session.run()).toMatchObject(NO_ERROR);
    expect(second.lines.slice(0, 3)).toEqual(['AT', 'AT+CFUN?', 'ATE0']);
  });
});

describe('the SIM interface of a modem', () => {
  it('is locked for the time of a command, when the host says so', () => {
    const { lines, session } = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => (/^AT\+CSIM=[01]$/.test(line) ? `${OK}\r\n#QSS: 0\r\n` : modem(line));
    }, QUIRK.simLock);
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(lines.slice(0, 5)).toEqual([...HELLO, 'AT+CSIM=1', 'AT+CSIM=20,"80AA000005A903840101"']);
    expect(lines.at(-1)).toBe('AT+CSIM=0');
  });

  it('that knows no lock is used as it is', () => {
    const { session } = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => (/^AT\+CSIM=[01]$/.test(line) ? ERROR : modem(line));
    }, QUIRK.simLock);
    expect(session.run()).toMatchObject(NO_ERROR);
  });

  it('that is busy and says so in words is waited for', () => {
    let busy = 3;
    const { session } = prepare((peers) => {
      const modem = plainModem(peers.card);
      return (line) => (line.includes('0070') && busy-- > 0 ? '\r\n+CME ERROR: SIM busy\r\n' : modem(line));
    });
    expect(session.run()).toMatchObject(NO_ERROR);
    expect(session.nowMs).toBe(1_500);
  });
});
