// The kiosk from the start to "received", with a room that goes away, a page that dies, and clocks that are wrong.

import t from 'tap';
import { answering, driveTimers, timers } from '../support/driven-kiosk.js';
import { FakeRoom, settle } from '../support/fake-room.js';

const MINUTE = 60_000;
driveTimers(t);

void t.test('a waiting PC keeps the sealed text before anybody logs in (rule 12)', async (t) => {
  const room = new FakeRoom();
  await room.kiosk.start();
  await room.pass(3_000, timers);
  t.strictSame(room.kiosk.fetcher.progress, { have: 1, all: 1 });
  t.equal(room.store.parts.size, 1);
  t.equal(room.kiosk.stage, 'waiting');
  t.equal(room.of('check').length, 1, 'and reports its check');
  room.kiosk.stop();
});

void t.test('the paper opens in the dealt order', async (t) => {
  const room = await answering();
  t.equal(room.kiosk.stage, 'answering');
  const items = room.kiosk.sitting?.paper?.items ?? [];
  t.strictSame(
    items.map(({ number, content, options }) => [
      number,
      content.itemId,
      options.map(({ id }) => id).join(''),
    ]),
    [
      [1, 'q2', 'yx'],
      [2, 'q1', 'yx'],
      [3, 'q3', 'yx'],
    ],
  );
  room.kiosk.stop();
});

void t.test('the paper may come before the page that names its candidate', async (t) => {
  const room = new FakeRoom();
  await room.kiosk.start();
  await room.pass(3_000, timers);
  room.say(room.paper());
  await settle();
  t.equal(room.kiosk.stage, 'waiting');
  await room.show(room.answering(room.now + MINUTE));
  t.equal(room.kiosk.stage, 'answering');
  room.kiosk.stop();
});

void t.test('an answer is in the PC before it is in the room, and counts its changes', async (t) => {
  const room = await answering();
  room.silent = true;
  room.kiosk.change('q1', { options: ['x'] }, false);
  room.kiosk.change('q1', { options: ['y'] }, true);
  await settle();
  t.match(room.store.answerRows.get('s1/c1/1/q1'), { rev: 2, value: { options: ['y'] }, marked: true });
  t.equal(room.kiosk.sittings.unsent(room.now).count, 1);
  room.kiosk.change('q1', { options: ['y'] }, true);
  t.equal(room.store.answerRows.get('s1/c1/1/q1')?.rev, 2, 'the same answer is no change');
  room.kiosk.stop();
});

void t.test(
  'the room goes away, the page is loaded anew, the room comes back: everything once, nothing lost',
  async (t) => {
    const room = await answering();
    room.kiosk.change('q1', { options: ['x'] }, false);
    await settle();
    room.goDown();
    await room.pass(20_000, timers);
    t.equal(room.kiosk.online, false);
    t.equal(room.kiosk.stage, 'answering', 'the PC works on');
    room.kiosk.change('q2', { options: ['x'] }, true);
    await room.reload(2_000);
    t.equal(room.kiosk.stage, 'answering', 'and after a reload too');
    t.equal(room.kiosk.sitting?.book.isAnswered('q2'), true);
    room.kiosk.change('q3', { options: ['y'] }, false);
    await room.pass(30_000, timers);
    room.up = true;
    await room.pass(12_000, timers);
    t.strictSame(
      ['q1', 'q2', 'q3'].map((itemId) => room.answers.get(itemId)?.value),
      [{ options: ['x'] }, { options: ['x'] }, { options: ['y'] }],
    );
    t.equal(room.of('save').length, 3, 'each was sent once');
    t.equal(room.kiosk.sittings.unsent(room.now).count, 0);
    room.kiosk.stop();
  },
);

void t.test('a save whose acknowledgement was lost is sent again and is the same', async (t) => {
  const room = await answering();
  room.silent = true;
  room.kiosk.change('q1', { options: ['x'] }, false);
  await settle();
  room.goDown();
  room.silent = false;
  room.up = true;
  await room.pass(5_000, timers);
  const [first, second] = room.of('save');
  t.ok(first && second);
  t.strictSame({ ...first, id: 0 }, { ...second, id: 0 });
  t.equal(room.kiosk.sittings.unsent(room.now).count, 0);
  room.kiosk.stop();
});

void t.test('a line that died without a word is noticed, and left', async (t) => {
  const room = await answering();
  room.cableCut = true;
  room.kiosk.change('q1', { options: ['x'] }, false);
  await room.pass(20_000, timers);
  t.equal(room.kiosk.online, false);
  room.cableCut = false;
  await room.pass(15_000, timers);
  t.equal(room.kiosk.online, true);
  t.same(room.answers.get('q1')?.value, { options: ['x'] });
  room.kiosk.stop();
});

