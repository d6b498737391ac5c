// Frames of profiles: what is sent, and what is found in whatever a line brings.

import fc from 'fast-check';
import t from 'tap';
import { bytesOf, findFrame, frameBytes, hexOf, parseFrame } from '../../server/devices/frame-template.js';

const REPLY = parseFrame('AA 55 {power:u8} {heat:i16} {sum8:2}', 'reply');

t.test('checksums are filled in', async (t) => {
  t.equal(hexOf(frameBytes(parseFrame('AA 55 01 {sum8}', 'send'))), 'AA 55 01 00');
  t.equal(hexOf(frameBytes(parseFrame('AA 55 01 {xor8:2}', 'send'))), 'AA 55 01 01');
  t.equal(
    hexOf(frameBytes(parseFrame('01 01 00 00 00 04 {crc16-modbus}', 'send'))),
    '01 01 00 00 00 04 3D C9',
  );
  t.equal(frameBytes(parseFrame('"STAT?" 0D', 'send')).toString('latin1'), 'STAT?\r');
});

t.test('fields are read, texts too', async (t) => {
  t.match(findFrame(REPLY, bytesOf('AA 55 01 FF CE CE')), { found: { power: 1, heat: -50 } });
  const text = parseFrame('"TEMP=" {heat:digits} 0D', 'reply');
  t.match(findFrame(text, Buffer.from('TEMP=-4.5\r')), { found: { heat: -4.5 } });
  t.equal(findFrame(text, Buffer.from('TEMP=-4.5')), 'more');
  t.equal(findFrame(text, Buffer.from('TEMP=abc\r')), 'no');
});

t.test('a profile cannot write what is no frame', async (t) => {
  for (const [text, use] of [
    ['', 'send'],
    ['A', 'send'],
    ['AA ?? 01', 'send'],
    ['AA {power:u8}', 'send'],
    ['AA {power:u128}', 'reply'],
    ['{heat:digits}', 'reply'],
    ['{a:digits} {b:u8}', 'reply'],
    ['AA {sum8:9999}', 'reply'],
  ] as const)
    t.throws(() => parseFrame(text, use), { name: 'ExpressionError' }, `${use} ${text}`);
});

t.test('a frame is found behind any noise, and only when it is whole', async () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20 }),
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: -32_768, max: 32_767 }),
      fc.nat(6),
      (noise, power, heat, missing) => {
        fc.pre(!noise.includes(0xaa));
        const body = Buffer.alloc(3);
        body.writeUInt8(power);
        body.writeInt16BE(heat, 1);
        const sum = body.reduce((total, byte) => (total + byte) & 0xff, 0);
        const frame = Buffer.concat([Buffer.of(0xaa, 0x55), body, Buffer.of(sum)]);
        const whole = findFrame(REPLY, Buffer.concat([noise, frame]));
        if (typeof whole !== 'object' || whole.found['power'] !== power || whole.found['heat'] !== heat)
          return false;
        const part = Buffer.concat([noise, frame.subarray(0, frame.length - missing)]);
        return missing === 0 || missing === 6 || findFrame(REPLY, part) === 'more';
      },
    ),
  );
});

t.test('a changed byte is never a reading', async () => {
  const frame = bytesOf('AA 55 01 00 2A 2B');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bad = Buffer.from(frame);
      bad[at] = (bad[at] ?? 0) ^ change;
      return typeof findFrame(REPLY, bad) !== 'object';
    }),
  );
});
