// Checks exported recordings with the room's public key and nothing else of the room: the signature, every manifest's chain,
// every file, every segment in it, and coverage and gaps as the manifests give them. Imports nothing that exports; writes nothing.

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import type { VideoLine } from '../core/video-types.js';
import { verifyDsse } from '../keys/dsse.js';
import type { PublicKeys } from '../keys/key-files.js';
import { bytesOfFile, streamOf } from '../keys/readable-bytes.js';
import {
  VIDEO_EXPORT_SUFFIX,
  VIDEO_EXPORT_TYPE,
  VideoExportSchema,
  type ExportedCamera,
  type ExportedFile,
  type VideoExport,
} from '../protocol/video-export.js';
import { coverageOf } from './coverage.js';
import { checkManifest } from './manifest-check.js';
import type { VerifyProgress, VideoFault, VideoReport } from './verify-report.js';

const CHINA_OFFSET_MS = 8 * 3_600_000;
const FILM = /\.(mp4|mov|m4v|mkv|avi|mts|m2ts|ts|partial)$/i;

/** Names of the signed lists in a folder. */
export async function statementsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(VIDEO_EXPORT_SUFFIX)).sort();
}

/**
 * Checks everything in the folder that the room signed.
 * @throws Error where the folder or a file in it cannot be read
 */
export async function verifyExport(
  folder: string,
  trust: readonly PublicKeys[],
  onProgress: VerifyProgress = () => undefined,
): Promise<VideoReport> {
  const verifier = new ExportVerifier(folder, onProgress);
  const names = await readdir(folder);
  const found = new Map(names.map((name) => [name.normalize('NFC'), name]));
  const statements: VideoExport[] = [];
  for (const name of await statementsIn(folder)) {
    const statement = readStatement(await readFile(join(folder, name)), trust);
    if (typeof statement === 'string') verifier.note(statement, name);
    else statements.push(statement);
  }
  if (statements.length === 0 && verifier.report.problems.length === 0)
    verifier.note('no-statement', `*${VIDEO_EXPORT_SUFFIX}`);
  await verifier.measure(statements, found);
  for (const statement of statements)
    for (const camera of statement.cameras) await verifier.checkCamera(statement, camera, found);
  const named = new Set(
    statements.flatMap(({ cameras }) => cameras.flatMap((one) => one.files.map(({ name }) => name))),
  );
  for (const [name] of found) if (FILM.test(name) && !named.has(name)) verifier.note('file-added', name);
  verifier.nameSwaps();
  return { ...verifier.report, ok: verifier.report.problems.length === 0 };
}

/** @returns the fault where it is none that can be believed */
function readStatement(bytes: Buffer, trust: readonly PublicKeys[]): VideoExport | VideoFault {
  let payload: Buffer;
  try {
    payload = verifyDsse(JSON.parse(bytes.toString('utf8')), VIDEO_EXPORT_TYPE, trust);
  } catch {
    return 'statement-signature';
  }
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return Value.Check(VideoExportSchema, value) && value.to >= value.from ? value : 'statement-unsound';
  } catch {
    return 'statement-unsound';
  }
}

class ExportVerifier {
  readonly report: VideoReport = {
    ...{ ok: true, cameras: [], files: 0, bytes: 0, segments: 0, pending: 0, problems: [] },
  };
  readonly #folder: string;
  readonly #onProgress: VerifyProgress;
  #doneBytes = 0;
  #ofBytes = 0;
  /** What each file should be, and what those are that are something else. */
  readonly #expected = new Map<string, string>();
  readonly #wrong: { name: string; sha256: string }[] = [];

  constructor(folder: string, onProgress: VerifyProgress) {
    this.#folder = folder;
    this.#onProgress = onProgress;
  }

  note(fault: VideoFault, where: string): void {
    this.report.problems.push({ fault, where });
  }

  async measure(statements: readonly VideoExport[], found: ReadonlyMap<string, string>): Promise<void> {
    for (const { name, sha256 } of statements.flatMap(({ cameras }) =>
      cameras.flatMap(({ files }) => files),
    )) {
      this.#expected.set(sha256, name);
      const there = found.get(name);
      if (there !== undefined) this.#ofBytes += (await stat(join(this.#folder, there))).size;
    }
  }

