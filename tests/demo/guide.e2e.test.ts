// The demo that a person clicks through, driven by its keys alone, as a process: from the seal over two kills to a bundle that
// holds. And what the sheet and the advice say.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { SeatState } from '../../server/protocol/seat.js';
import { watchRecorder } from '../../server/recording/one-recorder.js';
import { freePort } from '../../server/rehearsal/free-port.js';
import { SimulatedPc } from '../../server/rehearsal/simulated-pc.js';
import { COMMAND } from '../support/start-server.js';

t.setTimeout(560_000);

/** A demo in a process of its own: what it says, and its keys. */
class Demo {
  said = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #read = 0;

  constructor(args: string[]) {
    this.#child = spawn(process.execPath, [COMMAND, 'demo', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: where the test fails the demo's server ends with it.
      detached: true,
    });
    this.#closed = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.said += chunk.toString('utf8')));
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  /** Waits for words that were not read before, or after `from`; what they matched. @throws Error with what was said instead */
  async hears(words: RegExp, withinMs = 60_000, from = this.#read): Promise<RegExpExecArray> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const found = words.exec(this.said.slice(from));
      if (found !== null) {
        this.#read = Math.max(this.#read, from + found.index + found[0].length);
        return found;
      }
      if (Date.now() > deadline || this.#child.exitCode !== null)
        throw new Error(`${String(words)} was not said in ${withinMs} ms; it said:\n${this.said}`);
      await pauseMs(50);
    }
  }

  /** @returns the exit status */
  async ends(withinMs = 60_000): Promise<number | null> {
    const late = setTimeout(() => this.kill(), withinMs);
    // What it says is read to its end.
    await this.#closed;
    clearTimeout(late);
    return this.#child.exitCode;
  }

  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

const pauseMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'demo-guide-'));
  folders.push(folder);
  return folder;
};
t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

void t.test('keys alone lead through the day, over two kills, to a verified bundle', async (t) => {
  const data = join(newFolder(), 'room');
  const demo = new Demo([
    ...['--seats', '12', '--starts-in', '14', '--lasts', '30', '--data', data, '--json'],
    ...['--port', String(await freePort()), '--no-cameras'],
  ]);
  t.teardown(() => demo.kill());

  const [, base] = await demo.hears(/CANDIDATES[^]*?(http:\/\/127\.0\.0\.1:\d+)\/\?pc=1/);
  const [, ticket, password] = await demo.hears(/ticket (\d{26})\s+密码 password (\d{6})/);
  t.equal(password, ticket?.slice(-6));
  await demo.hears(/start code {2}[0-9]/);
  await demo.hears(/▶ 封场/);
  // One seat of a person, as a browser at `?pc=1` would be.
  const pc = new SimulatedPc({ address: { url: base ?? '' } });
  t.teardown(() => pc.stop());
  pc.start();
  await pc.until(({ pairingCode }) => pairingCode !== null, 60_000);
  demo.press('p');
  await demo.hears(/code \d{6} → seat 01/);
  await pc.until(({ stage }) => stage === 'waiting', 60_000);
  t.equal(pc.state?.seatLabel, '01');

  demo.press('n');
  await demo.hears(/▶ 入场/);
  demo.press('k');
  await demo.hears(/The server is dead/);
  demo.press('n');
  await demo.hears(/先按 k 恢复/);
  demo.press('k');
  await demo.hears(/The server is back/);
  demo.press('n');
  await demo.hears(/is checked in \(seat 01\)/);
  await pc.until(({ stage }) => stage === 'log-in', 60_000);
  t.same(await asked(pc.request({ t: 'log-in', ticketNo: ticket ?? '', password: password ?? '' })), true);
  const { candidate } = await pc.until((state) => state.candidate !== null, 60_000);
  const who = { candidateId: candidate?.candidateId ?? '', lease: candidate?.lease ?? 0 };
  await pc.request({ t: 'confirm', ...who, what: 'identity' });
  await pc.request({ t: 'confirm', ...who, what: 'rules' });
  demo.press('n');
  await demo.hears(/▶ 试卷已启封/);
  demo.press('n');
  await demo.hears(/▶ 作答到/, 30_000);
  const { order } = await pc.untilPaper(60_000);
  t.equal(order.sections.flatMap(({ items }) => items).length, 60);
  await demo.hears(/raises a hand/);
  demo.press('k');
  await demo.hears(/The server is dead/);
  await pauseMs(1_500);
  demo.press('k');
  await demo.hears(/The server is back/);
  // The seat, that is: which of both comes first is open.
  await demo.hears(/seat \d+ is back/, undefined, 0);

  demo.press('n');
  await demo.hears(/n again ends the exam now/);
  t.not(stageOf(pc), 'ended', 'one press ends nothing');
  demo.press('n');
  await demo.hears(/▶ 作答已结束/);
  await pc.until(({ stage }) => stage === 'ended', 60_000);
  demo.press('n');
  await demo.hears(/n again collects without them/);
  await pc.request({ t: 'nothing-unsent', ...who });
  await pc.until(({ stage }) => stage === 'received', 60_000);
  for (;;) {
    demo.press('n');
    const [, lagging] = await demo.hears(/(collects without them)|▶ 已收卷/);
    if (lagging === undefined) break;
    await pauseMs(11_000);
  }
  demo.press('n');
  await demo.hears(/▶ 成绩包已生成/);
  demo.press('n');
  await demo.hears(/核验通过 verified\s+12 名考生/);
  await demo.hears(/▶ 本场全部完成/);
  demo.press('q');
  t.equal(await demo.ends(), 0);
  const result = JSON.parse(demo.said.trim().split('\n').at(-1) ?? '{}') as {
    ok: boolean;
    bundle: { file: string; unsealed: string; verified: boolean; candidates: number; answers: number };
    score: { scored: number; agree: boolean; sheet: string };
  };
  t.match(result, { ok: true, bundle: { verified: true, candidates: 12 }, score: { agree: true } });
  t.ok(result.bundle.answers > 60, `${result.bundle.answers} answers`);
  for (const file of [result.bundle.file, result.bundle.unsealed, result.score.sheet])
    t.ok(existsSync(file), file);
});

