// A Linux of its own, as a program of Debian's: its kernel has the real driver of FAT32, which the machine of the tests need not have.
// It sees the files of this one, and a drive that is a file here.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MODULES = '/usr/lib/uml/modules';
const ENDED = 'status.txt';
/** It ends also where the test did not live to end it. */
const LIMIT_S = 540;

export class FatMachine {
  /** The drive, as a file. */
  readonly image: string;
  /** Where the drive is mounted in that machine. */
  readonly drive: string;

  /** Formats a FAT32 drive; what is not written takes no space here. @param folder of the test */
  constructor(
    private readonly folder: string,
    bytes: number,
  ) {
    this.image = join(folder, 'drive.img');
    this.drive = join(folder, 'drive');
    mkdirSync(this.drive);
    execFileSync('truncate', ['-s', String(bytes), this.image]);
    execFileSync('/usr/sbin/mkfs.vfat', ['-F', '32', '-n', 'KINGSTON', this.image]);
  }

  /**
   * Boots, mounts the drive, gives the program to Node, unmounts, ends.
   * @param program with its arguments; it works as root in the root folder
   * @param mountOptions as a system mounts what is plugged in
   * @throws Error with what the machine said, where the program did not end well
   */
  async run(program: readonly string[], mountOptions = 'utf8'): Promise<void> {
    const status = join(this.folder, ENDED);
    writeFileSync(status, 'did not boot');
    const init = join(this.folder, 'init');
    writeFileSync(init, this.#init(program, mountOptions, status));
    chmodSync(init, 0o700);
    const args = [
      ...['mem=768M', 'rootfstype=hostfs', 'rootflags=/', 'rw', `init=${init}`, `ubd0=${this.image}`],
      `uml_dir=${this.folder}/`,
      ...['con=null', 'con0=fd:0,fd:1', 'quiet'],
    ];
    const machine = spawn('timeout', ['-s', 'KILL', String(LIMIT_S), 'linux.uml', ...args], {
      ...{ stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    });
    let said = '';
    for (const stream of [machine.stdout, machine.stderr])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const end = () => {
      if (machine.exitCode === null && machine.pid !== undefined) process.kill(-machine.pid, 'SIGKILL');
    };
    process.once('exit', end);
    await once(machine, 'close');
    process.off('exit', end);
    if (readFileSync(status, 'utf8').trim() !== '0')
      throw new Error(`${readFileSync(status, 'utf8')}\n${said.slice(-4_000)}`);
  }

  /** What fsck finds wrong with the drive; empty where it is sound. */
  faults(): string {
    try {
      execFileSync('/usr/sbin/fsck.vfat', ['-n', this.image], { encoding: 'utf8' });
      return '';
    } catch (error) {
      return String((error as { stdout?: string }).stdout);
    }
  }

  #init(program: readonly string[], mountOptions: string, status: string): string {
    const words = [process.execPath, ...program].map((word) => `'${word}'`).join(' ');
    const wanted = ['fat/fat', 'fat/vfat', 'nls/nls_cp437', 'nls/nls_iso8859-1', 'nls/nls_utf8'];
    return `#!/bin/bash
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t tmpfs dev /dev
mknod /dev/ubda b 98 0; mknod /dev/null c 1 3; mknod /dev/zero c 1 5; mknod /dev/urandom c 1 9
for one in ${wanted.join(' ')}; do insmod ${MODULES}/$(uname -r)/kernel/fs/$one.ko; done
cd /
mount -t vfat -o '${mountOptions}' /dev/ubda '${this.drive}' && ${words} && umount '${this.drive}'
echo $? > '${status}'
sync
echo o > /proc/sysrq-trigger
sleep 60
`;
  }
}
