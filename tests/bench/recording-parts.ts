// What each option of the recorder's ffmpeg costs: all variants copy the same stream at the same time, each round in another
// order (who is sent a picture first finds least of itself in the processor's cache), and the medians of the rounds are told.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FRAGMENT_MS, recordingArguments } from '../../server/recording/ffmpeg-arguments.js';
import { BESIDE, cameraProcess, cpuOf } from './bare-ffmpeg.js';

const SETTLE_MS = 4_000;
const FLAVOUR = { libavformat: 59, version: 501 };

/** Takes an option and its value away. */
const without = (args: readonly string[], name: string): string[] => {
  const at = args.indexOf(name);
  if (at < 0) throw new Error(`no option ${name}`);
  return [...args.slice(0, at), ...args.slice(at + 2)];
};
const replaced = (args: readonly string[], from: string, to: string): string[] => {
  if (!args.some((one) => one.includes(from))) throw new Error(`no ${from}`);
  return args.map((one) => one.replace(from, to));
};

const ours = (url: string, folder: string, version = FLAVOUR.version): string[] =>
  recordingArguments(
    {
      ...{ url, folder, segmentSeconds: 10, audio: false, isH265: false, patient: false },
      ...{ endsAt: Date.now() + 3_600_000, silenceMs: 4_000 },
    },
    { ...FLAVOUR, version },
  );

const VARIANTS: Record<string, (url: string, folder: string) => string[]> = {
  'bare ffmpeg': BESIDE.bare,
  'bare ffmpeg, as safe as ours': BESIDE.safe,
  ours,
  'without setts, the first pictures thrown away': (url, folder) => ours(url, folder, 500),
  'setts that computes nothing': (url, folder) =>
    ours(url, folder).map((one) => (one.startsWith('setts=') ? 'setts=ts=TS' : one)),
  'fragments at key frames': (url, folder) =>
    replaced(ours(url, folder), `:frag_duration=${FRAGMENT_MS * 1_000}`, '+frag_keyframe'),
  'fragments of 0.4 s': (url, folder) => replaced(ours(url, folder), `=${FRAGMENT_MS * 1_000}`, '=400000'),
  'without producer times': (url, folder) => replaced(ours(url, folder), ':write_prft=wallclock', ''),
  'without flushing': (url, folder) => replaced(ours(url, folder), ':flush_packets=1', ''),
  'without a list': (url, folder) =>
    without(without(ours(url, folder), '-segment_list'), '-segment_list_type'),
  'without a time-out': (url, folder) => without(ours(url, folder), '-timeout'),
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Prints a line a variant: per cent of a core, and how much of bare ffmpeg in the same round. */
export async function parts(rounds: number, seconds: number): Promise<void> {
  const camera = await cameraProcess();
  const names = Object.keys(VARIANTS);
  const shares = new Map(names.map((name) => [name, [] as number[]]));
  try {
    for (let round = 0; round < rounds; round++) {
      const folder = mkdtempSync(join(tmpdir(), 'kaochang-bench-video-'));
      const running: { name: string; child: ChildProcess }[] = [];
      try {
        for (let n = 0; n < names.length; n++) {
          const name = names[(n + round * 4) % names.length] ?? '';
          const into = join(folder, String(n));
          mkdirSync(into);
          const args = VARIANTS[name]?.(camera.url, into) ?? [];
          running.push({ name, child: spawn('ffmpeg', args, { stdio: 'ignore' }) });
          // So they are served in this order.
          await pause(150);
        }
        await pause(SETTLE_MS);
        const read = () => running.map(({ child }) => cpuOf(child.pid ?? 0));
        const [before, startedMono] = [read(), performance.now()];
        await pause(seconds * 1_000);
        const after = read();
        const lastedS = (performance.now() - startedMono) / 1_000;
        for (const [n, { name }] of running.entries())
          shares.get(name)?.push((((after[n] ?? 0) - (before[n] ?? 0)) / lastedS) * 100);
      } finally {
        for (const { child } of running) child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
    }
  } finally {
    camera.child.kill('SIGKILL');
  }
  const bare = shares.get('bare ffmpeg') ?? [];
  for (const [variant, percent] of shares)
    console.log(
      JSON.stringify({
        variant,
        percent: Math.round(median(percent) * 1_000) / 1_000,
        ofBare: Math.round(median(percent.map((one, n) => one / (bare[n] ?? NaN))) * 1_000) / 1_000,
      }),
    );
}
