// Plays what a camera recorded: as a film, or where the browser cannot play it as single pictures that the room makes. One
// player for one camera; the page draws, this only knows what is shown and goes where it is told.

import type { HttpProblem } from '../../../server/protocol/http.js';
import { Film, playsFilms } from './film.js';
import { NoPicture, type VideoAccess } from './video-access.js';

export type Rate = 1 | 2 | 4;

export interface ReviewListener {
  /** Something is shown, or stands still, or goes on. */
  changed(): void;
  /** A picture in the place of the film. */
  picture(url: string): void;
  problem(problem: HttpProblem | null): void;
}

export interface ReviewParts {
  access: VideoAccess;
  cameraId: string;
  video: HTMLVideoElement;
  listener: ReviewListener;
}

/** A playlist ends where it was made; from so close to its end on a newer one is asked for. */
const NEAR_END_MS = 1_000;
const PICTURE_EVERY_MS = 1_000;

export class ReviewPlayer {
  /** True while single pictures stand for the film. */
  asPictures = false;
  #film: Film | null = null;
  /** What the playlist spans, room time. */
  #from = 0;
  #until = 0;
  #at: number | null = null;
  #rate: Rate = 1;
  #playing = false;
  #control = new AbortController();
  #timer: ReturnType<typeof setInterval> | null = null;
  #isAsking = false;

  constructor(private readonly parts: ReviewParts) {
    const { video, listener } = parts;
    for (const event of ['timeupdate', 'seeked', 'loadeddata'])
      video.addEventListener(event, () => listener.changed());
    // What was recorded since is asked for with the next moment.
    video.addEventListener('ended', () => this.pause());
  }

  get playing(): boolean {
    return this.#playing;
  }

  get rate(): Rate {
    return this.#rate;
  }

  /** The moment that is shown, room time; null before anything is. */
  at(): number | null {
    return this.#film?.at() ?? this.#at;
  }

  /** Shows a moment. @param from what may be shown begins there @param until and ends there, room time */
  async show(at: number, from: number, until: number, codec: string | null): Promise<void> {
    this.#at = at;
    this.asPictures = !playsFilms(codec);
    if (this.asPictures) return this.#showPicture(at);
    if (this.#film !== null && at >= this.#from && at < this.#until - NEAR_END_MS) {
      this.#film.seek(at);
      this.parts.listener.changed();
      return;
    }
    await this.#open(at, from, until);
  }

  play(): void {
    this.#playing = true;
    if (this.asPictures) this.#timer ??= setInterval(() => void this.#step(), PICTURE_EVERY_MS);
    else this.#start();
    this.parts.listener.changed();
  }

  pause(): void {
    this.#playing = false;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.parts.video.pause();
    this.parts.listener.changed();
  }

  setRate(rate: Rate): void {
    this.#rate = rate;
    this.parts.video.playbackRate = rate;
    this.parts.listener.changed();
  }

  close(): void {
    this.#control.abort();
    this.pause();
    this.#film?.close();
    this.#film = null;
  }

  async #open(at: number, from: number, until: number): Promise<void> {
    const { access, cameraId, video, listener } = this.parts;
    const control = this.#anew();
    this.#film?.close();
    this.#film = null;
    const path = `recorded/${cameraId}/index.m3u8?from=${from}&to=${until}`;
    const failed = () => {
      if (this.#control === control) listener.problem(BROKEN);
    };
    try {
      const film = await Film.open({ video, access, path, failed, signal: control.signal }, at);
      if (control.signal.aborted) film?.close();
      if (film === null || control.signal.aborted) return;
      this.#film = film;
      this.#from = from;
      this.#until = until;
      listener.problem(null);
      video.playbackRate = this.#rate;
      if (this.#playing) this.#start();
    } catch (error) {
      if (!control.signal.aborted) listener.problem(error instanceof NoPicture ? error.problem : BROKEN);
    }
  }

  #start(): void {
    const { video } = this.parts;
    video.playbackRate = this.#rate;
    // A page that was not touched yet may not be allowed to; the button shows it.
    void video.play().catch(() => undefined);
  }

  async #step(): Promise<void> {
    if (this.#at === null || this.#isAsking) return;
    await this.#showPicture(this.#at + PICTURE_EVERY_MS * this.#rate);
  }

  async #showPicture(at: number): Promise<void> {
    const { access, cameraId, listener } = this.parts;
    const control = this.#anew();
    this.#isAsking = true;
    try {
      const path = `recorded/${cameraId}/picture.jpg?at=${Math.round(at)}`;
      const response = await access.get(path, control.signal);
      const bytes = await response.blob();
      if (control.signal.aborted) return;
      this.#at = at;
      listener.problem(null);
      listener.picture(URL.createObjectURL(bytes));
      listener.changed();
    } catch (error) {
      if (control.signal.aborted) return;
      if (error instanceof NoPicture && error.problem.code === 'not-found') this.pause();
      listener.problem(error instanceof NoPicture ? error.problem : BROKEN);
    } finally {
      if (this.#control === control) this.#isAsking = false;
    }
  }

  /** What was under way is given up. */
  #anew(): AbortController {
    this.#control.abort();
    this.#control = new AbortController();
    return this.#control;
  }
}

const BROKEN: HttpProblem = {
  code: 'not-playable-here',
  zh: '这段录像在此浏览器中无法播放，可导出后用播放器查看',
  en: 'This browser cannot play this recording; export it and use a player',
};