void t.test('it locks by itself at the end without the room, and not before', async (t) => {
  const room = await answering();
  const endsAt = room.state.candidate?.endsAt ?? 0;
  room.goDown();
  await room.pass(endsAt - room.now - 50, timers);
  room.kiosk.change('q1', { options: ['x'] }, false);
  await room.pass(50, timers);
  t.equal(room.now, endsAt);
  t.equal(room.kiosk.stage, 'ended');
  room.kiosk.change('q2', { options: ['x'] }, false);
  await room.pass(1_000, timers);
  t.equal(room.kiosk.sitting?.book.isAnswered('q2'), false, 'nothing is written after the end');
  room.up = true;
  room.state = room.stage('ended');
  await room.pass(15_000, timers);
  t.ok((room.answers.get('q1')?.madeAt ?? endsAt) < endsAt);
  t.equal(room.of('nothing-unsent').length, 1);
  t.equal(room.store.examRows.size, 0, 'keys are gone');
  t.equal(room.store.answerRows.size, 0, 'answers are gone');
  room.kiosk.stop();
});

void t.test('a lock of its own is undone when the room gives time back (rule 9)', async (t) => {
  const room = await answering();
  const endsAt = room.state.candidate?.endsAt ?? 0;
  room.goDown();
  await room.pass(endsAt - room.now + 1_000, timers);
  t.equal(room.kiosk.stage, 'ended');
  room.up = true;
  room.state = room.answering(endsAt + 5 * MINUTE);
  await room.pass(15_000, timers);
  t.equal(room.kiosk.stage, 'answering');
  room.kiosk.stop();
});

void t.test('what was typed is handed over before the lock, with the time of the last key', async (t) => {
  const room = await answering();
  const endsAt = room.state.candidate?.endsAt ?? 0;
  const typedAt = endsAt - 300;
  let handed = 0;
  room.kiosk.openEditor(() => {
    if (handed++ === 0) room.kiosk.change('q1', { options: ['x'] }, false, typedAt);
  });
  await room.pass(endsAt - room.now + 300, timers);
  t.equal(room.answers.get('q1')?.madeAt, typedAt);
  room.kiosk.stop();
});

void t.test('at the very end what is typed is with the room before it is over', async (t) => {
  const room = await answering();
  const endsAt = room.state.candidate?.endsAt ?? 0;
  let typed = '';
  room.kiosk.openEditor(() => {
    if (typed !== '') room.kiosk.change('q1', { text: typed }, false);
    typed = '';
  });
  await room.pass(endsAt - room.now - 10_000, timers);
  typed = '还早';
  await room.pass(1_000, timers);
  t.equal(room.answers.size, 0, 'earlier its own rest decides');
  await room.pass(7_500, timers);
  t.match(room.answers.get('q1'), { value: { text: '还早' } });
  typed = '最后一句';
  await room.pass(500, timers);
  t.ok(room.now < endsAt, 'still in time');
  t.match(room.answers.get('q1'), { value: { text: '最后一句' } }, 'and there already');
  room.kiosk.stop();
});

void t.test(
  'plays of a recording are told once each, also when they were begun without the room',
  async (t) => {
    const room = await answering();
    const sitting = room.kiosk.sitting;
    if (sitting === null) throw new Error('no sitting');
    room.kiosk.beginPlay(sitting, 'q1', 2);
    await settle();
    t.match(room.of('play'), [{ itemId: 'q1', count: 1 }]);
    room.kiosk.notePlay(sitting, 'q1', 3.5);
    room.kiosk.beginPlay(sitting, 'q1', 2);
    t.match(room.kiosk.plays(sitting, 'q1'), { count: 1, at: 3.5 }, 'what was broken off goes on');
    room.kiosk.notePlay(sitting, 'q1', null);
    room.goDown();
    room.kiosk.beginPlay(sitting, 'q1', 2);
    await room.reload();
    const again = room.kiosk.sitting;
    if (again === null) throw new Error('no sitting after the reload');
    t.match(room.kiosk.plays(again, 'q1'), { count: 2, at: 0 }, 'the PC remembers');
    t.throws(() => {
      room.kiosk.notePlay(again, 'q1', null);
      room.kiosk.beginPlay(again, 'q1', 2);
    }, /No play is left/);
    room.up = true;
    await room.pass(15_000, timers);
    t.match(room.of('play'), [{ count: 1 }, { count: 2 }]);
    room.kiosk.stop();
  },
);

