// Builds a bundle from the journal alone, for a room whose server cannot write: not a byte goes into the data folder, the
// bundle goes where it is told to.

import { buildBundle, type BuiltBundle, type BundleTarget } from '../bundle/build.js';
import { dataPaths, readTrust, refuseIfServed } from '../data-folder.js';
import { readPrivateKeys } from '../keys/key-files.js';
import { createLog } from '../log.js';
import { VERSION } from '../version.js';
import { handedInFiles } from './file-uploads.js';
import { Packages } from './packages.js';
import { readJournal } from './read-journal.js';
import { signedReport } from './signed-report.js';

/**
 * Writes a session's sealed bundle and its statement to `target`. The journal does not hear of it: once the server can write
 * again the bundle is built anew, and the organisation's receipt is for that one.
 * @param now wall clock, milliseconds
 * @throws NoSpaceError; Error while a server writes to the folder, or where the journal has no such session
 */
export async function exportFromJournal(
  data: string,
  sessionId: string,
  target: BundleTarget,
  now: number,
): Promise<BuiltBundle> {
  await refuseIfServed(data);
  const room = await readPrivateKeys(dataPaths(data).roomKey);
  const log = createLog('error');
  const packages = new Packages({ data, keys: room, trust: () => readTrust(data), version: VERSION, log });
  const journal = await readJournal(data, room, 'alone');
  try {
    await packages.look();
    const installed = packages.packageOf(null, sessionId);
    const orgRecipients = installed === null ? [] : [installed.orgRecipient];
    const handedIn = handedInFiles(data, journal, sessionId);
    const preflightReport = (reportId: string) => signedReport(data, reportId);
    return await buildBundle(
      { journal, room, sessionId, orgRecipients, now, handedIn, preflightReport },
      target,
    );
  } finally {
    await journal.close();
    packages.close();
  }
}
