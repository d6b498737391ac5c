// The transports of device profiles against peers that are not ours: the Modbus library's own servers, an SNMP agent, a
// loopback web server, a socket, and a serial line made of a pair of pseudo-terminals.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import modbus from 'modbus-serial';
import snmp from 'net-snmp';
import t from 'tap';
import { bytesOf } from '../../server/devices/frame-template.js';
import { loadProfile, transportFor } from '../../server/devices/profile.js';
import { ProfileDevice } from '../../server/devices/profile-device.js';
import { MODBUS_TCP, spansOf } from '../../server/devices/transport-modbus.js';
import { overBoard } from '../../server/devices/transport-relay.js';

const within = () => AbortSignal.timeout(5_000);

async function device(id: string, target: Record<string, unknown>): Promise<ProfileDevice> {
  const loaded = await loadProfile(id, '.');
  return new ProfileDevice(loaded, transportFor(loaded, target)());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

t.test('[modbus-tcp] coils and inputs of a real server, switched and read back', async (t) => {
  const coils = [false, true, false, false];
  const port = await freePort();
  const server = new modbus.ServerTCP(
    {
      getCoil: (addr: number) => coils[addr] ?? false,
      getDiscreteInput: (addr: number) => addr === 2,
      setCoil: (addr: number, value: boolean) => void (coils[addr] = value),
    },
    { host: '127.0.0.1', port, unitID: 1 },
  );
  await once(server as never, 'initialized');
  t.teardown(() => new Promise((resolve) => server.close(() => resolve(null))));
  const box = await device('modbus-4di4do', { host: '127.0.0.1', port });
  t.match(await box.points(within()), { di1: false, di3: true, do1: false, do2: true });
  await box.run('do1-on', within());
  await box.run('do2-off', within());
  t.match(await box.points(within()), { do1: true, do2: false });
  t.same(coils.slice(0, 2), [true, false]);
  await box.close();
});

t.test('[modbus-tcp] who is not there is unreachable, who never answers timed out', async (t) => {
  const silent: Server = createServer((socket: Socket) => t.teardown(() => socket.destroy())).listen(
    0,
    '127.0.0.1',
  );
  await once(silent, 'listening');
  t.teardown(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const mute = await device('modbus-4di4do', { host: '127.0.0.1', port, timeoutMs: 60 });
  await t.rejects(mute.points(within()), { code: 'timed-out' });
  await mute.close();
  const gone = await device('modbus-4di4do', { host: '127.0.0.1', port: await freePort() });
  await t.rejects(gone.points(within()), { code: 'unreachable' });
  await gone.close();
});

t.test('[modbus-tcp] who closes without an answer is not waited for', async (t) => {
  const rude: Server = createServer((socket: Socket) => socket.once('data', () => socket.end())).listen(
    0,
    '127.0.0.1',
  );
  await once(rude, 'listening');
  t.teardown(() => void rude.close());
  const { port } = rude.address() as AddressInfo;
  const box = await device('modbus-4di4do', { host: '127.0.0.1', port, timeoutMs: 3_000 });
  const beganAt = performance.now();
  await t.rejects(box.points(AbortSignal.timeout(10_000)), { code: 'unreachable' });
  t.ok(performance.now() - beganAt < 1_500, 'long before the time-out');
  await box.close();
});

t.test(
  '[modbus-tcp] an answer that is given up ends with its signal, and the next one is right',
  async (t) => {
    const port = await freePort();
    let slow = true;
    const server = new modbus.ServerTCP(
      {
        getDiscreteInput: (_addr: number, _unit: number, answer) =>
          void setTimeout(() => answer(null, true), slow ? 300 : 0),
        getCoil: () => false,
      },
      { host: '127.0.0.1', port, unitID: 1 },
    );
    await once(server as never, 'initialized');
    t.teardown(() => new Promise((resolve) => server.close(() => resolve(null))));
    const box = await device('modbus-4di4do', { host: '127.0.0.1', port });
    await t.rejects(box.points(AbortSignal.timeout(50)), { code: 'timed-out' });
    slow = false;
    t.match(await box.points(within()), { di1: true, do1: false });
    await box.close();
  },
);

t.test('[modbus] neighbours are read together, and nothing between them', async (t) => {
  t.same(
    spansOf([
      { fc: 4, addr: 12, data: 'float32' },
      { fc: 4, addr: 0, data: 'float32' },
      { fc: 4, addr: 2 },
      { fc: 1, addr: 0 },
    ]),
    [
      { fc: 1, from: 0, size: 1 },
      { fc: 4, from: 0, size: 3 },
      { fc: 4, from: 12, size: 2 },
    ],
  );
});

/** Two ends of a serial line. */
async function serialPair(t: { teardown(end: () => unknown): unknown }): Promise<[string, string]> {
  const folder = await mkdtemp(join(tmpdir(), 'serial-'));
  const ends: [string, string] = [join(folder, 'a'), join(folder, 'b')];
  const child = spawn('socat', ['-d', '-d', ...ends.map((end) => `pty,raw,echo=0,link=${end}`)]);
  t.teardown(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  for await (const said of child.stderr) if (String(said).includes('starting data transfer')) break;
  return ends;
}

t.test('[modbus-rtu] a meter on a serial line, asked by two devices at once', async (t) => {
  const [here, there] = await serialPair(t);
  const registers = new Map([
    [0, 0x4366],
    [6, 0x3f00],
    [12, 0x42dc],
  ]);
  const server = new modbus.ServerSerial({ getInputRegister: (addr: number) => registers.get(addr) ?? 0 }, {
    path: there,
    baudRate: 2400,
    unitID: 1,
  } as never);
  await once(server as never, 'initialized');
  t.teardown(() => new Promise((resolve) => server.close(() => resolve(null))));
  const meters = [
    await device('meter-sdm120', { serialPort: here, timeoutMs: 2_000 }),
    await device('meter-sdm120', { serialPort: here, timeoutMs: 2_000 }),
  ];
  const both = await Promise.all(meters.map((meter) => meter.readings(within())));
  for (const readings of both)
    t.match(readings, { 'input.voltage': 230, 'supply.current': 0.5, 'supply.power': 110 });
  await Promise.all(meters.map((meter) => meter.close()));
});

t.test(
  '[tcp-frame, serial-frame] one frame out, one back, over a socket and over a serial line',
  async (t) => {
    const answers = new Map([
      ['aa55020102', 'AA 55 82 01 82'],
      ['aa55010000', '00 AA 55 81 01 2A AB'],
    ]);
    const serve = (end: {
      write(bytes: Buffer): unknown;
      on(event: 'data', l: (b: Buffer) => void): unknown;
    }) =>
      end.on('data', (bytes) => {
        const answer = bytesOf(answers.get(bytes.toString('hex')) ?? '');
        // In pieces, as lines bring it.
        for (const byte of answer) end.write(Buffer.of(byte));
      });
    const server = createServer((socket) => void serve(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const overTcp = await device('serial-frame', { transport: 'tcp-frame', host: '127.0.0.1', port });
    await overTcp.run('on', within());
    t.match(await overTcp.readings(within()), { 'jammer.reported': true, temperature: 42 });
    await overTcp.close();

    const [here, there] = await serialPair(t);
    const { SerialPort } = await import('serialport');
    const peer = new SerialPort({ path: there, baudRate: 9600 });
    await once(peer, 'open');
    let came = Buffer.alloc(0);
    peer.on('data', (bytes: Buffer) => {
      came = Buffer.concat([came, bytes]);
      if (came.length < 5) return;
      peer.write(bytesOf(answers.get(came.toString('hex')) ?? ''));
      came = Buffer.alloc(0);
    });
    const overLine = await device('serial-frame', { serialPort: here });
    await overLine.run('on', within());
    t.match(await overLine.readings(within()), { 'jammer.reported': true, temperature: 42 });
    await overLine.close();
    await new Promise((resolve) => peer.close(resolve));
  },
);

t.test('[tcp-frame] what comes unasked or too late is not the next answer', async (t) => {
  const server = createServer((socket) => {
    // Half an answer of yesterday, then silence to the first question.
    socket.write(bytesOf('AA 55 81 00'));
    socket.on('data', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const jammer = await device('serial-frame', {
    transport: 'tcp-frame',
    host: '127.0.0.1',
    port,
    timeoutMs: 80,
  });
  await t.rejects(jammer.points(within()), { code: 'timed-out' });
  await jammer.close();
});

t.test('[http] a loopback server: state, switching, refusals, pages, far too much', async (t) => {
  let body = '{"power":"off","temperature":21.5,"sn":"PB-7"}';
  let status = 200;
  const server = createHttpServer((request, response) => {
    let sent = '';
    request.on('data', (part) => (sent += String(part)));
    request.on('end', () => {
      if (request.method === 'POST')
        body = body.replace(
          '"off"',
          (JSON.parse(sent) as { power: string }).power === 'on' ? '"on"' : '"off"',
        );
      response.writeHead(status, { location: '/elsewhere' }).end(request.method === 'POST' ? '{}' : body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const jammer = await device('http-json', { host: '127.0.0.1', port });
  t.match(await jammer.readings(within()), { 'jammer.reported': false, temperature: 21.5, serial: 'PB-7' });
  await jammer.run('on', within());
  t.match(await jammer.readings(within()), { 'jammer.reported': true });
  for (const [code, fault] of [
    [401, 'refused'],
    [500, 'bad-answer'],
  ] as const) {
    status = code;
    await t.rejects(jammer.readings(within()), { code: fault });
  }
  status = 302;
  await t.rejects(jammer.readings(within()), { name: 'DeviceFault' }, 'other places are not followed');
  status = 200;
  body = `{"power":"on","sn":"${'x'.repeat(70_000)}"}`;
  await t.rejects(jammer.readings(within()), { code: 'bad-answer' });
  await jammer.close();
});

t.test('[snmp] a real agent: read, set, an object that is not there, silence', async (t) => {
  const port = await freePort();
  const agent = snmp.createAgent({ port, address: '127.0.0.1', disableAuthorization: true }, () => undefined);
  t.teardown(() => agent.close());
  const mib = agent.getMib();
  const scalar = (name: string, last: number) =>
    mib.registerProvider({
      name,
      type: snmp.MibProviderType.Scalar,
      oid: `1.3.6.1.4.1.99999.1.${last}`,
      scalarType: snmp.ObjectType['Integer'] ?? 2,
      maxAccess: snmp.MaxAccess['read-write'] ?? 3,
    });
  scalar('power', 1);
  mib.setScalarValue('power', 2);
  const jammer = await device('snmp-unit', { host: '127.0.0.1', port });
  await t.rejects(jammer.points(within()), { name: 'DeviceFault', code: 'bad-answer' }, 'no such object');
  scalar('heat', 2);
  mib.setScalarValue('heat', 415);
  t.match(await jammer.readings(within()), { 'jammer.reported': false, temperature: 41.5 });
  await jammer.run('on', within());
  t.match(await jammer.readings(within()), { 'jammer.reported': true });
  await jammer.close();
  const gone = await device('snmp-unit', { host: '127.0.0.1', port: await freePort(), timeoutMs: 60 });
  await t.rejects(gone.points(within()), { name: 'DeviceFault' });
  await gone.close();
});

t.test('[relay] a board that is pulled out is looked for again', async (t) => {
  let plugged = true;
  let opened = 0;
  let states = 0;
  const transport = overBoard(async () => {
    if (!plugged) throw Object.assign(new Error('cannot open device'), { code: 'ENOENT' });
    opened++;
    return {
      getFeatureReport: async () => {
        if (!plugged) throw new Error('could not read from HID device');
        return Uint8Array.of(1, 0, 0, 0, 0, 0, 0, states, 0);
      },
      sendFeatureReport: async (data) => void (states = data[1] === 0xff ? 1 : 0),
      close: () => Promise.resolve(),
    };
  });
  await transport.write({ channel: 1, value: true }, within());
  t.same(await transport.read([{ channel: 1 }, { channel: 2 }], within()), [true, false]);
  plugged = false;
  await t.rejects(transport.read([{ channel: 1 }], within()), { name: 'DeviceFault' });
  await t.rejects(transport.read([{ channel: 1 }], within()), { code: 'unreachable' });
  plugged = true;
  t.same(await transport.read([{ channel: 1 }], within()), [true]);
  t.equal(opened, 2);
});

t.test('[manual] nothing is asked and nothing can be switched', async (t) => {
  const jammer = await device('manual', {});
  t.same(Object.keys(await jammer.readings(within())), ['model']);
  await t.rejects(jammer.run('on', within()), { code: 'refused' });
});

t.equal(MODBUS_TCP.settings.properties.port.default, 502);
