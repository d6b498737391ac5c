// The end of the day: the one green light or the seats that lag, collecting, the bundle, the organisation's receipt.

import { useState } from 'preact/hooks';
import { useTexts, type Texts } from '../../i18n/language.js';
import { hourAndMinute, timeOfDay } from '../../ui/time.js';
import type { SessionView } from '../../../server/protocol/staff.js';
import { leads } from '../day/places.js';
import { useDesk } from '../desk.js';
import { ExportCard } from '../exports/export-card.js';
import { seatState } from '../map/seat-state.js';
import { ActButton } from '../parts/act-button.js';
import { CommandForm } from '../parts/command-form.js';
import { Lines } from '../parts/fields.js';
import { useView } from '../room/use-console.js';
import { words } from '../texts/words.js';

interface HandOverTexts {
  none: string;
  early: string;
  green: string;
  greenHint: string;
  red: (count: number) => string;
  redHint: string;
  collect: string;
  collectSure: string;
  collected: string;
  without: string;
  withoutHint: string;
  withoutDo: string;
  kept: string;
  keptHint: string;
  bundle: string;
  bundleHint: string;
  build: string;
  building: string;
  progress: (percent: number, done: string, of: string) => string;
  builtAt: string;
  hash: string;
  hashHint: string;
  again: string;
  files: string;
  filesHint: string;
  receipt: string;
  receiptHint: string;
  receiptText: string;
  receiptDo: string;
  done: string;
}

const texts: Texts<HandOverTexts> = {
  zh: {
    none: '没有安排考试。',
    early: '考试结束后，这里显示各考位的回收情况。',
    green: '全部收齐，可以离场',
    greenHint: '所有考生的作答都已写入考场服务器。',
    red: (count) => `还有 ${count} 个考位没有收齐`,
    redHint: '考生机请保持开机并连着网线，作答会自动送达。请考生先不要离场。',
    collect: '收卷',
    collectSure: '收卷后不再接收任何作答，不能撤回',
    collected: '收卷完成',
    without: '放弃没有收齐的考位，强行收卷',
    withoutHint:
      '只在考生机损坏、作答确实取不出来时使用。这些考位在服务器上已有的作答照常有效；少了的部分无法找回。',
    withoutDo: '放弃这些考位，收卷',
    kept: '这些考生机没有确认送达，本机数据没有清除',
    keptHint: '其余考生机已清除本场数据，可以用于下一场。请保留这些机器，等技术支持取出数据后再用。',
    bundle: '成绩包',
    bundleHint: '本场的全部记录，由考场服务器签名，只有培训评价组织能打开。',
    build: '生成成绩包',
    building: '通常几秒钟；考生上交的文件多时需要几分钟',
    progress: (percent, done, of) => `正在生成 ${percent}%（${done} / ${of} MB），可以先做别的`,
    builtAt: '生成时间',
    hash: '校验码',
    hashHint: '交接时双方核对前 8 位',
    again: '重新生成',
    files: '下载',
    filesHint: '两个文件一起上交：成绩包和签名',
    receipt: '回执',
    receiptHint: '培训评价组织收到成绩包并核验后，会发回一份签名的回执。',
    receiptText: '粘贴回执全文',
    receiptDo: '登记回执',
    done: '成绩包已交接',
  },
  en: {
    none: 'No exam is planned.',
    early: 'After the end this page shows what each seat has handed over.',
    green: 'Everything is received: all may leave',
    greenHint: 'Every answer of everybody is written in the room’s server.',
    red: (count) => `${count} seats have not handed over everything`,
    redHint: 'Leave the PCs on and on the cable: the answers come by themselves. Nobody leaves yet.',
    collect: 'Collect',
    collectSure: 'No answer is taken after this; it cannot be undone',
    collected: 'Collected',
    without: 'Give up the lagging seats and collect',
    withoutHint:
      'Only where a PC is broken and its answers cannot be had. What the server has counts; the rest is lost.',
    withoutDo: 'Collect without these seats',
    kept: 'These PCs never confirmed: their data was not erased',
    keptHint:
      'All other PCs have erased this session and are free for the next. Keep these until a technician has looked at them.',
    bundle: 'Result bundle',
    bundleHint: 'The whole record of this session, signed by this server, readable only by the organisation.',
    build: 'Build the bundle',
    building: 'Seconds as a rule; minutes where many files were handed in',
    progress: (percent, done, of) =>
      `Building: ${percent} % (${done} / ${of} MB). The room works on meanwhile`,
    builtAt: 'Built',
    hash: 'Hash',
    hashHint: 'Compare the first 8 characters at the hand-over',
    again: 'Build again',
    files: 'Download',
    filesHint: 'Hand over both: the bundle and its signature',
    receipt: 'Receipt',
    receiptHint: 'The organisation verifies the bundle and sends a signed receipt.',
    receiptText: 'Paste the whole receipt',
    receiptDo: 'Record the receipt',
    done: 'Handed over',
  },
};

