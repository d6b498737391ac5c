// One connection to NUT's upsd: a question, its answer, never two at once. A connection that is not exactly where it should
// be (late, twice, unasked, half) is destroyed, so that no answer can ever be taken for that of another question.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { DeviceFaultCode } from '../core/readings.js';
import { DeviceFault } from './contract.js';
import { readWords, writeWords } from './nut-words.js';

export interface NutAddress {
  host: string;
  port: number;
  /** What upsd must speak TLS with: the authority's certificate (PEM) and the name that the server's own must have. */
  tls?: { ca: string; serverName: string };
  login?: { username: string; password: string };
  /** A whole question, connecting included. */
  deadlineMs?: number;
}

const DEADLINE_MS = 3_000;
const LONGEST_LINE_BYTES = 4_096;
const LONGEST_ANSWER_BYTES = 262_144;

/** What upsd refused, word for word; another question may go over the same connection. */
export class NutRefusal extends Error {
  constructor(readonly word: string) {
    super(`ERR ${word}`);
    this.name = 'NutRefusal';
  }
}

/** Reads the lines of one answer. @returns the answer once it is complete, undefined while it is not; throws when it is none */
type AnswerReader<T> = (words: string[], line: string) => T | undefined;

interface Question {
  line(line: string): void;
  failed(fault: DeviceFault): void;
}

export class NutClient {
  #socket: Socket | null = null;
  #question: Question | null = null;
  /** What came after the last line end. */
  #rest: Buffer = Buffer.alloc(0);
  #answerBytes = 0;
  #busy = false;

  constructor(private readonly address: NutAddress) {}

  /** True while a connection stands; it may be gone all the same, which the next question shows. */
  get connected(): boolean {
    return this.#socket !== null;
  }

