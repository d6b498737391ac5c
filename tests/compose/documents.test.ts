// Documents at readers, with the real rules: whose they are, what is journaled of them, what pages are told; a number nowhere.

import t from 'tap';
import { noteDocument, openDocumentDesk } from '../../server/compose/documents.js';
import type { Published } from '../../server/room.js';
import { open } from '../support/driven-room.js';
import { byRoom, must, openEntry, SESSION, smallPackage } from '../support/small-room.js';

/** Invented, with right check digits. */
const [ONE, TWO, THREE, NOBODY] = [
  '990101200501011005',
  '990102200502021033',
  '110101199001010007',
  '11010519491231002X',
].map(String) as [string, string, string, string];
const AFTERNOON = 'theory-pm';

async function setting() {
  const { room } = await open();
  const package_ = smallPackage();
  const [morning] = package_.sessions;
  if (morning === undefined) throw new Error('A session was expected');
  const numbers = [ONE, TWO];
  const roster = morning.roster.map((entry, index) => ({ ...entry, documentNo: numbers[index] ?? 'X3' }));
  const afternoon = {
    ...morning,
    sessionId: AFTERNOON,
    startsAt: morning.startsAt + 5 * 3_600_000,
    subject: { ...morning.subject, name: '实操' },
    roster: roster.slice(2).map((entry) => ({ ...entry, candidateId: 'c9', documentNo: THREE })),
  };
  must(room, {
    type: 'install-package',
    package: { ...package_, sessions: [{ ...morning, roster }, afternoon] },
    by: byRoom,
  });
  openEntry(room);
  const published: Published[] = [];
  room.subscribe((ones) => void published.push(...ones));
  const desk = openDocumentDesk(room);
  return {
    ...{ room, desk },
    read: (text: string) => desk.read('jian', text),
    /** What the journal has of documents, as text. */
    journaled: async () => {
      await room.settled();
      return published.filter(({ event }) => event.type === 'document-read');
    },
  };
}

void t.test('[DV9] a number of the session finds its candidate and seat', async (t) => {
  const { room, read, journaled } = await setting();
  t.same(read(ONE), {
    ...{ outcome: 'match', because: null, candidateId: 'c1', differing: [] },
    ...{ name: '考生1', seat: '01' },
    session: { sessionId: SESSION, startsAt: room.state.sessions[SESSION]?.plan.startsAt, subject: '理论' },
  });
  t.match(read(`王小明 ${TWO}`), { outcome: 'match', candidateId: 'c2', differing: ['name'], name: '考生2' });
  t.match(
    (await journaled()).map(({ event }) => event),
    [
      { sessionId: SESSION, candidateId: 'c1', deviceId: 'keyboard', readBy: 'jian', outcome: 'match' },
      { candidateId: 'c2', differing: ['name'] },
    ],
  );
  room.stop();
});

void t.test('of another session, of nobody, read wrongly, no number at all', async (t) => {
  const { room, read, journaled } = await setting();
  t.match(read(THREE), {
    ...{ outcome: 'other-session', candidateId: 'c9', name: '考生3' },
    session: { sessionId: AFTERNOON, subject: '实操' },
  });
  t.match(read(NOBODY), { outcome: 'not-on-roster', candidateId: null, name: null, session: null });
  t.match(read(`${ONE.slice(0, 17)}6`), { outcome: 'unreadable', because: 'check-digit' });
  t.match(read(''), { outcome: 'unreadable', because: 'no-number' });
  t.equal((await journaled()).length, 4);
  room.stop();
});

void t.test('[DV9] no number of a document is journaled or told', async (t) => {
  const { room, desk, read, journaled } = await setting();
  const told = [ONE, TWO, THREE, NOBODY].map((number) => read(number));
  noteDocument(room, 'reader-1', { documentNo: ONE });
  const rows = await journaled();
  t.equal(rows.length, 5);
  const everything = JSON.stringify([told, rows, rows.map((row) => desk.atReader(row))]);
  for (const number of [ONE, TWO, THREE, NOBODY]) t.notOk(everything.includes(number.slice(4, 14)));
  room.stop();
});

void t.test('pages are told of documents at devices, and not of what one of them read itself', async (t) => {
  const { room, desk, read, journaled } = await setting();
  read(ONE);
  noteDocument(room, 'reader-1', { documentNo: TWO, name: '别人' });
  noteDocument(room, 'reader-1', { documentNo: NOBODY });
  const rows = await journaled();
  t.match(
    rows.map((row) => desk.atReader(row)),
    [
      null,
      {
        deviceId: 'reader-1',
        found: { outcome: 'match', candidateId: 'c2', differing: ['name'], seat: '02' },
      },
      { deviceId: 'reader-1', found: { outcome: 'not-on-roster', candidateId: null, session: null } },
    ],
  );
  room.stop();
});
