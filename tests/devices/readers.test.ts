// Identity readers: reports become documents whatever pieces they come in, a reader that is unplugged is found again, a bridge
// gives each document once and never one from before.

import fc from 'fast-check';
import t from 'tap';
import { openBridgeReader } from '../../server/devices/reader-bridge.js';
import { openHidReader, type HidModule } from '../../server/devices/reader-hid.js';
import { ReportReader, type ReportShape } from '../../server/devices/reader-report.js';
import type { DocumentRead } from '../../server/protocol/document-reading.js';
import { startBridge } from './support/reader-bridge.js';

const signal = new AbortController().signal;
const LINES: ReportShape = {
  skip: 1,
  encoding: 'ascii',
  ends: 'line',
  separator: '|',
  numberField: 2,
  nameField: 1,
};

t.test('lines are put together from reports of any size', async () => {
  const line = Buffer.from('WANG XIAOMING|110101199001011237|M\r\nLI SI|310101199505052224|F\r\n');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 63 }), (size) => {
      const reader = new ReportReader(LINES);
      const found: DocumentRead[] = [];
      for (let at = 0; at < line.length; at += size) {
        const report = Buffer.alloc(64);
        report[0] = 2;
        line.copy(report, 1, at, Math.min(line.length, at + size));
        found.push(...reader.take(report));
      }
      return (
        JSON.stringify(found) ===
        JSON.stringify([
          { documentNo: '110101199001011237', name: 'WANG XIAOMING' },
          { documentNo: '310101199505052224', name: 'LI SI' },
        ])
      );
    }),
  );
});

t.test('noise gives nothing, or what looks like a number; it never throws', async () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (reports) => {
      const reader = new ReportReader({ ...LINES, separator: '', numberField: 1, nameField: 0 });
      return reports
        .flatMap((report) => reader.take(report))
        .every(({ documentNo }) => /^[0-9A-Za-z()-]{4,30}$/.test(documentNo));
    }),
  );
});

const USB = {
  vendorId: 1,
  productId: 2,
  skip: 0,
  encoding: 'ascii' as const,
  ends: 'line' as const,
  separator: '',
  numberField: 1,
  nameField: 0,
};

t.test('a reader on USB: read, unplugged, looked for each 30 s, found again', async (t) => {
  let now = 0;
  let plugged = true;
  let looked = 0;
  const listeners: Record<string, (value: unknown) => void> = {};
  const hid: HidModule = {
    devicesAsync: async () => {
      looked++;
      return plugged ? [{ path: '/dev/hidraw0', product: 'IDR-1' }] : [];
    },
    HIDAsync: {
      open: async () => ({
        on: (event: string, listener: (value: never) => void) => (listeners[event] = listener as never),
        close: () => Promise.resolve(),
      }),
    },
  };
  const reads: DocumentRead[] = [];
  const host = { nowMs: () => now, documentRead: (_id: string, read: DocumentRead) => void reads.push(read) };
  const reader = openHidReader('r', USB, host, async () => hid);
  let changes = 0;
  reader.onChange?.(() => changes++);
  t.same(await reader.poll(signal), { 'reader.ready': true, 'reader.reads': 0, model: 'IDR-1' });
  listeners['data']?.(Buffer.from('110101199001011237\r\n'));
  t.same(reads, [{ documentNo: '110101199001011237' }]);
  t.equal(changes, 1);
  const readings = await reader.poll(signal);
  t.equal(readings['reader.reads'], 1);
  t.notMatch(JSON.stringify(readings), '110101', 'no number in the readings');
  plugged = false;
  listeners['error']?.(new Error('could not read from HID device'));
  await t.rejects(reader.poll(signal), { code: 'unreachable' });
  const before = looked;
  plugged = true;
  now = 29_999;
  await t.rejects(reader.poll(signal), { code: 'unreachable' });
  t.equal(looked, before, 'USB is not looked through at each poll');
  now = 30_000;
  t.match(await reader.poll(signal), { 'reader.ready': true });
  await reader.close();
});

t.test('node-hid itself opens, and says that there is no such reader', async (t) => {
  const host = { nowMs: () => 0, documentRead: () => undefined };
  await t.rejects(openHidReader('r', { ...USB, vendorId: 0xfff0, productId: 0xfff1 }, host).poll(signal), {
    code: 'unreachable',
  });
});

t.test(
  'a bridge: each document once, none from before the room asked, none lost at its restart',
  async (t) => {
    const token = 'a-secret-of-the-room';
    const bridge = await startBridge(token);
    t.teardown(() => bridge.close());
    const reads: DocumentRead[] = [];
    const host = { nowMs: () => 0, documentRead: (_id: string, read: DocumentRead) => void reads.push(read) };
    const reader = openBridgeReader('r', { url: bridge.url, token }, host);
    bridge.put('110101199001011237', '早来的人');
    t.same(await reader.poll(signal), { 'reader.ready': true, 'reader.reads': 0, model: 'SDT' });
    t.same(reads, [], 'what was read before belongs to nobody');
    bridge.put('310101199505052224', '李四');
    await reader.poll(signal);
    await reader.poll(signal);
    t.same(reads, [{ documentNo: '310101199505052224', name: '李四' }]);
    bridge.restart();
    bridge.put('44010119990909333X');
    await reader.poll(signal);
    t.same(reads.at(-1), { documentNo: '44010119990909333X' });
    t.equal(reads.length, 2);
    await t.rejects(
      openBridgeReader('r', { url: bridge.url, token: 'a-wrong-secret-here' }, host).poll(signal),
      {
        code: 'refused',
      },
    );
    for (const body of ['', '{}', `{"documentNo":"310101199505052224"}`, `"${'x'.repeat(200_000)}"`]) {
      bridge.say({ status: 200, body });
      const fault = await reader.poll(signal).catch((error: unknown) => error);
      t.match(fault, { code: 'bad-answer' });
      t.notMatch(String(fault), '310101', 'no number in a fault');
    }
  },
);
