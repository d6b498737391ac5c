// A room with cameras in which a whole exam is sat: the real appliance in a process of its own, test cameras in theirs, the
// recordings on a small disk of their own; and what goes wrong in such a room, one call each.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { videoPaths, type CameraStatus, type RecorderStatus } from '../../server/recording/contract.js';
import { watchRecorder } from '../../server/recording/one-recorder.js';
import { chance } from '../../server/rehearsal/chance.js';
import { crewOf } from '../../server/rehearsal/day-crew.js';
import { playDay, type DayFigures } from '../../server/rehearsal/exam-day.js';
import { PRACTICE_PAPER, PRACTICE_SESSION, practiceExam } from '../../server/rehearsal/practice-exam.js';
import type { SeatRequestBody } from '../../server/rehearsal/simulated-pc.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import type { ServerProcess } from '../../server/rehearsal/server-process.js';
import { SmallDisk } from '../fault/small-disk.js';
import { startCameraProcess, type CameraProcess } from './camera-process.js';
import { prepareServer, type PreparedServer } from './start-server.js';
import type { TestCameraOptions } from './test-camera.js';

export interface FilmedRoomOptions {
  seats: number;
  /** Of the exam. */
  minutes: number;
  /** How many; 0 = the same exam without. */
  cameras: number;
  camera?: TestCameraOptions;
  segmentSeconds?: number;
  /** Of the disk for recordings, MB; null = the data folder's own. */
  diskMegabytes: number | null;
}

export type Save = Extract<SeatRequestBody, { t: 'save' }>;

/** From now to the start: the room is opened, all PCs are paired, all candidates log in. */
const LEAD_MS = 12_000;
const LEAD_PER_SEAT_MS = 40;
const ITEMS = 60;
/** The part of the time after which the last item is answered. */
const PACE = 0.92;
const MINUTE_MS = 60_000;
/** A machine may have much else to do. */
const AGAIN_WITHIN_MS = 90_000;

export class FilmedRoom {
  readonly sessionId = PRACTICE_SESSION;
  /** What the PCs were told is on the disk. */
  readonly acknowledged: Save[] = [];
  /** Of those that no outage held up: when (performance.now()), and after how long. */
  readonly saves: { at: number; tookMs: number }[] = [];

  private constructor(
    private readonly options: FilmedRoomOptions,
    readonly server: PreparedServer,
    readonly service: ServerProcess,
    readonly cameras: readonly CameraProcess[],
    readonly disk: SmallDisk | null,
  ) {}

  /** Starts cameras and appliance. They are recorded from then on, until a minute after the collection. */
  static async open(options: FilmedRoomOptions): Promise<FilmedRoom> {
    const { seats, minutes, camera, segmentSeconds = 2, diskMegabytes } = options;
    const cameras = await Promise.all(
      Array.from({ length: options.cameras }, () => startCameraProcess({ sub: null, ...camera })),
    );
    const startsAt = Date.now() + LEAD_MS + seats * LEAD_PER_SEAT_MS;
    const source = practiceExam({ seats, minutes, startsAt, random: chance(1) });
    const [session] = source.plan.sessions;
    if (session === undefined) throw new Error('The exam has no session');
    session.practice = false;
    source.plan.seats.push({ seatId: 'b1', label: 'B1', spare: true });
    const devices = cameras.map(({ url }, n) => ({
      ...{ id: `cam-${n + 1}`, name: `摄像机 ${n + 1}`, adapter: 'rtsp', url },
    }));
    const space = { lowGb: 0, stopGb: 0 };
    const recording = { segmentSeconds, ...space, beforeMinutes: 0, afterMinutes: 1, aloneMinutes: 2 };
    const server = await prepareServer({ source, config: { devices, recording } });
    const video = join(server.data, 'video');
    mkdirSync(video);
    const disk = diskMegabytes === null ? null : SmallDisk.mountOver(video, diskMegabytes);
    const room = new FilmedRoom(options, server, server.process(), cameras, disk);
    await room.service.start().catch(async (error: unknown) => {
      await room.close();
      throw error;
    });
    return room;
  }

  get videoFolder(): string {
    return join(this.server.data, 'video');
  }

  get cameraIds(): string[] {
    return this.cameras.map((_, n) => `cam-${n + 1}`);
  }

