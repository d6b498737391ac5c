// Sealing the room (REQ-B): what is checked, who has signed, the organisation's confirmation.

import { useState } from 'preact/hooks';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { ActButton } from '../parts/act-button.js';
import { CommandForm } from '../parts/command-form.js';
import type { SealTick } from '../../../server/core/device-types.js';
import { Line } from '../parts/fields.js';
import { codeOf } from '../parts/typed.js';
import { isReportGood } from '../preflight/report-good.js';
import { useNow, useStaffNames, useView } from '../room/use-console.js';
import { brokenSeal } from '../texts/devices.js';
import { words } from '../texts/words.js';
import { ALL_TICKS, ReportLine, SealTicks } from './seal-form.js';

interface SealTexts {
  title: string;
  hint: string;
  noSession: string;
  checks: string;
  paired: (count: number, all: number) => string;
  connected: (count: number, all: number) => string;
  passed: (count: number, all: number) => string;
  clock: string;
  mains: string;
  signatures: string;
  missing: string;
  signed: string;
  org: string;
  confirmed: string;
  sign: string;
  signSure: string;
  confirmTitle: string;
  confirmHint: string;
  confirm: string;
  technician: string;
  broken: (cause: string) => string;
  brokenLater: (cause: string) => string;
  sealed: string;
}

const texts: Texts<SealTexts> = {
  zh: {
    title: '封场',
    hint: '系统管理员和考务工作人员逐项检查后各自签名，再由培训评价组织确认。封场后改动安装，封场即失效。',
    noSession: '没有安排考试。',
    checks: '检查',
    paired: (count, all) => `考位已配对 ${count}/${all}`,
    connected: (count, all) => `考生机已连接 ${count}/${all}`,
    passed: (count, all) => `自检通过 ${count}/${all}`,
    clock: '服务器时钟已确认',
    mains: '市电正常',
    signatures: '签名',
    missing: '未签名',
    signed: '已签名',
    org: '培训评价组织',
    confirmed: '已确认',
    sign: '我已检查，签名',
    signSure: '以本人名义签名封场',
    confirmTitle: '组织确认',
    confirmHint: '两人签名后，致电培训评价组织值班员，输入对方读出的授权码。',
    confirm: '确认封场',
    technician: '以技术支持身份确认',
    broken: (cause) => `封场已失效：${cause}。请重新检查并签名。`,
    brokenLater: (cause) => `封场之后有改动：${cause}。封场已失效，请主考知悉，考后说明。`,
    sealed: '考场已封场',
  },
  en: {
    title: 'Seal the room',
    hint: 'System administrator and clerk check and sign, then the organisation confirms. A changed installation breaks the seal.',
    noSession: 'No exam is planned.',
    checks: 'Checks',
    paired: (count, all) => `Seats paired ${count}/${all}`,
    connected: (count, all) => `PCs connected ${count}/${all}`,
    passed: (count, all) => `Checks passed ${count}/${all}`,
    clock: 'Clock confirmed',
    mains: 'Mains power present',
    signatures: 'Signatures',
    missing: 'not signed',
    signed: 'signed',
    org: 'Organisation',
    confirmed: 'confirmed',
    sign: 'I have checked: sign',
    signSure: 'Signs in your name',
    confirmTitle: 'Confirmation',
    confirmHint: 'After both signatures: call the organisation and type the code that is read to you.',
    confirm: 'Confirm the seal',
    technician: 'Confirm as org technician',
    broken: (cause) => `The seal is broken: ${cause}. Check and sign again.`,
    brokenLater: (cause) =>
      `Changed after the seal: ${cause}. The seal is broken; tell the chief, explain it in the record.`,
    sealed: 'The room is sealed',
  },
};

