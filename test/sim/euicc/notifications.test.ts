// SPDX-License-Identifier: Apache-2.0
// The list of notifications and package results: every search, removal, and one common sequence (SGP.22 v2.5 §5.7.9 to §5.7.11, SGP.32 v1.2 §5.9.11).
import { describe, expect, test } from 'vitest';
import { need, readInteger, type Tlv } from '../../../host/sim/codec/ber.js';
import { hex } from '../../../host/sim/codec/bytes.js';
import { deleteProfile, disable, enable, getRat } from '../../../host/sim/eim/packages/psmo.js';
import type { SimulatedEuicc } from '../../../host/sim/euicc/index.js';
import { makeMetadata, notifyAll } from '../../../host/sim/profile/index.js';
import { ask, askHex, es10, openedEuicc, openIsdr, SMDP_ADDRESS } from './support/card.js';
import { managedEuicc, run } from './support/eim.js';
import { ICCID, prepare, segments } from './support/server.js';

const B = '89000123456789012358';

/** After it: 1 install PIR, 2 EPR, 3 enable, 4 EPR, 5 disable, 6 delete. */
function busyEuicc(): SimulatedEuicc {
  const euicc = managedEuicc();
  for (const segment of segments(prepare(euicc))) es10(euicc, segment);
  run(euicc, { psmos: [enable(ICCID)] });
  run(euicc, { psmos: [disable(ICCID), deleteProfile(ICCID)] });
  return euicc;
}

function seqNumbers(list: Tlv): number[] {
  return list.children.map((each) => {
    const owner = each.tag === 0xbf37 ? need(each, 0xbf27) : each;
    return readInteger(need(need(owner, 0xbf2f), 0x80));
  });
}

function resultNumbers(list: Tlv): number[] {
  return list.children.map((each) => readInteger(need(need(need(each, 0xa0), 0x30), 0x83)));
}

describe('RetrieveNotificationsList', () => {
  test('without criteria: all notifications, not the package results', () => {
    expect(seqNumbers(need(ask(busyEuicc(), 'BF2B00'), 0xa0))).toEqual([1, 3, 5, 6]);
  });

  test('by number: a notification in A0, a package result in A2, nothing in an empty A0', () => {
    const euicc = busyEuicc();
    expect(seqNumbers(need(ask(euicc, 'BF2B05A003800103'), 0xa0))).toEqual([3]);
    expect(resultNumbers(need(ask(euicc, 'BF2B05A003800104'), 0xa2))).toEqual([4]);
    expect(askHex(euicc, 'BF2B05A003800163')).toBe('BF2B02A000');
  });

  test('by event, also several, also written with trailing zero bits', () => {
    const euicc = busyEuicc();
    expect(seqNumbers(need(ask(euicc, 'BF2B06A00481020780'), 0xa0))).toEqual([1]);
    expect(seqNumbers(need(ask(euicc, 'BF2B06A00481020410'), 0xa0))).toEqual([6]);
    expect(seqNumbers(need(ask(euicc, 'BF2B06A00481020060'), 0xa0))).toEqual([3, 5]);
  });

  test('package results only', () => {
    expect(resultNumbers(need(ask(busyEuicc(), 'BF2B04A0028200'), 0xa2))).toEqual([2, 4]);
  });

  test('known answers without content', () => {
    expect(askHex(openedEuicc(), 'BF2B00')).toBe('BF2B02A000');
    expect(askHex(openedEuicc(), 'BF2B04A0028200')).toBe('BF2B02A200');
  });

  test.each(['BF2B02A000', 'BF2B04A0028300', 'BF2B04A0028000', 'BF2B05A003810109'])('%s: undefinedError(127)', (request) => {
    expect(askHex(openedEuicc(), request)).toBe('BF2B0381017F');
  });
});

describe('ListNotification', () => {
  test('metadata only, all or by event', () => {
    const euicc = busyEuicc();
    expect(seqNumbersOf(ask(euicc, 'BF2800'))).toEqual([1, 3, 5, 6]);
    expect(seqNumbersOf(ask(euicc, 'BF280481020640'))).toEqual([3]);
  });

  test('known answers: one notification, none, and undefinedError(127) for events that cannot be read', () => {
    expect(askHex(busyEuicc(), 'BF280481020410')).toBe(
      'BF282AA028BF2F25800106810204100C10736D64702E6578616D706C652E636F6D5A0A98001032547698103214',
    );
    expect(askHex(openedEuicc(), 'BF2800')).toBe('BF2802A000');
    expect(askHex(openedEuicc(), 'BF28028100')).toBe('BF280381017F');
  });

  function seqNumbersOf(response: Tlv): number[] {
    return need(response, 0xa0).children.map((each) => readInteger(need(each, 0x80)));
  }
});

describe('RemoveNotificationFromList', () => {
  test('ok(0), then nothingToDelete(1); others stay', () => {
    const euicc = busyEuicc();
    expect(askHex(euicc, 'BF3003800103')).toBe('BF3003800100');
    expect(askHex(euicc, 'BF3003800103')).toBe('BF3003800101');
    expect(euicc.notifications.map((each) => each.seqNumber)).toEqual([1, 5, 6]);
    expect(askHex(euicc, 'BF3003800102')).toBe('BF3003800100');
    expect(euicc.packageResults.map((each) => each.seqNumber)).toEqual([4]);
  });

  test('without a number: undefinedError(127)', () => {
    expect(askHex(openedEuicc(), 'BF3000')).toBe('BF300380017F');
    expect(askHex(openedEuicc(), 'BF30028000')).toBe('BF300380017F');
  });
});

describe('the sequence', () => {
  test('goes on over resets and removals', () => {
    const euicc = busyEuicc();
    for (let seqNumber = 1; seqNumber <= 6; seqNumber++) askHex(euicc, `BF30038001${hex(Uint8Array.of(seqNumber))}`);
    openIsdr(euicc);
    run(euicc, { psmos: [getRat()] });
    expect(euicc.packageResults.map((each) => each.seqNumber)).toEqual([7]);
  });

  test('one notification per configured address', () => {
    const notifications = [...notifyAll(SMDP_ADDRESS), ...notifyAll('hub.example.com'), ...notifyAll(SMDP_ADDRESS)];
    const euicc = managedEuicc({ profiles: [{ metadata: makeMetadata({ iccid: B, notifications }) }] });
    run(euicc, { psmos: [enable(B)] });
    expect(euicc.notifications.map((each) => each.address)).toEqual([SMDP_ADDRESS, 'hub.example.com']);
  });

  test('no configuration, no notification', () => {
    const euicc = managedEuicc({ profiles: [{ iccid: B }] });
    run(euicc, { psmos: [enable(B)] });
    expect(euicc.notifications).toEqual([]);
  });
});
