// Practice is recorded as the exam is: the only time that the cameras are tried from end to end.

import t from 'tap';
import { isRecordingNeeded, recordingWindows } from '../../server/core/recording-plan.js';
import type { State } from '../../server/core/types.js';
import { MINUTE } from './support/sample-plan.js';
import { installed } from './support/scene.js';

void t.test('[VI4][VI5] a practice session is recorded as any other', async (t) => {
  const scene = installed();
  scene.room({ type: 'configure-video', beforeMs: 10 * MINUTE, afterMs: 15 * MINUTE });
  const practice = structuredClone(scene.state);
  for (const { plan } of Object.values(practice.sessions)) plan.practice = true;
  const windows = (of: State) => recordingWindows(of).map(({ from, to }) => ({ from, to }));
  t.ok(windows(scene.state).length > 0);
  t.same(windows(practice), windows(scene.state));
  const within = (windows(scene.state)[0]?.from ?? 0) + MINUTE;
  t.equal(isRecordingNeeded(practice, within), true, 'and nobody switches it off');
});
