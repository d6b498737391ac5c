// The demo for a person: starts the server, prints addresses and sign-ins, plays the other seats, and lets the server die
// and come back at a key press.

import { makeOrgCode, inGroups } from '../../server/keys/typed-code.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import type { DemoRoom } from './demo-room.js';

/** Runs until Ctrl+C. */
export async function guideDemo(demo: DemoRoom, command: string, say: (text: string) => void): Promise<void> {
  const { source, secrets, address, data, plainHttpPort } = demo;
  const server = new ServerProcess({ command, data, address });
  await server.start();
  const base = `http://127.0.0.1:${plainHttpPort}`;
  const [session] = source.plan.sessions;
  const key = Buffer.from(secrets.authorisationKey, 'base64');
  const sealCode = makeOrgCode(key, {
    act: 'seal',
    sessionId: session?.sessionId ?? '',
    scope: '',
    minutes: 0,
    counter: 1,
  });
  const lines = [
    '',
    `考生机 / candidate PCs:  ${base}/?pc=1  ${base}/?pc=2  ${base}/?pc=3`,
    ...source.roster
      .slice(0, 3)
      .map(
        ({ name, ticketNo, seatId }) =>
          `  ${seatId}  ${name}  准考证号 / ticket ${ticketNo}  密码 / password ${ticketNo.slice(-6)}`,
      ),
    `监考台 / staff console:  ${base}/staff`,
    ...source.plan.staff.map(({ name, roles, pin }) => `  ${name}  ${roles.join(', ')}  PIN ${pin}`),
    `启封码 / start code:     ${inGroups(secrets.papers.find(({ use }) => use === 'main')?.startCode ?? '')}`,
    `封场确认码 / seal code:  ${inGroups(sealCode)}`,
    `数据目录 / data:         ${data}`,
    '',
    '按 k 服务器断电，再按 k 恢复；Ctrl+C 结束 / k kills the server, k again starts it; Ctrl+C ends',
    '',
  ];
  process.stdout.write(lines.join('\n'));
  await untilInterrupted(server, say);
  await server.stop();
}

function untilInterrupted(server: ServerProcess, say: (text: string) => void): Promise<void> {
  return new Promise<void>((resolve) => {
    let busy = false;
    let dead = false;
    const toggle = async () => {
      if (busy) return;
      busy = true;
      if (dead) {
        await server.start();
        say('服务器已恢复 / The server is back');
      } else {
        await server.kill();
        say('服务器已断电（kill -9）/ The server is dead (kill -9)');
      }
      dead = !dead;
      busy = false;
    };
    const { stdin } = process;
    if (stdin.isTTY) stdin.setRawMode(true);
    stdin.on('data', (bytes) => {
      const typed = bytes.toString('utf8');
      if (typed.includes('\u0003')) resolve();
      else if (typed.includes('k')) toggle().catch((error: unknown) => say((error as Error).message));
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  }).then(() => {
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
  });
}
