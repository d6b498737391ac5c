// Files that candidates hand in: what may be named, whose bytes are taken and when, who waits for them, what may leave the disk.

import t from 'tap';
import { fileAskedFor, idleFiles, missingFiles } from '../../server/core/file-answers.js';
import type { HandedInFile } from '../../server/core/types.js';
import { laggingSeats } from '../../server/core/decide-ending.js';
import { hm } from './support/sample-plan.js';
import { byRoom, codeOf, collected, running, typesOf, type Scene } from './support/scene.js';

const KB = 1024;
const file = (letter: string, fields: Partial<HandedInFile> = {}): HandedInFile => ({
  fileHash: letter.repeat(64),
  size: 10 * KB,
  name: `${letter}.xlsx`,
  type: '',
  ...fields,
});
const A = file('a');
const B = file('b');

/** Gives the running exam two items that ask for files. */
function withFiles(scene: Scene): Scene {
  const limits = { maxCount: 2, maxBytes: 20 * KB, types: ['xlsx', 'docx'] };
  const items = ['f1', 'f2'].map((itemId) => ({
    ...{ itemId, points: 10, files: limits },
    type: itemId === 'f1' ? ('file-upload' as const) : ('screenshot' as const),
  }));
  for (const paper of scene.session.plan.papers)
    paper.sections = [
      ...paper.sections,
      { sectionId: 'files', title: '三', shuffleItems: false, draw: null, items },
    ];
  for (const { order } of Object.values(scene.session.candidates))
    order?.sections.push({
      sectionId: 'files',
      items: items.map(({ itemId }) => ({ itemId, options: [] })),
    });
  return scene;
}
const writing = () => withFiles(running()).at('09:10');
const name = (scene: Scene, files: HandedInFile[], fields = {}) =>
  scene.save('s1', 'c1', { itemId: 'f1', value: { files }, ...fields });
const receive = (scene: Scene, { fileHash, size }: HandedInFile, seatId = 's1', lease = 1) =>
  scene.pc(seatId, { type: 'receive-file', candidateId: 'c1', lease, fileHash, bytes: size });
const nothingUnsent = (scene: Scene, seatId = 's1', lease = 1) =>
  scene.pc(seatId, { type: 'confirm-nothing-unsent', candidateId: 'c1', lease });
const nothing = { events: [], refusal: null };

void t.test('[FI1] files of the type, size and number that the item says', async (t) => {
  const scene = writing();
  const tries: [HandedInFile[], string | null][] = [
    [[A], null],
    [[A, B], null],
    [[], null],
    [[A, B, file('c')], 'too-many-files'],
    [[A, { ...B, fileHash: A.fileHash }], 'wrong-answer-type'],
    [[file('a', { size: 20 * KB })], null],
    [[file('a', { size: 20 * KB + 1 })], 'file-too-large'],
    [[file('a', { size: 0 })], 'file-too-large'],
    [[file('a', { name: '表.DOCX' })], null],
    [[file('a', { name: 'a.exe' })], 'file-type-not-allowed'],
    [[file('a', { name: 'xlsx' })], 'file-type-not-allowed'],
    [[file('a', { name: '.xlsx' })], 'file-type-not-allowed'],
    [[file('a', { name: 'a.xlsx.exe' })], 'file-type-not-allowed'],
  ];
  for (const [files, code] of tries) t.equal(codeOf(name(scene, files)), code, JSON.stringify(files));
  t.equal(codeOf(scene.save('s1', 'c1', { itemId: 'f2', value: { options: [] } })), 'wrong-answer-type');
  t.equal(codeOf(scene.save('s1', 'c1', { itemId: 'q1', value: { files: [] } })), 'wrong-answer-type');
  t.equal(codeOf(scene.save('s1', 'c1', { itemId: 'q4', value: { files: [] } })), 'wrong-answer-type');
});

void t.test('[FI1] a file that is named is an answer, without any is none', async (t) => {
  const scene = writing();
  name(scene, [A]);
  t.equal(scene.candidate().answered, 1);
  name(scene, []);
  t.equal(scene.candidate().answered, 0);
});

void t.test('[FI1] nothing is named after the end', async (t) => {
  const scene = writing().at('10:00', 1);
  t.equal(codeOf(name(scene, [A])), 'after-deadline');
  t.equal(codeOf(receive(scene, A)), 'file-not-declared');
});