export function HandOver() {
  const { session, earlier, you } = useView();
  const t = useTexts(texts);
  if (session === null) return <p class="muted">{t.none}</p>;
  const isSysadmin = you.roles.includes('sysadmin');
  const mayRecord = isSysadmin || you.roles.includes('org-technician');
  const isOver =
    session.phase === 'ended' || session.phase === 'collected' || session.phase === 'handed-over';
  return (
    <section class="cards">
      {earlier.map((one) => (
        <Results key={one.sessionId} session={one} named mayBuild={isSysadmin} mayRecord={mayRecord} t={t} />
      ))}
      {session.phase === 'ended' && <CollectCard />}
      {session.phase !== 'ended' && isOver && (
        <Results
          session={session}
          named={earlier.length > 0}
          mayBuild={isSysadmin}
          mayRecord={mayRecord}
          t={t}
        />
      )}
      {!isOver && <p class="muted">{t.early}</p>}
    </section>
  );
}

interface ResultsProps {
  session: SessionView;
  /** Says which session it is, where there are several. */
  named: boolean;
  mayBuild: boolean;
  mayRecord: boolean;
  t: HandOverTexts;
}

/** What is left to do with a collected session. */
function Results({ session, named, mayBuild, mayRecord, t }: ResultsProps) {
  const { phase, subject, startsAt } = session;
  return (
    <>
      {named && (
        <h2>
          {subject} · {hourAndMinute(startsAt)}
        </h2>
      )}
      <p class="card done-line">✓ {t.collected}</p>
      {phase === 'collected' && session.lagging.length > 0 && <KeptCard session={session} t={t} />}
      <BundleCard session={session} mayBuild={mayBuild && phase === 'collected'} t={t} />
      {phase === 'collected' && session.bundle !== null && mayRecord && (
        <ReceiptCard session={session} t={t} />
      )}
      <ExportCard session={session} />
      {phase === 'handed-over' && <p class="card done-line">✓ {t.done}</p>}
    </>
  );
}

/** PCs that never said that the room has everything: what is on them was not erased. */
function KeptCard({ session, t }: { session: SessionView; t: HandOverTexts }) {
  const { seats } = useView();
  const desk = useDesk();
  const w = useTexts(words);
  return (
    <article class="card alarm-card">
      <h2>{t.kept}</h2>
      <p class="muted">{t.keptHint}</p>
      <div class="row wrap">
        {seats
          .filter(({ seatId }) => session.lagging.includes(seatId))
          .map((row) => (
            <button type="button" key={row.seatId} onClick={() => desk.openSeat(row.seatId)}>
              {w.seat(row.label)} {row.name}
            </button>
          ))}
      </div>
    </article>
  );
}

