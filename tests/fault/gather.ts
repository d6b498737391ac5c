// Reads together what is known of a played exam: the notes of PCs, staff and driver, the bundle as the organisation opens it, and
// what the commands say of bundle and journal.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { verifyBundle } from '../../server/bundle/verify.js';
import { lineToRow, rowHeader } from '../../server/journal/chain.js';
import { openBytes } from '../../server/keys/seal-bytes.js';
import { BAG, STATEMENT_SUFFIX } from '../../server/protocol/bundle.js';
import { filesOf } from '../support/read-bag.js';
import { SESSION } from '../support/small-exam.js';
import { COMMAND, type PreparedServer } from '../support/start-server.js';
import { markOf, type BundledCandidate, type Evidence, type RoomEvent } from './evidence.js';
import { POLICY } from './exam-room.js';
import type { ExamSchedule } from './schedule.js';

/** @param folder with the notes @throws Error where there is no bundle */
export async function gather(
  prepared: PreparedServer,
  folder: string,
  schedule: ExamSchedule,
): Promise<Evidence> {
  const { exam } = prepared;
  const seats = readdirSync(join(folder, 'seats')).map((name) => ({
    seatId: name.replace('.ndjson', ''),
    lines: lines<Evidence['seats'][number]['lines'][number]>(join(folder, 'seats', name)),
  }));
  return {
    sessionId: SESSION,
    allowanceMs: Math.round((schedule.shape.lastsMs / 60_000) * 60_000),
    ...POLICY,
    played: exam.source.roster.map(({ candidateId }) => ({ candidateId, mark: markOf(candidateId) })),
    seats,
    staff: lines(join(folder, 'staff.ndjson')),
    driver: lines(join(folder, 'driver.ndjson')),
    bundle: await readBundle(prepared, folder),
    journal: verifyJournal(prepared),
    documented: { ...documentedCodes('seat', 'pc.'), ...documentedCodes('staff', 'command.') },
  };
}

function lines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

async function readBundle({ exam, data }: PreparedServer, folder: string): Promise<Evidence['bundle']> {
  const sealed = new BundleFiles(data).sealed(SESSION);
  const { report, bag } = await verifyBundle({
    ...{ file: readFileSync(sealed), envelope: readFileSync(sealed + STATEMENT_SUFFIX) },
    ...{ trust: [exam.room.public], identity: exam.org.identity },
  });
  const files = await filesOf(bag);
  const problems = report.problems.map(({ fault, where }) => `${fault}: ${where}`);
  const said = verifyByCommand(sealed, exam, folder);
  if (said !== null) problems.push(said);
  const json = <T>(path: string) => JSON.parse(files.get(`data/${path}`)?.toString('utf8') ?? 'null') as T;
  const attendance = json<{ candidateId: string; ticketNo: string }[] | null>('attendance.json') ?? [];
  const candidates = attendance.map(({ ticketNo, ...who }) => ({
    ...who,
    ...json<object>(`candidates/${ticketNo}/answers.json`),
  })) as unknown as BundledCandidate[];
  const handedIn = attendance.flatMap(({ candidateId, ticketNo }) => readFiles(files, candidateId, ticketNo));
  return { events: readEvents(files), candidates, files: handedIn, problems };
}

/** What a candidate handed in, measured anew. */
function readFiles(
  files: ReadonlyMap<string, Buffer>,
  candidateId: string,
  ticketNo: string,
): Evidence['bundle']['files'] {
  const folder = `data/candidates/${ticketNo}/files/`;
  return [...files]
    .filter(([path]) => path.startsWith(folder))
    .map(([path, bytes]) => ({
      ...{ candidateId, fileHash: path.slice(folder.length).split('.')[0] ?? '', size: bytes.length },
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }));
}

/** The command that an organisation gives. @returns what it says where it is not content */
function verifyByCommand(sealed: string, exam: PreparedServer['exam'], folder: string): string | null {
  const [org, room] = [join(folder, 'org.key'), join(folder, 'room.pub')];
  writeFileSync(org, JSON.stringify(exam.org));
  writeFileSync(room, JSON.stringify(exam.room.public));
  const run = spawnSync(
    process.execPath,
    [COMMAND, 'bundle', 'verify', sealed, '--trust', room, '--identity', org, '--json'],
    { encoding: 'utf8' },
  );
  return run.status === 0 ? null : `bundle verify: ${run.stdout}${run.stderr}`;
}

/** Rows of the bundle in clear, in their order. */
function readEvents(files: ReadonlyMap<string, Buffer>): RoomEvent[] {
  const keys = JSON.parse(files.get(BAG.keys)?.toString('utf8') ?? '{}') as Record<string, string>;
  const events: RoomEvent[] = [];
  for (const line of (files.get(BAG.rows)?.toString('utf8') ?? '').split('\n')) {
    if (line === '') continue;
    const row = lineToRow(line);
    if (!('body' in row)) continue;
    const key = keys[row.keyId];
    if (key === undefined) continue;
    const body = openBytes(Buffer.from(key, 'base64'), row.body, rowHeader(row)).toString('utf8');
    events.push({ ...(JSON.parse(body) as object), seq: row.seq, at: row.at, type: row.type });
  }
  return events;
}

function verifyJournal({ data }: PreparedServer): Evidence['journal'] {
  const run = spawnSync(process.execPath, [COMMAND, 'journal', 'verify', '--data', data, '--json'], {
    encoding: 'utf8',
  });
  return { ok: run.status === 0, text: `${run.stdout}${run.stderr}`.slice(0, 2_000) };
}

/** What the documents of the wires say may be refused with which code. */
function documentedCodes(wire: 'seat' | 'staff', prefix: string): Record<string, string[]> {
  const document = parse(readFileSync(join('docs', 'protocol', `${wire}.asyncapi.yaml`), 'utf8')) as {
    components: { schemas: Record<string, { 'x-refusals'?: string[] }> };
  };
  return Object.fromEntries(
    Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      name.startsWith(prefix) && schema['x-refusals'] !== undefined
        ? [[`${wire}.${name.slice(prefix.length)}`, schema['x-refusals']]]
        : [],
    ),
  );
}
