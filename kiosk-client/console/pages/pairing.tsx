// Pairing (REQ-B): each PC shows six digits; the system administrator says which seat it stands at.

import { useState } from 'preact/hooks';
import type { SeatRow, Todo } from '../../../server/protocol/staff.js';
import { useTexts, type Texts } from '../../i18n/language.js';
import { useDesk } from '../desk.js';
import { seatState } from '../map/seat-state.js';
import { CommandForm } from '../parts/command-form.js';
import { Choice, Line } from '../parts/fields.js';
import { useView } from '../room/use-console.js';
import { words } from '../texts/words.js';

interface PairingTexts {
  title: string;
  hint: string;
  code: string;
  codeHint: string;
  seat: string;
  choose: string;
  pair: string;
  waiting: (count: number) => string;
  nobody: string;
  take: string;
  all: string;
  state: string;
  check: string;
  passed: string;
  failed: string;
  sound: string;
  heard: string;
  notHeard: string;
  none: string;
  change: string;
  simulated: string;
  unpaired: (count: number) => string;
}

const texts: Texts<PairingTexts> = {
  zh: {
    title: '配对考生机',
    hint: '在每台考生机上用考场浏览器打开考生页面。屏幕会显示 6 位编号，在这里输入编号并选择考位。',
    code: '考生机编号',
    codeHint: '屏幕上的 6 位数字',
    seat: '考位',
    choose: '请选择',
    pair: '配对',
    waiting: (count) => `等待配对的考生机（${count}）`,
    nobody: '没有新的考生机在等待。请在考生机上打开考生页面。',
    take: '选用',
    all: '全部考位',
    state: '状态',
    check: '自检',
    passed: '通过',
    failed: '未通过',
    sound: '耳机',
    heard: '正常',
    notHeard: '听不到',
    none: '—',
    change: '更换',
    simulated: '模拟',
    unpaired: (count) => `${count} 个考位还没有配对`,
  },
  en: {
    title: 'Pair the PCs',
    hint: 'Open the candidates’ page on every PC. It shows six digits: type them here and choose the seat.',
    code: 'Number on the PC',
    codeHint: 'The six digits on the screen',
    seat: 'Seat',
    choose: 'Choose',
    pair: 'Pair',
    waiting: (count) => `PCs that wait (${count})`,
    nobody: 'No new PC waits. Open the candidates’ page on it.',
    take: 'Take it',
    all: 'All seats',
    state: 'State',
    check: 'Check',
    passed: 'passed',
    failed: 'failed',
    sound: 'Headphones',
    heard: 'heard',
    notHeard: 'not heard',
    none: '—',
    change: 'Change',
    simulated: 'simulated',
    unpaired: (count) => `${count === 1 ? '1 seat has' : `${count} seats have`} no PC yet`,
  },
};

type Waiting = Extract<Todo, { kind: 'pairing' }>;
const isWaiting = (todo: Todo): todo is Waiting => todo.kind === 'pairing';

export function Pairing() {
  const { seats, todo } = useView();
  const desk = useDesk();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [typed, setTyped] = useState('');
  const [chosen, choose] = useState('');
  const waiting = todo.filter(isWaiting);
  const someHeard = seats.some(({ audioOk }) => audioOk !== null);
  const open = seats.filter(({ look }) => look === 'unpaired');
  const seatId = open.some((row) => row.seatId === chosen) ? chosen : (open[0]?.seatId ?? '');
  const pairingCode = typed.normalize('NFKC').replace(/\s+/g, '');
  return (
    <section class="split">
      <div class="list-side">
        <article class="card">
          <h2>{t.title}</h2>
          <p class="muted">{t.hint}</p>
          <CommandForm
            button={t.pair}
            done={() => setTyped('')}
            request={
              /^[0-9]{6}$/.test(pairingCode) && seatId !== ''
                ? { type: 'pair-seat', pairingCode, seatId }
                : null
            }
          >
            <Line
              label={t.code}
              hint={t.codeHint}
              value={typed}
              change={setTyped}
              maxLength={12}
              numeric
              first
            />
            <Choice
              label={t.seat}
              value={seatId}
              none={t.choose}
              options={open.map((row) => ({ value: row.seatId, text: w.seat(row.label) }))}
              change={choose}
            />
          </CommandForm>
        </article>
        <h3>{t.waiting(waiting.length)}</h3>
        {waiting.length === 0 && <p class="muted">{t.nobody}</p>}
        <div class="names">
          {waiting.map((one) => (
            <button
              type="button"
              key={one.pairingCode}
              class={one.pairingCode === pairingCode ? 'name-line chosen' : 'name-line'}
              onClick={() => setTyped(one.pairingCode)}
            >
              <b class="code">{one.pairingCode}</b>
              <small>{one.address}</small>
              {one.simulated === true && <span class="pill warn">{t.simulated}</span>}
              <span>{t.take}</span>
            </button>
          ))}
        </div>
      </div>
      <div class="card-side">
        <article class="card">
          <h2>
            {t.all} <small class="muted">{open.length > 0 ? t.unpaired(open.length) : ''}</small>
          </h2>
          <table>
            <thead>
              <tr>
                <th>{t.seat}</th>
                <th>{t.state}</th>
                <th>{t.check}</th>
                {someHeard && <th>{t.sound}</th>}
                <th />
              </tr>
            </thead>
            <tbody>
              {seats.map((row) => (
                <tr key={row.seatId}>
                  <td>{w.seat(row.label)}</td>
                  <td>
                    <StateWord row={row} />
                    {row.simulated === true && <span class="pill warn">{t.simulated}</span>}
                  </td>
                  <td>
                    {row.checkPassed === null ? t.none : row.checkPassed ? `✓ ${t.passed}` : `■ ${t.failed}`}
                  </td>
                  {someHeard && (
                    <td>
                      {row.audioOk === null ? t.none : row.audioOk ? `✓ ${t.heard}` : `■ ${t.notHeard}`}
                    </td>
                  )}
                  <td>
                    {row.look !== 'unpaired' && (
                      <button type="button" class="quiet" onClick={() => desk.openSeat(row.seatId, 'unpair')}>
                        {t.change}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </article>
      </div>
    </section>
  );
}

function StateWord({ row }: { row: SeatRow }) {
  const w = useTexts(words);
  const { shape, word, tone } = seatState(row, w);
  return (
    <span class={`state ${tone}`}>
      <i aria-hidden="true">{shape}</i> {word}
    </span>
  );
}
