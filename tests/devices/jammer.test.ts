// The jammer: facts that stay apart, a word that makes no more of them than they are, a check of the effect that cannot pass
// where nothing can be measured.

import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { DeviceFault } from '../../server/devices/contract.js';
import { openJammer, prepareJammer } from '../../server/devices/jammer.js';
import { baselineFile, EffectCheck } from '../../server/devices/jammer-effect.js';
import { prepareMeter } from '../../server/devices/meter.js';
import { loadProfile } from '../../server/devices/profile.js';
import { ProfileDevice } from '../../server/devices/profile-device.js';
import type { Transport } from '../../server/devices/transport.js';
import { judgeEffect, readNmcli, type WirelessNetwork } from '../../server/devices/wifi-effect.js';
import { scanWithNmcli } from '../../server/devices/wifi-scan.js';
import { jammerWord, type JammerFacts } from '../../server/protocol/jammer-word.js';

const signal = new AbortController().signal;
const bssid = (n: number) => `AA:BB:CC:DD:EE:${n.toString(16).padStart(2, '0').toUpperCase()}`;
const seen = (count: number, level = -60): WirelessNetwork[] =>
  Array.from({ length: count }, (_, n) => ({ bssid: bssid(n), level }));
const RULES = { testPoints: [] };

t.test('the word: measured before said, and "on" never from a command', async (t) => {
  const words: [JammerFacts, string][] = [
    [{}, 'unknown'],
    [{ commanded: true }, 'assumed'],
    [{ commanded: false }, 'off'],
    [{ commanded: true, powered: true }, 'powered'],
    [{ commanded: true, powered: false }, 'off'],
    [{ reported: true, powered: true }, 'reported-on'],
    [{ reported: false, attested: true, commanded: true }, 'off'],
    [{ attested: true, observed: 'not-measurable' }, 'attested'],
    [{ reported: true, observed: 'ineffective', attested: true }, 'ineffective'],
    [{ reported: true, observed: 'effective' }, 'effective'],
  ];
  for (const [facts, word] of words) t.equal(jammerWord(facts), word, JSON.stringify(facts));
});

t.test('only a measurement gives "effective", whatever the other facts are', async () => {
  const flag = fc.option(fc.boolean(), { nil: undefined });
  const observed = fc.constantFrom(undefined, 'ineffective', 'not-measurable', 'nonsense');
  fc.assert(
    fc.property(flag, flag, flag, flag, observed, (commanded, reported, powered, attested, what) => {
      const word = jammerWord({ commanded, reported, powered, attested, observed: what });
      if (reported === false || powered === false) return word === 'off';
      return word !== 'effective' && (word !== 'reported-on' || reported === true);
    }),
  );
});

t.test('the effect is held against the baseline, and is not measurable without one', async (t) => {
  t.equal(judgeEffect(seen(10), { networks: seen(2), weak: false }, RULES), 'effective');
  t.equal(judgeEffect(seen(10), { networks: seen(3), weak: false }, RULES), 'ineffective');
  t.equal(judgeEffect(null, { networks: [], weak: false }, RULES), 'not-measurable', 'no baseline');
  t.equal(judgeEffect(seen(4), { networks: [], weak: false }, RULES), 'not-measurable', 'nothing to silence');
  t.equal(judgeEffect(seen(10), { networks: [], weak: true }, RULES), 'not-measurable', 'from memory');
  const testPoints = [bssid(0).toLowerCase()];
  t.equal(judgeEffect(seen(1), { networks: [], weak: false }, { testPoints }), 'effective');
  t.equal(
    judgeEffect(seen(20), { networks: seen(1), weak: false }, { testPoints }),
    'ineffective',
    'ours is loud',
  );
  t.equal(judgeEffect(seen(20), { networks: seen(1, -80), weak: false }, { testPoints }), 'effective');
});

t.test('more networks in sight never make a jammer effective', async () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (baseline, fewer, added) => {
      const judge = (count: number) =>
        judgeEffect(seen(baseline), { networks: seen(count), weak: false }, RULES);
      return judge(fewer) === 'effective' || judge(fewer + added) !== 'effective';
    }),
  );
});

t.test('what nmcli prints is read, any text at all', async (t) => {
  t.same(readNmcli('aa:bb:cc:dd:ee:00:80\nnonsense\n:50\n'), [{ bssid: bssid(0), level: -60 }]);
  fc.assert(
    fc.property(fc.string(), (text) => readNmcli(text).every(({ level }) => level >= -100 && level <= -50)),
  );
  const folder = await mkdtemp(join(tmpdir(), 'nmcli-'));
  const program = join(folder, 'nmcli');
  await writeFile(program, `#!/bin/sh\necho "$*" > ${folder}/asked\necho AA:BB:CC:DD:EE:01:100\n`);
  await chmod(program, 0o755);
  t.same(await scanWithNmcli(program, signal), { networks: [{ bssid: bssid(1), level: -50 }], weak: false });
  t.match(
    await readFile(join(folder, 'asked'), 'utf8'),
    '--rescan yes',
    'a fresh scan, not a remembered one',
  );
  await t.rejects(scanWithNmcli(join(folder, 'gone'), signal), { code: 'not-installed' });
});