void t.test(
  'a hand-in without the room: locked at once, sent after the answers when the room is back',
  async (t) => {
    const room = await answering();
    room.goDown();
    room.kiosk.change('q1', { options: ['x'] }, false);
    const handedInAt = room.now;
    await room.kiosk.submit();
    t.equal(room.kiosk.stage, 'ended');
    await room.pass(30_000, timers);
    await room.reload();
    t.equal(room.kiosk.stage, 'ended', 'after a reload too');
    room.up = true;
    await room.pass(15_000, timers);
    const types = room.received
      .map(({ t: type }) => type)
      .filter((type) => type === 'save' || type === 'submit');
    t.strictSame(types, ['save', 'submit']);
    t.equal(room.of('submit')[0]?.madeAt, handedInAt);
    t.equal(room.of('nothing-unsent').length, 0, 'the room has not said that it is over');
    await room.show(room.stage('ended'));
    t.equal(room.of('nothing-unsent').length, 1);
    room.kiosk.stop();
  },
);

void t.test(
  'a pause locks; what the room would not take in it is made anew when writing goes on',
  async (t) => {
    const room = await answering();
    room.refuse = (message) => (message.t === 'save' ? 'paused' : null);
    room.kiosk.change('q1', { options: ['x'] }, false);
    await settle();
    await room.show(room.stage('paused'));
    t.equal(room.kiosk.stage, 'paused');
    room.refuse = () => null;
    await room.pass(5_000, timers);
    t.equal(room.answers.size, 0);
    await room.show(room.answering(room.now + MINUTE));
    await settle();
    t.match(room.answers.get('q1'), { rev: 2, value: { options: ['x'] }, madeAt: room.now });
    room.kiosk.stop();
  },
);

void t.test('an answer that the room refuses for good is not offered for ever', async (t) => {
  const room = await answering();
  room.refuse = (message) => (message.t === 'save' ? 'after-deadline' : null);
  room.kiosk.change('q1', { options: ['x'] }, false);
  await room.pass(10_000, timers);
  t.equal(room.of('save').length, 1);
  t.equal(room.kiosk.sittings.unsent(room.now).count, 0);
  room.kiosk.stop();
});

void t.test('a refusal for now is tried again', async (t) => {
  const room = await answering();
  room.refuse = (message) => (message.t === 'save' ? 'too-fast' : null);
  room.kiosk.change('q1', { options: ['x'] }, false);
  await room.pass(3_000, timers);
  room.refuse = () => null;
  await room.pass(3_000, timers);
  t.same(room.answers.get('q1')?.value, { options: ['x'] });
  room.kiosk.stop();
});

void t.test('the PC that was left sends what it had, and says that nothing is left (rule 16)', async (t) => {
  const room = await answering();
  room.goDown();
  room.kiosk.change('q1', { options: ['x'] }, false);
  room.up = true;
  room.state = room.stage('moved');
  await room.pass(15_000, timers);
  t.equal(room.kiosk.stage, 'moved');
  t.same(room.answers.get('q1')?.value, { options: ['x'] });
  t.equal(room.of('nothing-unsent').length, 1);
  room.kiosk.stop();
});

void t.test(
  'the next candidate at this PC: what the one before left is sent under his own lease',
  async (t) => {
    const room = await answering();
    room.goDown();
    room.kiosk.change('q1', { options: ['x'] }, false);
    room.up = true;
    room.state = room.answering(room.now + 10 * MINUTE, 1, 'c2');
    await room.pass(15_000, timers);
    t.match(room.answers.get('q1'), { candidateId: 'c1', lease: 1 });
    room.say(room.paper(1, [], 'c2'));
    await settle();
    t.equal(room.kiosk.sitting?.exam.candidateId, 'c2');
    t.equal(room.kiosk.sitting?.book.isAnswered('q1'), false, 'no answer of A under B');
    room.kiosk.stop();
  },
);

void t.test(
  'on a spare PC the answers of the first PC are there, and a change is the first of this lease',
  async (t) => {
    const room = new FakeRoom();
    await room.kiosk.start();
    await room.pass(3_000, timers);
    await room.show(room.answering(room.now + MINUTE, 2));
    const saved = { itemId: 'q1', lease: 1, rev: 7, value: { options: ['x'] }, marked: true };
    room.say(room.paper(2, [saved]));
    await settle();
    t.equal(room.kiosk.sitting?.book.isAnswered('q1'), true);
    t.equal(room.of('save').length, 0);
    room.kiosk.change('q1', { options: ['y'] }, true);
    await settle();
    t.match(room.answers.get('q1'), { lease: 2, rev: 1, value: { options: ['y'] } });
    room.kiosk.stop();
  },
);

