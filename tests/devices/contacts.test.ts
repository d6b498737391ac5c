// Contacts: what the levels mean, debouncing, the bell that always ends; pins by libgpiod's programs and by onoff.

import { once } from 'node:events';
import { chmod, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import modbus from 'modbus-serial';
import t from 'tap';
import { LONGEST_PULSE_MS, openContacts, type ContactLines } from '../../server/devices/contact-inputs.js';
import { prepareContactBox } from '../../server/devices/contact-modbus.js';
import {
  prepareLibgpiod,
  pulseArguments,
  readLevels,
  versionOf,
} from '../../server/devices/gpio-libgpiod.js';
import { prepareOnoff } from '../../server/devices/gpio-onoff.js';
import { DrivenTimers } from './support/driven-timers.js';

const signal = new AbortController().signal;
const ROLES = {
  mains: 'di1',
  door: 'di2',
  help: 'di3',
  inverted: ['door' as const],
  bell: 'do1',
  bellMs: 2_000,
};

function setting(overrides: Partial<ContactLines> = {}) {
  const timers = new DrivenTimers();
  const levels: Record<string, boolean> = { di1: true, di2: true, di3: false, do1: false };
  const writes: string[] = [];
  let broken = false;
  const lines: ContactLines = {
    read: async () => ({ ...levels }),
    write: async (name, on) => {
      if (broken) throw new Error('the line is cut');
      levels[name] = on;
      writes.push(`${name}=${on} at ${timers.nowMs}`);
    },
    close: () => Promise.resolve(),
    ...overrides,
  };
  const device = openContacts('io', ROLES, lines, timers);
  const poll = async () => {
    const polled = device.poll(signal);
    await timers.pass(50);
    return polled;
  };
  return { timers, levels, writes, device, poll, cut: (is: boolean) => (broken = is) };
}

t.test('levels mean what the settings say', async (t) => {
  const { poll, levels } = setting();
  t.same(await poll(), { 'contact.mains': true, 'contact.door-open': false, 'contact.help': false });
  levels['di2'] = false;
  t.match(await poll(), { 'contact.door-open': true });
});

t.test('a contact that bounces for less than 50 ms is not believed', async (t) => {
  const { device, timers, levels, poll } = setting();
  await poll();
  levels['di3'] = true;
  const polled = device.poll(signal);
  await timers.pass(20);
  levels['di3'] = false;
  await timers.pass(30);
  t.match(await polled, { 'contact.help': false });
  levels['di3'] = true;
  t.match(await poll(), { 'contact.help': true });
});

t.test('the bell ends after its time, and what an earlier service left ringing ends first', async (t) => {
  const { device, timers, writes, poll } = setting();
  await poll();
  t.same(writes.splice(0), ['do1=false at 0']);
  await device.act?.('ring', signal);
  await device.act?.('ring', signal);
  await timers.pass(1_999);
  t.same(writes.splice(0), ['do1=true at 50'], 'ringing twice is one ring');
  await timers.pass(1);
  t.same(writes, ['do1=false at 2050']);
});

t.test('the end of the bell is tried until it succeeds, and at the close of the service', async (t) => {
  const { device, timers, writes, poll, cut, levels } = setting();
  await poll();
  await device.act?.('ring', signal);
  cut(true);
  await timers.pass(3_000);
  t.equal(levels['do1'], true);
  cut(false);
  await timers.pass(250);
  t.equal(levels['do1'], false);
  await device.act?.('ring', signal);
  await device.close();
  t.equal(levels['do1'], false);
  t.match(writes.at(-1), 'do1=false');
});

t.test('whatever length is asked for, the bell rings 100 to 5000 ms', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -10, max: 1e9 }), async (bellMs) => {
      const timers = new DrivenTimers();
      let on = false;
      const lines: ContactLines = {
        read: async () => ({}),
        write: async (_name, level) => void (on = level),
        close: () => Promise.resolve(),
      };
      const device = openContacts('io', { inverted: [], bell: 'do1', bellMs }, lines, timers);
      await device.act?.('ring', signal);
      await timers.pass(99);
      const rings = on;
      await timers.pass(LONGEST_PULSE_MS - 99);
      return rings && !on;
    }),
    { numRuns: 30 },
  );
});

t.test('nothing is switched that is not wired', async (t) => {
  const { device } = setting();
  await t.rejects(async () => device.act?.('on', signal), { code: 'refused' });
});

