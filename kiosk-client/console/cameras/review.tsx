// The picture with its time bar and its keys: live as long as no moment was asked for, else what was recorded then.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { HttpProblem } from '../../../server/protocol/http.js';
import type { RecordedIndex } from '../../../server/protocol/video.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { timeOfDay } from '../../ui/time.js';
import { ReviewPlayer, type Rate } from './review-player.js';
import { cameraTexts, causeWords, missingTime } from './texts.js';
import { TimeBar } from './time-bar.js';
import { gapAt, nearestRecorded, zoomed, type Moment, type Stretch } from './time-marks.js';
import { useVideoAccess } from './use-cameras.js';
import type { NoPicture } from './video-access.js';

const RATES: readonly Rate[] = [1, 2, 4];
const ZOOMS = { all: null, hour: 3_600_000, minutes: 600_000 } as const;
type Zoom = keyof typeof ZOOMS;
const STEP_MS = 10_000;
const LARGE_STEP_MS = 60_000;
/** How long it is said after a gap that there was one. */
const AFTER_GAP_MS = 5_000;

interface ReviewProps {
  deviceId: string;
  name: string;
  index: RecordedIndex | null;
  problem: NoPicture | null;
  /** All of the time there is. */
  whole: Stretch;
  moments: readonly Moment[];
  wordsOf: (moment: Moment) => string;
  /** Null = live. */
  asked: number | null;
  seek: (at: number) => void;
  /** The picture of now. */
  live: JSX.Element;
}

export function Review(props: ReviewProps) {
  const { index, whole, moments, wordsOf, asked, seek, live, name } = props;
  const language = useLanguage();
  const t = useTexts(cameraTexts);
  const [zoom, setZoom] = useState<Zoom>('all');
  const { video, player, at, picture, problem, toggle } = usePlayer(props);
  const shownAt = asked === null ? whole.to : at;
  const isLive = asked === null;
  const goTo = (next: number) => seek(Math.min(Math.max(next, whole.from), whole.to));
  const step = (ms: number) => goTo((shownAt ?? whole.to) + ms);
  useKeys({ step, toggle });
  const isNothing = index !== null && index.stretches.length === 0;
  const shownProblem = problem ?? props.problem?.problem ?? null;
  const asPictures = player?.asPictures === true;
  return (
    <>
      {isLive && live}
      <div class="picture-box" hidden={isLive} data-review={asPictures ? 'pictures' : 'film'}>
        <video ref={video} muted playsInline aria-label={name} hidden={asPictures} />
        {asPictures && picture !== null && <img src={picture} alt={name} />}
        {asPictures && <span class="picture-note">{t.noCodec}</span>}
        {!isLive && at !== null && <GapWords index={index} at={at} />}
        {(isNothing || shownProblem !== null) && (
          <p class="no-picture" role="alert">
            {isNothing ? t.nothingRecorded : shownProblem?.[language]}
          </p>
        )}
      </div>
      <div class="controls" onClick={leaveToKeys}>
        <Step words={t.back10} sign="−10" go={() => step(-STEP_MS)} />
        <button type="button" class="primary" disabled={isLive || isNothing} onClick={toggle}>
          {player?.playing === true ? t.pause : t.play}
        </button>
        <Step words={t.on10} sign="+10" go={isLive ? null : () => step(STEP_MS)} />
        <span class="rates">
          {RATES.map((rate) => (
            <button
              type="button"
              key={rate}
              class={player?.rate === rate ? 'chosen' : ''}
              aria-pressed={player?.rate === rate}
              disabled={isLive}
              onClick={() => player?.setRate(rate)}
            >
              {t.speed(rate)}
            </button>
          ))}
        </span>
        <b class="shown-at" data-at={shownAt ?? ''}>
          {isLive ? t.now : at === null ? '' : timeOfDay(at)}
        </b>
        <span class="zooms">
          {(Object.keys(ZOOMS) as Zoom[]).map((one) => (
            <button
              type="button"
              key={one}
              class={`quiet${zoom === one ? ' chosen' : ''}`}
              aria-pressed={zoom === one}
              onClick={() => setZoom(one)}
            >
              {t.zoom[one]}
            </button>
          ))}
        </span>
      </div>
      <TimeBar
        span={zoomed(whole, shownAt ?? whole.to, ZOOMS[zoom])}
        at={shownAt}
        seek={goTo}
        {...{ index, moments, wordsOf }}
      />
      <Legend />
    </>
  );
}

