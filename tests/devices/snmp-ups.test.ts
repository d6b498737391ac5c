// A UPS over SNMP whose card answers oddly: wrong types, missing objects, packets with drawn faults, strangers' packets.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Value } from '@sinclair/typebox/value';
import * as fc from 'fast-check';
import snmp, { type Agent } from 'net-snmp';
import t, { type Test } from 'tap';
import { isReading } from '../../server/core/readings.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { openSnmpUps, SnmpUpsSettings, upsMibReadings } from '../../server/devices/snmp-ups.js';
import { freePort } from '../../server/rehearsal/free-port.js';

const MIB = '1.3.6.1.2.1.33.1';

async function bound(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
const portOf = (socket: Socket) => (socket.address() as AddressInfo).port;

/** An agent with the given single objects, of any type. */
async function agentWith(t: Test, objects: [oid: string, type: number, value: unknown][]): Promise<number> {
  const port = await freePort();
  const agent: Agent = snmp.createAgent(
    { port, address: '127.0.0.1', disableAuthorization: true },
    () => undefined,
  );
  const mib = agent.getMib();
  for (const [oid, scalarType, value] of objects) {
    const name = `object-${oid}`;
    const type = snmp.MibProviderType.Scalar;
    mib.registerProvider({ name, type, oid: `${MIB}.${oid}`, scalarType, maxAccess: 2 });
    mib.setScalarValue(name, value);
  }
  t.teardown(() => agent.close());
  return port;
}

const { Integer, OctetString } = snmp.ObjectType as { Integer: number; OctetString: number };
const open = (t: Test, port: number) => {
  const device = openSnmpUps('ups', Value.Parse(SnmpUpsSettings, { host: '127.0.0.1', port }));
  t.teardown(() => device.close());
  return device;
};
const outcome = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

void t.test(
  'a state of the wrong type or beyond its range is a bad answer; a figure is left out',
  async (t) => {
    for (const [name, type, value] of [
      ['text', OctetString, 'normal'],
      ['beyond', Integer, 9],
      ['zero', Integer, 0],
    ] as const) {
      const device = open(t, await agentWith(t, [['4.1', type, value]]));
      t.match(await outcome(device.poll(AbortSignal.timeout(2_000))), { code: 'bad-answer' }, name);
    }
    const device = open(
      t,
      await agentWith(t, [
        ['2.1', Integer, 2],
        ['2.3', OctetString, '134'],
        ['2.4', Integer, 250],
        ['4.1', Integer, 3],
      ]),
    );
    const readings = await device.poll(AbortSignal.timeout(2_000));
    t.equal(readings['mains.present'], true);
    for (const name of ['battery.runtime', 'battery.runtime-source', 'battery.charge', 'ups.load', 'model'])
      t.notOk(name in readings, name);
  },
);

void t.test('alarms of the MIB: known ones are readings, others are words', async (t) => {
  const of = (alarms: (number | string)[], source = 3) =>
    upsMibReadings(
      new Map([
        ['outputSource', [source]],
        ['batteryStatus', [2]],
      ]),
      alarms,
    );
  t.match(of([1]), { 'battery.replace': true });
  t.match(of([3]), { 'battery.low': true });
  t.match(of([8]), { 'ups.overload': true });
  t.match(of([9]), { 'ups.bypass': true });
  t.match(of([14]), { 'ups.off': true });
  t.match(of([23, 2], 5), { 'ups.forced-shutdown': true, 'mains.present': false });
  for (const alarm of [1, 2, 23, 24]) t.notOk('ups.alarm' in of([alarm]), `${alarm} is no word beside`);
  t.match(of([13, '1.3.6.1.4.1.9.9']), { 'ups.alarm': /charger.*1\.3\.6\.1\.4\.1\.9\.9/ });
  t.match(of([99]), { 'ups.alarm': 'alarm 99' });
  t.throws(() => of([20]), { code: 'stale-data' });
  t.throws(() => upsMibReadings(new Map(), []), { code: 'not-installed' });
  t.notOk('mains.present' in of([], 1), 'another source says nothing of mains');
  for (const source of [3, 4, 6, 7]) t.equal(of([], source)['mains.present'], true, `source ${source}`);
});

void t.test('[REQ-A07] minutes of the MIB are seconds here, by the device’s own word', async (t) => {
  const values = new Map([
    ['outputSource', [3]],
    ['minutesRemaining', [120]],
  ] as const);
  t.match(upsMibReadings(values, []), { 'battery.runtime': 7_200, 'battery.runtime-source': 'device' });
});

/** Stands between the room and an agent; what it does with each answer is the test's. */
async function between(t: Test, agentPort: number, spoil: (answer: Buffer) => Buffer[]) {
  const [front, back] = await Promise.all([bound(), bound()]);
  let asker = 0;
  front.on('message', (bytes, from) => {
    asker = from.port;
    back.send(bytes, agentPort, '127.0.0.1');
  });
  back.on('message', (bytes) => {
    for (const packet of spoil(bytes)) front.send(packet, asker, '127.0.0.1');
  });
  t.teardown(() => {
    front.close();
    back.close();
  });
  return { port: portOf(front), asker: () => asker };
}

void t.test(
  'drawn faults in packets: readings of the dictionary or a fault, and nothing falls over',
  async (t) => {
    const agentPort = await agentWith(t, [
      ['1.1', OctetString, 'Maker'],
      ['2.1', Integer, 2],
      ['2.3', Integer, 134],
      ['4.1', Integer, 3],
    ]);
    let spoil: (answer: Buffer) => Buffer[] = (answer) => [answer];
    const middle = await between(t, agentPort, (answer) => spoil(answer));
    const device = open(t, middle.port);
    let good = 0;
    let bad = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }),
        fc.option(fc.nat(300)),
        fc.boolean(),
        async (changes, cut, twice) => {
          spoil = (answer) => {
            const copy = Buffer.from(answer);
            for (const [at, byte] of changes) copy[at % copy.length] = byte;
            const spoiled = cut === null ? copy : copy.subarray(0, cut % copy.length);
            return twice ? [spoiled, spoiled, answer] : [spoiled];
          };
          const result = await outcome(device.poll(AbortSignal.timeout(40)));
          if (result instanceof DeviceFault) {
            bad += 1;
            return true;
          }
          good += 1;
          return Object.entries(result as object).every(([name, value]) => isReading(name, value));
        },
      ),
      { numRuns: 120 },
    );
    t.ok(good > 5 && bad > 5, `${good} good answers and ${bad} faults were looked at`);
    spoil = (answer) => [answer];
    t.match(await device.poll(AbortSignal.timeout(2_000)), {
      'mains.present': true,
      'battery.runtime': 8_040,
    });
  },
);

