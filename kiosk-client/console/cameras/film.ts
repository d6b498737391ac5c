// Plays films of fragments in a video element: the player is loaded when the first camera is shown, not with the console. It
// knows nothing of rooms and cameras.

import type Hls from 'hls.js';
import type { Fragment } from 'hls.js';
import type { VideoAccess } from './video-access.js';

/** What a browser has to know for each codec, as ffmpeg calls them. */
const TYPES: Readonly<Record<string, string>> = {
  h264: 'avc1.640028',
  hevc: 'hvc1.1.6.L93.B0',
  vp9: 'vp09.00.10.08',
  av1: 'av01.0.05M.08',
};

/** True when this browser plays films of this codec. @param codec as ffmpeg calls it; null = not known, so H.264 */
export function playsFilms(codec: string | null): boolean {
  const type = TYPES[codec ?? 'h264'];
  if (type === undefined || typeof MediaSource === 'undefined') return false;
  return MediaSource.isTypeSupported(`video/mp4; codecs="${type}"`);
}

export interface FilmParts {
  video: HTMLVideoElement;
  access: VideoAccess;
  /** Of the playlist, below the path of all video. */
  path: string;
  /** It cannot go on. */
  failed: () => void;
  /** Given up: a film that is not open yet never touches the element. */
  signal: AbortSignal;
}

/** A film that runs in a video element until it is closed. */
export class Film {
  readonly #hls: Hls;
  #seekTo: number | null = null;

  private constructor(hls: Hls, parts: FilmParts, events: typeof Hls.Events) {
    this.#hls = hls;
    hls.on(events.ERROR, (_event, { fatal }) => {
      if (fatal) parts.failed();
    });
    hls.on(events.LEVEL_LOADED, () => this.#seekNow());
    hls.loadSource(parts.access.url(parts.path));
    hls.attachMedia(parts.video);
  }

  /**
   * @param at where to begin, room time; null = at the beginning, or with what is newest of a live film
   * @returns null when it was given up meanwhile @throws NoPicture
   */
  static async open(parts: FilmParts, at: number | null = null): Promise<Film | null> {
    const [{ default: Player }, pass] = await Promise.all([import('hls.js/light'), parts.access.pass()]);
    if (parts.signal.aborted) return null;
    const hls = new Player({
      // A worker by blob is what the room's pages forbid.
      enableWorker: false,
      xhrSetup: (xhr) => xhr.setRequestHeader('Authorization', `Bearer ${pass}`),
      maxBufferLength: 30,
      maxMaxBufferLength: 40,
      backBufferLength: 30,
      liveSyncDurationCount: 2,
      liveMaxLatencyDurationCount: 5,
    });
    const film = new Film(hls, parts, Player.Events);
    if (at !== null) film.seek(at);
    return film;
  }

  /** Goes to a moment, or to the next one that was recorded. @param at room time */
  seek(at: number): void {
    this.#seekTo = at;
    this.#seekNow();
  }

  /** The moment that is shown, room time; null before anything is. */
  at(): number | null {
    if (this.#seekTo !== null) return this.#seekTo;
    const time = this.#hls.media?.currentTime ?? 0;
    const shown = this.#fragments().filter(({ start }) => start <= time + 0.001);
    const fragment = shown[shown.length - 1];
    if (fragment === undefined || fragment.programDateTime === null) return null;
    return fragment.programDateTime + Math.min(time - fragment.start, fragment.duration) * 1_000;
  }

  close(): void {
    this.#hls.destroy();
  }

  #fragments(): readonly Fragment[] {
    return this.#hls.levels[0]?.details?.fragments ?? [];
  }

  #seekNow(): void {
    const { media } = this.#hls;
    const fragments = this.#fragments();
    const at = this.#seekTo;
    if (at === null || media === null || media === undefined || fragments.length === 0) return;
    const ends = (one: Fragment) => (one.programDateTime ?? 0) + one.duration * 1_000;
    const target = fragments.find((one) => ends(one) > at) ?? fragments[fragments.length - 1];
    if (target === undefined || target.programDateTime === null) return;
    this.#seekTo = null;
    const within = Math.max(0, (at - target.programDateTime) / 1_000);
    media.currentTime = target.start + Math.min(within, Math.max(0, target.duration - 0.05));
  }
}
