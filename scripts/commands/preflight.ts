// `kaochang preflight`: checks the room, line by line, with or without the service; writes the signed report and the page to print.

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { preflightChecks } from '../../server/compose/preflight-checks.js';
import { makeReport } from '../../server/compose/preflight-report.js';
import { openPreflightRoom } from '../../server/compose/preflight-room.js';
import { readConfig } from '../../server/config.js';
import { dataPaths } from '../../server/data-folder.js';
import { createLog } from '../../server/log.js';
import { countsOf } from '../../server/preflight/report.js';
import { isNote, LONGEST_NOTE } from '../../server/protocol/preflight-note.js';
import { runChecks } from '../../server/preflight/run.js';
import { lineText, reportText } from './preflight-table.js';
import { UsageError } from './usage-error.js';

export interface PreflightOptions {
  data: string;
  config?: string;
  /** Lines that a person saw to be well, separated by commas. */
  attest?: string;
  /** `id=words`: a note beside a line of these. */
  note?: string[];
  out?: string;
  /** false = without the rehearsal. */
  rehearsal?: boolean;
  json?: boolean;
}

/** @throws UsageError for an unknown line; ConfigError */
export async function preflight({
  data: folder,
  config: file,
  attest = '',
  note = [],
  ...options
}: PreflightOptions) {
  const data = resolve(folder);
  const config = readConfig({ data, file: file ?? null });
  const opened = await openPreflightRoom(
    { data, config, log: createLog('error') },
    options.rehearsal !== false,
  );
  const { room, isServed } = opened;
  const control = new AbortController();
  const interrupt = () => control.abort();
  process.once('SIGINT', interrupt);
  try {
    const checks = preflightChecks(room);
    const ids = attest.split(',').filter((id) => id !== '');
    const known = checks.map(({ id }) => id);
    const wrong = ids.filter((id) => !known.includes(id));
    if (wrong.length > 0)
      throw new UsageError(
        `--attest：没有这些项目：${wrong.join(', ')}；可用：${known.join(', ')}`,
        `--attest: no such lines; there are ${known.join(', ')}`,
      );
    const notes = notesOf(note, ids);
    const at = Date.now();
    const lines = await runChecks(checks, {
      signal: control.signal,
      ticks: new Map(ids.map((id) => [id, { by: null, at, ...notes.get(id) }])),
      onLine: (line, done, total) => process.stderr.write(progress(lineText(line), done, total)),
    });
    const installed = (await room.picture()).state?.package ?? null;
    const out = resolve(options.out ?? (existsSync(data) ? dataPaths(data).preflight : '.'));
    await mkdir(out, { recursive: true });
    const { report, hash, names } = await makeReport(
      out,
      { lines, installed, at: Date.now(), by: null, standard: room.standard },
      room.keys,
    );
    const files = names.map((name) => join(out, name));
    const counts = countsOf(lines);
    // The table is what was asked for, also where the room is not fit: it belongs on stdout.
    process.stdout.write(`${reportText(report, { files, isServed, isSigned: room.keys !== null })}\n`);
    return { ok: counts.red === 0, reportId: report.reportId, hash, ...counts, files, lines };
  } finally {
    process.off('SIGINT', interrupt);
    opened.close();
  }
}

/** @throws UsageError for a note that is too long, or beside a line that nobody attests */
function notesOf(said: readonly string[], ids: readonly string[]): Map<string, { note: string }> {
  const notes = new Map<string, { note: string }>();
  for (const one of said) {
    const [id = '', ...rest] = one.split('=');
    const note = rest.join('=').trim();
    if (!ids.includes(id) || !isNote(note))
      throw new UsageError(
        `--note：写作 项目=备注，项目须在 --attest 之中，备注一行、不超过 ${LONGEST_NOTE} 字：${one.slice(0, 80)}`,
        `--note: id=words, of a line of --attest, one line of ${LONGEST_NOTE} characters at most`,
      );
    notes.set(id, { note });
  }
  return notes;
}

function progress(text: string, done: number, total: number): string {
  const count = `[${String(done).padStart(2)}/${total}]`;
  return process.stderr.isTTY
    ? `\r\x1b[K${count} ${text.slice(0, 100)}` + (done === total ? '\n' : '')
    : `${count} ${text}\n`;
}
