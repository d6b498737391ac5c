// `kaochang demo --auto`: a whole exam day against a server process of its own, over real sockets and a real disk; the
// server is killed once in the middle; the end is a verified bundle, two scorers that agree, and figures.

import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeOrgCode } from '../../server/keys/typed-code.js';
import { crewOf } from '../../server/rehearsal/day-crew.js';
import { playDay } from '../../server/rehearsal/exam-day.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import { endRecorder, handOverFilms } from './demo-cameras.js';
import { settleResults } from './demo-results.js';
import { itemsOf, type DemoRoom } from './demo-room.js';
import { lostAnswers, type Acknowledged } from '../../server/rehearsal/lost-answers.js';

/** Seconds into the answering at which the server dies. */
const KILL_AFTER_MS = 6_000;

/** Plays the day. @param isFilmed the room has cameras @throws Error naming the step that failed, a server that does not listen included */
export async function playDemo(
  demo: DemoRoom,
  command: string,
  say: (text: string) => void,
  isFilmed = false,
) {
  const { data, address, source, secrets } = demo;
  const { plan, roster } = source;
  const [session] = plan.sessions;
  const main = secrets.papers.find(({ use }) => use === 'main');
  if (session === undefined || main === undefined) throw new Error('The sample has no session');
  const { sessionId } = session;
  const server = new ServerProcess({ command, data, address });
  say('启动考务服务器（独立进程）/ Starting the server in a process of its own');
  await server.start();
  const acks = join(data, 'acknowledged.ndjson');
  try {
    const staff = crewOf(plan.staff);
    const key = Buffer.from(secrets.authorisationKey, 'base64');
    const items = itemsOf(source, main.paperId);
    const figures = await playDay({
      address,
      sessionId,
      paperId: main.paperId,
      startCode: main.startCode,
      sealCode: makeOrgCode(key, { act: 'seal', sessionId, scope: '', minutes: 0, counter: 1 }),
      staff,
      candidates: roster.map(({ candidateId, ticketNo, seatId }) => ({ candidateId, ticketNo, seatId })),
      seats: plan.seats,
      simulated: true,
      random: Math.random,
      thinkMs: () => ((session.subject.minutes * 60_000) / items) * (0.3 + Math.random() * 0.9),
      say,
      onAck: (_candidateId, body) => {
        if (body.t === 'save') appendFileSync(acks, `${JSON.stringify(body)}\n`);
      },
      inTheMiddle: async () => {
        await pause(KILL_AFTER_MS);
        say('服务器断电（kill -9），考生继续作答 / The server dies (kill -9), candidates go on');
        await server.kill();
        await pause(2_000);
        await server.start();
        say('服务器恢复，考生机自动重连 / The server is back, PCs return by themselves');
      },
    });
    say('生成、签名、加密成绩包 / Building, signing and sealing the bundle');
    const { sysadmin } = staff;
    const clerk = new SimulatedStaff(address, sysadmin.staffId, sysadmin.pin);
    await clerk.signIn();
    await clerk.act({ type: 'build-bundle', sessionId });
    const { state, receipt, bundle, score } = await settleResults(demo, sessionId, say);
    const acknowledged = readAcks(acks);
    const lost = state === null ? acknowledged : lostAnswers(acknowledged, state, sessionId);
    if (receipt !== null) {
      await clerk.act({ type: 'confirm-receipt', sessionId, receipt });
      say(
        '评价组织回执已确认，移交完成 / The organisation’s receipt is confirmed, the session is handed over',
      );
    }
    clerk.stop();
    if (isFilmed) say('导出并核验录像 / Handing the films over and verifying them');
    const films = isFilmed ? await handOverFilms(data, sessionId) : null;
    const ok = bundle.verified && lost.length === 0 && score.agree && films?.verified !== false;
    return { ok, ...figures, acknowledged: acknowledged.length, lost: lost.length, bundle, score, films };
  } finally {
    await server.stop();
    if (isFilmed) await endRecorder(data);
  }
}

function readAcks(file: string): Acknowledged[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Acknowledged);
}