  /** What the recorder wrote last. */
  status(): RecorderStatus {
    return JSON.parse(readFileSync(videoPaths(this.videoFolder).status, 'utf8')) as RecorderStatus;
  }

  /**
   * The whole day, from pairing to the bundle. @param inTheMiddle while candidates answer at a steady rate
   * @throws Error naming the step that failed
   */
  async play(
    inTheMiddle: () => Promise<void>,
    say: (text: string) => void = () => undefined,
  ): Promise<DayFigures> {
    const { server, options, sessionId } = this;
    const { address, exam, orgCode } = server;
    const { plan, roster } = exam.source;
    const staff = crewOf(plan.staff);
    // Everybody in a time of their own: people do not answer in step.
    const thinks = chance(3);
    const figures = await playDay({
      ...{ address, sessionId, paperId: PRACTICE_PAPER, startCode: exam.startCode, staff, say, inTheMiddle },
      sealCode: orgCode({ act: 'seal', sessionId, scope: '', minutes: 0, counter: 1 }),
      candidates: roster.map(({ candidateId, ticketNo, seatId }) => ({ candidateId, ticketNo, seatId })),
      seats: plan.seats,
      random: chance(2),
      thinkMs: () => ((options.minutes * MINUTE_MS * PACE) / ITEMS) * (0.5 + thinks()),
      onAck: (_, body, { tookMs, resent }) => {
        if (body.t !== 'save') return;
        this.acknowledged.push(body);
        if (!resent) this.saves.push({ at: performance.now(), tookMs });
      },
    });
    const clerk = new SimulatedStaff(address, staff.sysadmin.staffId, staff.sysadmin.pin);
    await clerk.signIn();
    await clerk.act({ type: 'build-bundle', sessionId });
    clerk.stop();
    return figures;
  }

  /** kill -9 of what records these cameras; resolves when each is recorded again. */
  async killRecordings(cameraIds: readonly string[]): Promise<void> {
    const before = this.#camerasNow(cameraIds);
    for (const { ffmpegPid } of before) if (ffmpegPid !== null) process.kill(ffmpegPid, 'SIGKILL');
    await this.recordingGoesOn(cameraIds, (now, was) => now.ffmpegPid !== was.ffmpegPid, before);
  }

  /** kill -9 of the server; it stays away for so long. */
  async killServer(awayMs: number): Promise<void> {
    await this.service.kill();
    await pause(awayMs);
    await this.service.start();
  }

  /** Every byte of the recordings' disk is taken for so long; resolves when each camera is recorded again. */
  async fillDisk(forMs: number): Promise<void> {
    await this.disk?.full(pause(forMs));
    await this.recordingGoesOn(this.cameraIds);
  }

  /** Resolves when each of these cameras is recorded and has two more files than now. */
  async recordingGoesOn(
    cameraIds: readonly string[] = this.cameraIds,
    is: (now: CameraStatus, was: CameraStatus) => boolean = () => true,
    before = this.#camerasNow(cameraIds),
  ): Promise<void> {
    const deadline = performance.now() + AGAIN_WITHIN_MS;
    for (;;) {
      const now = this.#camerasNow(cameraIds);
      const goesOn = before.every((was) => {
        const one = now.find(({ cameraId }) => cameraId === was.cameraId);
        return one?.state === 'recording' && one.lines >= was.lines + 2 && is(one, was);
      });
      if (goesOn && before.length === cameraIds.length) return;
      if (performance.now() > deadline) throw new Error(`Not recording: ${JSON.stringify(now)}`);
      await pause(100);
    }
  }

  #camerasNow(cameraIds: readonly string[]): CameraStatus[] {
    return this.status().cameras.filter(({ cameraId }) => cameraIds.includes(cameraId));
  }

  /** Ends the appliance in order, and the recorder, which would go on to the end of its plan. */
  async end(): Promise<void> {
    await this.service.stop();
    const watch = await watchRecorder(this.videoFolder);
    if (watch === null) return;
    process.kill(watch.pid, 'SIGTERM');
    await watch.gone;
  }

  /** Ends everything, wherever it stands, and removes it. */
  async close(): Promise<void> {
    await this.end();
    await Promise.all(this.cameras.map((camera) => camera.close()));
    this.disk?.unmount();
    this.server.remove();
  }
}
