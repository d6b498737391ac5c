// Makes the demo's room: the sample exam with short times, installed in a room of its own. What a real room would not keep
// lies beside it: the organisation's key, the start codes.

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource, type LoadedSource } from '../../server/papers/source.js';
import { DEMO_CHECK, demoPlan, demoRoster, type DemoTimes } from '../../server/rehearsal/demo-plan.js';
import { furnishRoom, type FurnishedRoom } from '../../server/rehearsal/furnished-room.js';

export type DemoRoom = FurnishedRoom;

export interface DemoRoomOptions {
  data: string;
  samples: string;
  times: DemoTimes;
  seats: number;
  /** Plain HTTP on loopback; 0 = any free port. */
  port: number;
  version: string;
  /** Simulated devices by the scripts of this folder, absolute; none where absent. */
  devices?: string;
  /** Cameras as the settings name them, and how they are recorded; none where absent. */
  cameras?: { devices: object[]; recording: object } | null;
  /** Further settings of the server. */
  settings?: { devices?: object[] };
  say: (text: string) => void;
  /** The exam as it is to be, once its times and seats are set. */
  change?: (source: LoadedSource) => LoadedSource;
}

/** Prepares an empty data folder. @throws Error when it holds a room already */
export async function makeDemoRoom(options: DemoRoomOptions): Promise<DemoRoom> {
  const { data, samples, times, seats, port, version, devices, cameras = null, say } = options;
  const { change = (source: LoadedSource) => source } = options;
  const source = change(shortened(await loadSource(samples), times, seats));
  const settings = {
    preflight: DEMO_CHECK,
    ...options.settings,
    ...(cameras === null ? {} : { recording: cameras.recording }),
    devices: [
      ...(options.settings?.devices ?? []),
      ...(devices === undefined ? [] : await demoDevices(devices)),
      ...(cameras === null ? [] : cameras.devices),
    ],
  };
  const demo = await furnishRoom({
    ...{ data, source, packageName: 'demo.exampkg', port, version, settings, say },
  });
  const { org, room, secrets } = demo;
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  await writeFile(join(data, 'org.pub'), json(org.public));
  await writeFile(join(data, 'room.pub'), json(room.public));
  await writeFile(join(data, 'org.key'), json(org), { mode: 0o600 });
  await writeFile(join(data, 'secrets.json'), json(secrets), { mode: 0o600 });
  return demo;
}

/** How many items a candidate answers, those of cases one by one. */
export function itemsOf(source: LoadedSource, paperId: string): number {
  const paper = [...source.papers.values()].find((one) => one.paper.paperId === paperId);
  const all = paper?.paper.sections.flatMap(({ items }) => items) ?? [];
  return all.reduce((sum, item) => sum + (item.type === 'case' ? item.items.length : 1), 0);
}

/** In the order in which they stand on the dashboard. */
const DEVICES: readonly [id: string, name: string][] = [
  ['ups', 'UPS 电源'],
  ['jammer', '信号屏蔽器'],
  ['meter', '屏蔽器电表'],
  ['id-reader', '证件读卡器'],
  ['door', '市电与门'],
  ['network', '考场网络'],
];

/** What the settings say of the demo's devices: those of which the folder has a script. */
async function demoDevices(folder: string): Promise<object[]> {
  const there = new Set(await readdir(folder));
  return DEVICES.filter(([id]) => there.has(`${id}.yaml`)).map(([id, name]) => ({
    ...{ id, name, adapter: 'simulated', script: join(folder, `${id}.yaml`) },
  }));
}

function shortened(source: LoadedSource, times: DemoTimes, seats: number): LoadedSource {
  const plan = demoPlan(source.plan, times, seats);
  const roster = demoRoster(source.roster, seats);
  const photos = new Map(
    roster.flatMap(({ candidateId }) => {
      const photo = source.photos.get(candidateId.replace(/-\d+$/, ''));
      return photo === undefined ? [] : [[candidateId, photo] as const];
    }),
  );
  return { ...source, plan, roster, photos };
}
