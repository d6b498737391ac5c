// How the wizard lays out a check: by group, worst first; new lines take the place of old ones.

import t from 'tap';
import { countsOf, laidOut, withNewLines } from '../../../kiosk-client/console/preflight/lines.js';
import { newlySaid, requestOf, shownTick } from '../../../kiosk-client/console/preflight/ticks.js';
import type { PreflightLine } from '../../../server/protocol/preflight.js';

const both = { zh: '一', en: 'one' };
const line = (id: string, verdict: PreflightLine['verdict'], group: PreflightLine['group'] = 'server') =>
  ({
    ...{ id, verdict, group, title: both, requirement: 'REQ-A01', measured: both, required: both },
    ...{ at: 1, tookMs: 1 },
  }) satisfies PreflightLine;

void t.test('groups in their order, in each the worst first, equals as they were measured', async (t) => {
  const groups = laidOut([
    line('room.printer', 'green', 'room'),
    ...[line('a', 'green'), line('b', 'amber'), line('c', 'red'), line('d', 'unknown'), line('e', 'red')],
  ]);
  t.same(
    groups.map(({ group, worst, lines }) => [group, worst, lines.map(({ id }) => id).join('')]),
    [
      ['server', 'red', 'cedba'],
      ['room', 'green', 'room.printer'],
    ],
  );
  t.same(groups[0]?.counts, { green: 1, amber: 1, red: 2, unknown: 1 });
  t.same(laidOut([]), []);
  t.same(countsOf([]), { green: 0, amber: 0, red: 0, unknown: 0 });
});

void t.test('what is measured again replaces what was known, and the rest stays', async (t) => {
  const merged = withNewLines(
    [line('a', 'red'), line('b', 'green')],
    [line('a', 'green'), line('z', 'amber')],
  );
  t.same(
    merged.map(({ id, verdict }) => `${id} ${verdict}`),
    ['a green', 'b green', 'z amber'],
  );
});

void t.test(
  'after a check a group with something red comes first, and nothing else changes places',
  async (t) => {
    const lines = [
      line('a', 'amber'),
      line('b', 'unknown', 'package'),
      line('c', 'red', 'pcs'),
      line('d', 'green', 'room'),
    ];
    const order = (settled: boolean) => laidOut(lines, settled).map(({ group }) => group);
    t.same(order(true), ['pcs', 'server', 'package', 'room']);
    t.same(order(false), ['server', 'package', 'pcs', 'room'], 'nothing jumps while lines come in');
  },
);

const attested = (note?: string) => ({
  byPerson: true as const,
  attested: { by: '席心', at: 1, ...(note !== undefined && { note }) },
});

void t.test('ticks and notes: only what the room has not heard is new', async (t) => {
  const bell = { ...line('room.bell', 'unknown', 'room'), byPerson: true as const };
  const printer = { ...line('room.printer', 'green', 'room'), ...attested('两包纸') };
  const lines = [bell, printer];
  t.same(newlySaid(lines, {}), []);
  t.same(shownTick(printer, {}), { ticked: true, note: '两包纸' });
  const news = (said: Parameters<typeof newlySaid>[1]) => newlySaid(lines, said).map(({ id }) => id);
  t.same(news({ 'room.bell': { ticked: true } }), ['room.bell']);
  t.same(news({ 'room.bell': { note: '写了没勾' } }), [], 'a note without a tick says nothing');
  t.same(news({ 'room.printer': { note: ' 两包纸 ' } }), [], 'the same words');
  t.same(news({ 'room.printer': { note: '' } }), ['room.printer']);
  t.same(news({ 'room.printer': { ticked: false } }), ['room.printer']);
});

void t.test(
  'the room is told every tick, with its note; a note that was taken back as an empty one',
  async (t) => {
    const lines = [
      { ...line('room.bell', 'unknown', 'room'), byPerson: true as const },
      { ...line('room.printer', 'green', 'room'), ...attested('两包纸') },
      { ...line('room.detector', 'green', 'room'), ...attested() },
    ];
    t.same(requestOf(null, lines, {}), {
      ...{ groups: null, attested: ['room.printer', 'room.detector'] },
      notes: [{ line: 'room.printer', note: '两包纸' }],
    });
    t.same(
      requestOf(['room'], lines, {
        'room.bell': { ticked: true, note: ' 后排也听得到 ' },
        'room.printer': { note: ' ' },
        'room.detector': { ticked: false, note: '不见了' },
      }),
      {
        ...{ groups: ['room'], attested: ['room.bell', 'room.printer'] },
        notes: [
          { line: 'room.bell', note: '后排也听得到' },
          { line: 'room.printer', note: '' },
        ],
      },
    );
    t.same(requestOf(null, lines.slice(2), {}), { groups: null, attested: ['room.detector'] });
  },
);
