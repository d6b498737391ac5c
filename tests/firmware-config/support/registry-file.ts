// A strict reader of Windows registry files: what `reg import` would silently pass over is an error here.

/** A number, a text, or null = the value is deleted. */
export type RegistryValue = number | string | null;

export interface RegistryFile {
  /** Values by key and name, as `KEY\name`. */
  values: Map<string, RegistryValue>;
  /** Keys that are deleted with all below them. */
  deletedKeys: Set<string>;
}

const HEADER = 'Windows Registry Editor Version 5.00';
const ROOTS = /^HKEY_(LOCAL_MACHINE|USERS)\\[^\\]/;

/** @throws Error with the line that is no registry file, or that says something twice */
export function parseRegistryFile(text: string): RegistryFile {
  const lines = text.split('\r\n');
  if (text.replaceAll('\r\n', '').includes('\n')) throw new Error('a line does not end with CR LF');
  if (lines[0] !== HEADER) throw new Error(`does not begin with ${HEADER}`);
  if (lines.at(-1) !== '') throw new Error('the last line does not end: reg import drops it');
  const file: RegistryFile = { values: new Map(), deletedKeys: new Set() };
  const keys = new Set<string>();
  let key: string | null = null;
  for (const [at, line] of lines.entries()) {
    const fault = (why: string) => new Error(`line ${at + 1}: ${why}: ${line}`);
    if (at === 0 || line === '' || line.startsWith(';')) continue;
    const section = /^\[(-?)([^[\]]+)\]$/.exec(line);
    if (section !== null) {
      const [, minus, name = ''] = section;
      if (!ROOTS.test(name) || name.endsWith('\\') || name.includes('\\\\')) throw fault('no key of ours');
      if (keys.has(name.toLowerCase())) throw fault('the key is there twice');
      keys.add(name.toLowerCase());
      if (minus === '-') file.deletedKeys.add(name);
      key = minus === '-' ? null : name;
      continue;
    }
    const entry = /^"((?:[^"\\]|\\["\\])+)"=(?:dword:([0-9a-f]{8})|"((?:[^"\\]|\\["\\])*)"|(-))$/.exec(line);
    if (entry === null) throw fault('no value');
    if (key === null) throw fault('a value of no key');
    const [, name = '', number, string] = entry;
    const path = `${key}\\${name}`;
    if (file.values.has(path)) throw fault('the value is there twice');
    file.values.set(path, number !== undefined ? parseInt(number, 16) : (unescaped(string) ?? null));
  }
  if (keys.size === 0) throw new Error('says nothing');
  return file;
}

/** The values of a key as an object, its keys of numbered values as lists: what a policy file says in JSON. */
export function policiesOf({ values }: RegistryFile, key: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [path, value] of values) {
    const [name = '', entry] = path.slice(key.length + 1).split('\\');
    if (!path.startsWith(`${key}\\`)) throw new Error(`${path} is not below ${key}`);
    if (entry === undefined) found[name] = value;
    else {
      const list = (found[name] ??= []) as unknown[];
      list.push(value);
      if (entry !== String(list.length)) throw new Error(`${path}: entry ${list.length} is expected`);
    }
  }
  return found;
}

/** What a file sets and this undo neither restores nor deletes; empty where all is taken back. */
export function notTakenBack(set: RegistryFile, undo: RegistryFile): string[] {
  return [...set.values.keys()].filter(
    (path) => !undo.values.has(path) && ![...undo.deletedKeys].some((key) => path.startsWith(`${key}\\`)),
  );
}

const unescaped = (text: string | undefined) => text?.replace(/\\(["\\])/g, '$1');