function CollectCard() {
  const { session, seats, you } = useView();
  const desk = useDesk();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [reason, setReason] = useState('');
  if (session === null) return null;
  const { sessionId, lagging } = session;
  const isGreen = lagging.length === 0;
  const rows = seats.filter(({ seatId }) => lagging.includes(seatId));
  const said = reason.trim();
  return (
    <>
      <article class={isGreen ? 'card light green' : 'card light'} aria-live="polite">
        <h2>
          {isGreen ? '✓✓' : '■'} {isGreen ? t.green : t.red(lagging.length)}
        </h2>
        <p>{isGreen ? t.greenHint : t.redHint}</p>
        <div class="row wrap">
          {rows.map((row) => (
            <button type="button" key={row.seatId} onClick={() => desk.openSeat(row.seatId)}>
              {w.seat(row.label)} {row.name} · {seatState(row, w).word}
              {row.unsent > 0 ? ` ${row.unsent}` : ''}
            </button>
          ))}
        </div>
        {isGreen && leads(you.roles) && (
          <ActButton
            request={{ type: 'collect-session', sessionId, withoutSeats: [], reason: null }}
            kind="primary"
            sure={t.collectSure}
          >
            {t.collect}
          </ActButton>
        )}
      </article>
      {!isGreen && leads(you.roles) && (
        <details class="card danger-zone">
          <summary>{t.without}</summary>
          <p class="muted">{t.withoutHint}</p>
          <CommandForm
            button={t.withoutDo}
            kind="danger"
            done={() => setReason('')}
            request={
              said === '' ? null : { type: 'collect-session', sessionId, withoutSeats: lagging, reason: said }
            }
          >
            <Lines label={w.reason} hint={w.reasonHint} value={reason} change={setReason} />
          </CommandForm>
        </details>
      )}
    </>
  );
}

function BundleCard({ session, mayBuild, t }: { session: SessionView; mayBuild: boolean; t: HandOverTexts }) {
  const { sessionId, bundle, building } = session;
  return (
    <article class="card">
      <h2>{t.bundle}</h2>
      <p class="muted">{t.bundleHint}</p>
      {bundle !== null && (
        <dl class="facts">
          <dt>{t.builtAt}</dt>
          <dd>{timeOfDay(bundle.builtAt)}</dd>
          <dt>{t.hash}</dt>
          <dd class="hash">
            <b>{bundle.fileHash.slice(0, 8)}</b>
            {bundle.fileHash.slice(8)}
            <small>{t.hashHint}</small>
          </dd>
          <dt>{t.files}</dt>
          <dd>
            {bundle.files.map(({ name, url }) => (
              <a key={name} class="file" href={url} download={name}>
                {name}
              </a>
            ))}
            <small>{t.filesHint}</small>
          </dd>
        </dl>
      )}
      {building !== undefined && <Building {...building} t={t} />}
      {mayBuild && (
        <ActButton
          disabled={building !== undefined}
          request={{ type: 'build-bundle', sessionId }}
          kind={bundle === null ? 'primary' : 'plain'}
          sure={bundle === null ? undefined : t.building}
        >
          {bundle === null ? t.build : t.again}
        </ActButton>
      )}
    </article>
  );
}

/** How far the bundle is. */
function Building({ doneBytes, ofBytes, t }: { doneBytes: number; ofBytes: number; t: HandOverTexts }) {
  const part = ofBytes === 0 ? 0 : Math.min(1, doneBytes / ofBytes);
  const [done, of] = [doneBytes, ofBytes].map((bytes) => (bytes / 1e6).toFixed(0));
  return (
    <p>
      <progress max={1} value={part} aria-label={t.bundle} />
      <br />
      <small>{t.progress(Math.floor(part * 100), done ?? '', of ?? '')}</small>
    </p>
  );
}

function ReceiptCard({ session, t }: { session: SessionView; t: HandOverTexts }) {
  const [receipt, setReceipt] = useState('');
  return (
    <article class="card">
      <h2>{t.receipt}</h2>
      <p class="muted">{t.receiptHint}</p>
      <CommandForm
        button={t.receiptDo}
        done={() => setReceipt('')}
        request={
          receipt.trim() === ''
            ? null
            : { type: 'confirm-receipt', sessionId: session.sessionId, receipt: receipt.trim() }
        }
      >
        <Lines label={t.receiptText} value={receipt} change={setReceipt} maxLength={20_000} rows={6} />
      </CommandForm>
    </article>
  );
}