void t.test('[FI2] bytes of a named file are received once, with its size, for its candidate', async (t) => {
  const scene = writing();
  t.equal(codeOf(receive(scene, A)), 'file-not-declared', 'not named');
  name(scene, [A]);
  t.equal(codeOf(receive(scene, { ...A, size: 1 })), 'file-not-declared', 'another size');
  t.equal(codeOf(receive(scene, B)), 'file-not-declared', 'another file');
  t.equal(codeOf(receive(scene, A, 's2')), 'foreign-lease', 'another PC');
  t.equal(codeOf(receive(scene, A, 's1', 2)), 'foreign-lease', 'a lease that is not');
  t.same(typesOf(receive(scene, A)), ['file-received']);
  t.same(scene.candidate().files?.[A.fileHash], {
    ...{ bytes: A.size, lease: 1, receivedAt: hm('09:10'), late: false },
  });
  t.same(receive(scene, A), nothing, 'twice');
  name(scene, [A, B]);
  t.same(typesOf(receive(scene, B)), ['file-received']);
  t.equal(codeOf(receive(scene, { ...A, fileHash: 'constructor' })), 'file-not-declared');
  scene.save('s2', 'c2', { itemId: 'f1', value: { files: [A] } });
  t.same(missingFiles(scene.candidate('c2')), [A.fileHash], 'the same file of another candidate is owed too');
});

void t.test(
  '[FI3] what was named before the end comes in the hand-over window, later it is late',
  async (t) => {
    const scene = writing();
    name(scene, [A, B]);
    scene.at('10:00').tick();
    t.equal(scene.session.phase, 'ended');
    scene.at('10:15', -1);
    receive(scene, A);
    t.equal(scene.candidate().files?.[A.fileHash]?.late, false);
    scene.at('10:15');
    t.same(typesOf(receive(scene, B)), ['file-received']);
    t.equal(scene.candidate().files?.[B.fileHash]?.late, true);
    t.equal(codeOf(receive(collected(), A)), 'after-collection');
  },
);

void t.test('[FI2] what a PC may ask about is its own candidate’s', async (t) => {
  const scene = writing();
  const ask = ({ fileHash }: HandedInFile, seatId = 's1') =>
    fileAskedFor(scene.state, {
      ...{ type: 'receive-file', candidateId: 'c1', lease: 1, fileHash, bytes: 0 },
      by: scene.sitting(seatId),
    });
  t.same(ask(A, 's2'), { code: 'foreign-lease' });
  t.same(ask(A), { sessionId: 'am', size: null, received: false }, 'no answer names it');
  name(scene, [A]);
  t.same(ask(A), { sessionId: 'am', size: A.size, received: false });
  receive(scene, A);
  t.same(ask(A), { sessionId: 'am', size: A.size, received: true });
});

void t.test('[FI3] while the clock is in doubt nothing is called late', async (t) => {
  const scene = writing();
  name(scene, [A]);
  scene.at('10:00').tick();
  scene.at('10:20').restart('boot-2', hm('11:40'));
  t.equal(scene.state.clock.trusted, false);
  receive(scene, A);
  t.equal(scene.candidate().files?.[A.fileHash]?.late, false);
});

void t.test('[FI3] a contested file is kept too', async (t) => {
  const scene = writing().at('10:00').at('10:00', 50);
  scene.tick();
  t.same(typesOf(name(scene, [A], { madeAt: hm('10:00', -1) })), ['answer-contested']);
  t.same(typesOf(receive(scene, A)), ['file-received']);
});

void t.test('[FI4] a seat lags until its files have come', async (t) => {
  const scene = writing();
  name(scene, [A]);
  scene.at('10:00').tick();
  t.equal(codeOf(nothingUnsent(scene)), 'files-missing');
  t.ok(laggingSeats(scene.session).includes('s1'));
  receive(scene, A);
  t.same(typesOf(nothingUnsent(scene)), ['candidate-received']);
  t.notOk(laggingSeats(scene.session).includes('s1'));
});

void t.test('[FI4] after a move each PC answers for what was named there', async (t) => {
  const scene = writing();
  name(scene, [A]);
  scene.swap('c1', 'b1');
  scene.logIn('c1', 'b1');
  t.equal(codeOf(nothingUnsent(scene, 's1', 1)), 'files-missing');
  scene.at('10:00').tick();
  t.same(typesOf(nothingUnsent(scene, 'b1', 2)), ['candidate-received'], 'the new PC owes nothing');
  t.same(typesOf(receive(scene, A, 'b1', 2)), ['file-received'], 'but may bring it');
  t.same(typesOf(nothingUnsent(scene, 's1', 1)), ['candidate-received']);
});

void t.test('[FI5] only what no answer names leaves the disk', async (t) => {
  const scene = writing();
  const drop = ({ fileHash }: HandedInFile) =>
    scene.give({ type: 'drop-file', sessionId: 'am', candidateId: 'c1', fileHash, by: byRoom });
  t.same(drop(A), nothing, 'there is none');
  name(scene, [A]);
  receive(scene, A);
  t.same(drop(A), nothing, 'named');
  name(scene, [B]);
  t.same(idleFiles(scene.candidate()), [A.fileHash]);
  t.same(typesOf(drop(A)), ['file-dropped']);
  t.same(idleFiles(scene.candidate()), []);
  name(scene, [A]);
  t.same(missingFiles(scene.candidate()), [A.fileHash], 'named again it is owed again');
  t.throws(() => scene.given({ ...dropped, candidateId: 'c2' }), 'nothing of this candidate was ever there');
});

const dropped = { type: 'file-dropped', sessionId: 'am', fileHash: A.fileHash } as const;
