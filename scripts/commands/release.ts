// `kaochang release ...`: is a release what its makers signed, and may the room change its version now. What installs, upgrades
// and removes Kaochang asks these two.

import { existsSync } from 'node:fs';
import { readJournal } from '../../server/compose/read-journal.js';
import { RULES } from '../../server/compose/rules.js';
import { dataPaths } from '../../server/data-folder.js';
import { readPrivateKeys, readPublicKeys } from '../../server/keys/key-files.js';
import { refusalToChange, refusalToDestroy } from '../../server/release/may-change.js';
import { checkRelease, type ReleaseFault } from '../../server/release/release-folder.js';
import { replayJournal } from '../../server/room.js';
import { VERSION } from '../../server/version.js';

const FAULT_WORDS: Record<ReleaseFault['fault'], string> = {
  missing: '缺少 / is missing',
  changed: '被改动 / was changed',
  unlisted: '不在清单中 / is not on the list',
  'not-a-file': '不是普通文件 / is no plain file',
};
const MOST_FAULTS = 20;

/** Checks a release folder. @throws ReleaseError when its list or signature cannot be believed */
export async function releaseCheck({ folder, trust = [] }: { folder: string; trust?: string[] }) {
  const trusted = await Promise.all(trust.map((file) => readPublicKeys(file)));
  const { files, faults } = await checkRelease(folder, trusted);
  const ok = faults.length === 0;
  const signed = trusted.length > 0;
  const text = ok
    ? `发行包完好，${files} 个文件${signed ? '，签名有效' : ''} / the release is whole, ${files} files${signed ? ', the signature holds' : ''}`
    : faults
        .slice(0, MOST_FAULTS)
        .map(({ path, fault }) => `${path}: ${FAULT_WORDS[fault]}`)
        .join('\n');
  return { ok, files, signed, faults, text };
}

/**
 * Whether this version may take over the data folder now: it has to be able to read the journal, and no session may be held.
 * Reads only, beside a server that may run.
 * @throws JournalFormatError for a journal of a newer version
 */
export async function releaseMayChange({ data, destroy = false }: { data: string; destroy?: boolean }) {
  const { journal: file, roomKey } = dataPaths(data);
  if (!existsSync(file)) return { ok: true, version: VERSION, text: '' };
  const journal = await readJournal(data, await readPrivateKeys(roomKey), 'beside');
  try {
    const { state } = await replayJournal(journal, RULES);
    const refusal = destroy ? refusalToDestroy(state) : refusalToChange(state);
    return {
      ok: refusal === null,
      version: VERSION,
      refusal,
      text: refusal ? `${refusal.zh} / ${refusal.en}` : '',
    };
  } finally {
    await journal.close();
  }
}
