// Plays a recording from its beginning to its end, as often as the paper allows. There is no pause and no going back: what is
// broken off goes on where it stopped.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ItemContent } from '../../../../server/protocol/seat.js';
import { useTexts } from '../../../i18n/language.js';
import { countdown } from '../../../ui/time.js';
import { begun, mayPlay, playsLeft } from '../../exam/plays.js';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';
import { texts } from '../../texts.js';
import { volume } from '../../volume.js';
import { VolumeField } from '../volume-field.js';
import { useFile } from './use-file.js';

/** How often the place is kept, seconds: so much is heard twice after a crash. */
const KEEP_EVERY_S = 2;

interface AudioPlayerProps {
  kiosk: Kiosk;
  sitting: Sitting;
  itemId: string;
  audio: NonNullable<ItemContent['audio']>;
}

export function AudioPlayer({ kiosk, sitting, itemId, audio }: AudioPlayerProps) {
  const t = useTexts(texts);
  const [url, notYet] = useFile(kiosk, sitting, audio);
  const element = useRef<HTMLAudioElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [lengthS, setLengthS] = useState(0);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const playing = at !== null;
  const plays = kiosk.plays(sitting, itemId);
  const left = playsLeft(plays, audio.maxPlays);
  const keptAt = useRef(0);
  const keep = (next: number | null) => kiosk.notePlay(sitting, itemId, next);
  // What is playing when the page goes away stops, and goes on from there.
  useEffect(() => {
    const player = element.current;
    return () => {
      if (player === null || player.paused || player.ended) return;
      player.pause();
      keep(player.currentTime);
    };
  }, [url, attempt]);
  const play = async () => {
    const player = element.current;
    if (player === null || playing || !mayPlay(plays, audio.maxPlays)) return;
    const next = begun(plays, audio.maxPlays);
    try {
      player.volume = volume();
      player.currentTime = next.at;
      await player.play();
      keptAt.current = next.at;
      setFailed(false);
      setAt(next.at);
      kiosk.beginPlay(sitting, itemId, audio.maxPlays);
    } catch {
      setFailed(true);
    }
  };
  // Without a sound device some browsers play on in silence: that is no play, and the next try begins with a fresh player.
  const broken = () => {
    setFailed(true);
    if (playing) keep(at);
    setAt(null);
    setAttempt((count) => count + 1);
  };
  return (
    <section class="player" aria-label={`${t.recording}：${audio.label}`}>
      {url !== null && (
        <audio
          key={attempt}
          ref={element}
          src={url}
          preload="auto"
          onLoadedMetadata={(event) => setLengthS(event.currentTarget.duration)}
          onTimeUpdate={(event) => {
            const { currentTime, paused } = event.currentTarget;
            if (paused) return;
            setAt(currentTime);
            if (currentTime - keptAt.current < KEEP_EVERY_S) return;
            keptAt.current = currentTime;
            keep(currentTime);
          }}
          onEnded={() => {
            keep(null);
            setAt(null);
          }}
          onError={broken}
        />
      )}
      <button
        type="button"
        class="primary play"
        aria-disabled={url === null || playing || !mayPlay(plays, audio.maxPlays)}
        onClick={() => void play()}
      >
        {playing ? `♪ ${t.playing}` : `▶ ${plays.at === null ? t.play : t.playOn}`}
      </button>
      <span class="player-label">{audio.label}</span>
      <progress value={at ?? plays.at ?? 0} max={Math.max(lengthS, 0.01)} />
      <span class="digits">{countdown(lengthS * 1000).slice(3)}</span>
      <VolumeField player={element} />
      <p role="status" class={failed ? 'bad' : 'hint'}>
        {failed || (url === null && notYet) ? t.playFailed : t.playsLeft(left)}
      </p>
    </section>
  );
}
