// The curve of a discharge as the room's polls see it: from the first poll without mains to the last, kept for a day.

import t from 'tap';
import type { Readings } from '../../server/core/readings.js';
import { Discharges } from '../../server/devices/discharges.js';

const MINUTE = 60_000;

/** Polls every two seconds on battery, from full down. @returns when the last one was */
function discharge(curves: Discharges, from: number, minutes: number, more: Readings = {}): number {
  const polls = (minutes * MINUTE) / 2_000;
  for (let n = 0; n <= polls; n++)
    curves.add('ups', from + n * 2_000, {
      ...{ 'mains.present': false, 'battery.charge': 100 - Math.floor((n / polls) * minutes) },
      ...more,
    });
  return from + polls * 2_000;
}
const onMains = (curves: Discharges, at: number) =>
  curves.add('ups', at, { 'mains.present': true, 'battery.charge': 90 });

void t.test('ten minutes without mains prove a runtime, while they last and afterwards', async (t) => {
  const curves = new Discharges();
  t.equal(curves.result('ups', 0), null, 'none yet');
  onMains(curves, 0);
  t.equal(curves.result('ups', 0), null);
  const endedAt = discharge(curves, 1_000, 12);
  const proven = { runtimeS: 4_320, seconds: 720, chargeFrom: 100, chargeTo: 88 };
  t.same(curves.result('ups', endedAt), proven);
  onMains(curves, endedAt + 2_000);
  t.same(curves.result('ups', endedAt + 60 * MINUTE), proven);
  t.equal(curves.result('ups', endedAt + 25 * 60 * MINUTE), null, 'tomorrow it is another battery');
  t.equal(curves.result('other', endedAt), null);
});

void t.test('what proves nothing says why', async (t) => {
  const short = new Discharges();
  t.same(short.result('ups', discharge(short, 0, 9)), { refused: 'too-short' });
  const wired = new Discharges();
  t.same(wired.result('ups', discharge(wired, 0, 12, { 'contact.mains': true })), {
    refused: 'contact-disagrees',
  });
  const silent = new Discharges();
  const endedAt = discharge(silent, 0, 6);
  t.same(silent.result('ups', discharge(silent, endedAt + 2 * MINUTE, 6)), { refused: 'gap-in-curve' });
  const mute = new Discharges();
  mute.add('ups', 0, { 'mains.present': false });
  t.equal(mute.result('ups', 0), null, 'a UPS that tells no charge');
});

void t.test('a short failure of mains after the test takes nothing away; a better one counts', async (t) => {
  const curves = new Discharges();
  let at = discharge(curves, 0, 12);
  onMains(curves, (at += 2_000));
  at = discharge(curves, at + 2_000, 1);
  onMains(curves, (at += 2_000));
  t.match(curves.result('ups', at), { seconds: 720 });
  at = discharge(curves, at + 2_000, 1);
  onMains(curves, (at += 2_000));
  t.match(curves.result('ups', at), { seconds: 720 }, 'nor does a second one');
  at = discharge(curves, at + 2_000, 15);
  t.match(curves.result('ups', at), { seconds: 900 });
});

void t.test('a night on battery is kept in few numbers', async (t) => {
  const curves = new Discharges();
  const endedAt = discharge(curves, 0, 60);
  t.match(curves.result('ups', endedAt), { seconds: 3_600, chargeTo: 40 });
});
