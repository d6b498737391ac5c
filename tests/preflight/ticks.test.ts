// Whose word stands beside a line: by examples and for any sequence of checks.

import fc from 'fast-check';
import t from 'tap';
import type { AttestedLine } from '../../server/core/device-types.js';
import { ticksOf } from '../../server/preflight/ticks.js';

const XI = { by: '席心', at: 10 };
const ZHANG = { by: '张远', at: 20 };
const standing: AttestedLine[] = [
  { line: 'room.bell', ...XI, note: '后排也听得到' },
  { line: 'room.printer', ...XI },
];

void t.test('[PF4] a word stays whose it is until its note changes or it is taken back', async (t) => {
  const again = ticksOf(standing, { attested: ['room.bell', 'room.printer'] }, ZHANG);
  t.same(Object.fromEntries(again), {
    'room.bell': { ...XI, note: '后排也听得到' },
    'room.printer': XI,
  });
  const attested = ['room.bell', 'room.detector'];
  const notes = [
    { line: 'room.bell', note: ' ' },
    { line: 'room.detector', note: ' 两台 ' },
  ];
  t.same(Object.fromEntries(ticksOf(standing, { attested, notes }, ZHANG)), {
    'room.bell': ZHANG,
    'room.detector': { ...ZHANG, note: '两台' },
  });
  t.same([...ticksOf(standing, { attested: [] }, ZHANG)], []);
});

void t.test(
  '[PF4] for any checks: exactly what is ticked, and only what is new is of whoever asks',
  async () => {
    const line = fc.constantFrom('room.bell', 'room.printer', 'devices.ups', '__proto__', 'constructor');
    const note = fc.constantFrom('', ' ', 'a', '乙', ' a ');
    const request = fc.record({
      attested: fc.uniqueArray(line),
      notes: fc.option(fc.array(fc.record({ line, note })), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1 }), (requests) => {
        let known: AttestedLine[] = [];
        for (const [at, { attested, notes }] of requests.entries()) {
          const ticks = ticksOf(known, { attested, ...(notes && { notes }) }, { by: `p${at}`, at });
          t.same([...ticks.keys()], attested);
          for (const [id, tick] of ticks) {
            const before = known.find((one) => one.line === id);
            const wanted = notes?.findLast((one) => one.line === id)?.note.trim() ?? before?.note ?? '';
            t.equal(tick.note ?? '', wanted);
            const isOld = before !== undefined && (before.note ?? '') === wanted;
            t.same([tick.by, tick.at], isOld ? [before.by, before.at] : [`p${at}`, at]);
          }
          known = [...ticks].map(([id, tick]) => ({ line: id, ...tick }));
        }
      }),
    );
  },
);
