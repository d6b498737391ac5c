// The way of the room's own PCs to the practice room beside it: browsers reach one address with one certificate, the room's, so the
// room passes their connections on. Nothing is read on the way, and nothing of the room itself can be reached by it.

import { connect, type Socket } from 'node:net';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Middleware } from 'koa';

/** Passed on: `/rehearsal/seat?word=…` and `/rehearsal/content/<hash>?word=…`. */
export const BESIDE_SEAT = '/rehearsal/seat';
const BESIDE_CONTENT = /^\/rehearsal\/content\/([0-9a-f]{64})$/;
const ANSWER_WITHIN_MS = 15_000;

export interface BesideAddress {
  /** Of the practice room on this machine; null while there is none. */
  port(): number | null;
  /** Whether a PC that takes part holds this word. */
  knows(word: string): boolean;
}

export class ToBeside {
  readonly #open = new Set<Duplex>();

  constructor(private readonly address: BesideAddress) {}

  /** Takes the upgrade of a simulated PC's connection. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const port = this.#portFor(new URL(request.url ?? '/', 'http://room').searchParams.get('word'));
    if (port === null) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const onward = connect({ host: '127.0.0.1', port }, () => {
      onward.write(`GET /seat HTTP/1.1\r\n${headerLines(request)}\r\n`);
      if (head.length > 0) onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    this.#hold(socket, onward);
  }

  /** Passes requests for sealed content on, and leaves the rest alone. */
  readonly middleware: Middleware = async (ctx, next) => {
    const hash = BESIDE_CONTENT.exec(ctx.path)?.[1];
    if (hash === undefined || ctx.method !== 'GET') return next();
    const { word } = ctx.query;
    const port = this.#portFor(typeof word === 'string' ? word : null);
    if (port === null) return void (ctx.status = 403);
    const answer = await ask(port, `/content/${hash}`);
    ctx.status = answer.statusCode ?? 502;
    ctx.set('Cache-Control', 'no-store');
    ctx.set('Content-Type', 'application/octet-stream');
    ctx.body = answer;
  };

  /** Ends every connection that was passed on. */
  cut(): void {
    for (const end of [...this.#open]) end.destroy();
  }

  #portFor(word: string | null): number | null {
    return word !== null && this.address.knows(word) ? this.address.port() : null;
  }

  /** What ends on one side ends on the other. */
  #hold(socket: Duplex, onward: Socket): void {
    const ends: [Duplex, Duplex][] = [
      [socket, onward],
      [onward, socket],
    ];
    for (const [end, other] of ends) {
      this.#open.add(end);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        this.#open.delete(end);
        other.destroy();
      });
    }
  }
}

/** As they came: the host that the browser named included, which its origin has to equal. */
function headerLines({ rawHeaders }: IncomingMessage): string {
  let lines = '';
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    lines += `${rawHeaders[at]}: ${rawHeaders[at + 1]}\r\n`;
  return lines;
}

function ask(port: number, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path, agent: false }, resolve);
    asked.setTimeout(ANSWER_WITHIN_MS, () => asked.destroy(new Error('The practice room does not answer')));
    asked.on('error', reject);
    asked.end();
  });
}
