// A kiosk in the middle of an exam, on timers that the test drives.

import { mock } from 'node:test';
import type { Test } from 'tap';
import { FakeRoom, settle } from './fake-room.js';

export const { timers } = mock;

/** Every test of the file has timers of its own that stand still until it lets time go by. */
export function driveTimers(t: Pick<Test, 'beforeEach' | 'afterEach'>): void {
  t.beforeEach(() => timers.enable({ apis: ['setTimeout', 'setInterval'] }));
  t.afterEach(() => timers.reset());
}

/** A kiosk that answers; the exam ends in ten minutes. */
export async function answering(): Promise<FakeRoom> {
  const room = new FakeRoom();
  await room.kiosk.start();
  await settle();
  await room.pass(3_000, timers);
  await room.begin();
  return room;
}
