// Headphones are tried before an exam with something to listen to: some beeps, and how many were heard. Whoever guesses is asked
// again with another number.

import { useRef, useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import type { Kiosk } from '../kiosk.js';
import { beeps } from '../beeps.js';
import { texts } from '../texts.js';
import { volume } from '../volume.js';
import { VolumeField } from './volume-field.js';

const COUNTS = [2, 3, 4, 5];

export function HeadphoneTest({ kiosk }: { kiosk: Kiosk }) {
  const t = useTexts(texts);
  const element = useRef<HTMLAudioElement>(null);
  const count = useRef(0);
  const [state, setState] = useState<'idle' | 'playing' | 'asking' | 'wrong' | 'failed'>('idle');
  const passed = kiosk.check?.audioOk === true;
  const play = async () => {
    const player = element.current;
    if (player === null || state === 'playing') return;
    count.current = COUNTS[Math.floor(Math.random() * COUNTS.length)] ?? 2;
    const before = player.src;
    player.src = URL.createObjectURL(new Blob([beeps(count.current)], { type: 'audio/wav' }));
    if (before !== '') URL.revokeObjectURL(before);
    player.volume = volume();
    setState('playing');
    try {
      await player.play();
    } catch {
      broken();
    }
  };
  const broken = () => {
    setState('failed');
    kiosk.reportSound(false);
  };
  const answer = (heard: number) => {
    const right = heard === count.current;
    kiosk.reportSound(right);
    setState(right ? 'idle' : 'wrong');
  };
  return (
    <section class="headphones" aria-label={t.headphones}>
      <audio
        ref={element}
        onEnded={() => setState((before) => (before === 'playing' ? 'asking' : before))}
        onError={broken}
      />
      <p>
        <b>{t.headphones}</b>
        <span role="status" class={passed ? 'ok' : ''}>
          {passed ? `✓ ${t.headphonesGood}` : t.headphonesHint}
        </span>
      </p>
      <div class="buttons">
        <button type="button" class="large" aria-disabled={state === 'playing'} onClick={() => void play()}>
          {state === 'playing' ? `♪ ${t.playing}` : `▶ ${t.headphonesPlay}`}
        </button>
        <VolumeField player={element} />
      </div>
      {state === 'asking' && (
        <div class="buttons" role="group" aria-label={t.headphonesAsk}>
          <span>{t.headphonesAsk}</span>
          {COUNTS.map((heard) => (
            <button key={heard} type="button" class="large" onClick={() => answer(heard)}>
              {heard}
            </button>
          ))}
          <button type="button" class="large" onClick={() => answer(0)}>
            {t.headphonesNothing}
          </button>
        </div>
      )}
      {(state === 'wrong' || state === 'failed') && (
        <p class="refusal" role="alert">
          {t.headphonesBad}
        </p>
      )}
    </section>
  );
}
