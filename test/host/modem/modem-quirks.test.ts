// SPDX-License-Identifier: Apache-2.0
// The table of modems: which row a modem gets, that every row can be used, and what is said about tables of one's own.

import { describe, expect, it } from 'vitest';
import { encodeEs10 } from '../../../host/command.js';
import { optionWords, quirksFor, readModemQuirks, rowName } from '../../../host/modem/modem-quirks.js';
import { MODEM_QUIRKS } from '../../../host/modem/modem-quirks-table.js';

const modem = (manufacturer: string, model: string) => ({ manufacturer, model, revision: '' });

describe('the row of a modem', () => {
  it.each([
    ['Quectel', 'EG25', { cardAccess: 'channel', blockBytes: 120 }],
    ['Quectel', 'EC20F', { cardAccess: 'csim' }],
    ['QUECTEL', 'eg95', { cardAccess: 'channel' }],
    ['Quectel', 'EC800G', { responseBytes: 255 }],
    ['SIMCOM INCORPORATED', 'SIMCOM_SIM7600G-H', { cardAccess: 'csim' }],
    ['Nordic Semiconductor ASA', 'nRF9160-SICA', { cardAccess: 'channel' }],
    ['Telit', 'LE910C1-NF', { simLock: true }],
    ['Sierra Wireless, Incorporated', 'MC7455', { cardAccess: 'channel' }],
    ['Sierra Wireless, Incorporated', 'EM9191', { cardAccess: 'csim' }],
    ['Dell Inc.', 'DW5821e Snapdragon X20 LTE', { cardAccess: 'csim' }],
    ['huawei', 'MS2372h-517', { cardAccess: 'basic' }],
    ['CMCC', 'ML307R', { modemReset: 'restart' }],
    ['u-blox', 'SARA-R422', {}],
  ])('%s %s', (manufacturer, model, options) => {
    expect(quirksFor(modem(manufacturer, model))?.options).toEqual(options);
  });

  it.each([
    ['Quectel', 'BG96'],
    ['ipa-wasm', 'Simulated Modem'],
    ['', ''],
  ])('none for %s %s', (manufacturer, model) => {
    expect(quirksFor(modem(manufacturer, model))).toBeUndefined();
  });

  it('is the first that fits, so that rows of one’s own win', () => {
    const own = readModemQuirks('[{ "manufacturer": "quectel", "options": { "cardAccess": "csim" }, "why": "measured here" }]');
    expect(quirksFor(modem('Quectel', 'EG25'), [...own, ...MODEM_QUIRKS])?.why).toBe('measured here');
    expect(quirksFor(modem('Telit', 'ME310'), [...own, ...MODEM_QUIRKS])?.options).toEqual({ simLock: true });
  });
});

describe('the table', () => {
  it('is one that its own reader takes, with a source for every row', () => {
    expect(readModemQuirks(JSON.stringify(MODEM_QUIRKS))).toEqual(MODEM_QUIRKS);
    expect(MODEM_QUIRKS.filter(({ source }) => !source)).toEqual([]);
  });

  it('has no row that an earlier one hides', () => {
    const hidden = MODEM_QUIRKS.filter((row) => quirksFor(modem(row.manufacturer ?? '', row.model ?? '')) !== row);
    expect(hidden.map(rowName)).toEqual([]);
  });

  it('has options that the module takes', () => {
    for (const { options } of MODEM_QUIRKS) expect(encodeEs10(options).length).toBeGreaterThan(0);
  });

  it('is told in words', () => {
    expect(optionWords({ cardAccess: 'channel', blockBytes: 120, simLock: true })).toBe('cardAccess channel, blockBytes 120, simLock');
    expect(optionWords({ awaitRegistration: false })).toBe('awaitRegistration false');
    expect(rowName({ model: 'ML307R', options: {}, why: 'x' })).toBe('ML307R');
  });
});

describe('a table of one’s own', () => {
  const row = (fields: object) => JSON.stringify([{ manufacturer: 'a', options: {}, why: 'b', ...fields }]);

  it('takes every option', () => {
    const options = {
      cardAccess: 'basic',
      blockBytes: 16,
      responseBytes: 255,
      modemReset: 'radioCycle',
      simLock: true,
      passesClassByte: true,
      awaitRegistration: false,
    };
    expect(readModemQuirks(row({ options }))).toMatchObject([{ options }]);
    expect(readModemQuirks('[]')).toEqual([]);
  });

  it.each([
    ['{', 'it is no JSON'],
    ['{}', 'it is no array of rows; write [{ "manufacturer"'],
    ['[1]', 'row 1: must be an object'],
    [`[${row({}).slice(1, -1)}, null]`, 'row 2: must be an object'],
    [row({ manufacturer: undefined }), 'row 1: manufacturer or model must be there'],
    [row({ manufacturer: ' ' }), 'row 1: manufacturer must be text that is not empty, not " "'],
    [row({ model: 7 }), 'row 1: model must be text that is not empty, not 7'],
    [row({ why: undefined }), 'row 1: why must be there'],
    [row({ options: undefined }), 'row 1: options must be an object, {} where nothing is needed'],
    [row({ options: [] }), 'row 1: options must be an object'],
    [row({ name: 'x' }), 'row 1: name is unknown; known are manufacturer, model, why, source'],
    [row({ options: { blocks: 1 } }), 'row 1: options.blocks is unknown; known are cardAccess, blockBytes'],
    [row({ options: { cardAccess: 'at' } }), 'row 1: options.cardAccess must be "auto", "csim", "channel", "basic", not "at"'],
    [row({ options: { blockBytes: 15 } }), 'row 1: options.blockBytes must be a whole number from 16 to 255, not 15'],
    [row({ options: { responseBytes: 256 } }), 'row 1: options.responseBytes must be a whole number from 16 to 255, not 256'],
    [row({ options: { modemReset: '' } }), 'row 1: options.modemReset must be "powerCycle", "radioCycle", "restart", not ""'],
    [row({ options: { simLock: 1 } }), 'row 1: options.simLock must be true or false, not 1'],
    [row({ options: { toString: 1 } }), 'row 1: options.toString is unknown'],
  ])('%s → %s', (json, words) => {
    expect(() => readModemQuirks(json)).toThrow(words);
  });
});