void t.test('a PC whose storage was lost takes its own answers from the room and counts on', async (t) => {
  const room = await answering();
  room.kiosk.change('q1', { options: ['x'] }, false);
  room.kiosk.change('q1', { options: ['y'] }, false);
  await settle();
  const saved = { itemId: 'q1', lease: 1, rev: 2, value: { options: ['y'] }, marked: false };
  room.store.examRows.clear();
  room.store.answerRows.clear();
  await room.reload();
  room.say(room.paper(1, [saved]));
  await settle();
  room.kiosk.change('q1', { options: ['x'] }, false);
  await settle();
  t.equal(room.answers.get('q1')?.rev, 3);
  room.kiosk.stop();
});

void t.test('a full disk on the PC: answers still go to the room, and the page knows', async (t) => {
  const room = await answering();
  room.store.isFull = true;
  room.kiosk.change('q1', { options: ['x'] }, false);
  await settle();
  t.same(room.answers.get('q1')?.value, { options: ['x'] });
  t.equal(room.kiosk.sitting?.book.storageFailed, true);
  room.kiosk.stop();
});

void t.test(
  'time in which the PC was dead is told to the room; time without the room is not (rule 8)',
  async (t) => {
    const room = await answering();
    await room.pass(6_000, timers);
    room.goDown();
    await room.pass(40_000, timers);
    room.up = true;
    await room.pass(15_000, timers);
    t.equal(room.of('gap').length, 0, 'it worked alone');
    const diedAt = room.now;
    await room.reload(90_000);
    await room.pass(1_000, timers);
    const [gap] = room.of('gap');
    t.ok(
      gap !== undefined && Math.abs(gap.from - diedAt) <= 5_000 && Math.abs(gap.to - diedAt - 90_000) < 1_000,
    );
    t.equal(room.of('gap').length, 1);
    room.kiosk.stop();
  },
);

void t.test('a PC that waits through a pause is not dead', async (t) => {
  const room = await answering();
  await room.pass(6_000, timers);
  await room.show(room.stage('paused'));
  await room.pass(40_000, timers);
  await room.show(room.stage('answering'));
  await room.pass(12_000, timers);
  t.equal(room.of('gap').length, 0);
  room.kiosk.stop();
});

void t.test('a wall clock that was set wrong while the PC was off moves no gap and no end', async (t) => {
  const room = await answering();
  await room.pass(6_000, timers);
  const endsAt = room.state.candidate?.endsAt ?? 0;
  const diedAt = room.now;
  room.wallErrorMs = 3600_000;
  room.state = { ...room.state, now: room.now };
  await room.reload(60_000);
  await room.pass(6_000, timers);
  const [gap] = room.of('gap');
  t.ok(gap !== undefined && Math.abs(gap.to - diedAt - 60_000) < 2_000, `gap to ${gap?.to}`);
  t.ok(gap !== undefined && Math.abs(gap.from - diedAt) <= 5_000, `gap from ${gap?.from}`);
  t.equal(room.of('gap').length, 1);
  t.equal(room.kiosk.stage, 'answering');
  t.ok(Math.abs((room.kiosk.clock.now() ?? 0) - room.now) < 100);
  t.ok(endsAt > room.now);
  room.kiosk.stop();
});

void t.test('a message stays until it is read', async (t) => {
  const room = await answering();
  room.say({ t: 'message', text: '一', at: 1, now: room.now });
  room.say({ t: 'message', text: '二', at: 2, now: room.now });
  t.equal(room.kiosk.messages[0]?.text, '一');
  room.kiosk.putMessageAway();
  t.equal(room.kiosk.messages[0]?.text, '二');
  room.kiosk.stop();
});

void t.test('another page of this PC took over: this one stops', async (t) => {
  const room = await answering();
  room.say({ t: 'bye', code: 'replaced', retry: false });
  t.equal(room.kiosk.replaced, true);
  const hellos = room.of('hello').length;
  await room.pass(60_000, timers);
  t.equal(room.of('hello').length, hellos, 'it does not come back');
});

void t.test('frames that are no messages change nothing', async (t) => {
  const room = await answering();
  const before = room.kiosk.stage;
  for (const data of ['', '{', '1', 'null', '[]', '{"t":1}', '{"t":"nonsense"}']) room.sayRaw(data);
  t.equal(room.kiosk.stage, before);
  t.equal(room.kiosk.online, true);
  room.kiosk.stop();
});
