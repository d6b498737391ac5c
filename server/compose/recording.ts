// The room's recordings beside its rules: tells the recorder what the plan asks for, takes what it lists into the journal, and says
// of each camera how it goes. The recorder is a process of its own: nothing here holds a frame, and answers never wait for it.

import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.js';
import { isStoppedByStaff, openWindows, recordsNow, recordsUntil } from '../core/recording-plan.js';
import { cameraRows } from '../core/views.js';
import { entryOf } from '../core/state-access.js';
import type { CameraHost, RecordedCamera } from '../devices/camera-host.js';
import { wantedCameraOf, type CameraStreams } from '../devices/camera-streams.js';
import type { DeviceSetting } from '../devices/settings.js';
import type { Log } from '../log.js';
import type { CameraStatus, RecorderStatus, WantedCamera } from '../recording/contract.js';
import { RecorderClient, type WantedNow } from '../recording/recorder-client.js';
import type { RunningRoom } from '../room.js';
import { RecordingTail } from './recording-tail.js';
import { WallOffsets } from './wall-offsets.js';

const LOOK_EVERY_MS = 1_000;
/** The recorder hears from the server at least so often. */
const SAY_EVERY_MS = 60_000;
/** A server that is gone for longer is noticed by the recorder, where no session is under way. */
const LEASE_MS = 15 * 60_000;
/** A camera that did not say where its streams are is asked again. */
const ASK_AGAIN_MS = 10_000;
const ASK_WITHIN_MS = 8_000;
/** From the end of a segment to its line. */
const LISTED_WITHIN_MS = 10_000;
const MINUTE_MS = 60_000;
const GB = 1e9;
const BY_ROOM = { kind: 'room' } as const;

/** The server's end of the recorder, as this file uses it. */
export type Recorder = Pick<RecorderClient, 'want' | 'status' | 'linesOf' | 'stop'>;

export interface RecordingParts {
  room: RunningRoom;
  settings: Config['recording'];
  /** The cameras of the settings, camcorders too. */
  cameras: readonly DeviceSetting[];
  /** The video folder, absolute. */
  folder: string;
  /** The program that records; null = there is none. */
  ffmpeg: string | null;
  streams: (cameraId: string, signal: AbortSignal) => Promise<CameraStreams | null>;
  log: Log;
  /** Tests bring their own. */
  recorder?: Recorder;
}

interface Asked {
  streams: CameraStreams | null;
  askedAt: number;
  asking: Promise<void> | null;
}

export class Recording {
  readonly #asked = new Map<string, Asked>();
  readonly #offsets = new WallOffsets();
  readonly #tail: RecordingTail;
  readonly #startedAt: number;
  readonly #control = new AbortController();
  #last: RecorderStatus | null = null;
  #said: { text: string; at: number } | null = null;
  #looking: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;
  #atOnce = false;
  #unsubscribe: () => void = () => undefined;

