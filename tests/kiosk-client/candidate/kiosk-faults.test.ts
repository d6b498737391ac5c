// What a kiosk brings to the room after two things went wrong at once: named after what drawn faults found.

import t from 'tap';
import { answering, driveTimers, timers } from '../support/driven-kiosk.js';
import { settle, type FakeRoom } from '../support/fake-room.js';

driveTimers(t);

void t.test('a browser that died before its storage had an answer loses no answer after it', async (t) => {
  const room = await answering();
  room.kiosk.change('q1', { options: ['x'] }, false);
  await settle();
  t.match(room.answers.get('q1'), { value: { options: ['x'] } });
  room.store.answerRows.delete('s1/c1/1/q1');
  room.goDown();
  await room.reload();
  await room.pass(500, timers);
  room.kiosk.change('q1', { options: ['y'] }, false);
  await settle();
  room.up = true;
  await room.pass(12_000, timers);
  room.say(room.paper());
  await room.pass(1_000, timers);
  t.match(room.answers.get('q1'), { value: { options: ['y'] } });
  t.equal(room.kiosk.sitting?.delivery.unsent, 0);
  room.kiosk.stop();
});

/** An answer was refused in a pause; the pause is over, and the line breaks before anything of it went out again. */
async function afterAPause(): Promise<FakeRoom> {
  const room = await answering();
  room.refuse = (message) => (message.t === 'save' ? 'paused' : null);
  room.kiosk.change('q1', { options: ['x'] }, false);
  await settle();
  await room.show(room.stage('paused'));
  await room.pass(500, timers);
  room.refuse = () => null;
  await room.show(room.answering(room.now + 10_000));
  room.goDown();
  await settle();
  return room;
}

void t.test(
  'what was refused in a pause and changed after it reaches the room, though nobody writes any more',
  async (t) => {
    const room = await afterAPause();
    await room.pass(500, timers);
    room.kiosk.change('q1', { options: ['y'] }, false);
    const madeAt = room.now;
    await room.kiosk.submit();
    room.up = true;
    room.state = room.answering(room.now + 10_000);
    await room.pass(12_000, timers);
    t.match(room.answers.get('q1'), { value: { options: ['y'] }, madeAt });
    t.equal(room.of('submit').length, 1);
    t.equal(room.kiosk.sitting?.delivery.unsent, 0);
    room.kiosk.stop();
  },
);

void t.test(
  'what was refused in a pause and is still seen is answered after it, also without the room',
  async (t) => {
    const room = await afterAPause();
    const endsAt = room.state.candidate?.endsAt ?? 0;
    await room.pass(15_000, timers);
    t.equal(room.kiosk.stage, 'ended');
    room.up = true;
    room.state = room.stage('ended');
    await room.pass(12_000, timers);
    t.match(room.answers.get('q1'), { value: { options: ['x'] } });
    t.ok((room.answers.get('q1')?.madeAt ?? 0) < endsAt);
    room.kiosk.stop();
  },
);

void t.test('what was refused in a pause is still unsent on a page that was loaded anew', async (t) => {
  const room = await afterAPause();
  t.equal(room.kiosk.sittings.unsent(room.now).count, 1);
  await room.reload();
  room.up = true;
  room.state = room.stage('ended');
  await room.pass(12_000, timers);
  t.match(room.answers.get('q1'), { value: { options: ['x'] } });
  room.kiosk.stop();
});
