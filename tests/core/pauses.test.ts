// Pauses and the critical moment after a loss of mains; hands, absences from the room, gaps, incidents, messages.

import t from 'tap';
import { nextDeadline, remainingMs } from '../../server/core/deadlines.js';
import { hm, MINUTE } from './support/sample-plan.js';
import { byRoom, codeOf, ended, installed, paused, ready, running, typesOf } from './support/scene.js';

const pause = (cause: 'power' | 'chief') =>
  ({ type: 'pause-session', sessionId: 'am', cause, reason: '停电' }) as const;
const resume = { type: 'resume-session', sessionId: 'am' } as const;

void t.test('[PA1][PA2] after a pause everybody has what was left, to the millisecond', async (t) => {
  const scene = running().at('09:20', 7);
  t.equal(codeOf(scene.staff('chief', { ...pause('chief'), reason: '' })), 'needs-reason');
  scene.staff('chief', pause('chief'));
  t.equal(scene.session.pauseReason, 'chief');
  t.equal(
    scene
      .at('11:00')
      .tick()
      .filter(({ type }) => type !== 'entry-closed').length,
    0,
  );
  scene.at('11:00', 13).staff('deputy', resume);
  t.same(scene.session.runs, [
    { from: hm('09:00'), to: hm('09:20', 7) },
    { from: hm('11:00', 13), to: null },
  ]);
  t.match(scene.session, { phase: 'running', pauseReason: null });
  scene.at('11:40', 5).tick();
  t.equal(scene.candidate().ended, null);
  t.match(scene.at('11:40', 6).tick()[0], { type: 'time-ended', endsAt: hm('11:40', 6) });
});

void t.test('[PA1] pausing and resuming at the same instant costs nothing; two pauses add up', async (t) => {
  const scene = running().at('09:10');
  scene.staff('chief', pause('chief'));
  scene.staff('chief', resume);
  scene.at('09:20').staff('chief', pause('chief'));
  scene.at('09:25').staff('chief', resume);
  t.equal(remainingMs(scene.session, scene.candidate(), hm('09:25')), 40 * MINUTE);
});

void t.test('[PA1] a loss of mains is recorded and stops no clock', async (t) => {
  const scene = running().at('09:20');
  const report = (present: boolean) => scene.when({ type: 'report-mains', present, by: byRoom });
  t.equal(codeOf(report(true)), 'nothing-to-do');
  t.same(typesOf(report(false)), ['mains-lost']);
  t.equal(scene.session.phase, 'running');
  t.equal(codeOf(scene.staff('sysadmin', { type: 'report-mains', present: false })), 'nothing-to-do');
  t.same(typesOf(scene.staff('proctor', { type: 'report-mains', present: true })), ['mains-restored']);
  t.same(scene.state.mains, { present: true, changedAt: hm('09:20') });
});

void t.test('[PA3] critical an hour after the mains went, once; resuming stays possible', async (t) => {
  const scene = running().at('09:20');
  scene.when({ type: 'report-mains', present: false, by: byRoom });
  scene.at('09:25').staff('chief', pause('power'));
  t.equal(nextDeadline(scene.state), hm('09:30'));
  scene.at('10:20', -1);
  t.same(typesOf({ events: scene.tick(), refusal: null }), ['entry-closed']);
  t.same(scene.at('10:20').tick(), [{ type: 'critical-moment-passed', sessionId: 'am' }]);
  t.same(scene.tick(), []);
  t.equal(codeOf(scene.at('10:40').staff('chief', resume)), null);
  t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 35 * MINUTE);
});

void t.test(
  '[PA3] where no loss is recorded it counts from the pause; a pause by the chief has none',
  async (t) => {
    const scene = paused('power').at('10:30', -1);
    t.same(scene.tick(), []);
    t.same(scene.at('10:30').tick(), [{ type: 'critical-moment-passed', sessionId: 'am' }]);
    t.equal(nextDeadline(paused('chief').state), null);
    scene.staff('chief', resume);
    scene.at('10:35').staff('chief', pause('power'));
    t.equal(nextDeadline(scene.state), hm('11:35'), 'once a pause');
  },
);

const hand = (up: boolean) =>
  ({ type: up ? 'raise-hand' : 'lower-hand', candidateId: 'c1', lease: 1 }) as const;

void t.test('[HA1] a hand stays up until it is lowered, answered or the candidate ends', async (t) => {
  const scene = running().at('09:10');
  t.same(typesOf(scene.pc('s1', hand(true))), ['hand-raised']);
  t.same(scene.at('09:11').pc('s1', hand(true)), { events: [], refusal: null });
  t.equal(scene.candidate().handRaisedAt, hm('09:10'));
  t.match(scene.pc('s1', hand(false)).events, [{ type: 'hand-lowered', answeredBy: null }]);
  t.same(scene.pc('s1', hand(false)), { events: [], refusal: null });
  const answer = { type: 'answer-hand', sessionId: 'am', candidateId: 'c1' } as const;
  t.equal(codeOf(scene.staff('proctor', answer)), 'nothing-to-do');
  scene.pc('s1', hand(true));
  t.match(scene.staff('proctor', answer).events, [{ type: 'hand-lowered', answeredBy: 'proctor' }]);
  scene.pc('s1', hand(true));
  scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
  t.equal(scene.candidate().handRaisedAt, null);
});

