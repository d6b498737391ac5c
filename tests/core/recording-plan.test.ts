// When cameras record: for which time of which session, who may switch one on or off, and how long it goes on alone.

import t from 'tap';
import {
  isStoppedByStaff,
  openWindows,
  recordsNow,
  recordsUntil,
  recordingWindow,
  TEST_MS,
} from '../../server/core/recording-plan.js';
import type { DeviceAct, DeviceCard } from '../../server/core/types.js';
import { hm, MINUTE } from './support/sample-plan.js';
import { codeOf, collected, ended, installed, running, sealed, type Scene } from './support/scene.js';

const FRONT: DeviceCard = { deviceId: 'cam-1', kind: 'camera', name: '前', adapter: 'rtsp' };
const CAMCORDER: DeviceCard = { deviceId: 'cam-9', kind: 'camera', name: '摄录机', adapter: 'camcorder' };

function watched(scene: Scene, devices: DeviceCard[] = [FRONT]): Scene {
  scene.room({ type: 'configure-devices', devices });
  scene.room({ type: 'configure-video', beforeMs: 10 * MINUTE, afterMs: 15 * MINUTE });
  return scene;
}

const switched = (scene: Scene, act: DeviceAct) =>
  scene.staff('sysadmin', { type: 'command-device', deviceId: 'cam-1', act, reason: '试机' });
const records = (scene: Scene, cameraId = 'cam-1') => recordsNow(scene.state, cameraId, scene.now);

void t.test('[VI4] every camera records from before entry opens until after the collection', async (t) => {
  const scene = watched(sealed(), [FRONT, CAMCORDER]);
  t.same([records(scene.at('08:19:49', 999)), recordsUntil(scene.state, scene.now)], [false, null]);
  t.ok(records(scene.at('08:19:50')), 'in time for the first picture to be there');
  t.same(openWindows(scene.state, scene.now), [], 'and before it is judged');
  t.same(
    [records(scene.at('08:20')), records(scene, 'cam-9'), records(scene, 'cam-7')],
    [true, false, false],
    'not the camcorder',
  );
  const unruled = installed().at('08:30');
  unruled.room({ type: 'configure-devices', devices: [FRONT] });
  t.notOk(records(unruled), 'nobody said how long');
  t.equal(recordingWindow(unruled.state, unruled.session), null);
  const late = watched(collected()).at('10:01');
  t.ok(records(late.at('10:15:59', 999)));
  t.notOk(records(late.at('10:16')));
  t.same(
    openWindows(late.state, hm('13:20')).map(({ session }) => session.plan.sessionId),
    ['pm'],
    'then the afternoon',
  );
});

void t.test(
  '[VI4] a session that nobody enters is recorded to its planned end; one that holds the room until it is collected',
  async (t) => {
    const scene = watched(sealed());
    t.ok(records(scene.at('10:29:59')));
    t.notOk(records(scene.at('10:30')), 'an hour, the hand-over window, and fifteen minutes');
    const over = watched(ended());
    t.ok(records(over.at('12:00')), 'not collected yet');
    t.same(
      openWindows(over.state, over.now).map(({ to }) => to),
      [null],
    );
  },
);

void t.test('[VI5] no camera is switched off while a session asks for it', async (t) => {
  const scene = watched(sealed()).at('08:19');
  t.equal(codeOf(switched(scene, 'off')), null, 'before it');
  t.ok(records(scene.at('08:20')), 'what was said before counts for nothing');
  t.equal(codeOf(switched(scene, 'off')), 'recording-needed');
  t.equal(codeOf(switched(scene, 'on')), null);
  t.equal(codeOf(switched(watched(running()), 'off')), 'recording-needed');
});

void t.test(
  '[VI5] after the collection staff may stop it, and at another time try it for an hour',
  async (t) => {
    const after = watched(collected());
    after.state.devices['cam-1'] = {
      ...(after.state.devices['cam-1'] as (typeof after.state.devices)[string]),
      commanded: { act: 'off', by: 'sysadmin', at: hm('08:00') },
    };
    t.ok(records(after.at('10:02')), 'what was said before the exam does not stop it');
    t.equal(codeOf(switched(after, 'off')), null);
    t.notOk(records(after));
    t.ok(isStoppedByStaff(after.state, 'cam-1', after.now), 'what is missing is theirs');
    t.notOk(isStoppedByStaff(after.state, 'cam-1', hm('10:16')), 'not beyond what the plan asks for');
    after.room({ type: 'configure-devices', devices: [FRONT, CAMCORDER] });
    t.notOk(isStoppedByStaff(after.state, 'cam-9', after.now), 'a camcorder is nobody’s to stop');
    switched(after, 'on');
    t.ok(records(after));
    t.notOk(isStoppedByStaff(after.state, 'cam-1', after.now));
    const test = watched(installed()).at('07:00');
    t.notOk(records(test));
    switched(test, 'on');
    t.ok(records(test.at(hm('07:00') + TEST_MS - 1)));
    t.notOk(records(test.at(hm('07:00') + TEST_MS)));
    switched(test.at('07:00'), 'off');
    t.notOk(records(test));
    t.notOk(isStoppedByStaff(test.state, 'cam-1', test.now), 'a trial is asked for by nobody');
  },
);

void t.test('[VI6] without the server the recorder goes on to the planned end', async (t) => {
  const until = (scene: Scene) => recordsUntil(scene.state, scene.now);
  t.equal(until(watched(sealed()).at('08:20')), hm('10:30'));
  t.equal(until(watched(running()).at('09:30')), hm('10:30'));
  t.equal(until(watched(collected()).at('10:02')), hm('10:16'));
});
