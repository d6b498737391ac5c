// A further version made of an unpacked release: some of its files changed, its list made anew and signed by the same maker.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPrivateKeys } from '../../../server/keys/key-files.js';
import { sha256 } from '../../../server/keys/sha256.js';
import {
  readSums,
  SIGNATURE_FILE,
  signSums,
  SUMS_FILE,
  writeSums,
  type ReleaseFile,
} from '../../../server/release/release-folder.js';

/**
 * Makes it as `to`.
 * @param changes what becomes of the text of a file, by its path in the release
 * @param keyFile of the maker who signs; null = the signature is that of the release before
 * @throws Error for a change that changes nothing
 */
export async function changedRelease(
  release: string,
  to: string,
  changes: Record<string, (text: string) => string>,
  keyFile: string | null,
): Promise<void> {
  // Links: ten thousand files are the same.
  const copied = spawnSync('cp', ['-al', release, to], { encoding: 'utf8' });
  if (copied.status !== 0) throw new Error(copied.stderr);
  for (const [path, change] of Object.entries(changes)) {
    const before = readFileSync(join(to, path), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`${path} is as it was`);
    replace(join(to, path), after);
  }
  const listed = readSums(readFileSync(join(release, SUMS_FILE), 'utf8'));
  const hashOf = ({ path, sha256: before }: ReleaseFile) =>
    path in changes ? sha256(readFileSync(join(to, path))) : before;
  const sums = writeSums(listed.map((file) => ({ ...file, sha256: hashOf(file) })));
  replace(join(to, SUMS_FILE), sums);
  if (keyFile !== null)
    replace(
      join(to, SIGNATURE_FILE),
      `${JSON.stringify(signSums(sums, [await readPrivateKeys(keyFile)]))}\n`,
    );
}

/** Never through the link: the release that it was made of stays as it is. */
function replace(file: string, text: string): void {
  rmSync(file, { force: true });
  writeFileSync(file, text);
}
