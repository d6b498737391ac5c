// The guides name commands that exist, with options that they take; both languages name the same ones.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import t from 'tap';
import { KEYS } from '../../scripts/commands/demo-sheet.js';
import { COMMAND } from '../support/start-server.js';

const GUIDES = ['docs/guide.zh-CN.md', 'docs/guide.en.md'];
const START = 'npm run -s kaochang -- ';
const PARENTS = ['keys', 'package', 'journal', 'bundle'];

/** A line of a guide as the command's words and its options. */
function parse(line: string): { command: string[]; options: string[] } {
  const words = line.split(/\s+/);
  return {
    command: words.slice(0, PARENTS.includes(words[0] ?? '') ? 2 : 1),
    options: words.filter((word) => word.startsWith('--')),
  };
}

function commandsOf(guide: string) {
  return readFileSync(guide, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(START))
    .map((line) => parse(line.slice(START.length)));
}

const help = new Map<string, string>();
function helpOf(command: string[]): string {
  const key = command.join(' ');
  const known = help.get(key);
  if (known !== undefined) return known;
  const { stdout } = spawnSync(process.execPath, [COMMAND, ...command, '--help'], { encoding: 'utf8' });
  help.set(key, stdout);
  return stdout;
}

for (const guide of GUIDES)
  void t.test(`${guide} names commands that exist`, (t) => {
    const commands = commandsOf(guide);
    t.ok(commands.length >= 12, `${commands.length} commands`);
    for (const { command, options } of commands) {
      const text = helpOf(command);
      t.match(text, `Usage: kaochang ${command.join(' ')} `, command.join(' '));
      for (const option of options)
        t.match(text, new RegExp(`${option}\\b`), `${command.join(' ')} ${option}`);
    }
    t.end();
  });

void t.test('both guides name the same commands and the keys of the demo', (t) => {
  const [zh, en] = GUIDES.map(commandsOf);
  t.same(zh, en);
  for (const guide of GUIDES) {
    const text = readFileSync(guide, 'utf8');
    for (const [key] of KEYS.matchAll(/\b[a-z](?= \p{Script=Han})/gu)) t.match(text, `| \`${key}\` |`, key);
    for (const option of ['--starts-in', '--lasts']) {
      t.match(text, option);
      t.match(helpOf(['demo']), option);
    }
  }
  t.end();
});

void t.test('nothing is believed of a bundle without the room’s key: who signed it has to be known', (t) => {
  const common = ['some.bag.zip.age', '--org-key', 'org.key', '--package', 'some.exampkg'];
  for (const args of [
    ['receipt', 'some.bag.zip.age', '--org-key', 'org.key', '--out', 'receipt.json'],
    ['bundle', 'verify', 'some.bag.zip.age'],
    ['score', ...common],
    ['rescore', ...common],
    ['review', ...common, '--ticket', '1'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
    t.equal(status, 2, args.join(' '));
    t.match(stderr, '--trust');
  }
  t.end();
});
