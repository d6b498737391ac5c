// Packages of other makers with texts, uploads, recordings and shared material, QTI 2.1, 2.2 and 3.0: what is taken, and what is
// named with which reason. Written by hand after the published schemas; no item here was made by the export.

import t from 'tap';
import { readBank } from '../../server/bank/read-bank.js';
import type { BankPaper } from '../../server/bank/paper-draft.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { tinyFile, tinyPicture } from './support/made-papers.js';
import { qti21Item, qti21Package, zipOf } from './support/made-files.js';

const read = (bytes: Buffer) => readBank(bytes, 'bank.zip', () => Promise.resolve(null));
const itemsOf = ({ paper }: BankPaper): ItemSource[] => paper?.sections.flatMap(({ items }) => items) ?? [];
const faultsOf = ({ findings }: BankPaper) =>
  findings.faults.map(({ code }) => code).filter((code) => code !== 'no-item');
const notesOf = ({ findings }: BankPaper) => findings.notes.map(({ code }) => code);

async function one(item: string, more: Record<string, Buffer> = {}) {
  const found = await read(await qti21Package({ a: item }, more));
  return { item: itemsOf(found)[0], faults: faultsOf(found), notes: notesOf(found), found };
}

/** A QTI 2.1 item without processing; `type` of the response and attributes of SCORE as given. */
const open = (body: string, type = 'string', score = 'normalMaximum="6"') =>
  qti21Item({
    declaration: `<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="${type}"/><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" ${score}/>`,
    body,
    processing: '',
  });
const text = (attributes: string, inside = '') =>
  `<p>论述</p><extendedTextInteraction responseIdentifier="RESPONSE" ${attributes}>${inside}</extendedTextInteraction>`;

void t.test(
  'QTI 2.1: a text is short or long by what is expected, and nobody is cut short by it',
  async (t) => {
    for (const [attributes, type, maxLength] of [
      ['expectedLines="1"', 'short-text', 500],
      ['expectedLength="100"', 'short-text', 500],
      ['expectedLength="1200"', 'essay', 10_000],
      ['expectedLength="100" expectedLines="8"', 'essay', 10_000],
      ['', 'essay', 10_000],
    ] as const) {
      const { item, faults, notes } = await one(open(text(attributes)));
      t.strictSame(faults, [], attributes);
      t.match(item, { type, maxLength, points: 6, marking: { rubric: [{ points: 6 }] } });
      t.strictSame(
        notes,
        ['reference-made', 'rubric-made'],
        'what people would mark by is missing, and named',
      );
    }
    const rubric = '<rubricBlock view="scorer tutor"><p>要点：<b>甲</b>、乙</p></rubricBlock>';
    const { item, notes } = await one(open(`${text('', '<prompt>请论述。</prompt>')}${rubric}`));
    t.match(item, {
      stem: '<p>论述</p><p>请论述。</p>',
      marking: { reference: '<p>要点：<b>甲</b>、乙</p>' },
    });
    t.strictSame(notes, ['rubric-made']);
  },
);

void t.test('texts that cannot be taken as they are meant', async (t) => {
  for (const attributes of ['format="xhtml"', 'maxStrings="3"', 'patternMask="[0-9]+"'])
    t.strictSame((await one(open(text(attributes)))).faults, ['qti-text'], attributes);
  t.strictSame((await one(open(text(''), 'integer'))).faults, ['qti-text'], 'a number');
  const match =
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>';
  const machine = open(text('')).replace('</assessmentItem>', `${match}</assessmentItem>`);
  t.strictSame((await one(machine)).faults, ['qti-scoring'], 'a machine would score it');
  t.strictSame(
    (await one(machine.replace('normalMaximum="6"', 'normalMaximum="6" externalScored="human"'))).faults,
    [],
  );
  const picture = '<rubricBlock view="scorer"><p><img src="../a.png" alt="答案"/></p></rubricBlock>';
  t.strictSame(
    (await one(open(`${text('')}${picture}`), { 'a.png': tinyPicture('a') })).faults,
    ['qti-element'],
    'a picture of the answer would travel with the question',
  );
});

