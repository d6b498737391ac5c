// A package that comes from outside the room, and one that is taken away again: by whom, from where, and when not.

import t from 'tap';
import { codeOf, collected, entered, handedOver, installed, sealed, typesOf } from './support/scene.js';
import { samplePackage } from './support/sample-plan.js';
import { ORIGIN } from './support/usual-commands.js';

const remove = { type: 'remove-package', packageId: 'pkg', reason: '换包', origin: ORIGIN } as const;

void t.test('[RV1] a package goes before the seal, with a reason, by name', async (t) => {
  const scene = installed();
  t.equal(codeOf(scene.room({ ...remove, packageId: 'other' })), 'no-package');
  t.equal(codeOf(scene.room({ ...remove, reason: ' ' })), 'needs-reason');
  const { events } = scene.room(remove);
  t.same(events, [
    { type: 'package-removed', packageId: 'pkg', sequence: 1, reason: '换包', origin: ORIGIN },
  ]);
  t.equal(scene.state.package, null);
  t.equal(codeOf(scene.room(remove)), 'no-package', 'once');
});

void t.test('[RV1] not once it is sealed, entered, or waits for its wipe', async (t) => {
  t.same(sealed().room(remove).refusal, { code: 'already-sealed', params: { session: 'am' } });
  t.equal(codeOf(entered().room(remove)), 'room-busy');
  t.equal(codeOf(collected().room(remove)), 'not-wiped');
  const scene = handedOver();
  t.equal(codeOf(scene.room(remove)), null, 'after the wipe nothing needs it');
  t.same(Object.keys(scene.state.sessions), ['am'], 'what was collected stays on record');
});

void t.test('[RV1] who installed it and from where is in its event', async (t) => {
  const scene = installed();
  const next = { ...samplePackage(), sequence: 2 };
  const { events } = scene.room({ type: 'install-package', package: next, origin: ORIGIN });
  t.match(events[0], { type: 'package-installed', origin: ORIGIN });
});

void t.test('[RV2] pairings and locks outlast the removal', async (t) => {
  const scene = installed();
  scene.staff('sysadmin', { type: 'sign-seal', sessionId: 'am' });
  scene.room(remove);
  t.same(scene.state.sessions, {});
  scene.room({ type: 'install-package', package: samplePackage() });
  t.match(scene.state.seats, { s1: { pcId: 'pc-s1', connected: true } });
  t.equal(scene.session.seal.sysadmin, null, 'a half signature does not come back');
});

void t.test('[RV3] nothing rolls back by way of a removal', async (t) => {
  const scene = installed();
  scene.room({ type: 'install-package', package: { ...samplePackage(), sequence: 3 } });
  scene.room(remove);
  const offer = (sequence: number) =>
    scene.room({ type: 'install-package', package: { ...samplePackage(), sequence } });
  t.same(offer(2).refusal, { code: 'package-older', params: { installed: 3, offered: 2 } });
  t.equal(codeOf(offer(3)), null, 'the same may come again');
  t.notOk('removed' in scene.state);
});

void t.test('[RV4] a signed wish that was refused is an event and changes nothing', async (t) => {
  const scene = installed();
  const before = { ...structuredClone(scene.state), lastAt: 0 };
  const decision = scene.room({
    ...{
      type: 'record-install-refused',
      act: 'install',
      code: 'wrong-hash',
      packageId: null,
      origin: ORIGIN,
    },
  });
  t.same(typesOf(decision), ['install-refused']);
  t.same({ ...structuredClone(scene.state), lastAt: 0 }, before);
});