/** The check with a driven clock and a scanner that hears what the test says. */
function effectSetting() {
  const at = { now: 0 };
  let kept: readonly WirelessNetwork[] | null = null;
  let hears: WirelessNetwork[] | Error = seen(10);
  let scans = 0;
  const check = new EffectCheck({
    testPoints: [],
    nowMs: () => at.now,
    store: {
      read: async () => kept as WirelessNetwork[] | null,
      write: async (found) => void (kept = found),
    },
    scan: async () => {
      scans++;
      if (hears instanceof Error) throw hears;
      return { networks: hears, weak: false };
    },
  });
  const look = async (on: boolean | null, after: number) => {
    at.now += after;
    check.look(on);
    // Whatever a look leads to is done by then: nothing in it waits for a clock.
    await new Promise(setImmediate);
    return check.look(on);
  };
  return { check, look, hear: (what: typeof hears) => (hears = what), scans: () => scans, kept: () => kept };
}

t.test('a baseline while it is off, a verdict 20 s after it came on, again after ten minutes', async (t) => {
  const { look, hear, scans, kept } = effectSetting();
  t.same(await look(false, 0), {});
  await look(false, 20_000);
  t.equal(kept()?.length, 10);
  hear(seen(1));
  t.same(await look(true, 1_000), {}, 'nothing is said before it was looked at');
  t.same(await look(true, 19_999), {});
  t.match(await look(true, 1), { 'jammer.observed': 'effective', 'wifi.networks': 1, 'wifi.strongest': -60 });
  t.equal(scans(), 2);
  hear(seen(9));
  t.match(await look(true, 599_999), { 'jammer.observed': 'effective' });
  t.match(await look(true, 1), { 'jammer.observed': 'ineffective' });
  t.same(await look(false, 1_000), {}, 'a verdict ends with the state it was made for');
});

t.test(
  'a scan that fails is "not measurable", and nothing is scanned of a jammer nobody knows of',
  async (t) => {
    const { look, hear, scans } = effectSetting();
    await look(null, 0);
    await look(null, 100_000);
    t.equal(scans(), 0);
    hear(new DeviceFault('not-installed', 'nmcli is missing'));
    await look(true, 0);
    t.match(await look(true, 20_000), { 'jammer.observed': 'not-measurable' });
  },
);

t.test('a baseline file that is damaged is no baseline', async (t) => {
  const file = join(await mkdtemp(join(tmpdir(), 'baseline-')), 'b.json');
  t.equal(await baselineFile(file).read(), null);
  await baselineFile(file).write(seen(3));
  t.same(await baselineFile(file).read(), seen(3));
  for (const text of ['', '{}', '[1]', '[{"bssid":1}]']) {
    await writeFile(file, text);
    t.equal(await baselineFile(file).read(), null, text);
  }
});

/** A transport that answers what the test says. */
const wire = (values: () => (boolean | number)[]): Transport & { writes: unknown[] } => {
  const writes: unknown[] = [];
  return {
    writes,
    read: async () => values(),
    write: async (write) => void writes.push(write),
    close: () => Promise.resolve(),
  };
};

t.test('reported and supply stand beside each other; a silent meter takes nothing away', async (t) => {
  const control = wire(() => [true, true, false, true, 420]);
  let meterFails = false;
  const meter = wire(() => {
    if (meterFails) throw new DeviceFault('timed-out', 'silent');
    return [230, 0.5, 110];
  });
  const jammer = openJammer('j', {
    control: new ProfileDevice(await loadProfile('modbus-multiband', '.'), control),
    supply: { meter: new ProfileDevice(await loadProfile('meter-sdm120', '.'), meter), onAboveWatts: 50 },
  });
  t.same(await jammer.poll(signal), {
    model: 'Modbus 多频段屏蔽器（未经实测 / unproven）',
    'jammer.reported': true,
    'jammer.bands': ['2G–5G', '蓝牙'],
    temperature: 42,
    'supply.power': 110,
    'supply.current': 0.5,
  });
  meterFails = true;
  const without = await jammer.poll(signal);
  t.equal(without['jammer.reported'], true);
  t.notOk('supply.power' in without);
  t.same(control.writes, [], 'polls switch nothing: it is never switched on by itself');
  await jammer.act?.('on', signal);
  t.same(control.writes, [{ fc: 5, addr: 0, value: true }]);
  await t.rejects(async () => jammer.act?.('ring', signal), { code: 'refused' });
  await jammer.close();
});

t.test('settings of another kind of device are refused; a jammer by hand cannot be switched', async (t) => {
  const context = { folder: '.', nowMs: () => 0 };
  const target = { host: '127.0.0.1' };
  await t.rejects(prepareJammer('j', { profile: 'modbus-4di4do', ...target }, context), /modbus-4di4do/);
  await t.rejects(prepareMeter('m', { profile: 'relay-switched', ...target }, context), /relay-switched/);
  await t.rejects(
    prepareJammer('j', { profile: 'manual', supply: { profile: 'manual', onAboveWatts: 5 } }, context),
    /manual/,
  );
  const { open, kind } = await prepareJammer('j', { profile: 'manual' }, context);
  const byHand = open();
  t.equal(kind, 'jammer');
  t.equal(byHand.act, undefined);
  t.same(Object.keys(await byHand.poll(signal)), ['model']);
  await byHand.close();
});