function Step({ words, sign, go }: { words: string; sign: string; go: (() => void) | null }) {
  return (
    <button type="button" disabled={go === null} aria-label={words} title={words} onClick={() => go?.()}>
      {sign}
    </button>
  );
}

function GapWords({ index, at }: { index: RecordedIndex | null; at: number }) {
  const language = useLanguage();
  const t = useTexts(cameraTexts);
  const before = index?.gaps.find(({ to }) => to <= at + 50 && at - to < AFTER_GAP_MS);
  const gap = gapAt(index, at) ?? before;
  if (gap === undefined) return null;
  return (
    <span class="gap-words" role="status">
      {t.afterGap(missingTime(gap.to - gap.from, language), causeWords(gap.cause, language))}
    </span>
  );
}

function Legend() {
  const t = useTexts(cameraTexts);
  const [recorded, gap, incident, alarm] = t.legend;
  return (
    <p class="muted small keys-line">
      <span class="keys" aria-hidden="true">
        <i class="bar recorded" /> {recorded} <i class="bar gap" /> {gap} <i class="shape">◆</i> {incident}{' '}
        <i class="shape alarm">▲</i> {alarm}
      </span>
      <span>{t.keys}</span>
    </p>
  );
}

/** After the mouse the space bar plays and pauses again, instead of pressing the same button once more. */
function leaveToKeys({ detail }: MouseEvent): void {
  if (detail > 0) (document.activeElement as HTMLElement | null)?.blur();
}

/** The player of what is asked for, and what it shows now. */
function usePlayer({ deviceId, index, whole, asked }: ReviewProps) {
  const access = useVideoAccess();
  const video = useRef<HTMLVideoElement>(null);
  const [player, setPlayer] = useState<ReviewPlayer | null>(null);
  const [picture, setPicture] = useState<string | null>(null);
  const [problem, setProblem] = useState<HttpProblem | null>(null);
  const [, draw] = useState(0);
  const shown = useRef<number | null>(null);
  useEffect(() => {
    if (video.current === null) return undefined;
    const made = new ReviewPlayer({
      ...{ access, cameraId: deviceId, video: video.current },
      listener: { changed: () => draw((count) => count + 1), picture: setPicture, problem: setProblem },
    });
    setPlayer(made);
    return () => made.close();
  }, [access, deviceId]);
  useEffect(
    () => () => {
      if (picture !== null) URL.revokeObjectURL(picture);
    },
    [picture],
  );
  const isKnown = index !== null && index.stretches.length > 0;
  useEffect(() => {
    if (player === null) return;
    if (asked === null) return player.pause();
    const at = nearestRecorded(index, asked);
    if (at === null || shown.current === asked) return;
    shown.current = asked;
    const isFirst = player.at() === null;
    void player.show(at, whole.from, whole.to, index?.codec ?? null).then(() => {
      if (isFirst) player.play();
    });
  }, [player, asked, isKnown]);
  return {
    ...{ video, player, picture, problem },
    at: player?.at() ?? null,
    toggle: () => (player?.playing === true ? player.pause() : player?.play()),
  };
}

/** Arrows and the space bar, wherever on the page the focus is and nothing is typed. */
function useKeys({ step, toggle }: { step: (ms: number) => void; toggle: () => void }): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { tagName } = event.target as HTMLElement;
      if (/^(INPUT|TEXTAREA|SELECT)$/.test(tagName) || event.ctrlKey || event.altKey || event.metaKey) return;
      const ms = event.shiftKey ? LARGE_STEP_MS : STEP_MS;
      if (event.key === 'ArrowLeft') step(-ms);
      else if (event.key === 'ArrowRight') step(ms);
      else if (event.key === ' ' && tagName !== 'BUTTON') toggle();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  });
}
