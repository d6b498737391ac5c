// What a camera shows now: a film where browser and camera agree on one, else a picture every two seconds. It tries again by
// itself; nothing is asked for while nobody looks.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { HttpProblem } from '../../../server/protocol/http.js';
import type { DeviceView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { Film, playsFilms } from './film.js';
import { cameraTexts } from './texts.js';
import { useVideoAccess } from './use-cameras.js';
import { NoPicture, type VideoAccess } from './video-access.js';

const PICTURE_EVERY_MS = 2_000;
const TRY_AGAIN_MS = 4_000;
/** Pictures are to be had where films are not. */
const PICTURES_INSTEAD = ['not-playable', 'too-many', 'bad-stream'];

type Shown = 'calling' | 'film' | 'pictures';

export function LivePicture({ device }: { device: DeviceView }) {
  const { deviceId, name } = device;
  const access = useVideoAccess();
  const language = useLanguage();
  const t = useTexts(cameraTexts);
  const isSeen = useIsSeen();
  const video = useRef<HTMLVideoElement>(null);
  const [shown, setShown] = useState<Shown>('calling');
  const [picture, setPicture] = useState<string | null>(null);
  const [problem, setProblem] = useState<HttpProblem | null>(null);
  useEffect(() => {
    if (!isSeen) return undefined;
    const control = new AbortController();
    const tell = (now: Shown, why: HttpProblem | null) => {
      if (control.signal.aborted) return;
      setShown(now);
      setProblem(why);
    };
    void watch({ access, deviceId, video, tell, setPicture, signal: control.signal });
    return () => control.abort();
  }, [access, deviceId, isSeen]);
  useEffect(
    () => () => {
      if (picture !== null) URL.revokeObjectURL(picture);
    },
    [picture],
  );
  return (
    <div class="picture-box" data-live={shown} data-problem={problem?.code ?? ''}>
      <video ref={video} muted playsInline aria-label={name} hidden={shown !== 'film'} />
      {shown === 'pictures' && picture !== null && <img src={picture} alt={name} />}
      {shown === 'calling' && (
        <p class="no-picture" role="status">
          {problem?.[language] ?? t.calling}
        </p>
      )}
      {shown === 'pictures' && <span class="picture-note">{t.pictures}</span>}
    </div>
  );
}

/** False while the page lies behind others. */
function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(!document.hidden);
  useEffect(() => {
    const look = () => setSeen(!document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return isSeen;
}

interface Watching {
  access: VideoAccess;
  deviceId: string;
  video: { current: HTMLVideoElement | null };
  tell: (shown: Shown, problem: HttpProblem | null) => void;
  setPicture: (url: string) => void;
  signal: AbortSignal;
}

async function watch(watching: Watching): Promise<void> {
  const { signal, tell } = watching;
  let asPictures = !playsFilms('h264');
  while (!signal.aborted) {
    try {
      await (asPictures ? showPictures(watching) : showFilm(watching));
      tell('calling', null);
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof NoPicture ? error.problem : null;
      if (!asPictures && problem !== null && PICTURES_INSTEAD.indexOf(problem.code) >= 0) {
        asPictures = true;
        continue;
      }
      tell('calling', problem);
    }
    await pause(TRY_AGAIN_MS, signal);
  }
}

/** Ends when the film cannot go on. @throws NoPicture */
async function showFilm({ access, deviceId, video, tell, signal }: Watching): Promise<void> {
  const path = `live/${deviceId}/index.m3u8`;
  // Asked for first: the room says why there is no film, a player would not.
  await access.get(path, signal);
  const element = video.current;
  if (element === null || signal.aborted) return;
  let over: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (over = resolve));
  const film = await Film.open({ video: element, access, path, failed: over, signal });
  if (film === null) return;
  const begins = () => {
    tell('film', null);
    // Without sound every browser lets it run.
    void element.play().catch(() => undefined);
  };
  element.addEventListener('loadeddata', begins);
  if (signal.aborted) over();
  signal.addEventListener('abort', over);
  try {
    await ended;
  } finally {
    element.removeEventListener('loadeddata', begins);
    film.close();
  }
}

/** @throws NoPicture */
async function showPictures({ access, deviceId, tell, setPicture, signal }: Watching): Promise<void> {
  while (!signal.aborted) {
    const response = await access.get(`live/${deviceId}/picture.jpg`, signal);
    const bytes = await response.blob();
    if (signal.aborted) return;
    setPicture(URL.createObjectURL(bytes));
    tell('pictures', null);
    await pause(PICTURE_EVERY_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