  private constructor(
    private readonly parts: RecordingParts,
    private readonly recorder: Recorder,
  ) {
    const { room, log } = parts;
    this.#startedAt = room.time.reading().wallAt;
    this.#tail = new RecordingTail({
      ...{ room, log, offsets: this.#offsets },
      linesOf: (cameraId, fromLine, limit) => recorder.linesOf(cameraId, fromLine, limit),
    });
  }

  /** Finds the recorder that lives; null in a room without cameras. Nothing is recorded before `begin`. */
  static async open(parts: RecordingParts): Promise<Recording | null> {
    if (parts.cameras.length === 0) return null;
    if (parts.ffmpeg === null)
      parts.log.error('没有找到 ffmpeg，无法录像 / There is no ffmpeg: nothing can be recorded');
    const entry = fileURLToPath(new URL('../recording/recorder-main.js', import.meta.url));
    const { folder, log } = parts;
    return new Recording(parts, parts.recorder ?? (await RecorderClient.open({ folder, entry, log })));
  }

  /** Says what has to be recorded from now on; the devices are known to the room by then. */
  begin(): void {
    const { room, settings } = this.parts;
    const { beforeMinutes, afterMinutes } = settings;
    const [beforeMs, afterMs] = [beforeMinutes * MINUTE_MS, afterMinutes * MINUTE_MS];
    room.handle({ type: 'configure-video', beforeMs, afterMs, by: BY_ROOM });
    this.#timer = setInterval(() => this.#soon(), LOOK_EVERY_MS);
    this.#unsubscribe = room.subscribe((published) => {
      if (published.some(({ event }) => event.type === 'device-commanded')) this.#soon();
    });
    this.#soon();
  }

  /** How the recording of a camera goes, for its device. */
  readonly host: Pick<CameraHost, 'recorderStatus'> = {
    recorderStatus: (cameraId) => this.#statusOf(cameraId),
  };

  /** What the recorder said last, for figures; null where none speaks. */
  status(): RecorderStatus | null {
    return this.recorder.status();
  }

  /**
   * Lets go of the recorder: while a session has to be recorded it goes on alone, to the planned end, and the next server finds
   * it again; else it ends in order.
   */
  async stop(): Promise<void> {
    const { room } = this.parts;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#unsubscribe();
    this.#control.abort();
    await this.#looking;
    const keepRecording = openWindows(room.state, room.now()).length > 0;
    if (keepRecording) await this.#say(true).catch(() => undefined);
    await this.recorder.stop({ keepRecording });
  }

  /**
   * Resolves when everything that was recorded until then is in the journal: a segment is listed when it is whole. Waits for no
   * camera that does not record, and for none for ever.
   * @param at room time
   */
  async listedUntil(at: number, signal: AbortSignal): Promise<void> {
    const { room, settings } = this.parts;
    const patientUntil = at + 2 * settings.segmentSeconds * 1_000 + LISTED_WITHIN_MS;
    while (!this.#isListed(at) && room.now() < patientUntil) {
      await pause(LOOK_EVERY_MS, undefined, { signal });
      this.#atOnce = true;
      await this.lookNow();
    }
  }

  #isListed(at: number): boolean {
    const { room } = this.parts;
    const recording = this.recorder.status()?.cameras.filter(({ state }) => state === 'recording') ?? [];
    return recording.every(
      ({ cameraId }) => (entryOf(room.state.video.cameras, cameraId)?.lastEndAt ?? 0) >= at,
    );
  }

  /** Looks now: what is wanted, what was listed. Resolves when the look is over, as those before it. */
  async lookNow(): Promise<void> {
    this.#soon();
    await this.#looking;
  }

  /** One look after the other, however long one takes. */
  #soon(): void {
    if (this.#control.signal.aborted) return;
    this.#looking = this.#looking
      .then(() => this.#look())
      .catch((error: unknown) => {
        this.parts.log.warn({ err: error }, 'The recordings could not be looked after');
      });
  }

  async #look(): Promise<void> {
    const { room } = this.parts;
    if (this.#control.signal.aborted) return;
    this.#offsets.look(room.time.reading().wallAt, room.now());
    await this.#say(false);
    this.#last = this.recorder.status() ?? this.#last;
    const atOnce = this.#atOnce;
    this.#atOnce = false;
    await this.#tail.look(this.recorder.status(), atOnce);
  }

  /** @param anyway also where nothing changed */
  async #say(anyway: boolean): Promise<void> {
    const { room, settings, ffmpeg } = this.parts;
    if (ffmpeg === null) return;
    const { wallAt } = room.time.reading();
    const now = room.now();
    const cameras = this.#wanted(now);
    const text = JSON.stringify(cameras);
    if (!anyway && this.#said?.text === text && Math.abs(wallAt - this.#said.at) < SAY_EVERY_MS) return;
    const planned = recordsUntil(room.state, now);
    const aloneMs = Math.max(LEASE_MS, planned === null ? 0 : planned - now);
    const wanted: WantedNow = {
      until: wallAt + Math.min(aloneMs, settings.aloneMinutes * MINUTE_MS),
      serverStartedAt: this.#startedAt,
      segmentSeconds: settings.segmentSeconds,
      ffmpeg,
      lowBytes: Math.round(settings.lowGb * GB),
      stopBytes: Math.round(settings.stopGb * GB),
      volumeId: settings.volumeId === '' ? null : settings.volumeId,
      cameras,
    };
    await this.recorder.want(wanted);
    this.#said = { text, at: wallAt };
  }

  #wanted(now: number): WantedCamera[] {
    const { room, cameras } = this.parts;
    return cameras.flatMap((setting) => {
      const streams = this.#streamsOf(setting.id, now);
      const record = recordsNow(room.state, setting.id, now);
      const stopped = isStoppedByStaff(room.state, setting.id, now);
      return wantedCameraOf(setting, streams, { record, stopped }) ?? [];
    });
  }

  /** What is known now; a camera that has to be asked is asked meanwhile, and where its password is refused who knows a new one. */
  #streamsOf(cameraId: string, now: number): CameraStreams | null {
    const asked = this.#asked.get(cameraId) ?? { streams: null, askedAt: -Infinity, asking: null };
    this.#asked.set(cameraId, asked);
    const said = this.recorder.status()?.cameras.find((one) => one.cameraId === cameraId);
    const isKnown = asked.streams !== null && said?.state !== 'refused';
    if (isKnown || asked.asking !== null || now - asked.askedAt < ASK_AGAIN_MS) return asked.streams;
    asked.askedAt = now;
    const signal = AbortSignal.any([this.#control.signal, AbortSignal.timeout(ASK_WITHIN_MS)]);
    asked.asking = this.parts
      .streams(cameraId, signal)
      .then(
        (streams) => {
          const isNew = !isDeepStrictEqual(streams, asked.streams);
          asked.streams = streams;
          if (isNew) this.#soon();
        },
        // Its device says so, and the preflight.
        () => undefined,
      )
      .finally(() => (asked.asking = null));
    return asked.streams;
  }

  #statusOf(cameraId: string): RecordedCamera | null {
    const { room } = this.parts;
    const now = room.now();
    const status = this.recorder.status();
    const known = status ?? this.#last;
    if (known === null) return null;
    const said = known.cameras.find((one) => one.cameraId === cameraId);
    const row = cameraRows(room.state, now).find(({ deviceId }) => deviceId === cameraId);
    const { freeBytes, space, volume } = known;
    const kilobits = known.cameras.reduce((sum, one) => sum + (one.kilobitsPerSecond ?? 0), 0);
    const usable = Math.max(0, freeBytes - this.parts.settings.stopGb * GB);
    return {
      status: status === null ? silent(cameraId) : (said ?? notYet(cameraId)),
      recorder: { freeBytes, space, volume },
      wanted: recordsNow(room.state, cameraId, now),
      coveredPercent: row?.coveredPercent ?? null,
      gaps: row === undefined || row.coveredPercent === null ? null : row.gaps.length,
      timeLeftS: kilobits === 0 ? null : Math.min(1e9, Math.floor(usable / (kilobits * 125))),
    };
  }
}

const nothingOf = (cameraId: string): Omit<CameraStatus, 'state' | 'reason'> => ({
  ...{ cameraId, ffmpegPid: null, since: null, restarts: 0, framesPerSecond: null, kilobitsPerSecond: null },
  ...{ width: null, height: null, codec: null, lastEndAt: null, owedFrom: null, gap: null, lines: 0 },
  headHash: '',
});

/** Of a recorder that does not speak nothing is recorded as far as anybody knows. */
const silent = (cameraId: string): CameraStatus => ({
  ...nothingOf(cameraId),
  state: 'failed',
  reason: 'the recorder does not answer',
});

/** The recorder has not heard of it, or its streams are not known. */
const notYet = (cameraId: string): CameraStatus => ({ ...nothingOf(cameraId), state: 'off', reason: null });
