// What an earlier PC of a candidate delivers late, in fields that are open on the present one: shown while nothing was typed
// here, and never in the way of what was.

import t from 'tap';
import { AnswerBook } from '../../../../kiosk-client/candidate/exam/answer-book.js';
import type { Sitting } from '../../../../kiosk-client/candidate/exam/sittings.js';
import type { Kiosk } from '../../../../kiosk-client/candidate/kiosk.js';

import { openBlanks } from '../../../../kiosk-client/candidate/pages/answering/blank-editor.js';
import { openText } from '../../../../kiosk-client/candidate/pages/answering/text-editor.js';
import type { AnswerValueMessage } from '../../../../server/protocol/seat.js';
import { MemoryStore } from '../../support/memory-store.js';

async function opened() {
  const book = await AnswerBook.open('exam', new MemoryStore(), () => undefined);
  const kiosk = {
    clock: { now: () => 1_000 },
    openEditor: () => () => undefined,
    change: (itemId: string, value: AnswerValueMessage, marked: boolean, madeAt: number) =>
      book.change(itemId, value, marked, madeAt),
  } as unknown as Kiosk;
  const tell = (itemId: string, rev: number, value: AnswerValueMessage) =>
    book.merge(2, [{ itemId, lease: 1, rev, value, marked: false }]);
  return { book, kiosk, sitting: { book } as Sitting, tell };
}

void t.test('[rule 16] a text that is open shows what comes late, until something is typed', async (t) => {
  const { book, kiosk, sitting, tell } = await opened();
  const editor = openText(kiosk, sitting, 'e1');
  tell('e1', 3, { text: '原机上写的' });
  t.equal(editor.text(), '原机上写的');
  tell('e1', 5, { text: '原机上写的，和补上的' });
  t.equal(editor.text(), '原机上写的，和补上的');
  editor.typed('原机上写的，和补上的，再加一句');
  tell('e1', 6, { text: '更晚到的' });
  t.equal(editor.text(), '原机上写的，和补上的，再加一句', 'while it is being typed');
  editor.left();
  tell('e1', 7, { text: '更晚到的' });
  t.equal(editor.text(), '原机上写的，和补上的，再加一句', 'and after it was kept');
  t.match(book.get('e1'), { rev: 1, value: { text: '原机上写的，和补上的，再加一句' } });
  editor.close();
});

void t.test('[rule 16] a blank that came late is not emptied by typing into another', async (t) => {
  const { book, kiosk, sitting, tell } = await opened();
  const editor = openBlanks(kiosk, sitting, 'f1', 2);
  tell('f1', 1, { blanks: ['甲', ''] });
  t.equal(editor.text(0), '甲');
  editor.typed(1, '乙');
  tell('f1', 2, { blanks: ['丙', '丁'] });
  t.same([editor.text(0), editor.text(1)], ['甲', '乙']);
  editor.left();
  t.match(book.get('f1'), { rev: 1, value: { blanks: ['甲', '乙'] } });
  editor.close();
});