void t.test('uploads by media type; pictures alone are pasted', async (t) => {
  const upload = (type: string) =>
    open(`<p>上传</p><uploadInteraction responseIdentifier="RESPONSE" ${type}/>`, 'file');
  const types = async (type: string) => {
    const { item, faults, notes } = await one(upload(type));
    return {
      type: item?.type,
      types: item !== undefined && 'files' in item ? item.files.types : null,
      faults,
      notes,
    };
  };
  t.match(await types('type="application/vnd.ms-excel application/pdf"'), {
    type: 'file-upload',
    types: ['xls', 'pdf'],
  });
  t.match(await types('type="image/*"'), { type: 'screenshot', types: ['png'] });
  t.match(await types('type="image/png"'), { type: 'screenshot', types: ['png'] });
  t.match(await types('type="image/jpeg"'), { type: 'file-upload', types: ['jpg', 'jpeg'] });
  t.match(await types('type="image/png application/pdf"'), { type: 'file-upload', types: ['png', 'pdf'] });
  t.ok((await types('')).notes.includes('qti-upload-any'));
  t.strictSame((await types('type="application/x-own"')).faults, ['qti-upload-type']);
});

const choice =
  '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice></choiceInteraction>';
const wav = { 'a.wav': tinyFile('a.wav'), 'b.wav': tinyFile('b.wav'), 'bad.mp3': Buffer.from('<html>') };

void t.test('recordings: the media interaction counts, bare elements do not', async (t) => {
  const media = (attributes: string, inside: string) =>
    `<p>听</p><mediaInteraction responseIdentifier="PLAYS" ${attributes}>${inside}</mediaInteraction>${choice}`;
  const object = '<object data="../a.wav" type="audio/wav"/>';
  const cases: [string, object][] = [
    [
      media('autostart="false" maxPlays="2"', `<prompt>第一段</prompt>${object}`),
      { label: '第一段', maxPlays: 2 },
    ],
    [media('autostart="true" minPlays="1" maxPlays="0"', object), { label: '录音', maxPlays: null }],
    [`<p>听</p><audio src="../a.wav" title="对话"/>${choice}`, { label: '对话', maxPlays: null }],
    [`<p>听 <audio><source src="../a.wav"/></audio></p>${choice}`, { file: 'a.wav' }],
    [`<p>听 ${object}</p>${choice}`, { file: 'a.wav' }],
  ];
  for (const [body, audio] of cases) {
    const { item, faults } = await one(qti21Item({ body }), wav);
    t.strictSame(faults, [], body);
    t.match(item, { type: 'single', audio: { file: 'a.wav', ...audio } });
  }
  const { notes } = await one(qti21Item({ body: cases[1]?.[0] ?? '' }), wav);
  t.equal(notes.filter((code) => code === 'qti-aside').length, 2, 'autostart and min-plays are named');
  for (const [body, code] of [
    [media('maxPlays="2"', '<object data="../a.mp4" type="video/mp4"/>'), 'qti-video'],
    [media('maxPlays="2"', '<video src="../a.mp4"/>'), 'qti-video'],
    [media('maxPlays="99"', object), 'plays-bad'],
    [media('', object) + media('', object), 'audio-many'],
    [`<p><audio src="../none.wav"/></p>${choice}`, 'qti-no-file'],
    [`<p><audio src="../bad.mp3"/></p>${choice}`, 'beside-bad'],
    [`<p><audio src="http://x/a.mp3"/></p>${choice}`, 'qti-remote'],
    [`<p><a href="../a.wav">听</a></p>${choice}`, 'qti-link'],
  ] as const)
    t.strictSame((await one(qti21Item({ body }), wav)).faults[0], code, body);
});

