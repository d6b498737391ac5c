// `kaochang org-code`: a code that the organisation's duty officer reads to the room over the telephone (rule 14).

import { readFile } from 'node:fs/promises';
import { inGroups, makeOrgCode } from '../../server/keys/typed-code.js';
import type { PackageSecrets } from '../../server/protocol/package.js';

interface Options {
  secrets: string;
  act: string;
  session: string;
  scope: string;
  minutes: number;
  counter: number;
}

/** Each counter is good once. */
export async function orgCode({ secrets, act, session, scope, minutes, counter }: Options) {
  if (!['seal', 'delay-start', 'extension', 'reserve'].includes(act))
    throw new Error('--act: seal | delay-start | extension | reserve');
  const { authorisationKey } = JSON.parse(await readFile(secrets, 'utf8')) as PackageSecrets;
  const key = Buffer.from(authorisationKey, 'base64');
  const code = makeOrgCode(key, { act, sessionId: session, scope, minutes, counter });
  return { ok: true, code, text: `授权码 / code: ${inGroups(code)}` };
}
