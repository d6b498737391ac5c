// Devices whose answers nobody vouches for: whatever bytes or texts come, a reading of the dictionary comes out or a DeviceFault,
// and nothing else.

import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { isReading } from '../../server/core/readings.js';
import { DeviceFault } from '../../server/devices/contract.js';
import { baselineFile } from '../../server/devices/jammer-effect.js';
import { loadProfile, transportFor } from '../../server/devices/profile.js';
import { ProfileDevice } from '../../server/devices/profile-device.js';
import { openBridgeReader } from '../../server/devices/reader-bridge.js';
import type { DocumentRead } from '../../server/protocol/document-reading.js';
import { startBridge } from './support/reader-bridge.js';

const within = () => AbortSignal.timeout(3_000);

/** What a poll gave, if it is what a poll may give. @throws whatever else came of it */
async function soundly(poll: Promise<Record<string, unknown>>): Promise<boolean> {
  try {
    return Object.entries(await poll).every(([name, value]) => isReading(name, value));
  } catch (error) {
    if (error instanceof DeviceFault) return true;
    throw error;
  }
}

void t.test('[http] any answer is a reading or a fault', async (t) => {
  let body = '';
  const server = createHttpServer((_request, response) => void response.end(body)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const loaded = await loadProfile('http-json', '.');
  const jammer = new ProfileDevice(loaded, transportFor(loaded, { host: '127.0.0.1', port })());
  t.teardown(() => jammer.close());
  const shaped = fc.record(
    { power: fc.jsonValue(), temperature: fc.jsonValue(), sn: fc.jsonValue() },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        shaped.map((value) => JSON.stringify(value)),
      ),
      async (text) => {
        body = text;
        return soundly(jammer.readings(within()));
      },
    ),
  );
});

void t.test('[modbus] any bytes are a reading or a fault', async (t) => {
  let answer = (_asked: Buffer): Buffer => Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (asked) => void socket.write(answer(asked)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const loaded = await loadProfile('modbus-4di4do', '.');
  const target = { host: '127.0.0.1', port, timeoutMs: 50 };
  /** A frame that belongs to the question, with a body that nobody thought of. */
  const framed = (body: Uint8Array) => (asked: Buffer) => {
    const header = Buffer.from(asked.subarray(0, 7));
    header.writeUInt16BE(body.length + 1, 4);
    return Buffer.concat([header, body]);
  };
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), fc.boolean(), async (bytes, inFrame) => {
      answer = inFrame ? framed(bytes) : () => Buffer.from(bytes);
      const box = new ProfileDevice(loaded, transportFor(loaded, target)());
      try {
        return await soundly(box.readings(within()));
      } finally {
        await box.close();
      }
    }),
    { numRuns: 40 },
  );
});

void t.test('[bridge] any answer is a reading or a fault, and no document that is none', async (t) => {
  const token = 'a-secret-of-the-room';
  const bridge = await startBridge(token);
  t.teardown(() => bridge.close());
  const reads: DocumentRead[] = [];
  const documentRead = (_id: string, read: DocumentRead) => void reads.push(read);
  const reader = openBridgeReader('r', { url: bridge.url, token }, { nowMs: () => 0, documentRead });
  t.teardown(() => reader.close());
  const read = fc.record({
    seq: fc.oneof(fc.nat(100), fc.jsonValue()),
    documentNo: fc.oneof(fc.string(), fc.jsonValue()),
  });
  const shaped = fc.record({
    bootId: fc.oneof(fc.constantFrom('a', 'b'), fc.jsonValue()),
    ready: fc.oneof(fc.boolean(), fc.jsonValue()),
    seq: fc.oneof(fc.nat(100), fc.jsonValue()),
    reads: fc.oneof(fc.array(read, { maxLength: 4 }), fc.jsonValue()),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        shaped.map((value) => JSON.stringify(value)),
      ),
      async (body) => {
        bridge.say({ status: 200, body });
        const isSound = await soundly(reader.poll(within()));
        return isSound && reads.every(({ documentNo }) => documentNo.length > 0 && documentNo.length <= 60);
      },
    ),
  );
});

void t.test('[jammer] any file is a baseline or none', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'kaochang-baseline-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'baseline.json');
  const network = fc.record({
    bssid: fc.oneof(fc.string(), fc.nat()),
    level: fc.oneof(fc.integer(), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.array(network).map((all) => JSON.stringify(all)),
      ),
      async (text) => {
        await writeFile(file, text);
        const found = await baselineFile(file).read();
        return (
          found === null ||
          found.every(({ bssid, level }) => typeof bssid === 'string' && Number.isFinite(level))
        );
      },
    ),
  );
});
