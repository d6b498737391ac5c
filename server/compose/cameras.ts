// The cameras of the settings for those who have to look at one: where its streams are, what is in them, a picture of now, its
// clock. It records nothing and decides nothing.

import type { CameraStreams } from '../devices/camera-streams.js';
import { isCameraSetting, loginMark, resolveStreams } from '../devices/camera-streams.js';
import { maskCredentials } from '../devices/camera-address.js';
import { measureOffset } from '../devices/camera-clock.js';
import { loginOf, type OnvifSettings } from '../devices/camera-settings.js';
import { DeviceFault } from '../devices/contract.js';
import { likeliest } from '../devices/clock-offset.js';
import { OnvifCamera } from '../devices/onvif-camera.js';
import type { DeviceSetting } from '../devices/settings.js';
import { takeSnapshot } from '../recording/one-picture.js';
import { ProbeFailure, probeOf, probeStream, type StreamFacts } from '../recording/probe-stream.js';

export interface CameraDeskOptions {
  /** `devices` of the settings; others than cameras are left out. */
  devices: readonly DeviceSetting[];
  /** Relative paths in the settings are below it. */
  folder: string;
  /** Program that records. */
  ffmpeg: string;
}

/** How long one look at a stream lasts, seconds. */
const LOOK_SECONDS = 20;
const CLOCK_WITHIN_MS = 6_000;
/** Cameras lock out who comes with a wrong password again and again. */
const REFUSED_STANDS_MS = 120_000;

export class CameraDesk {
  readonly #settings: ReadonlyMap<string, DeviceSetting>;
  readonly #streams = new Map<string, CameraStreams>();
  /** Whose login the streams were asked with, and refused. */
  readonly #marks = new Map<string, string>();
  readonly #facts = new Map<string, StreamFacts>();
  readonly #refused = new Map<string, { fault: DeviceFault; at: number }>();
  readonly #looks = new Map<string, Promise<StreamFacts>>();

  constructor(private readonly options: CameraDeskOptions) {
    this.#settings = new Map(
      options.devices.filter(isCameraSetting).map((setting) => [setting.id, setting] as const),
    );
  }

  /** All cameras of the settings, camcorders too, in their order. */
  all(): DeviceSetting[] {
    return [...this.#settings.values()];
  }

  /**
   * Where a camera's streams are; null for a camcorder or an unknown one. What an ONVIF camera said is kept until it is
   * forgotten, or its login changes. @throws DeviceFault
   */
  async streams(cameraId: string, signal: AbortSignal): Promise<CameraStreams | null> {
    const setting = this.#settings.get(cameraId);
    if (setting === undefined) return null;
    const before = this.#marks.get(cameraId);
    // A password's file that cannot be read just now makes nothing new.
    const mark = await loginMark(setting, this.options.folder).catch(() => before);
    if (mark !== before && mark !== undefined) {
      this.#streams.delete(cameraId);
      this.#refused.delete(cameraId);
      this.#marks.set(cameraId, mark);
    }
    const known = this.#streams.get(cameraId);
    if (known !== undefined) return known;
    const refused = this.#refused.get(cameraId);
    if (refused !== undefined && performance.now() - refused.at < REFUSED_STANDS_MS) throw refused.fault;
    const streams = await resolveStreams(setting, this.options.folder, signal).catch((error: unknown) => {
      if (error instanceof DeviceFault && error.code === 'refused')
        this.#refused.set(cameraId, { fault: error, at: performance.now() });
      throw error;
    });
    if (streams !== null) this.#streams.set(cameraId, streams);
    return streams;
  }

  /** Asks anew next time: after a camera was set up differently, or does not answer where it was. */
  forget(cameraId: string): void {
    this.#streams.delete(cameraId);
  }

  /** What the last look found; null before. */
  facts(cameraId: string): StreamFacts | null {
    return this.#facts.get(cameraId) ?? null;
  }

  /** Looks at the main stream for 20 s; two who ask at once share one look. @throws ProbeFailure, DeviceFault */
  look(cameraId: string, signal: AbortSignal, seconds = LOOK_SECONDS): Promise<StreamFacts> {
    const running = this.#looks.get(cameraId);
    if (running !== undefined) return running;
    const look = this.#look(cameraId, signal, seconds).finally(() => this.#looks.delete(cameraId));
    this.#looks.set(cameraId, look);
    return look;
  }

  /** A JPEG of this moment. @param width at most, pixels; null = as it is @throws ProbeFailure, DeviceFault */
  async snapshot(cameraId: string, signal: AbortSignal, width: number | null = null): Promise<Buffer> {
    const { url } = await this.#withStreams(cameraId, signal);
    const { ffmpeg } = this.options;
    return takeSnapshot({ ffmpeg, url, width }, signal).catch(withoutCredentials);
  }

  /** Camera minus room, milliseconds; null where the camera says no time. @throws DeviceFault */
  async clockOffset(cameraId: string, signal: AbortSignal): Promise<number | null> {
    const camera = await this.onvif(cameraId);
    if (camera === null) return null;
    const host = { nowMs: () => performance.now(), wallMs: () => Date.now() };
    const endsAt = host.nowMs() + CLOCK_WITHIN_MS;
    const { bounds } = await measureOffset((within) => camera.clock(within), host, { endsAt }, signal);
    return bounds === null ? null : likeliest(bounds);
  }

  /** The ONVIF service of a camera; null where it has none. @throws DeviceFault */
  async onvif(cameraId: string): Promise<OnvifCamera | null> {
    const setting = this.#settings.get(cameraId);
    if (setting?.adapter !== 'onvif') return null;
    const { host, port, ...rest } = setting as unknown as OnvifSettings;
    return new OnvifCamera({ host, port, login: await loginOf(rest, this.options.folder) });
  }

  async #look(cameraId: string, signal: AbortSignal, seconds: number): Promise<StreamFacts> {
    const { url } = await this.#withStreams(cameraId, signal);
    const ffprobe = probeOf(this.options.ffmpeg);
    const facts = await probeStream({ ffprobe, url, seconds }, signal).catch((error: unknown) => {
      this.forget(cameraId);
      return withoutCredentials(error);
    });
    this.#facts.set(cameraId, facts);
    return facts;
  }

  async #withStreams(cameraId: string, signal: AbortSignal): Promise<CameraStreams> {
    const streams = await this.streams(cameraId, signal);
    if (streams === null) throw new ProbeFailure('no-video', `${cameraId} has no stream`);
    return streams;
  }
}

/** ffmpeg repeats addresses in its complaints. */
function withoutCredentials(error: unknown): never {
  if (error instanceof ProbeFailure) throw new ProbeFailure(error.code, maskCredentials(error.detail));
  throw error;
}
