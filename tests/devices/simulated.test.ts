// A simulated device follows its script; a script that says what no device can say is refused.

import fc from 'fast-check';
import t from 'tap';
import { DEVICE_KINDS, isReading } from '../../server/core/readings.js';
import { HEALTHY, openSimulated, readScript, ScriptError } from '../../server/devices/simulated.js';

const never = new AbortController().signal;

function playing(text: string) {
  let nowMs = 0;
  const device = openSimulated('ups-1', readScript(text), () => nowMs);
  return { device, poll: () => device.poll(never), at: (seconds: number) => (nowMs = seconds * 1_000) };
}

t.test('every kind has a healthy device, in the words of the dictionary', (t) => {
  for (const kind of DEVICE_KINDS)
    for (const [name, value] of Object.entries(HEALTHY[kind]))
      t.ok(isReading(name, value), `${kind} ${name}`);
  t.end();
});

t.test('steps follow each other, numbers move in a straight line, the last one stays', async (t) => {
  const { poll, at } = playing(`
kind: ups
steps:
  - for: 10
  - for: 100
    readings: { mains.present: false, input.voltage: null }
    towards: { battery.charge: 50 }
  - fault: driver-gone
`);
  t.match(await poll(), { 'mains.present': true, 'battery.charge': 100, 'input.voltage': 229 });
  at(10);
  const out = await poll();
  t.match(out, { 'mains.present': false, 'battery.charge': 100 });
  t.notOk('input.voltage' in out);
  at(60);
  t.match(await poll(), { 'battery.charge': 75 });
  at(110);
  await t.rejects(poll(), { code: 'driver-gone' });
  at(1e6);
  await t.rejects(poll(), { code: 'driver-gone' });
});

t.test('a script may begin anew', async (t) => {
  const { poll, at } = playing(
    '{kind: contact, repeat: true, steps: [{for: 5}, {for: 5, fault: unreachable}]}',
  );
  await poll();
  at(7);
  await t.rejects(poll());
  at(12);
  t.match(await poll(), { 'contact.mains': true });
});

t.test('what is switched is reported', async (t) => {
  const { device, poll } = playing('{kind: jammer, steps: [{}]}');
  await device.act?.('off', never);
  t.match(await poll(), { 'jammer.reported': false });
  await device.act?.('on', never);
  t.match(await poll(), { 'jammer.reported': true });
  const box = playing('{kind: contact, steps: [{}]}');
  await box.device.act?.('on', never);
  t.match(await box.poll(), { 'relay.on': true });
  await box.device.act?.('ring', never);
  t.match(await box.poll(), { 'relay.on': true }, 'a bell rings once and changes nothing');
});

t.test('garbage is no reading, lateness ends with the patience of who asks', async (t) => {
  const garbage = playing('{kind: meter, steps: [{answers: garbage}]}');
  t.ok(Object.entries(await garbage.poll()).every(([name, value]) => !isReading(name, value)));
  const patience = new AbortController();
  const answer = playing('{kind: meter, steps: [{answers: late}]}').device.poll(patience.signal);
  patience.abort();
  t.match(await answer, { 'supply.power': 138 });
});

t.test('what no device can say is refused with its place', (t) => {
  for (const [text, place] of [
    ['kind: kettle\nsteps: [{}]', '/kind'],
    ['kind: ups\nsteps: []', '/steps'],
    ['kind: ups', '/steps'],
    ['kind: ups\nsteps: [{colour: red}]', '/steps/0/colour'],
    ['kind: ups\nsteps: [{for: 0}]', '/steps/0/for'],
    ['kind: ups\nsteps: [{}, {readings: {battery.charge: 180}}]', '/steps/1: battery.charge = 180'],
    ['kind: ups\nsteps: [{towards: {mains.present: 1}}]', 'mains.present'],
    ['{', 'YAML'],
    ['a: &a [*a]', 'YAML'],
  ] as const)
    t.throws(() => readScript(text), new RegExp(place.replace('/', '\\/')), text);
  t.end();
});

t.test('whatever stands in the file, it is read or refused', (t) => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => {
      try {
        readScript(text);
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
      }
    }),
  );
  t.end();
});
