// What is mounted on a Linux machine, as /proc/self/mountinfo says it (proc(5)). Pure.

/** One mounted volume. */
export interface MountedVolume {
  /** `8:17`: of the block device. */
  device: string;
  path: string;
  fileSystem: string;
  /** `/dev/sdb1`, `//nas/video`. */
  source: string;
}

/** Reads the whole table; rows that are none are left out, and of two mounts at one place the upper one counts. */
export function readMountInfo(text: string): MountedVolume[] {
  const found = new Map<string, MountedVolume>();
  for (const row of text.split('\n')) {
    const [left = '', right = ''] = splitOnce(row, ' - ');
    const [, , device, , path] = left.split(' ');
    const [fileSystem, source] = right.split(' ');
    if (!device || !path || !fileSystem || !source) continue;
    const plain = unescaped(path);
    found.delete(plain);
    found.set(plain, { device, path: plain, fileSystem, source: unescaped(source) });
  }
  return [...found.values()];
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
