// The packages that the export writes, held against the content model of QTI 3.0 (tests/bank/support) and against themselves: every
// reference leads somewhere, every response is declared as its interaction wants it.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { BankZip } from '../../server/bank/bank-zip.js';
import { readPaperFolder } from '../../server/bank/paper-folder.js';
import { paperToQti } from '../../server/bank/to-qti.js';
import type { PaperSource } from '../../server/protocol/paper-source.js';
import { madePaper } from './support/made-papers.js';
import { allOf, elementsOf, modelFaults, parse, type Element } from './support/qti3-model.js';

/** What the response of an interaction has to be. */
const RESPONSES: Readonly<Record<string, RegExp>> = {
  'qti-choice-interaction': /^(single|multiple) identifier$/,
  'qti-text-entry-interaction': /^single string$/,
  'qti-extended-text-interaction': /^single string$/,
  'qti-upload-interaction': /^single file$/,
  'qti-media-interaction': /^single integer$/,
};

async function documents(paper: PaperSource, media: ReadonlyMap<string, Buffer>, withKeys: boolean) {
  const zip = await BankZip.open((await paperToQti(paper, media, { withKeys })).bytes);
  const found = new Map<string, Element>();
  for (const path of zip.paths)
    if (path.endsWith('.xml')) found.set(path, parse(String(await zip.read(path))));
  return { found, paths: new Set(zip.paths) };
}

const named = (element: Element, name: string) => allOf(element).filter((one) => one.name === name);
const idOf = ({ attributes }: Element) => attributes['identifier'] ?? '';

function check(found: ReadonlyMap<string, Element>, paths: ReadonlySet<string>): void {
  for (const [path, root] of found) {
    if (path === 'imsmanifest.xml') continue;
    assert.deepEqual(modelFaults(root), [], path);
    checkResponses(root, path);
    const hrefs = allOf(root).flatMap(({ attributes }) => attributes['href'] ?? attributes['src'] ?? []);
    for (const href of hrefs) {
      const target = join(path, '..', href);
      assert.ok(paths.has(target), `${path}: ${href}`);
    }
  }
  const test = found.get('test.xml');
  assert.ok(test);
  const ids = [...named(test, 'qti-assessment-section'), ...named(test, 'qti-assessment-item-ref')].map(idOf);
  assert.equal(new Set(ids).size, ids.length, 'identifiers of sections and items are one space');
  checkManifest(found, paths);
}

function checkResponses(root: Element, path: string): void {
  const declared = named(root, 'qti-response-declaration');
  const used = allOf(root).filter(({ attributes }) => attributes['response-identifier'] !== undefined);
  for (const { name, attributes } of used) {
    const own = declared.find((one) => idOf(one) === attributes['response-identifier']);
    const form = `${own?.attributes['cardinality'] ?? ''} ${own?.attributes['base-type'] ?? ''}`;
    assert.match(form, RESPONSES[name] ?? /^$/, `${path} ${name}`);
  }
  assert.equal(declared.length, used.length, `${path}: every response belongs to one interaction`);
  const byPeople = used.some(({ name }) => /extended-text|upload/.test(name));
  const score = named(root, 'qti-outcome-declaration').find((one) => idOf(one) === 'SCORE');
  if (root.name === 'qti-assessment-item')
    assert.equal(score?.attributes['external-scored'], byPeople ? 'human' : undefined, path);
}

function checkManifest(found: ReadonlyMap<string, Element>, paths: ReadonlySet<string>): void {
  const manifest = found.get('imsmanifest.xml');
  assert.ok(manifest);
  const resources = named(manifest, 'resource');
  const ids = resources.map(idOf);
  assert.equal(new Set(ids).size, ids.length);
  for (const resource of resources)
    for (const { name, attributes } of elementsOf(resource)) {
      if (name === 'dependency') assert.ok(ids.includes(attributes['identifierref'] ?? ''));
      else assert.equal(attributes['href'], resource.attributes['href']);
    }
  const listed = resources.map(({ attributes }) => attributes['href']).sort();
  assert.deepEqual(listed, [...paths].filter((path) => path !== 'imsmanifest.xml').sort());
}

void t.test(
  'any paper is written as the content model of QTI 3.0 has it, with keys and without',
  async () => {
    await fc.assert(
      fc.asyncProperty(madePaper, fc.boolean(), async ({ paper, media }, withKeys) => {
        const { found, paths } = await documents(paper, media, withKeys);
        check(found, paths);
      }),
      { numRuns: 60 },
    );
  },
);

for (const folder of ['theory/papers/theory-main', 'practical/papers/practical-main'])
  void t.test(`${folder}: the same`, async (t) => {
    const { paper, media } = await readPaperFolder(join(process.cwd(), 'samples', folder));
    for (const withKeys of [true, false]) {
      const { found, paths } = await documents(paper, media, withKeys);
      check(found, paths);
    }
    t.pass();
  });

void t.test('the model itself finds what is wrong', async (t) => {
  const { paper, media } = await readPaperFolder(
    join(process.cwd(), 'samples/practical/papers/practical-main'),
  );
  const { found } = await documents(paper, media, true);
  const item = () => structuredClone(found.get('items/item-0001.xml')) as Element;
  t.strictSame(modelFaults(item()), []);
  for (const [change, fault] of [
    [(root: Element) => delete root.attributes['title'], /lacks title/],
    [(root: Element) => (root.attributes['time-dependent'] = 'no'), /time-dependent="no"/],
    [(root: Element) => root.children.reverse(), /<qti-assessment-item> holds/],
    [(root: Element) => root.children.push('text'), /holds text/],
    [
      (root: Element) => root.children.push({ name: 'qti-own', attributes: {}, children: [] }),
      /not in the model/,
    ],
    [(root: Element) => (root.attributes['data-x'] = '1'), /data-x/],
  ] as const) {
    const root = item();
    change(root);
    t.match(modelFaults(root).join('\n'), fault);
  }
});
