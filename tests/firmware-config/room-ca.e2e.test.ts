// The room's CA comes into the stores of a Linux PC and goes again, with the real tools, in folders of the test.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { settingsPath } from './support/settings-folder.js';

void t.test(
  'a CA with the fingerprint that was read out is trusted, another is not touched, and all of it goes again',
  async (t) => {
    const folder = t.testdir({ bin: {}, home: {}, store: {} });
    const certificate = join(folder, 'ca.crt');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        join(folder, 'ca.key'),
        '-subj',
        '/CN=Kaochang room CA',
        '-days',
        '30',
        '-out',
        certificate,
      ],
      { stdio: 'ignore' },
    );
    const said = execFileSync('openssl', ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256'], {
      encoding: 'utf8',
    });
    const fingerprint = said.trim().replace(/^.*=/, '');
    const user = userInfo().username;
    // A candidate's account whose home is in the folder of the test.
    execFileSync('sh', [
      '-c',
      `printf '#!/bin/sh\\necho "$2:x:0:0::${folder}/home:/bin/sh"\\n' > ${folder}/bin/getent; chmod +x ${folder}/bin/getent`,
    ]);
    const run = (script: string, ...args: string[]) =>
      spawnSync('sh', [settingsPath(`ca/${script}`), ...args], {
        encoding: 'utf8',
        env: { PATH: `${folder}/bin:/usr/sbin:/usr/bin:/bin`, KAOCHANG_CA_FOLDER: join(folder, 'store') },
      });
    const listed = () =>
      spawnSync('certutil', ['-d', `sql:${folder}/home/.pki/nssdb`, '-L'], { encoding: 'utf8' }).stdout;
    const system = join(folder, 'store', 'kaochang-room-ca.crt');

    const wrong = run(
      'install-linux.sh',
      certificate,
      fingerprint.replace(/^../, fingerprint.startsWith('00') ? '11' : '00'),
      user,
    );
    t.equal(wrong.status, 1);
    t.match(wrong.stderr, /wrong fingerprint/);
    t.notOk(existsSync(system));

    for (const time of ['once', 'and again']) {
      const { status, stderr } = run('install-linux.sh', certificate, fingerprint, user);
      t.equal(status, 0, `${time} ${stderr}`);
    }
    t.ok(existsSync(system));
    t.equal(listed().match(/Kaochang room CA +C,,/g)?.length, 1, 'a CA for servers, once');

    t.equal(run('remove-linux.sh', user).status, 0);
    t.notOk(existsSync(system));
    t.notMatch(listed(), /Kaochang/);
  },
);