  async checkCamera(
    { from, to }: VideoExport,
    camera: ExportedCamera,
    found: ReadonlyMap<string, string>,
  ): Promise<void> {
    const lines = await this.#checkManifest(camera, found);
    const byLine = new Map(lines.map((line) => [line.line, line]));
    const placed = new Set<number>();
    for (const file of camera.files) {
      for (const [line] of file.segments) placed.add(line);
      await this.#checkFile(file, byLine, new Set(camera.faults.map(({ line }) => line)), found);
    }
    for (const { line, fault } of camera.faults)
      this.note(
        fault === 'missing' ? 'source-missing' : 'source-changed',
        timeOf(camera, byLine.get(line), line),
      );
    const gone = new Set(camera.faults.flatMap(({ line, fault }) => (fault === 'missing' ? [line] : [])));
    for (const line of lines)
      if (line.kind === 'segment' && line.endAt > from && line.startAt < to)
        if (!placed.has(line.line) && !gone.has(line.line))
          this.note('segment-absent', timeOf(camera, line, line.line));
    const { coveredMs, gaps } = coverageOf(
      lines.filter(({ line }) => !gone.has(line)),
      from,
      to,
    );
    if (coveredMs !== camera.coveredMs || JSON.stringify(gaps) !== JSON.stringify(camera.gaps.map(inOrder)))
      this.note('coverage-differs', `${camera.name} (${camera.cameraId})`);
    this.report.cameras.push({
      ...{ cameraId: camera.cameraId, name: camera.name, coveredMs, plannedMs: to - from, gaps: gaps.length },
    });
  }

  async #checkManifest(camera: ExportedCamera, found: ReadonlyMap<string, string>): Promise<VideoLine[]> {
    const { name, bytes, sha256, firstLine, prev, lines: count, head } = camera.manifest;
    const there = found.get(name);
    if (there === undefined) {
      this.note('manifest-missing', name);
      return [];
    }
    const file = join(this.#folder, there);
    const content = await readFile(file);
    const isSame = content.length === bytes && createHash('sha256').update(content).digest('hex') === sha256;
    const { lines, problems } = await checkManifest(file, camera.cameraId, { line: firstLine, prev });
    for (const { fault, row } of problems) this.note(fault, `${name}:${row}`);
    const isWhole = lines.length === count && (lines.at(-1)?.hash ?? prev) === head;
    if (!isWhole) this.note('manifest-cut', name);
    if (!isSame && isWhole && problems.length === 0) this.note('manifest-changed', name);
    return lines;
  }

  async #checkFile(
    file: ExportedFile,
    lines: ReadonlyMap<number, VideoLine>,
    known: ReadonlySet<number>,
    found: ReadonlyMap<string, string>,
  ): Promise<void> {
    const there = found.get(file.name);
    if (there === undefined) return this.note('file-missing', file.name);
    const bytes = await bytesOfFile(join(this.#folder, there));
    try {
      const whole = createHash('sha256');
      const take = async (from: number, length: number) => {
        const own = createHash('sha256');
        for await (const chunk of streamOf(bytes, from, length)) {
          whole.update(chunk);
          own.update(chunk);
          this.#onProgress((this.#doneBytes += chunk.length), this.#ofBytes);
        }
        return own.digest('hex');
      };
      let at = 0;
      const changed: string[] = [];
      for (const [number, offset, length] of file.segments) {
        if (offset < at || offset + length > file.bytes) {
          this.note('statement-unsound', `${file.name} #${number}`);
          break;
        }
        if (offset + length > bytes.size) break;
        await take(at, offset - at);
        const own = await take(offset, length);
        at = offset + length;
        this.report.segments++;
        const line = lines.get(number);
        const isRight = line?.kind === 'segment' && line.sha256 === own;
        if (!isRight && !known.has(number)) changed.push(timeIn(file, line, number));
      }
      await take(at, bytes.size - at);
      const sha256 = whole.digest('hex');
      this.report.files++;
      this.report.bytes += bytes.size;
      const isWhole = bytes.size === file.bytes && sha256 === file.sha256;
      if (!isWhole) this.#wrong.push({ name: file.name, sha256 });
      // Of a file that is another one, every segment is: the file's own fault says it.
      if (isWhole || !this.#expected.has(sha256))
        for (const where of changed) this.note('segment-changed', where);
    } finally {
      await bytes.close();
    }
  }

  /** After all files were read: what is not itself may be another. */
  nameSwaps(): void {
    for (const { name, sha256 } of this.#wrong) {
      const other = this.#expected.get(sha256);
      if (other === undefined) this.note('file-changed', name);
      else this.note('file-swapped', `${name} = ${other}`);
    }
  }
}

function inOrder({ from, to, cause }: ExportedCamera['gaps'][number]) {
  return { from, to, cause };
}

function timeOf(camera: ExportedCamera, line: VideoLine | undefined, number: number): string {
  return `${camera.name} (${camera.cameraId}) #${number}${line?.kind === 'segment' ? ` ${clock(line.startAt)}` : ''}`;
}

function timeIn(file: ExportedFile, line: VideoLine | undefined, number: number): string {
  return `${file.name} #${number}${line?.kind === 'segment' ? ` ${clock(line.startAt)}` : ''}`;
}

function clock(at: number): string {
  return new Date(at + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}