void t.test('QTI 2.2: a nested section with a rubric of its own is a case', async (t) => {
  const items = Object.fromEntries(
    [...'abc'].map((name) => [
      name,
      name === 'c' ? open(text('')).replace('"q1"', '"c"') : qti21Item({ id: name }),
    ]),
  );
  const refs = (names: string) =>
    [...names].map((name) => `<assessmentItemRef identifier="${name}" href="items/${name}.xml"/>`).join('');
  const inner = (rubric: string, names: string) =>
    `<assessmentSection identifier="s1" title="一" visible="true"><assessmentSection identifier="read-1" title="阅读" visible="true"><ordering shuffle="true"/>${rubric}${refs(names)}</assessmentSection>${refs('a')}</assessmentSection>`;
  const rubric =
    '<rubricBlock view="candidate"><p>阅读材料。</p><p><img src="p.png" alt="图"/></p></rubricBlock>';
  const found = await read(await qti21Package(items, { 'p.png': tinyPicture('p') }, inner(rubric, 'bc')));
  t.strictSame(faultsOf(found), []);
  t.ok(notesOf(found).includes('qti-case-section'));
  t.match(itemsOf(found), [
    {
      itemId: 'read-1',
      type: 'case',
      points: 8,
      stem: '<p>阅读材料。</p><p><img data-media="p" alt="图" /></p>',
      shuffleItems: true,
      items: [{ itemId: 'b' }, { itemId: 'c', type: 'essay' }],
    },
    { itemId: 'a' },
  ]);
  const flat = await read(await qti21Package(items, {}, inner('', 'bc')));
  t.ok(notesOf(flat).includes('qti-flat'), 'without anything shared it joins its parent');
  const broken = await read(
    await qti21Package(
      { ...items, c: '<assessmentItem' },
      { 'p.png': tinyPicture('p') },
      inner(rubric, 'bc'),
    ),
  );
  t.strictSame(faultsOf(broken), ['xml-bad', 'qti-case-part'], 'whole or not at all');
  t.strictSame(
    itemsOf(broken).map(({ itemId }) => itemId),
    ['a'],
  );
});

const QTI3 = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"';
const item3 = (id: string, stimulus: string, body: string) =>
  `<qti-assessment-item ${QTI3} identifier="${id}" title="${id}" time-dependent="false"><qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/><qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float" normal-maximum="5" external-scored="human"/>${stimulus}<qti-item-body>${body}</qti-item-body></qti-assessment-item>`;
const ref = '<qti-assessment-stimulus-ref identifier="stim" href="../stim.xml" title="材料"/>';
const text3 = (id: string) =>
  item3(
    id,
    ref,
    `<p>问 ${id}</p><qti-extended-text-interaction response-identifier="RESPONSE" expected-lines="1"/>`,
  );

async function package3(
  section: string,
  items: Record<string, string>,
  more: Record<string, string | Buffer>,
) {
  const resources = Object.keys(items).map(
    (name) => `<resource identifier="${name}" type="imsqti_item_xmlv3p0" href="items/${name}.xml"/>`,
  );
  return read(
    await zipOf({
      'imsmanifest.xml': `<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="m"><organizations/><resources><resource identifier="t" type="imsqti_test_xmlv3p0" href="test.xml"/><resource identifier="stim" type="imsqti_stimulus_xmlv3p0" href="stim.xml"/>${resources.join('')}</resources></manifest>`,
      'test.xml': `<qti-assessment-test ${QTI3} identifier="t" title="外来"><qti-test-part identifier="p" navigation-mode="nonlinear" submission-mode="individual"><qti-assessment-section identifier="s" title="一" visible="true">${section}</qti-assessment-section></qti-test-part></qti-assessment-test>`,
      ...Object.fromEntries(Object.entries(items).map(([name, item]) => [`items/${name}.xml`, item])),
      ...more,
    }),
  );
}

