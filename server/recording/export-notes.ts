// What the command on the server tells the room of its exports: one small file each in the data folder, written anew as it goes on
// and once more at its end. The room journals them and takes them away; without a room they wait for its next start.

import { existsSync } from 'node:fs';
import { lchown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { writeDurably } from '../durable-file.js';

const strict = { additionalProperties: false } as const;
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Words = Type.String({ maxLength: 2_000 });
const maybe = <T extends Parameters<typeof Type.Union>[0][number]>(of: T) => Type.Union([of, Type.Null()]);

/** A note, as it lies in the folder. Instants are the wall clock, ms. */
export const ExportNoteSchema = Type.Object(
  {
    exportId: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
    sessionId: Type.String({ minLength: 1, maxLength: 200 }),
    target: Type.String({ minLength: 1, maxLength: 4_096 }),
    begunAt: Count,
    /** When the command last wrote this. */
    heardAt: Count,
    end: maybe(
      Type.Object(
        {
          at: Count,
          outcome: Type.Union([
            Type.Literal('done'),
            Type.Literal('failed'),
            Type.Literal('cancelled'),
            Type.Literal('interrupted'),
          ]),
          reason: maybe(
            Type.Object(
              { code: Type.String({ pattern: '^[a-z][a-z-]{0,39}$' }), zh: Words, en: Words },
              strict,
            ),
          ),
          what: maybe(
            Type.Object(
              {
                ...{ manifestHash: Type.String({ pattern: '^[0-9a-f]{64}$' }), files: Count, bytes: Count },
                readFrom: Type.Union([Type.Literal('medium'), Type.Literal('cache')]),
                lacking: Count,
              },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
  },
  strict,
);
export type ExportNote = Static<typeof ExportNoteSchema>;

const ENDING = '.json';
/** Beside a note: the room asks its command to give way. */
const STOP_ENDING = '.stop';
const MAX_BYTES = 16_384;

/** What the text of a note says; null where it is none. */
export function readNote(text: string): ExportNote | null {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(ExportNoteSchema, value) ? value : null;
  } catch {
    return null;
  }
}

/** Writes a note; who reads sees this one or the one before. It is the room's to take away, whoever ran the command. */
export async function writeNote(folder: string, note: ExportNote): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, note.exportId + ENDING);
  await writeDurably(file, Buffer.from(`${JSON.stringify(note)}\n`));
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(folder));
  // Root follows no link that the service's user laid there.
  for (const path of [folder, file]) await lchown(path, uid, gid);
}

/** All notes that can be read, in no order. */
export async function notesIn(folder: string): Promise<ExportNote[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ENDING));
  const notes = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const { size } = await stat(file).catch(() => ({ size: Infinity }));
      if (size > MAX_BYTES) return null;
      const note = readNote(await readFile(file, 'utf8').catch(() => ''));
      return note !== null && name === note.exportId + ENDING ? note : null;
    }),
  );
  return notes.filter((note) => note !== null);
}

/** Asks the command of a note to end what it does: answers come first. Asked again it is asked once. */
export async function askToStop(folder: string, { exportId }: Pick<ExportNote, 'exportId'>): Promise<void> {
  await writeFile(join(folder, exportId + STOP_ENDING), '', { mode: 0o600 });
}

/** Whether the room asked for that. */
export function isAskedToStop(folder: string, { exportId }: Pick<ExportNote, 'exportId'>): boolean {
  return existsSync(join(folder, exportId + STOP_ENDING));
}

/** Takes a note away that was journaled. */
export async function dropNote(folder: string, { exportId }: Pick<ExportNote, 'exportId'>): Promise<void> {
  for (const ending of [ENDING, STOP_ENDING]) await rm(join(folder, exportId + ending), { force: true });
}
