// Recordings handed over: who begins it and when, how it ends, and who hears of it.

import t from 'tap';
import { evolve } from '../../server/core/evolve.js';
import { runningExport } from '../../server/core/decide-video-export.js';
import { MOST_EXPORTS } from '../../server/core/video-export-types.js';
import { sessionExports } from '../../server/core/views.js';
import { codeOf, collected, handedOver, running, typesOf, type Scene } from './support/scene.js';

const USB = '/media/usb';
const WHAT = {
  ...{ manifestHash: 'ab'.repeat(32), files: 4, bytes: 9_000 },
  ...{ readFrom: 'medium' as const, lacking: 0 },
} as const;

const begin = (scene: Scene, exportId: string, target: string | null = USB, sessionId = 'am') =>
  scene.staff('sysadmin', { type: 'export-video', sessionId, exportId, target });
const end = (scene: Scene, exportId: string, outcome: 'done' | 'failed' | 'interrupted') =>
  scene.room({
    ...{ type: 'end-video-export', exportId, outcome },
    reason: outcome === 'failed' ? { code: 'no-space', zh: '满', en: 'full' } : null,
    what: outcome === 'done' ? WHAT : null,
  });

void t.test(
  '[VX1] one export at a time, of a session that is collected, to a drive that is there',
  async (t) => {
    const scene = collected();
    t.equal(codeOf(begin(scene, 'x1', null)), 'export-target-gone');
    t.same(typesOf(begin(scene, 'x1')), ['video-export-begun']);
    t.match(runningExport(scene.state), { exportId: 'x1', exported: 'am', target: USB, by: 'sysadmin' });
    t.equal(codeOf(begin(scene, 'x2')), 'export-running');
    end(scene, 'x1', 'done');
    t.equal(runningExport(scene.state), null);
    t.same(typesOf(begin(scene, 'x2')), ['video-export-begun']);
  },
);

void t.test('[VX1] answers always win: none while a session holds the room', async (t) => {
  const busy = running().at('09:10');
  t.equal(codeOf(begin(busy, 'x1')), 'wrong-phase');
  const afternoon = handedOver().at('10:40');
  afternoon.state.currentSession = 'pm';
  t.equal(codeOf(begin(afternoon, 'x1')), 'room-busy');
  t.same(afternoon.state.video.exports, undefined);
});

void t.test('[VX1] also once the session is wiped', async (t) => {
  const scene = handedOver().at('10:40');
  t.ok(scene.session.wiped);
  t.same(typesOf(begin(scene, 'x1')), ['video-export-begun']);
});

void t.test('[VX2] a page’s export is cancelled by name; a terminal’s is not, and none twice', async (t) => {
  const scene = collected();
  const cancel = (exportId: string) => scene.staff('chief', { type: 'cancel-video-export', exportId });
  begin(scene, 'x1');
  t.match(cancel('x1').events, [{ type: 'video-export-ended', outcome: 'cancelled', by: 'chief' }]);
  t.equal(codeOf(cancel('x1')), 'nothing-to-do');
  t.equal(codeOf(cancel('x7')), 'unknown-request');
  scene.room({ type: 'note-video-export', exportId: 'x2', exported: 'am', target: USB, happenedAt: 5 });
  t.equal(codeOf(cancel('x2')), 'export-at-terminal');
});

void t.test('[VX3] the command’s export is told with its own time, once', async (t) => {
  const scene = collected();
  const note = () =>
    scene.room({ type: 'note-video-export', exportId: 'x1', exported: 'am', target: USB, happenedAt: 5 });
  t.same(typesOf(note()), ['video-export-begun']);
  t.same(note().events, []);
  t.match(runningExport(scene.state), { way: 'command', by: null, begunAt: 5 });
  t.equal(codeOf(begin(scene, 'x2')), 'export-running');
  scene.room({
    ...{ type: 'end-video-export', exportId: 'x1', outcome: 'done', reason: null, what: WHAT },
    happenedAt: 9,
  });
  t.match(scene.state.video.exports, [{ exportId: 'x1', outcome: 'done', endedAt: 9, what: WHAT }]);
});

void t.test('[VX4] each ends once; who was thought lost may end after all', async (t) => {
  const scene = collected();
  t.equal(codeOf(end(scene, 'x1', 'done')), 'unknown-request');
  begin(scene, 'x1');
  end(scene, 'x1', 'interrupted');
  t.same(end(scene, 'x1', 'interrupted').events, []);
  t.same(typesOf(end(scene, 'x1', 'done')), ['video-export-ended']);
  t.same(end(scene, 'x1', 'failed').events, []);
  t.match(scene.state.video.exports, [{ outcome: 'done', what: WHAT, endedAt: scene.now }]);
  begin(scene, 'x2');
  end(scene, 'x2', 'failed');
  t.match(scene.state.video.exports?.[1], { outcome: 'failed', reason: { code: 'no-space' }, what: null });
});

void t.test('[VX5] a session’s exports, oldest first; the newest hundred are kept', async (t) => {
  const scene = collected();
  t.same(sessionExports(scene.state, 'am'), []);
  const empty = scene.state.video;
  const ended = { type: 'video-export-ended', exportId: 'x', exported: 'am', target: USB, by: null } as const;
  const nobodys = { ...ended, outcome: 'done', reason: null, what: null, at: scene.now } as const;
  evolve(scene.state, nobodys);
  t.same(scene.state.video, empty, 'an end without its beginning says nothing');
  for (let index = 0; index < MOST_EXPORTS + 1; index++) {
    begin(scene, `x${index}`);
    end(scene, `x${index}`, 'done');
  }
  evolve(scene.state, nobodys);
  const kept = sessionExports(scene.state, 'am').map(({ exportId }) => exportId);
  t.equal(kept.length, MOST_EXPORTS);
  t.same([kept[0], kept.at(-1)], ['x1', `x${MOST_EXPORTS}`]);
  t.same(sessionExports(scene.state, 'pm'), []);
});
