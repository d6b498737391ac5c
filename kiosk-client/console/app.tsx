// Sign-in, or the room.

import { useTexts, type Texts } from '../i18n/language.js';
import { useLink, useLinkChanges } from './room/use-console.js';
import { Shell } from './shell/shell.js';
import { SignIn } from './sign-in.js';

const texts: Texts<{ connecting: string; hint: string }> = {
  zh: { connecting: '正在连接考场服务器', hint: '连上后自动打开。长时间没有反应，请检查网线和服务器。' },
  en: {
    connecting: 'Connecting to the room’s server',
    hint: 'This page opens by itself. If nothing happens, check the cable and the server.',
  },
};

export function App() {
  const link = useLink();
  useLinkChanges(link);
  const t = useTexts(texts);
  if (link.view !== null) return <Shell />;
  if (link.people !== null && !link.resuming) return <SignIn people={link.people} />;
  return (
    <main class="front">
      <div class="card">
        <h1>{t.connecting}</h1>
        <p class="muted">{t.hint}</p>
      </div>
    </main>
  );
}
