// Who works here, and their PIN. Names are chosen, not typed: nobody remembers a staff number in the morning.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Refused, SignInView } from '../../server/protocol/staff.js';
import { useTexts, type Texts } from '../i18n/language.js';
import { LanguageSwitch } from '../ui/language-switch.js';
import { Refusal } from './parts/refusal.js';
import { ThemeSwitch } from './parts/theme-switch.js';
import { useLink } from './room/use-console.js';
import { words } from './texts/words.js';

interface SignInTexts {
  title: string;
  who: string;
  pin: string;
  enter: string;
  entering: string;
  practice: string;
  again: string;
  stale: string;
  nobody: string;
}

const texts: Texts<SignInTexts> = {
  zh: {
    title: '监考台',
    who: '请选择您的姓名',
    pin: 'PIN',
    enter: '登录',
    entering: '正在登录',
    practice: '演练 · 不是正式考试',
    again: '考场服务器重新启动过，请再次登录。刚才的操作都已保存。',
    stale: '没有连上考场服务器，正在重连',
    nobody: '考场还没有考试包，没有人员名单。请先安装考试包。',
  },
  en: {
    title: 'Staff console',
    who: 'Choose your name',
    pin: 'PIN',
    enter: 'Sign in',
    entering: 'Signing in',
    practice: 'Practice · not a real exam',
    again: 'The room’s server was started again: please sign in once more. Everything done before is kept.',
    stale: 'No connection to the room’s server; reconnecting',
    nobody: 'This room has no exam package yet, and so no staff list. Install the package first.',
  },
};

export function SignIn({ people }: { people: SignInView }) {
  const link = useLink();
  const t = useTexts(texts);
  const w = useTexts(words);
  const [staffId, choose] = useState<string | null>(null);
  const [pin, setPin] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const field = useRef<HTMLInputElement>(null);
  // The field is closed until somebody is chosen.
  useEffect(() => field.current?.focus(), [staffId]);

  const enter = async () => {
    if (busy || staffId === null || pin === '') return;
    setBusy(true);
    setRefused(null);
    const outcome = await link.signIn(staffId, pin.normalize('NFKC').trim());
    setBusy(false);
    if (outcome.ok) return;
    setPin('');
    setRefused(outcome);
    field.current?.focus();
  };

  return (
    <main class="front">
      <div class="corner">
        <ThemeSwitch />
        <LanguageSwitch />
      </div>
      <div class="card">
        <h1>
          {people.roomName || t.title} <small class="muted">{people.siteName}</small>
        </h1>
        {people.practice && <p class="practice">{t.practice}</p>}
        {link.signedOutByRoom && <p class="notice">{t.again}</p>}
        {link.line === 'stale' && <p class="notice warn">{t.stale}</p>}
        <h2>{people.staff.length === 0 ? t.nobody : t.who}</h2>
        <div class="people" role="group" aria-label={t.who}>
          {people.staff.map(({ staffId: id, name, roles }) => (
            <button
              type="button"
              key={id}
              class={id === staffId ? 'person chosen' : 'person'}
              aria-pressed={id === staffId}
              onClick={() => {
                choose(id);
                setRefused(null);
              }}
            >
              <b>{name}</b>
              <span>{roles.map((role) => w.roles[role]).join(' · ')}</span>
            </button>
          ))}
        </div>
        <form
          autocomplete="off"
          onSubmit={(event) => {
            event.preventDefault();
            void enter();
          }}
        >
          <label class="field">
            <span>{t.pin}</span>
            <input
              ref={field}
              type="password"
              name="pin"
              autocomplete="off"
              maxLength={32}
              value={pin}
              disabled={staffId === null}
              onInput={(event) => setPin(event.currentTarget.value)}
            />
          </label>
          <Refusal refused={refused} />
          <button type="submit" class="primary" disabled={busy || staffId === null || pin === ''}>
            {busy ? t.entering : t.enter}
          </button>
        </form>
      </div>
    </main>
  );
}