void t.test('[HA1] only the present lease of this PC raises a hand', async (t) => {
  const scene = running().at('09:10');
  for (const up of [true, false]) t.equal(codeOf(scene.pc('s2', hand(up))), 'foreign-lease');
  scene.swap('c1', 'b1');
  for (const up of [true, false]) t.equal(codeOf(scene.pc('s1', hand(up))), 'foreign-lease');
});

const leave = (candidateId: string) =>
  ({ type: 'leave-room', sessionId: 'am', candidateId, accompaniedBy: '静安' }) as const;
const back = (candidateId: string) => ({ type: 'return-to-room', sessionId: 'am', candidateId }) as const;

void t.test(
  '[HA2] one candidate at a time leaves the room, accompanied, and the clock runs on',
  async (t) => {
    const scene = running({ without: ['c3'] }).at('09:10');
    t.equal(codeOf(scene.staff('proctor', { ...leave('c1'), accompaniedBy: ' ' })), 'needs-reason');
    t.equal(codeOf(scene.staff('proctor', leave('c3'))), 'not-logged-in');
    t.equal(codeOf(scene.staff('proctor', back('c1'))), 'nothing-to-do');
    scene.staff('proctor', leave('c1'));
    t.same(scene.candidate().away, { from: hm('09:10'), accompaniedBy: '静安' });
    t.equal(codeOf(scene.staff('proctor', leave('c1'))), 'nothing-to-do');
    t.match(scene.staff('proctor', leave('c2')).refusal, {
      code: 'nobody-else-away',
      params: { name: '考生1' },
    });
    scene.at('09:20').staff('proctor', back('c1'));
    t.equal(codeOf(scene.staff('proctor', leave('c2'))), null);
    t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 40 * MINUTE);
    scene.pc('s1', { type: 'submit', candidateId: 'c1', lease: 1, madeAt: scene.now });
    t.equal(codeOf(scene.staff('proctor', leave('c1'))), 'already-ended');
  },
);

const gap = (from: number, to: number, lease = 1) =>
  ({ type: 'report-gap', candidateId: 'c1', lease, from, to }) as const;

void t.test('[HA3] a gap lies in the past of its session and lease', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.pc('s2', gap(hm('09:01'), hm('09:02')))), 'foreign-lease');
  t.equal(codeOf(scene.pc('s1', gap(hm('09:02'), hm('09:02')))), 'bad-amount');
  t.equal(codeOf(scene.pc('s1', gap(hm('09:00', -1), hm('09:02')))), 'bad-amount');
  t.equal(codeOf(scene.pc('s1', gap(hm('09:09'), hm('09:10', 1)))), 'bad-amount');
  t.equal(codeOf(scene.pc('s1', gap(Number.NaN, hm('09:10')))), 'bad-amount');
  t.equal(codeOf(ready().pc('s1', gap(hm('08:50'), hm('08:55')))), 'bad-amount');
});

void t.test('[HA3] gaps that overlap count once, and only as far as the session ran', async (t) => {
  const scene = running().at('09:30');
  const report = (from: string, to: string) => typesOf(scene.pc('s1', gap(hm(from), hm(to)))).length;
  report('09:10', '09:12');
  t.equal(report('09:10', '09:12'), 0, 'said twice');
  report('09:20', '09:21');
  report('09:11', '09:13');
  t.equal(scene.candidate().gapsMs, 4 * MINUTE);
  t.equal(scene.candidate().gaps.length, 2);
  scene.staff('chief', pause('chief'));
  scene.at('09:40').staff('chief', resume);
  scene.at('09:50');
  report('09:29', '09:41');
  t.equal(scene.candidate().gapsMs, 6 * MINUTE);
  t.equal(remainingMs(scene.session, scene.candidate(), scene.now), 20 * MINUTE, 'a proposal grants nothing');
});

const incident = (incidentId: string) =>
  ({
    type: 'record-incident',
    sessionId: 'am',
    incidentId,
    category: 'question-doubt',
    candidateId: null,
    text: '第3题有疑问',
    happenedAt: null,
  }) as const;

void t.test('[HA4] incidents carry a text and when they happened, once', async (t) => {
  const scene = running().at('09:10');
  t.equal(codeOf(scene.staff('clerk', { ...incident('i1'), text: '' })), 'needs-reason');
  t.equal(codeOf(scene.staff('clerk', { ...incident('i1'), happenedAt: hm('09:10', 1) })), 'bad-amount');
  t.equal(codeOf(scene.staff('clerk', { ...incident('i1'), candidateId: 'c9' })), 'unknown-candidate');
  t.equal(
    codeOf(scene.staff('inspector', { ...incident('i1'), happenedAt: hm('09:10'), candidateId: 'c1' })),
    null,
  );
  t.equal(codeOf(scene.staff('clerk', incident('i1'))), 'nothing-to-do');
  t.match(scene.session.incidents, [
    { incidentId: 'i1', by: 'inspector', at: hm('09:10'), candidateId: 'c1' },
  ]);
  t.equal(codeOf(installed().staff('sysadmin', incident('i2'))), null, 'from the first day on');
  t.equal(codeOf(ended().staff('proctor', incident('i2'))), null);
});

void t.test('[HA4] messages carry a text', async (t) => {
  const say = (text: string, candidateId: string | null = null) =>
    running().staff('proctor', { type: 'send-message', sessionId: 'am', candidateId, text });
  t.equal(codeOf(say(' ')), 'needs-reason');
  t.equal(codeOf(say('安静', 'c9')), 'unknown-candidate');
  t.match(say('请安静', 'c1').events, [{ type: 'message-sent', candidateId: 'c1', text: '请安静' }]);
});
