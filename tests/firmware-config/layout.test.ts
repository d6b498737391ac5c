// Every folder of settings says, in Chinese and English, how they are applied, verified and undone, and names all its files.

import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { FOLDERS, settingsFiles, settingsPath, settingsText } from './support/settings-folder.js';

void t.test(
  'every folder says how to apply, verify and undo, in both languages, and where it was tried',
  async (t) => {
    for (const folder of FOLDERS) {
      const readme = settingsText(`${folder}/README.md`);
      t.match(readme, /^# .*[\u4e00-\u9fff].* · [A-Z]/, `${folder} has a title in both languages`);
      const headings = ['应用 Apply', '核对 Verify', '撤销 Undo'];
      const at = headings.map((heading) => readme.indexOf(`\n## ${heading}\n`));
      t.ok(
        at.every((place, n) => place > (at[n - 1] ?? 0)),
        `${folder} has ${headings.join(', ')} in this order`,
      );
      t.match(readme, '试过的系统 Tried on', `${folder} says where it was tried`);
      const sections = readme.split(/^## /m).slice(1);
      for (const section of sections) {
        t.match(section, /[\u4e00-\u9fff]/, `${folder}: Chinese in ${section.slice(0, 12)}`);
        t.match(
          section.replace(/```[\s\S]*?```|`[^`]*`/g, '').slice(12),
          /[a-z]{3}/,
          `${folder}: English in ${section.slice(0, 12)}`,
        );
      }
    }
  },
);

void t.test('every file is named in the README beside it, and every README in the overview', async (t) => {
  const files = settingsFiles().filter((path) => !path.endsWith('/README.md'));
  t.ok(files.length >= 45);
  for (const path of files) {
    const [folder = '', name = ''] = path.split('/');
    t.match(settingsText(`${folder}/README.md`), `\`${name}\``, path);
  }
  for (const folder of FOLDERS) t.match(settingsText('README.md'), `](${folder}/README.md)`, folder);
  for (const [, link = ''] of settingsText('README.md').matchAll(/\]\(([^)#]+)\)/g))
    t.ok(existsSync(settingsPath(link)), `${link} is there`);
});

void t.test('what Windows reads byte by byte is kept so by git', async (t) => {
  const kept = readFileSync(settingsPath('.gitattributes'), 'utf8');
  for (const ending of ['reg', 'cmd', 'ps1']) t.match(kept, `*.${ending} -text`);
});

void t.test('no password, no key and no real address of anybody is shipped', async (t) => {
  for (const path of settingsFiles()) {
    const text = settingsText(path);
    t.notMatch(text, /BEGIN [A-Z ]*PRIVATE KEY|password\s*=\s*\S/i, path);
    for (const [address] of text.matchAll(/\b\d{1,3}(\.\d{1,3}){3}\b/g))
      t.match(
        address,
        /^(192\.168\.10\.|127\.0\.0\.|203\.0\.113\.|255\.255\.255\.0|223\.5\.5\.5$|114\.114\.114\.114$|180\.101\.50\.242$|1\.1\.1\.1$)/,
        `${path}: ${address}`,
      );
  }
});