  /**
   * All variables of a UPS. Connects where there is no connection. @throws DeviceFault; NutRefusal for what upsd answers with ERR
   */
  async listVariables(ups: string, signal: AbortSignal): Promise<Map<string, string>> {
    return await this.#ask(signal, async () => {
      const variables = new Map<string, string>();
      let begun = false;
      return await this.#exchange(['LIST', 'VAR', ups], (words, line) => {
        const [first, second, third, fourth] = words;
        if (!begun) {
          expect(words.length === 4 && first === 'BEGIN' && isList(words.slice(1), ups), line);
          begun = true;
          return undefined;
        }
        if (first === 'END') {
          expect(words.length === 4 && isList(words.slice(1), ups), line);
          return variables;
        }
        expect(words.length === 4 && first === 'VAR' && second === ups, line);
        variables.set(third ?? '', fourth ?? '');
        return undefined;
      });
    });
  }

  /** One variable of a UPS. @throws DeviceFault; NutRefusal */
  async getVariable(ups: string, name: string, signal: AbortSignal): Promise<string> {
    return await this.#ask(signal, () =>
      this.#exchange(['GET', 'VAR', ups, name], (words, line) => {
        const [first, second, third, value] = words;
        expect(words.length === 4 && first === 'VAR' && second === ups && third === name, line);
        return value ?? '';
      }),
    );
  }

  /** Ends the connection at once; the next question opens another. */
  close(): void {
    this.#drop(new DeviceFault('unreachable', 'the connection was closed'));
  }

  async #ask<T>(signal: AbortSignal, exchange: () => Promise<T>): Promise<T> {
    if (this.#busy) throw new Error('a question is under way on this connection');
    this.#busy = true;
    const deadlineMs = this.address.deadlineMs ?? DEADLINE_MS;
    const giveUp = () => this.#drop(new DeviceFault('timed-out', `no answer in ${deadlineMs} ms`));
    const timer = setTimeout(giveUp, deadlineMs);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (signal.aborted) throw new DeviceFault('timed-out', 'given up before it was asked');
      if (this.#socket === null) await this.#open();
      return await exchange();
    } catch (error) {
      if (!(error instanceof NutRefusal)) this.close();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      this.#busy = false;
    }
  }

  async #open(): Promise<void> {
    const { host, port, tls, login } = this.address;
    await this.#attach(connectTcp({ host, port, noDelay: true }), 'connect');
    if (tls !== undefined) {
      await this.#exchange(['STARTTLS'], okay);
      const plain = this.#detach();
      const { ca, serverName } = tls;
      await this.#attach(connectTls({ socket: plain, ca, servername: serverName }), 'secureConnect');
    }
    if (login !== undefined)
      try {
        await this.#exchange(['USERNAME', login.username], okay);
        await this.#exchange(['PASSWORD', login.password], okay);
      } catch (error) {
        // A half logged-in connection must not serve the next question.
        if (error instanceof NutRefusal) this.close();
        throw error;
      }
  }

  /** Makes a socket the connection; resolves when it is ready to be written to. */
  async #attach(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<void> {
    this.#socket = socket;
    this.#rest = Buffer.alloc(0);
    // A server that cannot prove its name is not silent: somebody has to look at its certificate.
    let code: DeviceFaultCode = ready === 'connect' ? 'unreachable' : 'refused';
    const lost = (detail: string) => {
      if (this.#socket === socket) this.#drop(new DeviceFault(code, detail));
      else socket.destroy();
    };
    socket.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? error.message));
    socket.on('end', () => lost('upsd ended the connection'));
    socket.on('close', () => lost('the connection was closed'));
    socket.on('data', (bytes: Buffer) => {
      if (this.#socket === socket) this.#take(bytes);
    });
    await new Promise<void>((resolve, reject) => {
      const question: Question = { line: () => undefined, failed: reject };
      this.#question = question;
      socket.once(ready, () => {
        code = 'unreachable';
        if (this.#question === question) this.#question = null;
        resolve();
      });
    });
  }

  /** Gives the plain socket to TLS: nothing may have come after the agreement. */
  #detach(): Socket {
    const socket = this.#socket;
    if (socket === null) throw new DeviceFault('unreachable', 'the connection was closed');
    socket.removeAllListeners('data').removeAllListeners('end').removeAllListeners('close');
    this.#socket = null;
    return socket;
  }

  #exchange<T>(words: string[], read: AnswerReader<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const socket = this.#socket;
      if (socket === null) {
        reject(new DeviceFault('unreachable', 'the connection was closed'));
        return;
      }
      this.#answerBytes = 0;
      this.#question = {
        failed: reject,
        line: (line) => {
          const answered = readWords(line);
          if (answered === null) throw badAnswer(line);
          if (answered[0] === 'ERR') {
            this.#question = null;
            reject(new NutRefusal(answered[1] ?? ''));
            return;
          }
          const answer = read(answered, line);
          if (answer === undefined) return;
          this.#question = null;
          resolve(answer);
        },
      };
      socket.write(`${writeWords(words)}\n`);
    });
  }

  #take(bytes: Buffer): void {
    this.#answerBytes += bytes.length;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    try {
      for (let end = this.#rest.indexOf(10); end >= 0; end = this.#rest.indexOf(10)) {
        const line = this.#rest.subarray(0, end).toString('utf8').replace(/\r$/, '');
        this.#rest = this.#rest.subarray(end + 1);
        if (this.#question === null || end > LONGEST_LINE_BYTES) throw badAnswer(line);
        this.#question.line(line);
      }
      // Bytes that nobody asked for belong to no question: whatever comes next would be shifted.
      if (this.#question === null && this.#rest.length > 0) throw badAnswer('bytes that nobody asked for');
      if (this.#rest.length > LONGEST_LINE_BYTES || this.#answerBytes > LONGEST_ANSWER_BYTES)
        throw badAnswer('an answer without end');
    } catch (error) {
      this.#drop(error instanceof DeviceFault ? error : badAnswer(String(error)));
    }
  }

  #drop(fault: DeviceFault): void {
    const socket = this.#socket;
    const question = this.#question;
    this.#socket = null;
    this.#question = null;
    this.#rest = Buffer.alloc(0);
    socket?.destroy();
    question?.failed(fault);
  }
}

const okay: AnswerReader<true> = (words, line) => {
  expect(words[0] === 'OK', line);
  return true;
};

function isList(words: string[], ups: string): boolean {
  return words[0] === 'LIST' && words[1] === 'VAR' && words[2] === ups;
}

function expect(holds: boolean, line: string): void {
  if (!holds) throw badAnswer(line);
}

function badAnswer(line: string): DeviceFault {
  return new DeviceFault(
    'bad-answer',
    `not the answer to the question: ${JSON.stringify(line.slice(0, 80))}`,
  );
}