t.test('[modbus] a box on a real server: help is seen, the bell rings and ends', async (t) => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const inputs = [true, false, false, false];
  const rung: boolean[] = [];
  const server = new modbus.ServerTCP(
    {
      getCoil: () => false,
      getDiscreteInput: (addr: number) => inputs[addr] ?? false,
      setCoil: (_addr: number, value: boolean) => void rung.push(value),
    },
    { host: '127.0.0.1', port, unitID: 1 },
  );
  await once(server as never, 'initialized');
  t.teardown(() => new Promise((resolve) => server.close(() => resolve(null))));
  const box = { profile: 'modbus-4di4do', host: '127.0.0.1', port, mains: 'di1', help: 'di3', bell: 'do1' };
  const { open } = await prepareContactBox('io', { ...box, inverted: [], bellMs: 100 }, { folder: '.' });
  const device = open();
  t.same(await device.poll(signal), { 'contact.mains': true, 'contact.help': false });
  inputs[2] = true;
  t.match(await device.poll(signal), { 'contact.help': true });
  await device.act?.('ring', signal);
  await device.close();
  t.same(rung, [false, true, false]);
  await t.rejects(
    prepareContactBox('io', { ...box, help: 'di9', inverted: [], bellMs: 100 }, { folder: '.' }),
    /di9/,
  );
  await t.rejects(
    prepareContactBox('io', { ...box, profile: 'manual', inverted: [], bellMs: 100 }, { folder: '.' }),
  );
});

/** Programs that behave like libgpiod's, and note how they were called. */
async function programs(version: string): Promise<{ folder: string; calls(): Promise<string[]> }> {
  const folder = await mkdtemp(join(tmpdir(), 'gpiod-'));
  const log = join(folder, 'calls');
  await writeFile(log, '');
  const get = `#!/bin/sh
if [ "$1" = --version ]; then echo "gpioget (libgpiod) ${version}"; exit 0; fi
echo "get $*" >> ${log}
echo "1 0"
`;
  const set = `#!/bin/sh
echo "set $*" >> ${log}
case "$*" in *--mode=signal*|"-c gpiochip0 22=1") exec sleep 60;; esac
`;
  for (const [name, text] of [
    ['gpioget', get],
    ['gpioset', set],
  ] as const) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  return { folder, calls: async () => (await readFile(log, 'utf8')).trim().split('\n') };
}

for (const [version, read, bell, relay] of [
  [
    'v1.6.3',
    'get gpiochip0 17 27',
    'set --mode=time --sec=1 --usec=500000 gpiochip0 5=1',
    'set --mode=signal gpiochip0 22=1',
  ],
  [
    'v2.1.1',
    'get --numeric -c gpiochip0 17 27',
    'set --toggle 1500ms,0 -c gpiochip0 5=1',
    'set -c gpiochip0 22=1',
  ],
] as const)
  t.test(`[libgpiod ${version}] the programs are called as this version wants it`, async (t) => {
    const { folder, calls } = await programs(version);
    const pins = { mains: '17', door: '27', bell: '5', relay: '22', bellMs: 1_500, inverted: [] };
    const { open } = await prepareLibgpiod('io', {
      chip: 'gpiochip0',
      programs: folder,
      ...pins,
      relay: '22',
    });
    const device = open();
    await device.act?.('on', signal);
    t.same(await device.poll(signal), {
      'contact.mains': true,
      'contact.door-open': false,
      'relay.on': true,
    });
    await device.act?.('ring', signal);
    await device.close();
    const said = await calls();
    t.ok(said.includes(read), said.join('; '));
    t.ok(said.includes(relay), said.join('; '));
    t.ok(
      said.includes(bell) ||
        pulseArguments(version === 'v1.6.3' ? 1 : 2, 'gpiochip0', '5', 1_500).join(' ') === bell.slice(4),
    );
  });

t.test('[libgpiod] what is missing or says nonsense is a fault, not a level', async (t) => {
  const gone = await prepareLibgpiod('io', {
    chip: 'gpiochip0',
    programs: '/nowhere',
    mains: '1',
    bellMs: 100,
    inverted: [],
  });
  await t.rejects(gone.open().poll(signal), { code: 'not-installed' });
  t.equal(versionOf('gpioget (libgpiod) v3.0'), null);
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 5 }), (text, count) => {
      const levels = readLevels(text, count);
      return levels === null || levels.length === count;
    }),
  );
});

t.test('[onoff] pins of the module; without it, or without sysfs, it says so', async (t) => {
  const levels = new Map<number, 0 | 1>([[17, 1]]);
  const released: number[] = [];
  class Gpio {
    static accessible = true;
    constructor(
      readonly pin: number,
      readonly direction: string,
    ) {}
    read = async () => levels.get(this.pin) ?? 0;
    write = async (level: 0 | 1) => void levels.set(this.pin, level);
    unexport = () => void released.push(this.pin);
  }
  const settings = { mains: '17', relay: '22', bellMs: 100, inverted: [] };
  const { open } = await prepareOnoff('io', settings, null, async () => ({ Gpio }));
  const device = open();
  t.same(await device.poll(signal), { 'contact.mains': true, 'relay.on': false });
  await device.act?.('on', signal);
  t.match(await device.poll(signal), { 'relay.on': true });
  await device.close();
  t.equal(levels.get(22), 0, 'outputs fall back');
  t.same(released.sort(), [17, 22]);
  await t.rejects((await prepareOnoff('io', settings)).open().poll(signal), { code: 'not-installed' });
  Gpio.accessible = false;
  await t.rejects((await prepareOnoff('io', settings, null, async () => ({ Gpio }))).open().poll(signal), {
    code: 'unreachable',
  });
});
