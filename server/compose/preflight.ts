// The check of the room in the service: one at a time, with progress for the pages; its report is signed, stored, and named in the
// journal before anybody hears that it is there.

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../log.js';
import type { PrivateKeys } from '../keys/key-files.js';
import type { AnyCheck } from '../preflight/line.js';
import { reportFileName, storedReport } from '../preflight/report-files.js';
import { countsOf, type PreflightReport } from '../preflight/report.js';
import { runChecks, type Tick } from '../preflight/run.js';
import { standardOf } from '../preflight/standard.js';
import { ticksOf } from '../preflight/ticks.js';
import type { PreflightHost } from '../proctor/host.js';
import type {
  LineGroup,
  PreflightLine,
  PreflightReportView,
  PreflightRun,
  RunPreflight,
} from '../protocol/preflight.js';
import type { RunningRoom } from '../room.js';
import { makeReport } from './preflight-report.js';
import { entryOf } from '../core/state-access.js';

export interface PreflightParts {
  room: RunningRoom;
  keys: PrivateKeys;
  /** Where reports lie. */
  folder: string;
  /** Made anew for each run: devices and seats change. */
  checks: () => AnyCheck[];
  url: (fileName: string) => string;
  log: Log;
}

type Listener = Parameters<PreflightHost['listen']>[0];

/** Lines of another group are taken over for so long. */
const KEPT_FOR_MS = 3_600_000;

export class Preflight implements PreflightHost {
  #run: PreflightRun | null = null;
  #listener: Listener | null = null;
  readonly #control = new AbortController();
  #working: Promise<void> = Promise.resolve();

  constructor(private readonly parts: PreflightParts) {}

  begin(staffId: string, request: RunPreflight): PreflightRun {
    if (this.#run !== null) return this.#run;
    const run: PreflightRun = { runId: randomUUID(), total: 0, lines: [] };
    const checks = this.parts.checks();
    run.total = checks.length;
    this.#run = run;
    const { room } = this.parts;
    const by = entryOf(room.state.staff, staffId)?.name ?? staffId;
    const ticks = ticksOf(room.state.preflight?.attested ?? [], request, { by, at: room.now() });
    this.#working = this.#work(run, checks, by, ticks, request.groups).then(
      (report) => this.#end(run, report),
      (error: unknown) => {
        this.parts.log.error({ err: error }, 'The check of the room failed');
        this.#end(run, null);
      },
    );
    return run;
  }

  running(): PreflightRun | null {
    return this.#run;
  }

  async last(): Promise<PreflightReportView | null> {
    const { room, folder, keys } = this.parts;
    const { preflight } = room.state;
    if (preflight === null) return null;
    await room.settled();
    const stored = await storedReport(folder, preflight.reportId, keys.public);
    return stored === null || stored.hash !== preflight.hash ? null : this.#view(stored.report, stored.hash);
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  /** Ends what runs; nothing of it is recorded. */
  async stop(): Promise<void> {
    this.#control.abort();
    await this.#working;
  }

  async #work(
    run: PreflightRun,
    checks: readonly AnyCheck[],
    by: string,
    ticks: ReadonlyMap<string, Tick>,
    groups: readonly LineGroup[] | null,
  ): Promise<PreflightReportView | null> {
    const { room } = this.parts;
    const { signal } = this.#control;
    const kept = groups === null ? new Map<string, PreflightLine>() : await this.#keptLines(checks, groups);
    const say = (line: PreflightLine) => {
      run.lines.push(line);
      const { runId, total } = run;
      this.#listener?.line({ runId, done: run.lines.length, total, line });
    };
    for (const line of kept.values()) say(line);
    const anew = await runChecks(
      checks.filter(({ id }) => !kept.has(id)),
      { onLine: say, signal, wallNow: () => room.now(), ticks },
    );
    signal.throwIfAborted();
    const found = new Map([...kept, ...anew.map((line) => [line.id, line] as const)]);
    return this.#record(
      checks.flatMap(({ id }) => found.get(id) ?? []),
      by,
    );
  }

  /** Lines of the groups that are not asked for, if all of them are there and young. */
  async #keptLines(
    checks: readonly AnyCheck[],
    groups: readonly LineGroup[],
  ): Promise<Map<string, PreflightLine>> {
    const last = (await this.last())?.report;
    const { bands, practice } = standardOf(this.parts.room.state);
    // What was judged by other figures is judged anew.
    const isOfNow = isDeepStrictEqual([last?.bands, last?.practice], [bands, practice]);
    const before = new Map(isOfNow ? last?.lines.map((line) => [line.id, line]) : []);
    const others = checks.filter(({ group }) => !groups.includes(group));
    const oldest = this.parts.room.now() - KEPT_FOR_MS;
    const lines = others.flatMap(({ id }) => {
      const line = before.get(id);
      return line === undefined || line.at < oldest ? [] : [[id, line] as const];
    });
    return lines.length === others.length ? new Map(lines) : new Map();
  }

  async #record(lines: PreflightLine[], by: string): Promise<PreflightReportView | null> {
    const { room, keys, folder, log } = this.parts;
    const checked = { lines, installed: room.state.package, at: room.now(), by };
    const { report, hash } = await makeReport(folder, { ...checked, standard: standardOf(room.state) }, keys);
    const { reportId } = report;
    const counts = countsOf(lines);
    const redLines = lines.filter(({ verdict }) => verdict === 'red').map(({ id }) => id);
    const attested = lines.flatMap((line) =>
      line.attested === undefined ? [] : [{ line: line.id, ...line.attested }],
    );
    const found = { reportId, hash, ...counts, redLines, ...(attested.length > 0 && { attested }) };
    const handled = room.handle({ type: 'record-preflight', ...found, by: { kind: 'room' } });
    await room.whenDurable(handled.seq);
    if (handled.refusal === null) return this.#view(report, hash);
    log.warn({ code: handled.refusal.code }, 'The report of the check of the room is not recorded');
    return null;
  }

  #view(report: PreflightReport, hash: string): PreflightReportView {
    const names = (['json', 'html'] as const).map((type) => reportFileName(report.reportId, type));
    return { report, hash, files: names.map((name) => ({ name, url: this.parts.url(name) })) };
  }

  #end(run: PreflightRun, report: PreflightReportView | null): void {
    this.#run = null;
    this.#listener?.done({ runId: run.runId, report });
  }
}
