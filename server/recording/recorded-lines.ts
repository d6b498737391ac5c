// Reads the manifests of the cameras for whoever looks at recordings: only what came since the last look is read from the
// disk. Whether the chain is right is held to account elsewhere; here a line that is none is passed over.

import { stat } from 'node:fs/promises';
import type { VideoLine } from '../core/video-types.js';
import { videoPaths } from './contract.js';
import { readManifest } from './manifest.js';

/** Two days of segments of ten seconds; what is older is looked at in an export. */
const LINES_KEPT = 20_000;
/** A camera that nobody looked at for so long is read anew. */
const FORGOTTEN_AFTER_MS = 600_000;

interface Known {
  lines: VideoLine[];
  /** Bytes that are behind `lines`, up to the last whole line. */
  offset: number;
  inode: number;
  usedAtMs: number;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** True for what may name a camera in an address and a folder. */
export const isCameraId = (text: string) => text.length <= 64 && NAME.test(text);

/** A path of plain names below the camera's own folder. */
function isFileOf(cameraId: string, file: string): boolean {
  const names = file.split('/');
  return names.length > 1 && names[0] === cameraId && names.every((name) => NAME.test(name));
}

export class RecordedLines {
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<readonly VideoLine[]>>();

  /** @param nowMs a clock that never goes back */
  constructor(
    private readonly folder: string,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** The newest lines of a camera, oldest first; none for a camera without a manifest. */
  of(cameraId: string): Promise<readonly VideoLine[]> {
    this.#forget();
    const reading =
      this.#reading.get(cameraId) ??
      this.#read(cameraId).finally(() => {
        this.#reading.delete(cameraId);
      });
    this.#reading.set(cameraId, reading);
    return reading;
  }

  async #read(cameraId: string): Promise<readonly VideoLine[]> {
    const file = videoPaths(this.folder).manifest(cameraId);
    const found = await stat(file).catch(() => null);
    if (found === null) return [];
    const before = this.#known.get(cameraId);
    const isSame = before !== undefined && before.inode === found.ino && before.offset <= found.size;
    const known = isSame ? before : { lines: [], offset: 0, inode: found.ino, usedAtMs: 0 };
    known.usedAtMs = this.nowMs();
    this.#known.set(cameraId, known);
    if (found.size === known.offset) return known.lines;
    for await (const { line, endsAt } of readManifest(file, known.offset)) {
      known.offset = endsAt;
      if (line === null || line.cameraId !== cameraId) continue;
      if (line.kind === 'gap' || isFileOf(cameraId, line.file)) known.lines.push(line);
    }
    if (known.lines.length > LINES_KEPT) known.lines.splice(0, known.lines.length - LINES_KEPT);
    return known.lines;
  }

  #forget(): void {
    const now = this.nowMs();
    for (const [cameraId, { usedAtMs }] of this.#known)
      if (now - usedAtMs > FORGOTTEN_AFTER_MS) this.#known.delete(cameraId);
  }
}
