// What the demo tells somebody who clicks through it: at each stage what comes next, and a sheet with everything needed.

import { join } from 'node:path';
import t from 'tap';
import { loadSource } from '../../server/papers/source.js';
import type { RoomView } from '../../server/protocol/staff.js';
import { nextMove } from '../../server/rehearsal/day-crew.js';
import { adviceOf, demoStage, type DemoStage } from '../../scripts/commands/demo-advice.js';
import { demoSheet } from '../../scripts/commands/demo-sheet.js';

/** Phase, paper opened, bundle built; the stage that it is, and the move of the staff. */
const DAY: [string, boolean, boolean, DemoStage, string | null][] = [
  ['installed', false, false, 'seal', 'seal'],
  ['sealed', false, false, 'open-entry', 'open-entry'],
  ['open', false, false, 'open-paper', 'open-paper'],
  ['open', true, false, 'start', 'start'],
  ['running', true, false, 'answer', 'end'],
  ['paused', true, false, 'resume', 'resume'],
  ['suspended', true, false, 'decide', 'continue'],
  ['ended', true, false, 'collect', 'collect'],
  ['collected', true, false, 'build', 'build-bundle'],
  ['collected', true, true, 'hand-over', null],
  ['handed-over', true, true, 'done', null],
];

const viewOf = (phase: string, paperOpened: boolean, built: boolean) =>
  ({
    session: { sessionId: 'one', phase, paperOpened, bundle: built ? { fileHash: '', builtAt: 0 } : null },
    sessions: [],
  }) as unknown as RoomView;

for (const [phase, paperOpened, built, stage, move] of DAY)
  void t.test(`${phase}${paperOpened ? ', paper open' : ''}${built ? ', bundle' : ''}: ${stage}`, (t) => {
    const view = viewOf(phase, paperOpened, built);
    t.equal(demoStage(view), stage);
    t.equal(nextMove(view, 'one'), move);
    const { zh, en } = adviceOf(stage, { start: '09:30:00', end: '11:00:00' }, (role) => `<${role}>`);
    t.match(zh, /[\u4e00-\u9fff]/);
    t.notMatch(en.replace(/<[^>]*>/g, ''), /[\u4e00-\u9fff]/, 'English beside it');
    t.notMatch(zh + en, /undefined|\$\{/);
    t.ok(/ n |\bn\b|按 n|按 q/.test(zh), 'names the key');
    t.end();
  });

void t.test('a room without a session has no stage', (t) => {
  t.equal(demoStage({ session: null } as RoomView), null);
  t.equal(nextMove({ session: null, sessions: [] } as unknown as RoomView, 'one'), null);
  t.end();
});

void t.test('the sheet names three seats, all staff, the codes and the keys', async (t) => {
  const source = await loadSource(join(process.cwd(), 'samples', 'theory'));
  const sheet = demoSheet({
    ...{ base: 'http://127.0.0.1:8080', data: '/var/lib/room', source, seats: 3, spareLabel: 'B1' },
    secrets: {
      ...{ format: 'kaochang-secrets-1', packageId: 'p', authorisationKey: '' },
      papers: [
        { paperId: 'a', use: 'reserve', sessionId: 's', startCode: '99999999999999999999' },
        { paperId: 'b', use: 'main', sessionId: 's', startCode: '12345678901234567890' },
      ],
    },
    ...{ sealCodes: ['11112222333344', '55556666777788'], startsAt: '09:30:00', minutes: 5 },
  });
  for (const pc of [1, 2, 3, 4]) t.match(sheet, `http://127.0.0.1:8080/?pc=${pc}`);
  for (const { name, ticketNo } of source.roster.slice(0, 3)) {
    t.match(sheet, name);
    t.match(sheet, `ticket ${ticketNo}   密码 password ${ticketNo.slice(-6)}`);
  }
  t.notMatch(sheet, source.roster[3]?.ticketNo ?? '', 'played candidates need no sign-in');
  for (const { name, pin } of source.plan.staff) t.match(sheet, `${name}  PIN ${pin}`);
  t.match(sheet, '1234 5678 9012 3456 7890');
  t.match(sheet, '1111 2222 3333 44');
  t.notMatch(sheet, '9999 9999', 'the reserve paper stays where it is');
  t.match(sheet, 'http://127.0.0.1:8080/staff');
  for (const line of sheet.split('\n')) t.ok(line.length <= 160, line);
});
