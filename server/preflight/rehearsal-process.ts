// Plays a rehearsal as a process of its own, on the disk that the room uses, and reads its figures: what the room's server can do
// is measured without touching the room.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RehearsalFound } from './room-checks.js';

export interface RehearsalProcess {
  /** The compiled command, `build/scripts/kaochang.js`. */
  command: string;
  /** A folder on the disk that the room uses; nothing stays there. */
  folder: string;
  seats: number;
  minutes: number;
}

const LAST_WORDS = 2_000;
/** Of the folders that it works in. */
export const CHECK_REHEARSAL_PREFIX = '.preflight-rehearsal-';

/** @throws Error with the last words of a rehearsal that gave no figures */
export async function rehearseBeside(
  { command, folder, seats, minutes }: RehearsalProcess,
  signal: AbortSignal,
): Promise<RehearsalFound> {
  const data = await mkdtemp(join(folder, CHECK_REHEARSAL_PREFIX));
  try {
    const args = [
      'rehearse',
      '--seats',
      String(seats),
      '--minutes',
      String(minutes),
      '--json',
      '--data',
      data,
    ];
    return readRehearsal(await lastLine([command, ...args], signal));
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

function lastLine(args: string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    // Told to end it ends its own server too.
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    const end = () => void child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on(
      'data',
      (chunk: Buffer) => (errors = (errors + chunk.toString('utf8')).slice(-LAST_WORDS)),
    );
    child.once('error', reject);
    child.once('close', () => {
      signal.removeEventListener('abort', end);
      const line = out.trimEnd().split('\n').at(-1) ?? '';
      if (line.startsWith('{')) resolve(line);
      else reject(new Error(errors.trim().split('\n').slice(-3).join(' ') || 'the rehearsal said nothing'));
    });
  });
}

/** @param line the last line of `kaochang rehearse --json` @throws Error when it has no figures */
export function readRehearsal(line: string): RehearsalFound {
  const said = JSON.parse(line) as Partial<{
    error: string;
    seats: number;
    handedIn: number;
    acknowledged: number;
    lost: number;
    problems: string[];
    phases: Partial<Record<'save' | 'firstPaper', { p99: number }>>;
  }>;
  const { seats, handedIn, acknowledged, lost, problems, phases } = said;
  const figures = [seats, handedIn, acknowledged, lost, phases?.save?.p99, phases?.firstPaper?.p99];
  if (!figures.every((one) => typeof one === 'number') || !Array.isArray(problems))
    throw new Error(said.error ?? 'the rehearsal gave no figures');
  const [all = 0, done = 0, kept = 0, gone = 0, saveP99Ms = 0, firstPaperP99Ms = 0] = figures as number[];
  return {
    ...{ seats: all, handedIn: done, acknowledged: kept, lost: gone, saveP99Ms, firstPaperP99Ms },
    problems: problems.map(String),
  };
}
