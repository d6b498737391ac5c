// One ffmpeg for one camera that somebody watches, kept in memory as the last few fragments or the last picture. Not
// evidence: it never touches a disk or the recording, and it ends with the process that started it.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { isRefusal } from './attempts.js';
import type { FfmpegFlavour } from './ffmpeg-arguments.js';
import { JpegSplitter } from './jpeg-splitter.js';
import { standBack } from './one-picture.js';
import { FilmSplitter, type Fragment } from './top-boxes.js';
import { filmArguments, picturesArguments } from './watch-arguments.js';

export type LiveKind = 'film' | 'pictures';

/** Why a stream is over. */
export type LiveEnd =
  | 'camera-silent'
  | 'camera-gone'
  /** It does not take the name and password of the settings. */
  | 'camera-refused'
  /** What comes is no film, or larger than it may be. */
  | 'bad-stream'
  /** H.265, which browsers do not play. */
  | 'not-playable'
  | 'stopped'
  | 'no-ffmpeg';

/** What a playlist offers: a dozen seconds and more. */
const FRAGMENTS_KEPT = 8;
const MAX_HELD_BYTES = 24 * 2 ** 20;
const FIRST_WITHIN_MS = 15_000;
/** Key frames of sparing cameras are ten seconds apart. */
const SILENT_AFTER_MS = 20_000;
const MAX_COMPLAINTS = 4_000;
const PLAYABLE = /avc1|avc3|vp09|av01/;

let runs = 0;

export interface LiveStreamParts {
  kind: LiveKind;
  ffmpeg: string;
  flavour: FfmpegFlavour;
  url: string;
  /** Never more often than the stream changes. */
  changed: () => void;
}

export class LiveStream {
  /** Part of the addresses of its fragments: another run has others. */
  readonly run = String((runs += 1));
  opening: Buffer | null = null;
  /** Oldest first; `firstNumber` is the number of the oldest. */
  fragments: Fragment[] = [];
  firstNumber = 0;
  picture: { bytes: Buffer; number: number } | null = null;
  ended: LiveEnd | null = null;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #silence: NodeJS.Timeout;

  constructor(private readonly parts: LiveStreamParts) {
    const { kind, ffmpeg, flavour, url } = parts;
    const args = kind === 'film' ? filmArguments(url, flavour) : picturesArguments(url, flavour);
    this.#child = spawn(ffmpeg, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    standBack(this.#child.pid);
    this.#silence = setTimeout(() => this.#end('camera-silent'), FIRST_WITHIN_MS);
    const splitter = kind === 'film' ? new FilmSplitter(this.#film()) : new JpegSplitter(this.#pictures());
    this.#child.stdout.on('data', (chunk: Buffer) => {
      if (this.ended !== null) return;
      try {
        splitter.take(chunk);
      } catch {
        this.#end('bad-stream');
      }
    });
    let complaints = '';
    this.#child.stderr.on('data', (piece: Buffer) => {
      complaints = (complaints + piece.toString('utf8')).slice(-MAX_COMPLAINTS);
    });
    this.#child.once('error', () => this.#end('no-ffmpeg'));
    this.#child.once('close', () => this.#end(isRefusal(complaints) ? 'camera-refused' : 'camera-gone'));
  }

  get kind(): LiveKind {
    return this.parts.kind;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** True when there is something to show. */
  get isReady(): boolean {
    return this.fragments.length > 0 || this.picture !== null;
  }

  /** A fragment by its number; null where it is gone or not there yet. */
  fragment(number: number): Buffer | null {
    return this.fragments[number - this.firstNumber]?.bytes ?? null;
  }

  stop(): void {
    this.#end('stopped');
  }

  #film() {
    return {
      opened: (bytes: Buffer) => {
        if (!PLAYABLE.test(bytes.toString('latin1'))) return this.#end('not-playable');
        this.opening = bytes;
      },
      fragment: (fragment: Fragment) => {
        this.fragments.push(fragment);
        let held = this.fragments.reduce((sum, { bytes }) => sum + bytes.length, 0);
        while (
          this.fragments.length > FRAGMENTS_KEPT ||
          (held > MAX_HELD_BYTES && this.fragments.length > 1)
        ) {
          held -= this.fragments.shift()?.bytes.length ?? 0;
          this.firstNumber += 1;
        }
        this.#heard();
      },
    };
  }

  #pictures() {
    return (bytes: Buffer): void => {
      this.picture = { bytes, number: (this.picture?.number ?? 0) + 1 };
      this.#heard();
    };
  }

  #heard(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#end('camera-silent'), SILENT_AFTER_MS);
    this.parts.changed();
  }

  #end(why: LiveEnd): void {
    if (this.ended !== null) return;
    this.ended = why;
    clearTimeout(this.#silence);
    this.#child.kill('SIGKILL');
    this.fragments = [];
    this.picture = null;
    this.parts.changed();
  }
}
