// What an organisation does with a demo's bundle: verifies it, scores it twice, gives its receipt. The files that a real room
// would not keep (the unsealed bag) are written beside the others.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleFiles } from '../../server/bundle/bundle-files.js';
import { signReceipt } from '../../server/bundle/receipt.js';
import { openSealed } from '../../server/keys/age-stream.js';
import { bytesOfFile, streamOf } from '../../server/keys/readable-bytes.js';
import { readBundle } from './bundle.js';
import type { DemoRoom } from './demo-room.js';
import { rescoreBundle, scoreBundle } from './score.js';

/** @returns the report, and `receipt` for the room; null where the room made no statement. @throws Error without a bundle */
export async function settleResults(
  { data, org, room, packageFile }: DemoRoom,
  sessionId: string,
  say: (text: string) => void,
) {
  const files = new BundleFiles(data);
  const sealed = files.sealed(sessionId);
  const unsealed = sealed.replace(/\.age$/, '');
  const bytes = await bytesOfFile(sealed);
  await openSealed(org.identity, bytes)
    .then((plain) => writeFile(unsealed, streamOf(plain)))
    .finally(() => bytes.close());
  say('核验成绩包 / Verifying the bundle');
  const orgKey = join(data, 'org.key');
  const { report, state } = await readBundle(sealed, [room.public], orgKey);
  const scoring = { bundle: sealed, package: packageFile, orgKey, trust: [join(data, 'room.pub')] };
  say('评分与独立复核 / Scoring, and the second scorer');
  const sheet = join(data, 'scores.xlsx');
  const { scored, average } = await scoreBundle({ ...scoring, out: sheet });
  const rescore = await rescoreBundle(scoring);
  const statement = files.statement(sessionId);
  const { ok: verified, candidates, answers, rows, problems } = report;
  return {
    state,
    receipt: statement === null ? null : signReceipt(statement, org, Date.now()),
    bundle: { file: sealed, unsealed, verified, candidates, answers, rows, problems },
    score: { scored, average, sheet, agree: rescore.ok },
  };
}
