// Where the plan asks for the report (SL6, SL7) simulated staff check the room for real before they sign, and the seal follows
// the report: a red line refuses it on this machine as on any other.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { readConfig } from '../../server/config.js';
import { createLog } from '../../server/log.js';
import { startServer } from '../../server/main.js';
import { DayCrew } from '../../server/rehearsal/day-crew.js';
import { AT_ONCE, preparedData, sessionIdOf } from '../support/direct-session.js';
import { PINS } from '../support/small-exam.js';

t.setTimeout(560_000);

void t.test('[SL7] the crew signs under a report of the room, and is refused by its red lines', async (t) => {
  const { exam, data, remove } = await preparedData({ policy: { ...AT_ONCE, sealNeedsReport: true } });
  const settings = { host: '127.0.0.1', httpsPort: 0, ballastMegabytes: 1 };
  // Nobody is asked outside, nothing is played: what cannot be measured is unknown, and not red.
  const preflight = { rehearsal: false, timeServers: ['127.0.0.1:9'], internetUrls: ['http://127.0.0.1:9/'] };
  writeFileSync(join(data, 'config.json'), JSON.stringify({ ...settings, preflight }));
  const config = readConfig({ data, file: null });
  const server = await startServer({ data, config, log: createLog('silent'), onFatal: () => undefined });
  const sessionId = sessionIdOf(exam);
  const crew = new DayCrew({
    address: {
      url: `https://127.0.0.1:${server.httpsPort}`,
      ca: server.caCertificate,
      serverName: config.hostName,
    },
    ...{ sessionId, paperId: 'paper-main', startCode: exam.startCode, sealCode: '' },
    staff: exam.source.plan.staff.map(({ staffId, roles }) => ({
      ...{ staffId, roles },
      pin: staffId === 'chief' ? PINS.chief : PINS.others,
    })),
  });
  t.teardown(async () => {
    crew.stop();
    await server.stop();
    remove();
  });
  await crew.signIn();
  const outcome = await crew.take('seal');
  const { preflight: found, sessions } = server.room.state;
  const seal = sessions[sessionId]?.seal;
  if (found === null) throw new Error('No report was recorded');
  t.ok(found.green > 0, `${found.green} green lines`);
  if (found.red > 0) {
    t.match(outcome, { ok: false, code: 'report-red', params: { count: found.red } });
    t.equal(seal?.sysadmin, null);
  } else {
    t.equal(seal?.sysadmin, 'sysadmin');
    t.match(seal, { reportId: found.reportId });
  }
  t.same(found.fingerprint, server.room.state.installation, 'of what is installed');
});