void t.test('a server that was dead over the end: the exam goes on when the staff decide so', async (t) => {
  const demo = new Demo([
    ...['--seats', '5', '--starts-in', '9', '--lasts', '12', '--data', join(newFolder(), 'room')],
    ...['--port', String(await freePort()), '--no-cameras'],
  ]);
  t.teardown(() => demo.kill());
  for (const stage of [/▶ 封场/, /▶ 入场/, /▶ 考生登录/, /▶ 试卷已启封/]) {
    await demo.hears(stage);
    demo.press('n');
  }
  await demo.hears(/▶ 作答到/);
  demo.press('k');
  await demo.hears(/The server is dead/);
  await pauseMs(12_000);
  demo.press('k');
  await demo.hears(/▶ 服务器中断期间/);
  demo.press('n');
  await demo.hears(/▶ 作答到/);
  await demo.hears(/▶ 作答已结束/);
  demo.press('q');
  t.equal(await demo.ends(), 0);
});

void t.test('q ends at once, with everything that was started, a recorder too', async (t) => {
  const data = join(newFolder(), 'room');
  const demo = new Demo(['--seats', '6', '--data', data, '--port', '0']);
  t.teardown(() => demo.kill());
  const [, base] = await demo.hears(/(http:\/\/127\.0\.0\.1:\d+)\/staff/);
  t.equal((await fetch(`${base}/healthz`)).status, 200);
  await demo.hears(/▶ 封场/);
  let watch = null;
  for (
    const from = performance.now();
    watch === null && performance.now() - from < 30_000;
    await pauseMs(100)
  )
    watch = await watchRecorder(join(data, 'video')).catch(() => null);
  t.ok(watch !== null, 'its two cameras are recorded');
  watch?.close();
  demo.press('q');
  t.equal(await demo.ends(), 0);
  await t.rejects(fetch(`${base}/healthz`), 'the server is gone');
  t.equal(await watchRecorder(join(data, 'video')), null, 'and the recorder with it');
});

function stageOf({ state }: SimulatedPc): SeatState['stage'] | undefined {
  return state?.stage;
}

async function asked(answer: Promise<{ ok: boolean }>): Promise<boolean> {
  return (await answer).ok;
}
