// A page of its own, framed and unseen: the only one that may call addresses outside the room. It tries them once and measures
// the PC when it is asked to, tells the page that asked, and knows neither candidate nor answer.

import type { ProbeAnswer, ProbeAsk } from './ask.js';
import { measurePc } from './measure-pc.js';

const PATIENCE_MS = 3_000;

/** True when anything at all came back; what it was cannot be read and does not matter. */
async function answers(address: string): Promise<boolean> {
  const control = new AbortController();
  const over = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
  const url = `${address}${address.indexOf('?') < 0 ? '?' : '&'}r=${Math.random().toString(36).slice(2)}`;
  const fetched = fetch(url, {
    ...{ mode: 'no-cors', cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' },
    signal: control.signal,
  } as RequestInit).then(
    () => true,
    () => false,
  );
  // Older browsers load a picture over plain HTTP where they refuse to fetch.
  const shown = new Promise<boolean>((resolve) => {
    const picture = new Image();
    picture.onload = () => resolve(true);
    picture.onerror = () => resolve(false);
    picture.referrerPolicy = 'no-referrer';
    picture.src = url;
  });
  const reached = await Promise.race([firstTrue([fetched, shown]), over]);
  control.abort();
  return reached;
}

function firstTrue(attempts: readonly Promise<boolean>[]): Promise<boolean> {
  return new Promise((resolve) => {
    let open = attempts.length;
    if (open === 0) resolve(false);
    for (const attempt of attempts)
      void attempt.then((reached) => {
        open -= 1;
        if (reached || open === 0) resolve(reached);
      });
  });
}

window.addEventListener('message', (event: MessageEvent) => {
  if (event.source !== window.parent || event.origin !== location.origin) return;
  const { addresses, measure } = event.data as ProbeAsk;
  void Promise.all([
    firstTrue(addresses.map(answers)),
    measure === null ? Promise.resolve(null) : measurePc(measure),
  ]).then(([reached, facts]) => {
    const answer: ProbeAnswer = { reached, probes: addresses.length, facts };
    window.parent.postMessage(answer, location.origin);
  });
});
window.parent.postMessage('ready', location.origin);