export function Seal() {
  const { session, seats, clockTrusted, mainsPresent, preflight, you } = useView();
  const language = useLanguage();
  const now = useNow();
  const [ticks, setTicks] = useState<SealTick[]>([]);
  const nameOf = useStaffNames();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [code, setCode] = useState('');
  if (session === null) return <p class="muted">{t.noSession}</p>;
  const { sessionId, seal, phase, sealNeedsReport } = session;
  const needed = seats.filter(({ spare }) => !spare);
  const count = (wanted: (row: (typeof seats)[number]) => boolean) => needed.filter(wanted).length;
  const all = needed.length;
  const paired = count(({ look }) => look !== 'unpaired');
  const connected = count((row) => row.connected);
  const passed = count(({ checkPassed }) => checkPassed === true);
  const checks: [boolean, string][] = [
    [paired === all, t.paired(paired, all)],
    [connected === all, t.connected(connected, all)],
    [passed === all, t.passed(passed, all)],
    [clockTrusted, t.clock],
    [mainsPresent, t.mains],
  ];
  const isSysadmin = you.roles.includes('sysadmin');
  // Ticks and report belong to the sysadmin's half alone.
  const said =
    isSysadmin && seal.sysadmin === null && (ticks.length > 0 || preflight !== null)
      ? { ticks, ...(preflight !== null && { reportId: preflight.reportId }) }
      : {};
  const isTechnician = you.roles.includes('org-technician');
  const maySign =
    phase === 'installed' &&
    ((isSysadmin && seal.sysadmin === null) || (you.roles.includes('clerk') && seal.clerk === null));
  const signsForm =
    maySign && isSysadmin && seal.sysadmin === null && (sealNeedsReport || preflight !== null);
  const formDone = ticks.length === ALL_TICKS.length && isReportGood(preflight, now);
  const mayConfirm =
    phase === 'installed' && (isSysadmin || isTechnician) && seal.sysadmin !== null && seal.clerk !== null;
  return (
    <section class="cards">
      <article class="card">
        <h2>{t.title}</h2>
        <p class="muted">{t.hint}</p>
        {seal.brokenBy !== null && (
          <p class="notice warn" role="status">
            {phase === 'installed'
              ? t.broken(brokenSeal(seal.brokenBy, language))
              : t.brokenLater(brokenSeal(seal.brokenBy, language))}
          </p>
        )}
        {phase !== 'installed' && seal.brokenBy === null && <p class="done-line">✓ {t.sealed}</p>}
        <h3>{t.checks}</h3>
        <ul class="checks">
          {checks.map(([good, text]) => (
            <li key={text} class={good ? 'ok' : 'warn'}>
              {good ? '✓' : '▲'} {text}
            </li>
          ))}
        </ul>
        <h3>{t.signatures}</h3>
        <dl class="facts">
          <dt>{w.roles.sysadmin}</dt>
          <dd>{seal.sysadmin === null ? t.missing : `✓ ${t.signed} ${nameOf(seal.sysadmin)}`}</dd>
          <dt>{w.roles.clerk}</dt>
          <dd>{seal.clerk === null ? t.missing : `✓ ${t.signed} ${nameOf(seal.clerk)}`}</dd>
          <dt>{t.org}</dt>
          <dd>{seal.orgConfirmed ? `✓ ${t.confirmed}` : '—'}</dd>
        </dl>
        {signsForm && (
          <>
            <ReportLine preflight={preflight} mayRun />
            <SealTicks ticks={ticks} change={setTicks} />
          </>
        )}
        {seal.sysadmin !== null && seal.ticks !== undefined && <SealTicks ticks={seal.ticks} change={null} />}
        {maySign && (
          <ActButton
            request={{ type: 'sign-seal', sessionId, ...said }}
            kind="primary"
            sure={t.signSure}
            disabled={signsForm && sealNeedsReport && !formDone}
          >
            {t.sign}
          </ActButton>
        )}
      </article>
      {mayConfirm && (
        <article class="card">
          <h2>{t.confirmTitle}</h2>
          <p class="muted">{t.confirmHint}</p>
          <CommandForm
            button={t.confirm}
            done={() => setCode('')}
            request={
              codeOf(code) === null ? null : { type: 'confirm-seal', sessionId, orgCode: codeOf(code) }
            }
          >
            <Line
              label={w.orgCode}
              hint={w.orgCodeHint}
              value={code}
              change={setCode}
              maxLength={40}
              numeric
              first
            />
          </CommandForm>
          {isTechnician && (
            <ActButton request={{ type: 'confirm-seal', sessionId, orgCode: null }}>{t.technician}</ActButton>
          )}
        </article>
      )}
    </section>
  );
}
