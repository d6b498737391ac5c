// Who came back as a stranger: one PC where one PC of a seat was; never where several are, or where that one is still there.

import t from 'tap';
import { ForgottenPcs } from '../../server/seats/forgotten-pcs.js';

const nobody = () => false;

void t.test('a stranger at the address of a PC that is away stands for it', async (t) => {
  const pcs = new ForgottenPcs();
  pcs.seated('10.0.0.7', 'old');
  pcs.met('10.0.0.7', 'new', nobody);
  t.ok(pcs.has('new'));
  t.ok(pcs.has('old'), 'its seat is named before the stranger is paired');
  t.notOk(pcs.has('other'));
});

void t.test('the same PC, another address, a PC that is there: nobody has forgotten anything', async (t) => {
  const pcs = new ForgottenPcs();
  pcs.seated('10.0.0.7', 'old');
  pcs.met('10.0.0.7', 'old', nobody);
  pcs.met('10.0.0.8', 'new', nobody);
  pcs.met('10.0.0.7', 'second', (pcId) => pcId === 'old');
  for (const pcId of ['old', 'new', 'second']) t.notOk(pcs.has(pcId), pcId);
});

void t.test('behind one address of many PCs nobody is a stranger', async (t) => {
  const pcs = new ForgottenPcs();
  pcs.seated('10.0.0.1', 'one');
  pcs.seated('10.0.0.1', 'two');
  pcs.met('10.0.0.1', 'new', nobody);
  t.notOk(pcs.has('new'));
});

void t.test('it keeps no more addresses than any room has', async (t) => {
  const pcs = new ForgottenPcs();
  for (let n = 0; n < 6_000; n++) pcs.seated(`10.0.${n >> 8}.${n & 255}`, `pc${n}`);
  pcs.met('10.0.0.0', 'new', nobody);
  t.notOk(pcs.has('new'), 'the first is forgotten');
  pcs.met('10.0.23.111', 'last', nobody);
  t.ok(pcs.has('last'));
});
