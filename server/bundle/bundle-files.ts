// Where a room keeps its bundles, and the session's results as the staff gateway asks for them.

import { mkdir, readFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PublicKeys } from '../keys/key-files.js';
import { STATEMENT_SUFFIX, type Statement } from '../protocol/bundle.js';
import { buildBundle, writeBundle, type BundleSources } from './build.js';
import { readReceipt } from './receipt.js';

export class BundleFiles {
  constructor(private readonly data: string) {}

  /** The sealed bundle of a session. */
  sealed(sessionId: string): string {
    return join(this.data, 'bundles', `${sessionId}.bag.zip.age`);
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

  /** Builds and writes the bundle; durable when it resolves. */
  async build(sources: BundleSources): Promise<{ statement: Statement; bag: Buffer }> {
    await mkdir(join(this.data, 'bundles'), { recursive: true, mode: 0o700 });
    const built = await buildBundle(sources);
    await writeBundle(this.sealed(sources.sessionId), built);
    return built;
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

  read(sessionId: string): Promise<Buffer> {
    return readFile(this.sealed(sessionId));
  }
}