const refs3 = (names: string) =>
  [...names]
    .map((name) => `<qti-assessment-item-ref identifier="${name}" href="items/${name}.xml"/>`)
    .join('');
const stimulus = (inside: string) =>
  `<qti-assessment-stimulus ${QTI3} identifier="stim-1" title="材料"><qti-stimulus-body>${inside}</qti-stimulus-body></qti-assessment-stimulus>`;

void t.test(
  'QTI 3.0: neighbours that share a stimulus become one case, its files its materials',
  async (t) => {
    const items = { a: text3('a'), b: text3('b'), c: text3('c').replace(ref, '') };
    const inside =
      '<h2>情景</h2><p>见 <a href="data/%E6%98%8E%E7%BB%86.txt">明细表</a> 和 <a href="http://x/y">网页</a></p><audio src="a.wav" aria-label="采访"/>';
    const more = {
      'stim.xml': stimulus(inside),
      'data/明细.txt': tinyFile('x.txt'),
      'a.wav': tinyFile('a.wav'),
    };
    const found = await package3(refs3('abc'), items, more);
    t.strictSame(faultsOf(found), []);
    t.ok(notesOf(found).includes('qti-case'));
    const [whole, alone] = itemsOf(found);
    t.match(whole, {
      itemId: 'stim-1',
      type: 'case',
      points: 10,
      stem: '<p><b>情景</b></p><p>见 明细表 和 网页</p>',
      audio: { file: 'a.wav', label: '采访', maxPlays: null },
      items: [{ itemId: 'a', type: 'short-text' }, { itemId: 'b' }],
    });
    const [material] = whole?.type === 'case' ? whole.materials : [];
    t.match(material, { title: '明细表', file: { name: '明细.txt' } });
    t.ok(found.media.has(material?.file?.file ?? ''));
    t.match(alone, { itemId: 'c', type: 'short-text' });
  },
);

void t.test('QTI 3.0: a stimulus that cannot be taken takes its items with it', async (t) => {
  const items = { a: text3('a'), b: text3('b') };
  const good = stimulus('<p>情景</p>');
  for (const [more, faults] of [
    [{}, ['qti-no-file', 'qti-no-file']],
    [{ 'stim.xml': '<x' }, ['xml-bad', 'qti-case-part']],
    [{ 'stim.xml': `<x ${QTI3}/>` }, ['qti-root', 'qti-case-part']],
    [{ 'stim.xml': stimulus('') }, ['stem-missing', 'qti-case-part']],
    [{ 'stim.xml': stimulus('<p>看 <video src="a.mp4"/></p>') }, ['qti-element', 'qti-case-part']],
    [
      { 'stim.xml': stimulus('<p><a href="run.exe">程序</a></p>'), 'run.exe': 'MZ' },
      ['beside-bad', 'qti-case-part'],
    ],
    [
      { 'stim.xml': stimulus('<p><a href="m.xlsx">表</a></p>'), 'm.xlsx': 'no' },
      ['beside-bad', 'qti-case-part'],
    ],
  ] as [Record<string, string>, string[]][]) {
    const found = await package3(refs3('ab'), items, more);
    t.strictSame(faultsOf(found), faults, JSON.stringify(more));
    t.strictSame(itemsOf(found), []);
  }
  const part = await package3(refs3('ab'), { ...items, b: '<x' }, { 'stim.xml': good });
  t.strictSame(
    faultsOf(part),
    ['xml-bad'],
    'a file after them that says nothing of itself is no part of them',
  );
  const between = await package3(refs3('abc'), { ...items, b: '<x', c: text3('c') }, { 'stim.xml': good });
  t.strictSame(faultsOf(between), ['xml-bad', 'qti-case-part'], 'one between them is');
  const two = text3('a').replace(ref, ref + ref);
  t.strictSame(faultsOf(await package3(refs3('a'), { a: two }, { 'stim.xml': good })), ['qti-stimuli']);
});
