// Runs in a process of its own: reads one .xls that its parent sends, answers once, ends. A broken file can bring down the
// engine beneath its reader; it must not bring down more than this.

import { BankRefusal, Findings } from './findings.js';
import { readXls } from './xls-book.js';
import type { XlsAnswer, XlsRequest } from './xls-process.js';

process.once('message', (message: XlsRequest) => {
  const findings = new Findings();
  let answer: XlsAnswer;
  try {
    const book = readXls(Buffer.from(message.bytes), findings, message.fileName);
    answer = { book, notes: findings.notes };
  } catch (error) {
    if (!(error instanceof BankRefusal)) throw error;
    answer = { refused: error.code, params: error.params };
  }
  process.send?.(answer, () => process.disconnect());
});
