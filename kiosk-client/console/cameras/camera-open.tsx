// One camera opened: live, or what it recorded with a time bar, gaps and events to go to; and the check of picture and text.

import { useEffect, useState } from 'preact/hooks';
import type { DeviceView } from '../../../server/protocol/staff.js';
import { useTexts } from '../../i18n/language.js';
import { equips } from '../day/places.js';
import { useDesk } from '../desk.js';
import { useMarks } from '../devices/use-live.js';
import { useNow, useView } from '../room/use-console.js';
import { CheckText } from './check-text.js';
import { LivePicture } from './live-picture.js';
import { MomentList, useMomentWords } from './moment-list.js';
import { Review } from './review.js';
import { cameraTexts } from './texts.js';
import { CoverageWords, StateWords } from './tile.js';
import { momentsOf } from './time-marks.js';
import { mayReview, spanOf, useRecordedIndex } from './use-cameras.js';

/** Where looking back begins when no moment was asked for. */
const A_WHILE_MS = 60_000;

interface CameraOpenProps {
  device: DeviceView;
  /** The moment to begin with, room time; null = now. */
  at: number | null;
}

export function CameraOpen({ device, at }: CameraOpenProps) {
  const view = useView();
  const now = useNow();
  const desk = useDesk();
  const t = useTexts(cameraTexts);
  const mayLookBack = mayReview(view);
  /** Null = live. */
  const [moment, setMoment] = useState<number | null>(mayLookBack ? at : null);
  const [isChecking, setChecking] = useState(false);
  useEffect(() => setMoment(mayLookBack ? at : null), [at, mayLookBack]);
  useEscape(() => desk.openCamera(null));
  const goTo = (next: number | null) => {
    setChecking(false);
    setMoment(next);
  };
  return (
    <section class="camera-open" aria-label={device.name}>
      <div class="camera-head">
        <button type="button" class="quiet" onClick={() => desk.openCamera(null)}>
          ‹ {t.back}
        </button>
        <h2>{device.name}</h2>
        <StateWords device={device} />
        <span class="form-tabs bare">
          <Tab is={moment === null && !isChecking} words={t.live} go={() => goTo(null)} />
          {mayLookBack && (
            <Tab
              is={moment !== null && !isChecking}
              words={t.recorded}
              go={() => goTo(moment ?? now - A_WHILE_MS)}
            />
          )}
          {equips(view.you.roles) && <Tab is={isChecking} words={t.checkText} go={() => setChecking(true)} />}
        </span>
      </div>
      <p class="camera-coverage">
        <CoverageWords device={device} />
      </p>
      {isChecking ? (
        <CheckText device={device} done={() => setChecking(false)} />
      ) : mayLookBack ? (
        <Looking device={device} moment={moment} setMoment={setMoment} />
      ) : (
        <div class="camera-main">
          <LivePicture device={device} />
          <p class="muted small">{t.mayNotReview}</p>
        </div>
      )}
    </section>
  );
}

function Tab({ is, words, go }: { is: boolean; words: string; go: () => void }) {
  return (
    <button type="button" class={is ? 'chosen' : ''} aria-pressed={is} onClick={go}>
      {words}
    </button>
  );
}

function useEscape(leave: () => void): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const { tagName } = event.target as HTMLElement;
      if (event.key === 'Escape' && !/^(INPUT|TEXTAREA|SELECT)$/.test(tagName)) leave();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  });
}

interface LookingProps {
  device: DeviceView;
  moment: number | null;
  setMoment: (at: number) => void;
}

function Looking({ device, moment, setMoment }: LookingProps) {
  const { deviceId, name } = device;
  const view = useView();
  const now = useNow();
  const marks = useMarks();
  const wordsOf = useMomentWords();
  const span = spanOf(view, deviceId, now);
  const { index, problem } = useRecordedIndex(deviceId, span);
  const moments = momentsOf(index, view.feed, marks ?? [], span);
  return (
    <div class="camera-body">
      <div class="camera-main">
        <Review
          {...{ deviceId, name, index, problem, moments, wordsOf }}
          whole={span}
          asked={moment}
          seek={setMoment}
          live={<LivePicture device={device} />}
        />
      </div>
      <MomentList moments={moments} wordsOf={wordsOf} seek={setMoment} />
    </div>
  );
}
