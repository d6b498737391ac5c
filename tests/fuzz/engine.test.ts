// The fuzzing itself: it finds planted faults, makes them small, plays them again, and its changes are changes.

import t from 'tap';
import { mutateBytes, mutateText } from './mutate.js';
import { mutateJson } from './mutate-json.js';
import { mutateXml } from './mutate-xml.js';
import { mutateZip, writeZipModel, zipModel } from './mutate-zip.js';
import { Random } from './random.js';
import { runTarget } from './run-target.js';
import { expect, type OpenTarget, type Target } from './target.js';

/** A reader that stumbles over a name that objects inherit. */
function planted(attempt: (text: string) => void): { target: Target; opened: OpenTarget<unknown> } {
  const opened: OpenTarget<string> = {
    sample: () => '{"id":7,"name":"甲","list":[1,2,3]}',
    mutate: mutateJson,
    attempt: async (text) => attempt(text),
    show: (text) => text,
    close: async () => undefined,
  };
  const target = {
    name: 'planted',
    reads: [],
    about: '',
    inputsInTests: 0,
    open: () => Promise.resolve(opened as OpenTarget<unknown>),
  };
  return { target, opened: opened as OpenTarget<unknown> };
}

void t.test('a planted fault is found, made small, and comes again by its seed and path', async (t) => {
  const { target, opened } = planted((text) => expect(!text.includes('__proto__'), 'planted'));
  const { findings, inputs } = await runTarget(target, opened, { seed: 1, inputs: 2_000 });
  t.match(findings, [{ target: 'planted', message: 'planted' }]);
  const [found] = findings;
  t.ok(inputs > 1);
  t.match(found?.input, /"steps":\[\d+\]\}/, 'one change is enough');
  const again = await runTarget(target, opened, {
    seed: found?.seed ?? 0,
    inputs: 1,
    path: found?.path ?? '',
  });
  t.equal(again.findings[0]?.input, found?.input);
});

void t.test('whatever is thrown is a finding, with its place', async (t) => {
  const { target, opened } = planted((text) => {
    if (text.length > 60) throw new TypeError('of the reader');
  });
  const { findings } = await runTarget(target, opened, { seed: 2, inputs: 500 });
  t.match(findings[0]?.message, /^Not a refusal: TypeError: of the reader/);
});

void t.test('a reader without a fault has no finding', async (t) => {
  const { target, opened } = planted(() => undefined);
  const report = await runTarget(target, opened, { seed: 3, inputs: 300 });
  t.same(report.findings, []);
  t.equal(report.inputs, 300);
});

void t.test('the same seed makes the same change, and nearly every change changes something', async (t) => {
  const json = '{"a":1,"b":[true,null],"c":{"d":"e"}}';
  const xml = '<a><b x="1">text</b><c/></a>';
  const zip = zipModel(
    writeZipModel({
      parts: [
        { name: 'a.json', bytes: Buffer.from(json), method: 8 },
        { name: 'b', bytes: Buffer.from('b'), method: 0 },
      ],
      after: [],
    }),
  );
  const written = writeZipModel(zip);
  const changes: Record<string, (random: Random) => { before: string; after: string }> = {
    bytes: (random) => ({ before: json, after: mutateBytes(Buffer.from(json), random).toString('latin1') }),
    text: (random) => ({ before: json, after: mutateText(json, random) }),
    json: (random) => ({ before: json, after: mutateJson(json, random) }),
    xml: (random) => ({ before: xml, after: mutateXml(xml, random) }),
    zip: (random) => ({
      before: written.toString('latin1'),
      after: writeZipModel(mutateZip(zip, random)).toString('latin1'),
    }),
  };
  for (const [name, change] of Object.entries(changes)) {
    const results = Array.from(
      { length: 400 },
      (_, seed) => [change(new Random(seed)), change(new Random(seed))] as const,
    );
    t.ok(
      results.every(([one, two]) => one.after === two.after),
      `${name}: the same`,
    );
    const same = results.filter(([one]) => one.after === one.before).length;
    t.ok(same < 60, `${name}: ${same} of 400 changed nothing`);
    t.ok(new Set(results.map(([one]) => one.after)).size > 40, `${name}: many different ones`);
  }
});

void t.test('a zip that is taken apart and written again is the same to its reader', async (t) => {
  const parts = [
    { name: '目录/一.txt', bytes: Buffer.from('一'), method: 0 },
    { name: 'b', bytes: Buffer.alloc(10_000), method: 8 },
  ];
  t.same(zipModel(writeZipModel({ parts, after: [] })).parts, parts);
});
