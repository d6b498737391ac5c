// The room's machines along the bottom, each with its state in words. Only what this server really watches stands here.

import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { useLink, useView } from '../room/use-console.js';

interface FootTexts {
  server: string;
  live: string;
  away: string;
  mains: string;
  present: string;
  lost: string;
  clock: string;
  trusted: string;
  doubted: string;
  pcs: string;
  connected: (count: number, all: number) => string;
  answers: string;
  allSent: string;
  unsent: (items: number, seats: number) => string;
  help: string;
}

const texts: Texts<FootTexts> = {
  zh: {
    server: '考场服务器',
    live: '连接正常',
    away: '连接中断',
    mains: '市电',
    present: '正常',
    lost: '中断，UPS 供电',
    clock: '服务器时钟',
    trusted: '已确认',
    doubted: '有疑问，请主考确认',
    pcs: '考生机',
    connected: (count, all) => `${count}/${all} 已连接`,
    answers: '作答送达',
    allSent: '全部送达',
    unsent: (items, seats) => `${seats} 台 ${items} 项未送达`,
    help: '求助电话',
  },
  en: {
    server: 'Server',
    live: 'connected',
    away: 'no connection',
    mains: 'Mains',
    present: 'present',
    lost: 'lost, on UPS',
    clock: 'Clock',
    trusted: 'confirmed',
    doubted: 'in doubt: ask the chief',
    pcs: 'PCs',
    connected: (count, all) => `${count}/${all} connected`,
    answers: 'Answers',
    allSent: 'all in the room',
    unsent: (items, seats) => `${items} unsent on ${seats} PCs`,
    help: 'Help',
  },
};

export function Foot() {
  const view = useView();
  const { line } = useLink();
  const t = useTexts(texts);
  const english = useLanguage() === 'en';
  // A seat of somebody absent may never have had a PC.
  const paired = view.seats.filter(
    (row) => row.connected || (row.look !== 'unpaired' && row.checkPassed !== null),
  );
  const connected = paired.filter((row) => row.connected);
  // What is on its way for a moment is no news.
  const holding = view.seats.filter(
    ({ unsent, look }) => unsent > 0 && (look === 'unsent' || look === 'alone'),
  );
  const unsent = holding.reduce((sum, row) => sum + row.unsent, 0);
  const pcsTone = connected.length === paired.length ? 'ok' : 'warn';
  return (
    <footer class={english ? 'foot english' : 'foot'}>
      <Fact
        tone={line === 'live' ? 'ok' : 'alarm'}
        name={t.server}
        state={line === 'live' ? t.live : t.away}
      />
      <Fact tone={pcsTone} name={t.pcs} state={t.connected(connected.length, paired.length)} />
      <Fact
        tone={unsent === 0 ? 'ok' : 'warn'}
        name={t.answers}
        state={unsent === 0 ? t.allSent : t.unsent(unsent, holding.length)}
      />
      <Fact
        tone={view.clockTrusted ? 'ok' : 'alarm'}
        name={t.clock}
        state={view.clockTrusted ? t.trusted : t.doubted}
      />
      <Fact
        tone={view.mainsPresent ? 'ok' : 'alarm'}
        name={t.mains}
        state={view.mainsPresent ? t.present : t.lost}
      />
      <Fact tone="none" name={t.help} state={view.helpTelephone || '—'} />
    </footer>
  );
}

const GLYPHS = { ok: '●', warn: '▲', alarm: '■', none: '' };

function Fact({ tone, name, state }: { tone: keyof typeof GLYPHS; name: string; state: string }) {
  return (
    <div class={`fact ${tone}`}>
      <span class="glyph" aria-hidden="true">
        {GLYPHS[tone]}
      </span>
      <div>
        <b>{name}</b>
        <span>{state}</span>
      </div>
    </div>
  );
}
