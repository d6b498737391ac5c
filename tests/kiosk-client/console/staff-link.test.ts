// The console's line against a socket in memory: sign-in, resuming, outage, and that no command is kept back.

import t from 'tap';
import { StaffLink, type StaffSocket } from '../../../kiosk-client/console/room/staff-link.js';
import type { Outcome } from '../../../server/protocol/staff.js';
import { roomView, seat, START } from '../support/room-view.js';

type Handler = (...args: unknown[]) => void;

/** A socket whose other end is the test. */
class FakeSocket {
  connected = false;
  readonly sent: { event: string; args: unknown[] }[] = [];
  /** The room's answers by event; undefined = it says nothing until `timeOut`. */
  answers: Record<string, Outcome | undefined> = {};
  readonly #handlers = new Map<string, Handler>();
  readonly #waiting: ((error: Error) => void)[] = [];

  on(event: string, handler: Handler) {
    this.#handlers.set(event, handler);
    return this;
  }

  timeout() {
    return {
      emit: (event: string, ...args: unknown[]) => {
        const done = args.pop() as (error: Error | null, outcome?: unknown) => void;
        this.sent.push({ event, args });
        const answer = this.answers[event];
        if (answer === undefined) this.#waiting.push(done);
        else done(null, answer);
      },
    };
  }

  say(event: string, ...args: unknown[]) {
    if (event === 'connect') this.connected = true;
    if (event === 'disconnect') this.connected = false;
    this.#handlers.get(event)?.(...args);
  }

  timeOut() {
    for (const done of this.#waiting.splice(0)) done(new Error('timeout'));
  }
}

function open(token: string | null = null) {
  const socket = new FakeSocket();
  const kept: { token: string | null } = { token };
  let monotonic = 1_000;
  const link = new StaffLink({
    socket: socket as unknown as StaffSocket,
    tokens: { read: () => kept.token, write: (next) => (kept.token = next) },
    monotonic: () => monotonic,
  });
  const people = { roomName: '102', siteName: '', practice: false, staff: [] };
  socket.answers['sign-in'] = { ok: true, view: roomView(), token: 'new' } as Outcome;
  return { socket, kept, link, people, later: (ms: number) => (monotonic += ms) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const START_SESSION = { type: 'start-session', sessionId: 'am' } as const;

void t.test('sign-in: the token is kept, the picture is there, room time goes on', async (t) => {
  const { socket, link, kept, people, later } = open();
  t.same([link.line, link.view, link.resuming], ['connecting', null, false]);
  socket.say('connect');
  socket.say('staff', people);
  t.equal(link.line, 'live');
  t.same(await link.signIn('yan', '1234'), { ok: true });
  t.same(socket.sent[0]?.args, [{ staffId: 'yan', pin: '1234' }]);
  t.equal(kept.token, 'new');
  later(5_000);
  t.equal(link.time.now(), START + 5_000);
});

void t.test('a refused sign-in keeps nothing', async (t) => {
  const { socket, link, kept, people } = open();
  socket.say('connect');
  socket.say('staff', people);
  socket.answers['sign-in'] = { ok: false, code: 'sign-in-refused' };
  t.match(await link.signIn('yan', 'x'), { ok: false, code: 'sign-in-refused' });
  t.same([kept.token, link.view], [null, null]);
});

void t.test('changes are merged and everybody who draws is told', async (t) => {
  const { socket, link } = open();
  socket.say('connect');
  await link.signIn('yan', '1234');
  let drawn = 0;
  const stop = link.subscribe(() => (drawn += 1));
  socket.say('change', { now: START + 1, seats: [seat(1, { look: 'hand' })] });
  t.equal(link.view?.seats[0]?.look, 'hand');
  t.equal(drawn, 1);
  stop();
  socket.say('change', { now: START + 2 });
  t.equal(drawn, 1);
});

void t.test('an outage: stale with its age, commands refused and not kept; then resumed', async (t) => {
  const { socket, link, later } = open();
  socket.say('connect');
  socket.say('staff', { staff: [] });
  await link.signIn('yan', '1234');
  socket.say('disconnect');
  t.same([link.line, link.staleSince], ['stale', 1_000]);
  later(4_000);
  socket.say('disconnect');
  t.equal(link.staleSince, 1_000, 'the first moment counts');
  const before = socket.sent.length;
  t.same(await link.command(START_SESSION), { ok: false, code: 'no-line' });
  socket.answers['resume'] = { ok: true, view: roomView({ seats: [] }) } as Outcome;
  socket.say('connect');
  await turn();
  t.same([link.line, link.staleSince, link.view?.seats.length], ['live', null, 0]);
  t.same(
    socket.sent.slice(before).map(({ event }) => event),
    ['resume'],
    'nothing but the resuming was sent',
  );
});

void t.test('a room that was started again asks for the PIN and says why', async (t) => {
  const { socket, link, kept } = open();
  socket.say('connect');
  socket.say('staff', { staff: [] });
  await link.signIn('yan', '1234');
  socket.say('disconnect');
  socket.answers['resume'] = { ok: false, code: 'sign-in-refused' };
  socket.say('connect');
  await turn();
  t.same([link.view, link.signedOutByRoom, link.line, kept.token], [null, true, 'live', null]);
});

void t.test('a reloaded page goes on without the PIN', async (t) => {
  const { socket, link } = open('kept');
  t.equal(link.resuming, true);
  socket.answers['resume'] = { ok: true, view: roomView() } as Outcome;
  socket.say('connect');
  await turn();
  t.same(socket.sent[0]?.args, [{ token: 'kept' }]);
  t.same([link.resuming, link.view?.roomName], [false, '102']);
});

void t.test('no answer in time is said as such: nobody knows whether it was done', async (t) => {
  const { socket, link } = open();
  socket.say('connect');
  await link.signIn('yan', '1234');
  const outcome = link.command(START_SESSION);
  socket.timeOut();
  t.same(await outcome, { ok: false, code: 'no-answer' });
});

void t.test('a command and its refusal; signing out forgets everything', async (t) => {
  const { socket, link, kept } = open();
  socket.say('connect');
  await link.signIn('yan', '1234');
  socket.answers['command'] = { ok: false, code: 'too-early', params: { at: 5 } };
  t.same(await link.command(START_SESSION), { ok: false, code: 'too-early', params: { at: 5 } });
  socket.answers['sign-out'] = { ok: true };
  await link.signOut();
  t.same([link.view, kept.token, link.signedOutByRoom], [null, null, false]);
});
