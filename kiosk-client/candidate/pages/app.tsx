// Which page of the kiosk is shown, by the stage of the seat.

import { useEffect } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import type { MachineReport } from '../machine-check.js';
import { texts } from '../texts.js';
import { Answering } from './answering/answering.js';
import { MessageDialog } from './answering/message-dialog.js';
import { Confirm } from './confirm.js';
import { Ended, Moved, Received } from './ended.js';
import { LogIn } from './log-in.js';
import { Elsewhere, Notice } from './notices.js';
import { Pairing } from './pairing.js';
import { Ready } from './ready.js';
import { Rules } from './rules.js';
import { Standstill } from './standstill.js';
import { useChanges } from './use-kiosk.js';
import { Waiting } from './waiting.js';

const RELOAD_AFTER_MS = 5_000;

interface AppProps {
  kiosk: Kiosk;
  /** Null until the check of the PC is done. */
  report: () => MachineReport | null;
}

export function App({ kiosk, report }: AppProps) {
  useChanges(kiosk);
  const t = useTexts(texts);
  useEffect(() => {
    if (!kiosk.outdated) return;
    const timer = setTimeout(() => location.reload(), RELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, [kiosk.outdated]);
  if (kiosk.replaced) return <Elsewhere />;
  if (kiosk.outdated) return <Notice kiosk={kiosk} title={t.outdated} hint={t.connectingHint} waiting />;
  return (
    <>
      <Page kiosk={kiosk} report={report} />
      <MessageDialog kiosk={kiosk} />
    </>
  );
}

function Page({ kiosk, report }: AppProps) {
  const t = useTexts(texts);
  const { stage, state } = kiosk;
  if (state === null) return <Notice kiosk={kiosk} title={t.connecting} hint={t.connectingHint} waiting />;
  switch (stage) {
    case 'connecting':
    case 'opening':
      return <Notice kiosk={kiosk} title={t.opening} hint={t.openingHint} waiting />;
    case 'unpaired':
      return <Pairing kiosk={kiosk} state={state} report={report()} />;
    case 'waiting':
      return <Waiting kiosk={kiosk} state={state} report={report()} />;
    case 'log-in':
      return <LogIn kiosk={kiosk} state={state} />;
    case 'confirm':
      return <Confirm kiosk={kiosk} state={state} />;
    case 'rules':
      return <Rules kiosk={kiosk} />;
    case 'ready':
      return <Ready kiosk={kiosk} state={state} />;
    case 'answering':
      return <Answering kiosk={kiosk} state={state} />;
    case 'paused':
    case 'suspended':
      return <Standstill kiosk={kiosk} state={state} stage={stage} />;
    case 'ended':
      return <Ended kiosk={kiosk} state={state} />;
    case 'received':
      return <Received kiosk={kiosk} />;
    case 'moved':
      return <Moved kiosk={kiosk} />;
  }
}
