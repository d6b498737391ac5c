// Where a profile says that the time and the memory went: by function, and by file. Pure: it reads no file and starts nothing.

import type { CallFrame, CpuProfile, HeapNode } from './inspector.js';

export interface Place {
  /** Function, file and line; the file below the project's build, or the module of another's. */
  where: string;
  file: string;
  /** Milliseconds or bytes by itself, what it calls not counted. */
  self: number;
  /** Of everything that was not idle. */
  share: number;
}

/** The places with the most time of their own, idle time left out. */
export function hotFunctions(profile: CpuProfile): Place[] {
  const selfMs = new Map<number, number>();
  profile.samples.forEach((id, n) => {
    selfMs.set(id, (selfMs.get(id) ?? 0) + (profile.timeDeltas[n] ?? 0) / 1_000);
  });
  return gathered(
    profile.nodes
      .filter(({ callFrame }) => !['(idle)', '(root)'].includes(callFrame.functionName))
      .map(({ id, callFrame }) => ({ callFrame, self: selfMs.get(id) ?? 0 })),
  );
}

/** The places that hold the most of what was allocated. */
export function heldMemory(head: HeapNode): Place[] {
  const all: { callFrame: CallFrame; self: number }[] = [];
  const walk = (node: HeapNode) => {
    all.push({ callFrame: node.callFrame, self: node.selfSize });
    node.children.forEach(walk);
  };
  walk(head);
  return gathered(all);
}

/** The same by file. */
export function byFile(places: readonly Place[]): Place[] {
  const files = new Map<string, Place>();
  for (const { file, self, share } of places) {
    const one = files.get(file) ?? { where: file, file, self: 0, share: 0 };
    one.self += self;
    one.share += share;
    files.set(file, one);
  }
  return sorted([...files.values()]);
}

/** Milliseconds in which something ran, and in which nothing did. */
export function busyMs(profile: CpuProfile): { busy: number; idle: number } {
  const idleIds = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  let [busy, idle] = [0, 0];
  profile.samples.forEach((id, n) => {
    const ms = (profile.timeDeltas[n] ?? 0) / 1_000;
    if (idleIds.has(id)) idle += ms;
    else busy += ms;
  });
  return { busy, idle };
}

function gathered(all: readonly { callFrame: CallFrame; self: number }[]): Place[] {
  const total = all.reduce((sum, { self }) => sum + self, 0);
  const places = new Map<string, Place>();
  for (const { callFrame, self } of all) {
    const file = shortFile(callFrame);
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
    const where = callFrame.url === '' ? name : `${name}  ${file}:${callFrame.lineNumber + 1}`;
    const one = places.get(where) ?? { where, file, self: 0, share: 0 };
    one.self += self;
    one.share += total === 0 ? 0 : self / total;
    places.set(where, one);
  }
  return sorted([...places.values()]);
}

const sorted = (places: Place[]) => places.sort((a, b) => b.self - a.self);

function shortFile({ url, functionName }: CallFrame): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/build\//, '');
}
