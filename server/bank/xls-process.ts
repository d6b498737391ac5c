// Has an .xls read in a process of its own, with bounds of time and memory. Knows nothing of the format.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Book } from './book.js';
import { BankRefusal, type FaultCode, type Finding, type FindingParams, type Findings } from './findings.js';

export interface XlsRequest {
  bytes: Uint8Array;
  fileName: string;
}

export type XlsAnswer = { book: Book; notes: Finding[] } | { refused: FaultCode; params: FindingParams };

const TIMEOUT_MS = 60_000;
const HEAP_MB = 1024;

/** @throws BankRefusal: the reader's own, or `book-bad` where it crashed or took too long */
export async function readXlsApart(bytes: Buffer, findings: Findings, fileName: string): Promise<Book> {
  const answer = await ask({ bytes, fileName });
  if ('refused' in answer) throw new BankRefusal(answer.refused, answer.params);
  findings.all.push(...answer.notes);
  return answer.book;
}

function ask(request: XlsRequest): Promise<XlsAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL('./xls-child.js', import.meta.url)), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
      execArgv: [`--max-old-space-size=${HEAP_MB}`],
    });
    const stop = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    let answer: XlsAnswer | null = null;
    child.once('message', (message) => (answer = message as XlsAnswer));
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(stop);
      if (answer === null) reject(new BankRefusal('book-bad', { why: 'the reader gave up' }));
      else resolve(answer);
    });
    // A child that dies before it has read the message says so by closing.
    child.send(request, () => undefined);
  });
}
