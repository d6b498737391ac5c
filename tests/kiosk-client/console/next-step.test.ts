// The one next step of the day, for each role in each phase: what to do, or for whom to wait.

import t from 'tap';
import { isWaiting, nextStep, type NextKey } from '../../../kiosk-client/console/day/next-step.js';
import { firstPlace, placesOf } from '../../../kiosk-client/console/day/places.js';
import { nextStepTexts } from '../../../kiosk-client/console/texts/next-step.js';
import { placeTexts } from '../../../kiosk-client/console/texts/places.js';
import type { Phase, Role } from '../../../kiosk-client/console/texts/words.js';
import type { PreflightView, Todo } from '../../../server/protocol/staff.js';
import { roomView, seat, session, START } from '../support/room-view.js';

const ROLES: Role[] = ['sysadmin', 'clerk', 'org-technician', 'chief', 'proctor', 'inspector'];
const REPORT: PreflightView = {
  ...{ reportId: 'p1', hash: 'ab', at: START - 60_000, green: 40, amber: 2, red: 0, unknown: 1 },
  changed: [],
};
const UNSIGNED = { sysadmin: null, clerk: null, orgConfirmed: false, brokenBy: null };
const SIGNED = { ...UNSIGNED, sysadmin: 'xi', clerk: 'wu' };

/** Phase by role, in the order of ROLES; everybody is here and everything is received. */
const TABLE: [Phase, ...NextKey[]][] = [
  ['installed', 'sign-seal', 'sign-seal', 'wait-seal', 'wait-seal', 'wait-seal', 'wait-seal'],
  ['sealed', 'wait-entry', 'wait-entry', 'wait-entry', 'open-entry', 'wait-entry', 'wait-entry'],
  ['open', 'wait-start', 'wait-start', 'wait-start', 'start', 'wait-start', 'wait-start'],
  ['running', 'watch', 'watch', 'watch', 'watch', 'watch', 'watch'],
  ['paused', 'wait-resume', 'wait-resume', 'wait-resume', 'resume', 'wait-resume', 'wait-resume'],
  [
    'suspended',
    'wait-suspended',
    'wait-suspended',
    'wait-suspended',
    'decide-suspended',
    'wait-suspended',
    'decide-suspended',
  ],
  ['ended', 'wait-collect', 'wait-collect', 'wait-collect', 'collect', 'wait-collect', 'wait-collect'],
  [
    'collected',
    'build-bundle',
    'wait-hand-over',
    'wait-hand-over',
    'wait-hand-over',
    'wait-hand-over',
    'wait-hand-over',
  ],
  ['handed-over', 'done', 'done', 'done', 'done', 'done', 'done'],
];

for (const [phase, ...keys] of TABLE)
  void t.test(`the next step in ${phase}`, (t) => {
    const seal = phase === 'installed' ? UNSIGNED : { ...SIGNED, orgConfirmed: true };
    const view = roomView({ session: session({ phase, seal }) });
    for (const [index, role] of ROLES.entries())
      t.equal(nextStep(view, [role], START + 1).key, keys[index], role);
    t.end();
  });

void t.test('without a package or a session', (t) => {
  t.equal(nextStep(roomView({ packageId: null, session: null }), ['sysadmin'], START).key, 'no-package');
  t.equal(nextStep(roomView({ session: null }), ['sysadmin'], START).key, 'no-session');
  t.end();
});

void t.test('before the seal: pair first, then each signs once, then the code', (t) => {
  const at = (more: Parameters<typeof session>[0], look: 'unpaired' | 'waiting', role: Role) =>
    nextStep(
      roomView({ session: session({ phase: 'installed', ...more }), seats: [seat(1, { look })] }),
      [role],
      START,
    );
  t.match(at({ seal: UNSIGNED }, 'unpaired', 'sysadmin'), { key: 'pair', count: 1, place: 'pairing' });
  t.equal(at({ seal: UNSIGNED }, 'unpaired', 'clerk').key, 'sign-seal');
  t.match(at({ seal: { ...UNSIGNED, sysadmin: 'xi' } }, 'waiting', 'sysadmin'), {
    key: 'wait-seal',
    roles: ['clerk'],
  });
  t.match(at({ seal: UNSIGNED, sealNeedsReport: true }, 'waiting', 'sysadmin'), {
    key: 'check-room',
    count: 0,
    place: 'preflight',
  });
  t.equal(at({ seal: SIGNED }, 'waiting', 'sysadmin').key, 'confirm-seal');
  t.equal(at({ seal: SIGNED }, 'waiting', 'org-technician').key, 'confirm-seal');
  t.match(at({ seal: SIGNED }, 'waiting', 'clerk'), { key: 'wait-seal', roles: ['org-technician'] });
  t.end();
});

void t.test('the sysadmin signs only under a report that holds, where the plan asks for one', (t) => {
  const keyUnder = (preflight: PreflightView | null, sealNeedsReport = true) =>
    nextStep(
      roomView({
        session: session({ phase: 'installed', seal: UNSIGNED, sealNeedsReport }),
        preflight,
        seats: [],
      }),
      ['sysadmin'],
      START,
    );
  t.match(keyUnder({ ...REPORT, red: 3 }), { key: 'check-room', count: 3 });
  t.equal(keyUnder({ ...REPORT, changed: ['devices'] }).key, 'check-room');
  t.equal(keyUnder({ ...REPORT, at: START - 25 * 3_600_000 }).key, 'check-room');
  t.equal(keyUnder(REPORT).key, 'sign-seal');
  t.equal(keyUnder(null, false).key, 'sign-seal');
  t.end();
});

