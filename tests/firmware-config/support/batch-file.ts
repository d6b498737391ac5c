// Reads Windows batch files line by line, as far as they can be read without running them: what cmd.exe would stumble over in
// the middle of a room is an error here.

/** Programs and words that the room's batch files use; all are in Windows 7. */
const WORDS = new Set(
  `call certutil copy del echo exit for goto if net pause ping powershell.exe rem set setlocal start`.split(
    ' ',
  ),
);

/** What is wrong with a batch file, a line each; empty when nothing is. */
export function batchFaults(text: string): string[] {
  const faults: string[] = [];
  if (/[^\r]\n/.test(text) || !text.endsWith('\r\n')) faults.push('lines do not end with CR LF');
  if (/[^\x20-\x7e\r\n]/.test(text)) faults.push('not ASCII: cmd.exe reads it differently in each language');
  const lines = text.split('\r\n').map((line) => line.trim());
  if (lines[0] !== '@echo off') faults.push('does not begin with @echo off');
  const labels = new Set(
    lines.filter((line) => /^:\w+$/.test(line)).map((line) => line.slice(1).toLowerCase()),
  );
  const used = new Set<string>();
  let depth = 0;
  let before = '';
  for (const [at, line] of lines.entries()) {
    const fault = (why: string) => faults.push(`line ${at + 1}: ${why}: ${line}`);
    if (line === '' || /^rem\b/i.test(line)) continue;
    if (line.startsWith(':')) {
      if (!/^:\w+$/.test(line)) fault('no label');
      else if (!/^(exit \/b\b|goto )/.test(before) && line !== ':again')
        fault('the line before runs into the label');
      before = line;
      continue;
    }
    if ((line.match(/"/g) ?? []).length % 2 === 1) fault('a quote is open');
    const bare = line.replace(/"[^"]*"/g, '""').replace(/%~?\w+(\(x86\))?%?/g, '%');
    depth += (bare.match(/\(/g) ?? []).length - (bare.match(/\)/g) ?? []).length;
    if (depth < 0) fault('a bracket too many');
    for (const [, target = ''] of line.replace(/\becho .*$/i, '').matchAll(/\b(?:goto|call) :?(\w+)/gi)) {
      used.add(target.toLowerCase());
      if (!labels.has(target.toLowerCase())) fault(`no label ${target}`);
    }
    if ((line.replace(/%%~?\w|%~?(?:dp)?\d/g, '').match(/%/g) ?? []).length % 2 === 1) fault('a % is open');
    const word = /^@?([\w.]+)/.exec(line)?.[1]?.toLowerCase();
    if (word !== undefined && depth === 0 && !WORDS.has(word)) fault('an unknown word');
    before = line;
  }
  if (depth !== 0) faults.push('a bracket is open');
  for (const label of labels) if (!used.has(label)) faults.push(`nobody goes to :${label}`);
  return faults;
}
