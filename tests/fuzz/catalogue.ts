// Which readers of outside bytes are tried here, which by a property test beside their own tests, and which read nothing from
// outside. A test holds the three lists whole.

import { answerTargets } from './targets/answers.js';
import { bankTargets } from './targets/banks.js';
import { bundleTargets } from './targets/bundles.js';
import { httpTargets } from './targets/http.js';
import { journalTargets } from './targets/journals.js';
import { packageTargets } from './targets/packages.js';
import { seatTargets } from './targets/seats.js';
import { staffTargets } from './targets/staff.js';
import { textTargets } from './targets/texts.js';
import { uploadTargets } from './targets/uploads.js';
import type { Target } from './target.js';

export const TARGETS: readonly Target[] = [
  ...textTargets,
  ...packageTargets,
  ...bundleTargets,
  ...journalTargets,
  ...bankTargets,
  ...seatTargets,
  ...staffTargets,
  ...httpTargets,
  ...answerTargets,
  ...uploadTargets,
];

/** Readers with a property test of their own, by file. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'server/clock.ts': 'tests/clock/clock.test.ts',
  'server/release/release-folder.ts': 'tests/dist/release-folder.test.ts',
  'server/bundle/verify-preflight.ts': 'tests/preflight/hostile-files.test.ts',
  'server/devices/frame-template.ts': 'tests/devices/frame-template.test.ts',
  'server/devices/jammer-effect.ts': 'tests/devices/hostile-answers.test.ts',
  'server/devices/network-neighbours.ts': 'tests/devices/network.test.ts',
  'server/devices/os-battery-windows.ts': 'tests/devices/os-battery.test.ts',
  'server/devices/reader-bridge.ts': 'tests/devices/hostile-answers.test.ts',
  'server/devices/transport-http.ts': 'tests/devices/hostile-answers.test.ts',
  'server/devices/transport-modbus.ts': 'tests/devices/hostile-answers.test.ts',
  'server/devices/onvif-discovery.ts': 'tests/devices/onvif.test.ts',
  'server/devices/onvif-xml.ts': 'tests/devices/onvif.test.ts',
  'server/recording/camcorder-file.ts': 'tests/recording/stream-facts.test.ts',
  'server/recording/probe-stream.ts': 'tests/recording/stream-facts.test.ts',
  'server/recording/export-target.ts': 'tests/recording/export-video.test.ts',
  'server/recording/jpeg-splitter.ts': 'tests/recording/jpeg-splitter.test.ts',
  'server/recording/segment-index.ts': 'tests/recording/segment-index.test.ts',
  'server/recording/mp4-boxes.ts': 'tests/recording/fmp4.test.ts',
  'server/recording/video-line.ts': 'tests/recording/recorder-files.test.ts',
  'server/recording/volume.ts': 'tests/recording/recorder-files.test.ts',
  'server/recording/wanted.ts': 'tests/recording/recorder-files.test.ts',
  'server/recording/top-boxes.ts': 'tests/recording/top-boxes.test.ts',
  'server/recording/verify-export.ts': 'tests/recording/verify-export.test.ts',
  'server/recording/video-routes.ts': 'tests/recording/video-routes.test.ts',
  'server/recording/export-notes.ts': 'tests/recording/export-notes.test.ts',
  'server/recording/mounted-volumes.ts': 'tests/recording/export-places.test.ts',
  'server/preflight/machine-facts.ts': 'tests/preflight/hostile-files.test.ts',
  'server/preflight/rehearsal-process.ts': 'tests/preflight/hostile-files.test.ts',
  'server/preflight/report-files.ts': 'tests/preflight/hostile-files.test.ts',
  'server/preflight/report.ts': 'tests/preflight/hostile-files.test.ts',
  'server/rehearsal/pc-pages.ts': 'tests/rehearsal/pc-pages.test.ts',
  'kiosk-client/candidate/room/frames.ts': 'tests/kiosk-client/candidate/room/frames.test.ts',
  'kiosk-client/candidate/room/room-link.ts': 'tests/kiosk-client/candidate/room/room-link.test.ts',
  'kiosk-client/candidate/exam/dealt-paper.ts': 'tests/kiosk-client/candidate/exam/dealt-paper.test.ts',
  'kiosk-client/candidate/exam/sealed-content.ts': 'tests/kiosk-client/candidate/exam/sealed-content.test.ts',
  'kiosk-client/console/room/merge.ts': 'tests/kiosk-client/console/merge.test.ts',
};

/** Files that take bytes apart which nobody outside can choose, with the reason. */
export const NOT_OUTSIDE: Readonly<Record<string, string>> = {
  'server/recording/run.ts': 'a note that it wrote itself; what is none counts as that of a run that ended',
  'server/version.ts': 'package.json of the program itself',
  'scripts/dist/licences.ts': 'package.json of modules that the lock file names, where the archive is made',
  'scripts/dist/modules.ts': 'the lock file of the program itself',
  'scripts/dist/node-files.ts': 'the folder of the Node that makes the archive',
  'server/core/plain-copy.ts': 'JSON that it wrote itself a moment before',
  'server/room-snapshot.ts': 'a snapshot whose signature by the room held (journal)',
  'server/journal/writer-thread.ts':
    'writes; what it reads was checked when the journal was opened (journal)',
  'server/journal/memory-journal.ts': 'JSON that it wrote itself a moment before',
  'server/bundle/bundle-files.ts': 'the statement that this room wrote beside its own bundle',
  'server/http/problems.ts': 'looks whether there is a body, and reads none (http)',
  'server/keys/seal-bytes.ts': 'authenticated decryption; what it opens is read by others (package, journal)',
  'server/papers/deal.ts': 'bytes of a hash of its own making',
  'server/papers/rescore.ts': 'JSON that it wrote itself a moment before',
  'server/bank/preview.ts': 'pictures that the readers of banks took (bank)',
  'server/rehearsal/dealt-items.ts': 'plays a PC; no part of the room',
  'server/rehearsal/simulated-candidate.ts': 'plays a candidate; no part of the room',
  'server/rehearsal/simulated-pc.ts': 'plays a PC; no part of the room',
  'server/rehearsal/paper-shelf.ts': 'plays a PC; no part of the room',
  'server/rehearsal/open-items.ts': 'plays a PC; no part of the room',
  'server/rehearsal/scripted-pc.ts': 'plays a PC; no part of the room',
  'server/rehearsal/rtsp-listener.ts': 'plays a camera on loopback; no part of the room',
  'kiosk-client/rehearsal/browser-shelf.ts': 'plays a PC; no part of the room',
  'kiosk-client/rehearsal/player.ts': 'plays a PC; no part of the room',
  'server/rehearsal/rehearsal.ts': 'plays candidates; no part of the room',
  'scripts/kaochang.ts': 'package.json of the program itself',
  'scripts/commands/package.ts': 'package.json of the program itself',
  'scripts/commands/demo.ts': 'package.json of the program itself',
  'scripts/commands/demo-auto.ts': 'what the demo itself wrote down',
  'scripts/commands/org-code.ts': 'the organisation’s own file of secrets',
  'scripts/commands/bundle.ts':
    'the statement beside a bundle, by its schema and the hash of the bundle (found.test.ts)',
  'kiosk-client/candidate/exam/sittings.ts':
    'content that opened under the organisation’s key (sealed-content)',
};
