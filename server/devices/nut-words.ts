// The line grammar of NUT's network protocol: words, quotes and backslashes, as upsd writes and reads them. Pure; it opens
// nothing and knows no command.

/** A longer line is no answer of a UPS. */
const MOST_WORDS = 64;

/**
 * The words of one line without its line end. A quoted word may hold spaces; a backslash takes the next character as it is.
 * @returns null where a quote is not closed or a backslash ends the line: half a line is no answer
 */
export function readWords(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ' || line[at] === '\t') {
      at += 1;
      continue;
    }
    const word = line[at] === '"' ? quotedWord(line, at + 1) : plainWord(line, at);
    if (word === null || words.length === MOST_WORDS) return null;
    words.push(word.text);
    at = word.next;
  }
  return words;
}

interface Word {
  text: string;
  next: number;
}

function quotedWord(line: string, from: number): Word | null {
  let text = '';
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === '"') {
      const after = line[at + 1];
      return after === undefined || after === ' ' || after === '\t' ? { text, next: at + 1 } : null;
    }
    if (line[at] === '\\') at += 1;
    if (at === line.length) return null;
    text += line[at];
  }
  return null;
}

function plainWord(line: string, from: number): Word | null {
  let text = '';
  let at = from;
  for (; at < line.length && line[at] !== ' ' && line[at] !== '\t'; at += 1) {
    if (line[at] === '"') return null;
    if (line[at] === '\\') at += 1;
    if (at === line.length) return null;
    text += line[at];
  }
  return { text, next: at };
}

/**
 * One line for these words, without its line end: whatever needs it is quoted.
 * @throws Error for a word with a line end or a control character, which would be a second command
 */
export function writeWords(words: readonly string[]): string {
  return words.map(writeWord).join(' ');
}

function writeWord(word: string): string {
  if (/\p{Cc}/u.test(word)) throw new Error('a word of the UPS protocol has a control character');
  if (/^[^\s"\\#=]+$/.test(word)) return word;
  return `"${word.replace(/[\\"]/g, '\\$&')}"`;
}
