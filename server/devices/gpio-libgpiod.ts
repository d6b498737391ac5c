// Contacts on the pins of a Linux board through libgpiod's own programs, version 1 or 2 by what `--version` says. The bell's
// pulse is ended by gpioset itself, also when this process dies.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { Type, type Static } from '@sinclair/typebox';
import { contactSettings, openContacts, type ContactLines } from './contact-inputs.js';
import { DeviceFault, type Device } from './contract.js';
import { faultOf, withSignal } from './transport.js';

export const LibgpiodSettings = Type.Object(
  {
    chip: Type.String({
      pattern: '^[A-Za-z0-9_-]{1,40}$',
      default: 'gpiochip0',
      description: 'Chip of the pins.',
    }),
    programs: Type.String({
      maxLength: 300,
      default: '',
      description: "Folder of gpioget and gpioset where they are not on the service's path.",
    }),
    ...contactSettings('^[0-9]{1,4}$'),
  },
  { additionalProperties: false },
);
export type LibgpiodSettings = Static<typeof LibgpiodSettings>;

type Version = 1 | 2;

/** Arguments of gpioget. */
function readArguments(version: Version, chip: string, lines: readonly string[]): string[] {
  return version === 1 ? [chip, ...lines] : ['--numeric', '-c', chip, ...lines];
}

/** Levels as gpioget prints them, in order; null where it prints anything else. */
export function readLevels(text: string, count: number): boolean[] | null {
  const words = text.trim().split(/\s+/);
  if (words.length !== count || !words.every((word) => word === '0' || word === '1')) return null;
  return words.map((word) => word === '1');
}

/** Arguments of a gpioset that holds the line until it is ended. */
function holdArguments(version: Version, chip: string, line: string, on: boolean): string[] {
  const level = `${line}=${on ? 1 : 0}`;
  return version === 1 ? ['--mode=signal', chip, level] : ['-c', chip, level];
}

/** Arguments of a gpioset that raises the line, lowers it after so many milliseconds and ends. */
export function pulseArguments(version: Version, chip: string, line: string, ms: number): string[] {
  if (version === 2) return ['--toggle', `${ms}ms,0`, '-c', chip, `${line}=1`];
  const micros = [`--sec=${Math.floor(ms / 1_000)}`, `--usec=${(ms % 1_000) * 1_000}`];
  return ['--mode=time', ...micros, chip, `${line}=1`];
}

/** @returns null where the text is no version of gpioget */
export function versionOf(text: string): Version | null {
  const major = /gpio(?:get|set) \(libgpiod\) v([0-9]+)\./.exec(text)?.[1];
  return major === '1' ? 1 : major === '2' ? 2 : null;
}

function run(program: string, args: string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { signal, timeout: 1_400, maxBuffer: 16_384 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') reject(new DeviceFault('not-installed', program));
      else if (/permission denied/i.test(stderr)) reject(new DeviceFault('refused', stderr.trim()));
      else if (/no such (device|file)|cannot find|not found/i.test(stderr))
        reject(new DeviceFault('unreachable', stderr.trim()));
      else reject(error.killed === true ? new DeviceFault('timed-out', program) : faultOf(error));
    });
  });
}

function openLines({ chip, programs }: LibgpiodSettings): ContactLines {
  const program = (name: string) => (programs === '' ? name : `${programs}/${name}`);
  const held = new Map<string, ChildProcess>();
  const pulses = new Set<ChildProcess>();
  let version: Version | null = null;

  async function known(signal: AbortSignal): Promise<Version> {
    version ??= versionOf(await run(program('gpioget'), ['--version'], signal));
    if (version === null) throw new DeviceFault('bad-answer', 'gpioget of an unknown version');
    return version;
  }

  function begun(args: string[]): Promise<ChildProcess> {
    const child = spawn(program('gpioset'), args, { stdio: 'ignore' });
    return new Promise((resolve, reject) => {
      child.once('error', () => reject(new DeviceFault('not-installed', 'gpioset')));
      child.once('spawn', () => resolve(child));
    });
  }

  async function release(line: string): Promise<void> {
    const child = held.get(line);
    held.delete(line);
    await ended(child);
  }

  return {
    async read(names, signal) {
      // A line that is held has the level at which it is held: asking gpioget would take it away.
      const asked = names.filter((name) => !held.has(name));
      const levels: Record<string, boolean> = {};
      for (const name of names) levels[name] = held.has(name);
      if (asked.length === 0) return levels;
      const args = readArguments(await known(signal), chip, asked);
      const found = readLevels(await run(program('gpioget'), args, signal), asked.length);
      if (found === null) throw new DeviceFault('bad-answer', 'gpioget printed no levels');
      for (const [index, name] of asked.entries()) levels[name] = found[index] ?? false;
      return levels;
    },
    async write(name, on, signal) {
      const way = await known(signal);
      await release(name);
      if (on) {
        const child = await withSignal(signal, begun(holdArguments(way, chip, name, true)));
        held.set(name, child);
        child.once('exit', () => {
          if (held.get(name) === child) held.delete(name);
        });
      } else await run(program('gpioset'), lowerArguments(way, chip, name), signal);
    },
    async pulse(name, ms, signal) {
      const way = await known(signal);
      const child = await withSignal(signal, begun(pulseArguments(way, chip, name, ms)));
      pulses.add(child);
      child.once('exit', () => pulses.delete(child));
    },
    async close() {
      await Promise.all([...held.keys()].map(release));
      await Promise.all([...pulses].map(ended));
    },
  };
}

/** Sets the line low and ends at once. */
function lowerArguments(version: Version, chip: string, line: string): string[] {
  return version === 1 ? ['--mode=exit', chip, `${line}=0`] : ['--toggle', '0', '-c', chip, `${line}=0`];
}

function ended(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

/** Contacts on the pins of a board. */
export function prepareLibgpiod(
  deviceId: string,
  settings: LibgpiodSettings,
): Promise<{ kind: 'contact'; open: () => Device }> {
  return Promise.resolve({
    kind: 'contact',
    open: () => openContacts(deviceId, settings, openLines(settings)),
  });
}