void t.test('the start is not offered before its time, and says who is missing', (t) => {
  const view = roomView({
    session: session({ phase: 'open', startsAt: START }),
    seats: [seat(1, { attendance: 'expected' }), seat(2, { loggedIn: 'logged-in' })],
  });
  const before = nextStep(view, ['chief'], START - 1);
  t.same(before.blockedBy, [{ kind: 'from', at: START }]);
  t.same(before.notes, [
    { kind: 'not-here', count: 1 },
    { kind: 'not-ready', count: 1 },
  ]);
  t.same(nextStep(view, ['chief'], START).blockedBy, []);
  const sealed = roomView({ session: session({ phase: 'open', paperOpened: false }) });
  t.equal(nextStep(sealed, ['chief'], START).key, 'open-paper');
  t.end();
});

void t.test('entry is not offered before its time', (t) => {
  const steps = [{ key: 'entry' as const, at: START, state: 'now' as const }];
  const view = roomView({ session: session({ phase: 'sealed', steps }) });
  t.same(nextStep(view, ['chief'], START - 1).blockedBy, [{ kind: 'from', at: START }]);
  t.same(nextStep(view, ['deputy'], START).blockedBy, []);
  t.end();
});

void t.test('late candidates until the door closes', (t) => {
  const view = roomView({ seats: [seat(1, { attendance: 'expected' })] });
  t.equal(nextStep(view, ['proctor'], START + 1).key, 'late-comers');
  t.equal(nextStep(view, ['proctor'], START + 1800_000).key, 'watch');
  t.end();
});

void t.test('requests for time wait for both halves', (t) => {
  const request: Extract<Todo, { kind: 'extension' }> = {
    ...{ kind: 'extension', requestId: 'r', candidateId: 'c1', ms: 60_000, reason: 'x' },
    ...{ chief: null, second: 'ming', since: START, expiresAt: START + 1 },
  };
  const view = roomView({ todo: [request] });
  t.match(nextStep(view, ['chief'], START), { key: 'approve', count: 1 });
  t.equal(nextStep(view, ['inspector'], START).key, 'watch');
  t.equal(nextStep(roomView({ todo: [{ ...request, second: null }] }), ['inspector'], START).key, 'approve');
  t.end();
});

void t.test('nobody is sent home while a seat lags; a doubted clock comes first', (t) => {
  const lagging = roomView({ session: session({ phase: 'ended', lagging: ['s01'] }) });
  t.match(nextStep(lagging, ['chief'], START), { key: 'keep-on', count: 1 });
  t.match(nextStep(lagging, ['proctor'], START), { key: 'keep-on', count: 1 });
  t.equal(nextStep(roomView({ clockTrusted: false }), ['chief'], START).key, 'confirm-clock');
  t.end();
});

void t.test('a bundle of the morning that was not built comes before the afternoon', (t) => {
  const morning = session({ sessionId: 'am', phase: 'collected' });
  const afternoon = session({ sessionId: 'pm', phase: 'sealed' });
  const view = roomView({ session: afternoon, earlier: [morning] });
  t.match(nextStep(view, ['sysadmin'], START), { key: 'build-bundle', request: { sessionId: 'am' } });
  const built = { ...morning, bundle: { fileHash: 'f', builtAt: START, files: [] } };
  t.equal(nextStep({ ...view, earlier: [built] }, ['sysadmin'], START).key, 'wait-entry');
  t.equal(nextStep(view, ['chief'], START).key, 'open-entry');
  t.end();
});

void t.test('of several roles the one that can act counts', (t) => {
  const view = roomView({ session: session({ phase: 'sealed' }) });
  t.equal(nextStep(view, ['proctor', 'deputy'], START).key, 'open-entry');
  t.end();
});

void t.test('every step has its sentences in both languages; what waits has no button', (t) => {
  for (const texts of [nextStepTexts.zh, nextStepTexts.en])
    for (const [key, sentence] of Object.entries(texts.sentences)) {
      const step = { key: key as NextKey, count: 3, roles: [], blockedBy: [], notes: [], request: null };
      const { title, hint, button } = sentence({ ...step, place: null }, '某人');
      t.ok(title !== '' && hint !== '', key);
      if (isWaiting({ ...step, place: null })) t.equal(button, undefined, key);
    }
  t.end();
});

void t.test('pages by role: everybody has the map, nobody has a page of no use', (t) => {
  t.same(
    placesOf(['proctor'], false),
    ['map', 'check-in', 'time', 'devices', 'record'],
    'no camera, no page',
  );
  t.same(placesOf(['proctor'], true), ['map', 'check-in', 'time', 'devices', 'cameras', 'record']);
  t.same(placesOf(['clerk'], true), ['map', 'seal', 'record']);
  t.same(placesOf(['sysadmin', 'proctor'], true), [
    ...[
      'map',
      'check-in',
      'time',
      'pairing',
      'preflight',
      'seal',
      'devices',
      'cameras',
      'hand-over',
      'record',
    ],
  ]);
  t.equal(firstPlace(['sysadmin'], 'installed'), 'pairing');
  t.equal(firstPlace(['clerk'], null), 'seal');
  t.equal(firstPlace(['proctor'], 'open'), 'check-in');
  t.equal(firstPlace(['chief'], 'open'), 'lead');
  t.equal(firstPlace(['chief'], 'running'), 'map');
  for (const place of placesOf(ROLES, true)) t.ok(placeTexts.zh[place] && placeTexts.en[place], place);
  t.end();
});
