// The room as remote installation sees it: whether anything may come now, how the room stands, and packages in and out.
// It checks nothing by itself: papers/ checks the file, the rules decide.

import type { PackageOrigin, Session } from '../core/types.js';
import type { Refusal } from '../core/refusals.js';
import { readSenders, readTrust } from '../data-folder.js';
import type { InstallHost, Taken } from '../install/routes.js';
import type { PullHost } from '../install/task-poller.js';
import type { Upload } from '../install/upload-store.js';
import type { Journal } from '../journal/journal.js';
import type { Log } from '../log.js';
import { PackageRefusal } from '../papers/refusal.js';
import type { HttpProblem } from '../protocol/http.js';
import { installProblem, type Readiness } from '../protocol/install.js';
import { REFUSAL_TEXTS } from '../protocol/refusal-texts.js';
import type { RunningRoom } from '../room.js';
import { VERSION } from '../version.js';
import type { Packages } from './packages.js';

export interface PackageDeskParts {
  data: string;
  room: RunningRoom;
  journal: Journal;
  packages: Packages;
  roomKeyId: string;
  log: Log;
  /** PCs that show a pairing code. */
  waitingPcs: () => number;
  maxPackageBytes: number;
}

type InstalledFacts = { packageId: string; sequence: number; manifestHash: string };

export class PackageDesk implements InstallHost, PullHost {
  readonly roomKeyId: string;
  readonly log: Log;

  constructor(private readonly parts: PackageDeskParts) {
    this.roomKeyId = parts.roomKeyId;
    this.log = parts.log;
  }

  senders() {
    return readSenders(this.parts.data);
  }

  orgs() {
    return readTrust(this.parts.data);
  }

  now(): number {
    return this.parts.room.now();
  }

  isBusy(): boolean {
    return this.parts.room.state.currentSession !== null;
  }

  readiness(upload: Upload | null, spaceBytes: number): Readiness {
    const { room, packages, roomKeyId, maxPackageBytes, waitingPcs } = this.parts;
    const { state } = room;
    const seats = Object.values(state.seats);
    const installed = state.package;
    return {
      roomKeyId,
      version: VERSION,
      disk: { freeBytes: spaceBytes, roomForBytes: Math.min(spaceBytes, maxPackageBytes) },
      clock: { roomTime: room.now(), wallTime: Date.now(), trusted: state.clock.trusted },
      package:
        installed === null
          ? null
          : {
              packageId: installed.packageId,
              sequence: installed.sequence,
              manifestHash: installed.manifestHash,
              roomName: installed.roomName,
              planName: installed.planName,
              expiresAt: installed.expiresAt,
              fileThere: packages.current(room)?.manifestHash === installed.manifestHash,
            },
      currentSession: state.currentSession,
      sessions: Object.values(state.sessions).map(sessionFacts),
      pairing: {
        seats: seats.length,
        paired: seats.filter(({ pcId }) => pcId !== null).length,
        connected: seats.filter(({ connected }) => connected).length,
        waiting: waitingPcs(),
      },
      upload:
        upload === null
          ? null
          : {
              keyId: upload.keyId,
              sha256: upload.sha256,
              length: upload.length,
              offset: upload.offset,
            },
    };
  }

  async install(file: string, origin: PackageOrigin): Promise<Taken<InstalledFacts>> {
    const { packages, room, journal } = this.parts;
    try {
      const taken = await packages.take(file, origin, room, journal);
      const { packageId, sequence, manifestHash } = taken.file.toInstalled();
      if (taken.refusal === null) return { ok: true, value: { packageId, sequence, manifestHash } };
      await this.recordRefusal('install', taken.refusal.code, origin, packageId);
      return { ok: false, problem: problemOf(taken.refusal) };
    } catch (error) {
      if (!(error instanceof PackageRefusal)) throw error;
      await this.recordRefusal('install', error.code, origin);
      const [zh = '', en = ''] = error.message.split('\n');
      return { ok: false, problem: { code: error.code, zh, en } };
    }
  }

  async remove(packageId: string, reason: string, origin: PackageOrigin): Promise<Taken<null>> {
    const { packages, room, journal } = this.parts;
    const refusal = await packages.remove({ packageId, reason, origin }, room, journal);
    if (refusal === null) return { ok: true, value: null };
    await this.recordRefusal('remove', refusal.code, origin, packageId);
    return { ok: false, problem: problemOf(refusal) };
  }

  async recordRefusal(
    act: 'install' | 'remove',
    code: string,
    origin: PackageOrigin,
    packageId: string | null = null,
  ): Promise<void> {
    const { room } = this.parts;
    const by = { kind: 'room' } as const;
    const { seq } = room.handle({ type: 'record-install-refused', act, code, packageId, origin, by });
    await room.whenDurable(seq);
  }
}

function sessionFacts({ plan, phase, seal, candidates }: Session): Readiness['sessions'][number] {
  return {
    sessionId: plan.sessionId,
    subject: plan.subject.name,
    startsAt: plan.startsAt,
    phase,
    candidates: Object.keys(candidates).length,
    seal: {
      sysadmin: seal.sysadmin !== null,
      clerk: seal.clerk !== null,
      orgConfirmed: seal.orgConfirmed,
      brokenBy: seal.brokenBy,
    },
  };
}

/** A refusal of the rules, with its next step. */
function problemOf({ code }: Refusal): HttpProblem {
  if (code === 'room-busy') return installProblem('session-open').body;
  const { zh, en, nextZh, nextEn } = REFUSAL_TEXTS[code];
  return { code, zh: `${zh}。${nextZh}`, en: `${en}; ${nextEn}` };
}
