// A stand-in for the internet in a network namespace of its own, behind a cable that can be pulled: what a candidate's PC
// reaches there is outside the room. Needs root, as whoever lays cables does; without it, it fails and says so.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeServerCertificate } from '../../../server/http/tls/certificates.js';

const HTTPS_PORT = 8443;
const HTTP_PORT = 8080;

/** Answers everything with a dot of a picture, over both wires. */
const SERVER = `
import { createServer } from 'node:https';
import { createServer as createPlain } from 'node:http';
import { readFileSync } from 'node:fs';
const [cert, key, address] = process.argv.slice(1);
const dot = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');
const answer = (request, response) => {
  process.stdout.write('hit ' + request.url + '\\n');
  response.writeHead(200, { 'Content-Type': 'image/gif' }).end(dot);
};
createServer({ cert: readFileSync(cert), key: readFileSync(key) }, answer).listen(${HTTPS_PORT}, address);
createPlain(answer).listen(${HTTP_PORT}, address, () => process.stdout.write('listening\\n'));
`;

export class Outside {
  readonly #name = `kc${process.pid % 100_000}`;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kaochang-outside-'));
  /** Documentation addresses: nobody's, so that nothing real answers. */
  readonly #net = `198.51.100`;
  #server: ChildProcess | null = null;
  #isUp = false;
  /** How many requests came through. */
  hits = 0;

  /** @throws Error where this machine may not make a network namespace */
  constructor() {
    try {
      this.#ip('netns', 'add', this.#name);
      this.#ip('link', 'add', `${this.#name}a`, 'type', 'veth', 'peer', 'name', `${this.#name}b`);
      this.#ip('link', 'set', `${this.#name}b`, 'netns', this.#name);
      this.#ip('addr', 'add', `${this.#net}.1/30`, 'dev', `${this.#name}a`);
      this.#ip('-n', this.#name, 'addr', 'add', `${this.#net}.2/30`, 'dev', `${this.#name}b`);
      this.#ip('-n', this.#name, 'link', 'set', `${this.#name}b`, 'up');
    } catch (error) {
      this.#remove();
      throw new Error(
        `This test needs root and network namespaces (ip netns add): ${(error as Error).message}`,
        { cause: error },
      );
    }
  }

  /** What a room's settings name to be tried. */
  get addresses(): string[] {
    return [`https://${this.#net}.2:${HTTPS_PORT}/favicon.ico`, `http://${this.#net}.2:${HTTP_PORT}/dot.gif`];
  }

  /** Begins to answer, under a certificate of the room's CA, which the browsers trust. @param tls the room's folder */
  async start(tls: string): Promise<void> {
    const ca = {
      certificate: readFileSync(join(tls, 'ca.crt'), 'utf8'),
      privateKey: readFileSync(join(tls, 'ca.key'), 'utf8'),
    };
    const pair = await makeServerCertificate(ca, [`${this.#net}.2`], Date.now());
    const [cert, key] = [join(this.#folder, 'cert.pem'), join(this.#folder, 'key.pem')];
    writeFileSync(cert, pair.certificate);
    writeFileSync(key, pair.privateKey);
    const inside = ['netns', 'exec', this.#name, process.execPath];
    const script = ['--input-type=module', '-e', SERVER, cert, key, `${this.#net}.2`];
    const server = spawn('ip', [...inside, ...script], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('exit', (code) => reject(new Error(`The server outside ended with ${code}`)));
      server.stdout.on('data', (chunk: Buffer) => {
        const lines = chunk.toString('utf8').split('\n');
        if (lines.includes('listening')) resolve();
        this.hits += lines.filter((line) => line.startsWith('hit ')).length;
      });
    });
  }

  /** Plugs the cable in, or pulls it. */
  plug(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#ip('link', 'set', `${this.#name}a`, isUp ? 'up' : 'down');
  }

  close(): void {
    this.#server?.kill('SIGKILL');
    this.#remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #ip(...words: string[]): void {
    execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  }

  #remove(): void {
    for (const words of [
      ['link', 'del', `${this.#name}a`],
      ['netns', 'del', this.#name],
    ])
      try {
        this.#ip(...words);
      } catch {
        // It was not there.
      }
  }
}
