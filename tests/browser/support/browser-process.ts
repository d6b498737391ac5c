// One browser as a process group of its own: started, found listening, killed or ended. Nothing outside the group is touched.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface BrowserProcessOptions {
  program: string;
  args: string[];
  /** Home folder: NSS store, caches, settings; the tester's own is never used. */
  home: string;
  env?: NodeJS.ProcessEnv;
}

const READY_WITHIN_MS = 90_000;
const END_WITHIN_MS = 20_000;
/** Chromium says the first, Firefox the second. */
const LISTENING = /(?:DevTools|WebDriver BiDi) listening on (ws:\/\/\S+)/;

export class BrowserProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Where the browser listens for its driver. */
    readonly endpoint: string,
  ) {}

  /** @throws Error with what the browser said when it ends instead, or says nothing for 90 s */
  static async start({ program, args, home, env = {} }: BrowserProcessOptions): Promise<BrowserProcess> {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '', XDG_DATA_HOME: '', ...env },
    });
    let said = '';
    const endpoint = await new Promise<string>((resolve, reject) => {
      const failed = (what: string) => reject(new Error(`${program} ${what}:\n${said.slice(-4000)}`));
      const late = setTimeout(() => failed(`did not listen within ${READY_WITHIN_MS} ms`), READY_WITHIN_MS);
      child.once('error', (error) => failed(error.message));
      child.once('exit', (code, signal) => failed(`ended with ${code ?? signal}`));
      child.stderr?.on('data', (chunk: Buffer) => {
        said = (said + chunk.toString('utf8')).slice(-20_000);
        const found = LISTENING.exec(said)?.[1];
        if (found === undefined) return;
        clearTimeout(late);
        resolve(found);
      });
    }).catch((error: unknown) => {
      signalGroup(child, 'SIGKILL');
      throw error;
    });
    // A test that dies with an error takes its browser along.
    const alongWithTest = () => signalGroup(child, 'SIGKILL');
    process.once('exit', alongWithTest);
    child.once('exit', () => process.removeListener('exit', alongWithTest));
    return new BrowserProcess(child, endpoint);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** The power goes: kill -9 of the whole group, nothing is flushed. */
  async kill(): Promise<void> {
    const gone = this.#gone();
    signalGroup(this.child, 'SIGKILL');
    await gone;
  }

  /** Asks the browser to end, and ends it where it does not. */
  async end(): Promise<void> {
    const gone = this.#gone();
    signalGroup(this.child, 'SIGTERM');
    const late = setTimeout(() => signalGroup(this.child, 'SIGKILL'), END_WITHIN_MS);
    await gone;
    clearTimeout(late);
    // Its helpers end after it; the group is theirs alone.
    signalGroup(this.child, 'SIGKILL');
  }

  async #gone(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