/** A value of SNMP's encoding: tag, length below 128, content. */
const tlv = (tag: number, ...content: (Buffer | number[])[]) => {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([tag, bytes.length]), bytes]);
};

/** An answer of version 3, signed and encrypted, to a question of version 2c: only the number of the question is right. */
function answerOfVersion3(question: Buffer): Buffer {
  const pdu = question.indexOf(0xa1, question.indexOf('public'));
  // The length of a question of several objects takes two bytes.
  const at = pdu + ((question[pdu + 1] ?? 0) > 127 ? 3 : 2);
  const id = question.subarray(at, at + 2 + (question[at + 1] ?? 0));
  const nothing = tlv(0x04, []);
  const zero = tlv(0x02, [0]);
  return tlv(
    0x30,
    tlv(0x02, [3]),
    tlv(0x30, id, tlv(0x02, [0x05, 0xdc]), tlv(0x04, [0x03]), tlv(0x02, [3])),
    tlv(0x04, tlv(0x30, nothing, zero, zero, nothing, nothing, nothing)),
    tlv(0x04, [1, 2, 3]),
  );
}

void t.test(
  'a packet of another version that cannot be decrypted ends the question, not the service',
  async (t) => {
    const card = await bound();
    t.teardown(() => void card.close());
    card.on('message', (question, from) => card.send(answerOfVersion3(question), from.port, '127.0.0.1'));
    const fell = (error: unknown) => t.fail(`uncaught: ${String(error)}`);
    process.on('uncaughtException', fell);
    t.teardown(() => process.off('uncaughtException', fell));
    const error = await outcome(open(t, portOf(card)).poll(AbortSignal.timeout(200)));
    t.ok(error instanceof DeviceFault, String(error));
  },
);

void t.test('an answer from another port is nobody’s', async (t) => {
  const agentPort = await agentWith(t, [['4.1', Integer, 3]]);
  const stranger = await bound();
  t.teardown(() => void stranger.close());
  const middle = await between(t, agentPort, (answer) => {
    stranger.send(answer, middle.asker(), '127.0.0.1');
    return [];
  });
  const device = open(t, middle.port);
  t.match(await outcome(device.poll(AbortSignal.timeout(200))), { code: 'timed-out' });
});

void t.test('nobody answers, a name that does not exist, given up beforehand', async (t) => {
  const silent = await bound();
  t.teardown(() => void silent.close());
  t.match(await outcome(open(t, portOf(silent)).poll(AbortSignal.timeout(50))), { code: 'timed-out' });
  t.match(await outcome(open(t, portOf(silent)).poll(AbortSignal.abort())), { code: 'timed-out' });
  const nowhere = openSnmpUps('ups', Value.Parse(SnmpUpsSettings, { host: 'no-such-host.invalid' }));
  t.teardown(() => nowhere.close());
  const error = await outcome(nowhere.poll(AbortSignal.timeout(2_000)));
  t.ok(error instanceof DeviceFault && ['unreachable', 'timed-out'].includes(error.code), String(error));
  await nowhere.close();
  await nowhere.close();
});
