// The devices of the room beside its rules: opens what the settings name, lets the supervisor ask them, and carries what it
// says to the room and what staff command to the device. Decides nothing about an exam.

import type { Config } from '../config.js';
import type { AlarmCode } from '../core/alarm-codes.js';
import type { DeviceCard } from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import type { AdapterContext } from '../devices/adapters.js';
import type { CameraHost } from '../devices/camera-host.js';
import { NODE_TIMERS, type Timers } from '../devices/polled-device.js';
import { prepareDevice, type DeviceSetting } from '../devices/settings.js';
import { Supervisor, type JournaledReport, type SupervisedDevice } from '../devices/supervisor.js';
import type { Log } from '../log.js';
import type { Published, RunningRoom } from '../room.js';
import { noteDocument } from './documents.js';

/** How often an unchanged device is journaled: its history in the bundle. */
const JOURNAL_EVERY_MS = 60_000;
const JOURNAL_IDLE_EVERY_MS = 600_000;
const BY_ROOM = { kind: 'room' } as const;

export interface RunningDevices {
  supervisor: Supervisor;
  stop(): Promise<void>;
}

export interface DevicesOptions {
  room: RunningRoom;
  devices: Config['devices'];
  /** Relative paths in the settings are below it. */
  folder: string;
  log: Log;
  /** How recordings go, and what was seen of the streams; absent where nothing is recorded. */
  cameras?: Pick<CameraHost, 'recorderStatus' | 'streamFacts'>;
  /** How far the PCs of the seats are. */
  seatTrips: AdapterContext['seatTrips'];
  /** The power ends: the service has to stop in order. */
  onPowerEnd: (reason: AlarmCode) => void;
  timers?: Timers;
}

/** Opens and supervises the devices. @throws Error with a sentence for people when a device's settings cannot be used */
export async function beginDevices(options: DevicesOptions): Promise<RunningDevices> {
  const { room, folder, log, onPowerEnd, timers = NODE_TIMERS } = options;
  const context: AdapterContext = {
    folder,
    nowMs: () => room.time.reading().monoMs,
    seatTrips: options.seatTrips,
    wallMs: () => room.time.reading().wallAt,
    ...options.cameras,
    documentRead: (deviceId, read) => noteDocument(room, deviceId, read),
  };
  const cards: DeviceCard[] = [];
  const supervised: SupervisedDevice[] = [];
  for (const setting of options.devices as DeviceSetting[]) {
    const { kind, open, simulated } = await prepareDevice(setting, context);
    const { id: deviceId, name, adapter } = setting;
    cards.push({ deviceId, kind, name, adapter, ...(simulated === true ? { simulated } : {}) });
    supervised.push({ deviceId, kind, open });
  }
  room.handle({ type: 'configure-devices', devices: cards, by: BY_ROOM });
  const supervisor = new Supervisor(
    {
      nowMs: context.nowMs,
      timers,
      standing: (deviceId) => standingOf(room, (alarm) => alarm.deviceId === deviceId),
      journalEveryMs: () => (room.state.currentSession === null ? JOURNAL_IDLE_EVERY_MS : JOURNAL_EVERY_MS),
      report: (report) => takeReport(room, report),
      noteFault: (deviceId, fault, detail) => log.warn({ deviceId, fault, detail }, 'A device failed'),
    },
    supervised,
  );
  // Only what is on the disk is carried out: nobody switches a jammer on that the journal does not know of.
  const unsubscribe = room.subscribe((published) => {
    for (const { event } of published) {
      if (event.type === 'device-commanded') void carryOut(room, supervisor, event);
      if (event.type === 'shutdown-announced') onPowerEnd(event.reason);
    }
  });
  supervisor.start();
  return {
    supervisor,
    stop: async () => {
      unsubscribe();
      await supervisor.stop();
    },
  };
}

/** A UPS on battery is the room's loss of mains (rule 8): it is journaled before anything else is decided about it. */
function takeReport(room: RunningRoom, report: JournaledReport): void {
  const { raise, clear } = report.changes;
  if (raise.includes('on-battery') && room.state.mains.present)
    room.handle({ type: 'report-mains', present: false, by: BY_ROOM });
  room.handle({ type: 'report-device', ...report, by: BY_ROOM });
  const onBattery = standingOf(room, () => true).includes('on-battery');
  if (clear.includes('on-battery') && !onBattery && !room.state.mains.present)
    room.handle({ type: 'report-mains', present: true, by: BY_ROOM });
}

async function carryOut(
  room: RunningRoom,
  supervisor: Supervisor,
  { deviceId, act }: Extract<Published['event'], { type: 'device-commanded' }>,
): Promise<void> {
  // A camera is switched by the plan of its recording, which has heard of it.
  const isCamera = entryOf(room.state.devices, deviceId)?.card.kind === 'camera';
  const fault = isCamera ? null : await supervisor.act(deviceId, act);
  room.handle({ type: 'note-act', deviceId, act, fault, by: BY_ROOM });
}

function standingOf(room: RunningRoom, which: (alarm: { deviceId: string | null }) => boolean): AlarmCode[] {
  return Object.values(room.state.alarms)
    .filter((alarm) => alarm.clearedAt === null && which(alarm))
    .map(({ code }) => code);
}
