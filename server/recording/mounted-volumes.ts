// What is mounted on a Linux machine, as /proc/self/mountinfo says it (proc(5)). Pure.

/** One mounted volume. */
export interface MountedVolume {
  /** `8:17`: of the block device. */
  device: string;
  path: string;
  fileSystem: string;
  /** `/dev/sdb1`, `//nas/video`. */
  source: string;
  /** Of the file system itself: `utf8`, `iocharset=iso8859-1`, `errors=remount-ro`. */
  options: string[];
}

/** Reads the whole table; rows that are none are left out, and of two mounts at one place the upper one counts. */
export function readMountInfo(text: string): MountedVolume[] {
  const found = new Map<string, MountedVolume>();
  for (const row of text.split('\n')) {
    const [left = '', right = ''] = splitOnce(row, ' - ');
    const [, , device, , path] = left.split(' ');
    const [fileSystem, source, options = ''] = right.split(' ');
    if (!device || !path || !fileSystem || !source) continue;
    const plain = unescaped(path);
    found.delete(plain);
    const own = options.split(',');
    found.set(plain, { device, path: plain, fileSystem, source: unescaped(source), options: own });
  }
  return [...found.values()];
}

/** The volume that a path lies on; null where the table has none. */
export function volumeAt(path: string, volumes: readonly MountedVolume[]): MountedVolume | null {
  const above = volumes.filter(
    (one) => one.path === '/' || one.path === path || path.startsWith(`${one.path}/`),
  );
  return above.sort((a, b) => b.path.length - a.path.length)[0] ?? null;
}

/**
 * Whether Chinese names stay what they are on other machines. FAT holds names in Unicode, but a system that mounts it without UTF-8
 * writes each byte as a letter of its own; as `msdos` it has no long names at all.
 */
export function keepsNames({ fileSystem, options }: MountedVolume): boolean {
  if (fileSystem === 'msdos') return false;
  return fileSystem !== 'vfat' || options.includes('utf8') || options.includes('iocharset=utf8');
}

function splitOnce(text: string, by: string): [string, string] | [] {
  const at = text.indexOf(by);
  return at < 0 ? [] : [text.slice(0, at), text.slice(at + by.length)];
}

/** Blanks, tabs, line ends and backslashes stand as octal bytes. */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
