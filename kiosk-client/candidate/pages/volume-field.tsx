// How loud this PC plays: set here, kept for everything that plays later.

import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts } from '../../i18n/language.js';
import { texts } from '../texts.js';
import { setVolume, volume } from '../volume.js';

/** @param player what plays now; it changes while the finger moves */
export function VolumeField({ player }: { player: RefObject<HTMLAudioElement | null> }) {
  const t = useTexts(texts);
  const [loud, setLoud] = useState(volume);
  return (
    <label>
      {t.volume}
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={loud}
        onInput={(event) => {
          const next = Number(event.currentTarget.value);
          setLoud(next);
          setVolume(next);
          if (player.current !== null) player.current.volume = next;
        }}
      />
    </label>
  );
}
