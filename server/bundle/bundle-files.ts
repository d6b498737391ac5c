// Where a room keeps its bundles, and the session's results as the staff gateway asks for them.

import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PublicKeys } from '../keys/key-files.js';
import { STATEMENT_SUFFIX, type Statement } from '../protocol/bundle.js';
import { buildBundle, type BundleSources, type BundleTarget, type BuiltBundle } from './build.js';
import { PARTIAL_SUFFIX, settlePartials } from './partial-file.js';
import { readReceipt } from './receipt.js';

const SEALED_SUFFIX = '.bag.zip.age';

export class BundleFiles {
  constructor(private readonly data: string) {}

  /** The sealed bundle of a session. */
  sealed(sessionId: string): string {
    return join(this.#folder, `${sessionId}${SEALED_SUFFIX}`);
  }

  /** The files that go to the organisation: the sealed bundle, and what the room signed of it. */
  names(sessionId: string): string[] {
    const name = basename(this.sealed(sessionId));
    return [name, name + STATEMENT_SUFFIX];
  }

  /** Where a file of the bundle with this hash lies; null when there is no such bundle or it was built anew since. */
  file(fileHash: string, fileName: string): string | null {
    const sessionId = /^([A-Za-z0-9._-]+)\.bag\.zip\.age(\.dsse\.json)?$/.exec(fileName)?.[1];
    if (sessionId === undefined || this.statement(sessionId)?.sha256 !== fileHash) return null;
    return join(dirname(this.sealed(sessionId)), fileName);
  }

  /** Builds and writes the bundle; durable when it resolves. @throws as `buildBundle` */
  async build(sources: BundleSources, target: Omit<BundleTarget, 'file'>): Promise<BuiltBundle> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    return buildBundle(sources, { ...target, file: this.sealed(sources.sessionId) });
  }

  /** After a crash, or after a build that was stopped: half a bundle gives its space back. */
  async settle(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    const ending = new RegExp(
      `(${SEALED_SUFFIX})(${STATEMENT_SUFFIX})?${PARTIAL_SUFFIX}$`.replaceAll('.', '\\.'),
    );
    const sealed = new Set(
      names.filter((name) => ending.test(name)).map((name) => name.replace(ending, '$1')),
    );
    for (const name of sealed) {
      const file = join(this.#folder, name);
      await settlePartials(file, file + STATEMENT_SUFFIX);
    }
  }

  /** What the room signed of a session's bundle, or null. */
  statement(sessionId: string): Statement | null {
    const file = this.sealed(sessionId) + STATEMENT_SUFFIX;
    if (!existsSync(file)) return null;
    const { payload } = JSON.parse(readFileSync(file, 'utf8')) as { payload: string };
    return JSON.parse(Buffer.from(payload, 'base64').toString('utf8')) as Statement;
  }

  /** Id of a receipt for this session's bundle by a trusted organisation, or null. */
  receiptId(sessionId: string, receipt: string, trust: readonly PublicKeys[]): string | null {
    const statement = this.statement(sessionId);
    return statement === null ? null : (readReceipt(receipt, trust, statement)?.receiptId ?? null);
  }

  get #folder(): string {
    return join(this.data, 'bundles');
  }
}
