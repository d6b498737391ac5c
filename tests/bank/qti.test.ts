// Packages of other makers, QTI 2.1 and 3.0: what is taken, and what is named with which reason. Written by hand after the
// published schemas; no item here was made by the export.

import t from 'tap';
import { readBank } from '../../server/bank/read-bank.js';
import type { BankPaper } from '../../server/bank/paper-draft.js';
import type { ItemSource } from '../../server/protocol/paper-source.js';
import { tinyPicture } from './support/made-papers.js';
import { qti21Item, qti21Package, zipOf } from './support/made-files.js';

const read = (bytes: Buffer) => readBank(bytes, 'bank.zip', () => Promise.resolve(null));
const faultsOf = ({ findings }: BankPaper) => findings.faults.map(({ code }) => code);
const notesOf = ({ findings }: BankPaper) => findings.notes.map(({ code }) => code);

async function one(item: string, more: Record<string, Buffer> = {}) {
  const paper = await read(await qti21Package({ a: item }, more));
  const items: ItemSource[] = paper.paper?.sections.flatMap((section) => section.items) ?? [];
  // A package whose only item is refused holds no item; that goes without saying here.
  const faults = faultsOf(paper).filter((code) => code !== 'no-item');
  return { item: items[0] ?? null, faults, notes: notesOf(paper), paper };
}

void t.test('QTI 2.1: a single choice with its points, section and title', async (t) => {
  const { item, faults, paper } = await one(qti21Item({ id: 'q1' }));
  t.strictSame(faults, []);
  t.match(item, {
    itemId: 'q1',
    type: 'single',
    points: 2,
    stem: '<p>题干 q1</p>',
    options: [
      { id: 'A', html: '甲' },
      { id: 'B', html: '乙' },
    ],
    answer: 'B',
    shuffleOptions: true,
  });
  t.match(paper.paper, {
    paperId: 'test-1',
    title: '外来试卷',
    sections: [{ sectionId: 's1', title: '第一部分' }],
  });
});

void t.test('QTI 2.1: content of any kind becomes the safe subset', async (t) => {
  const body = `<div class="x"><h2>标题</h2><p onclick="x()" style="color:red">一<br/>二 <a href="http://x">三</a> H<sub>2</sub>O &lt;b&gt;</p>
    <ul><li>甲</li><li><p>乙</p></li></ul><table><tr><td colspan="2" class="y">丙</td></tr></table></div>
    <choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><prompt>选哪一个？</prompt>
    <simpleChoice identifier="A"><p>甲 <b>粗</b></p></simpleChoice><simpleChoice identifier="B">乙<feedbackInline outcomeIdentifier="F" identifier="B" showHide="show">对</feedbackInline></simpleChoice></choiceInteraction>`;
  const { item, faults, notes } = await one(qti21Item({ body }));
  t.strictSame(faults, []);
  t.equal(
    item?.stem,
    '<p><b>标题</b></p><p>一<br />二 三 H<sub>2</sub>O &lt;b&gt;</p><ul><li>甲</li><li>乙</li></ul><table><tr><td colspan="2">丙</td></tr></table><p>选哪一个？</p>',
  );
  t.match(item, { options: [{ html: '甲 <b>粗</b>' }, { html: '乙' }], shuffleOptions: false });
  t.ok(notes.includes('feedback'), 'feedback is named, not lost');
});

void t.test('QTI 2.1: pictures of the package, by relative path', async (t) => {
  const body = (src: string) =>
    `<p><img src="${src}" alt="一张图"/></p><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice></choiceInteraction>`;
  const taken = await one(qti21Item({ body: body('../img/a%20b.png') }), { 'img/a b.png': tinyPicture('x') });
  t.strictSame(taken.faults, []);
  t.match(taken.item, {
    stem: '<p><img data-media="a-b" alt="一张图" /></p>',
    media: [{ name: 'a-b', file: 'a-b.png', alt: '一张图' }],
  });
  t.strictSame([...taken.paper.media.keys()], ['a-b.png']);
  t.strictSame((await one(qti21Item({ body: body('http://x/y.png') }))).faults[0], 'qti-remote');
  t.strictSame((await one(qti21Item({ body: body('../../../etc/x.png') }))).faults[0], 'qti-remote');
  t.strictSame((await one(qti21Item({ body: body('../img/none.png') }))).faults[0], 'picture-missing');
  t.strictSame(
    (await one(qti21Item({ body: body('../img/a.svg') }), { 'img/a.svg': Buffer.from('<svg/>') })).faults[0],
    'picture-kind',
  );
});

const multiple = (processing: string, mapping = '') =>
  qti21Item({
    declaration: `<responseDeclaration identifier="RESPONSE" cardinality="multiple" baseType="identifier"><correctResponse><value>A</value><value>C</value></correctResponse>${mapping}</responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/><outcomeDeclaration identifier="MAXSCORE" cardinality="single" baseType="float"><defaultValue><value>3</value></defaultValue></outcomeDeclaration>`,
    body: '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="0"><prompt>选</prompt><simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice><simpleChoice identifier="C">丙</simpleChoice></choiceInteraction>',
    processing,
  });

void t.test('QTI 2.1: a multiple choice is all or nothing where the processing says match', async (t) => {
  const template =
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>';
  const spelt = (more: string) =>
    `<responseProcessing><responseCondition><responseIf><match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE"><baseValue baseType="float">3</baseValue></setOutcomeValue></responseIf>${more}</responseCondition></responseProcessing>`;
  const zero =
    '<responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">0</baseValue></setOutcomeValue></responseElse>';
  for (const processing of [template, spelt(''), spelt(zero)]) {
    const { item, faults } = await one(multiple(processing));
    t.strictSame(faults, []);
    t.match(item, { type: 'multiple', answer: ['A', 'C'], points: 3, scoring: { rule: 'all-or-nothing' } });
  }
  const half =
    '<responseElse><setOutcomeValue identifier="SCORE"><baseValue baseType="float">1</baseValue></setOutcomeValue></responseElse>';
  t.strictSame(
    (await one(multiple(spelt(half)))).faults,
    ['qti-scoring'],
    'points for a wrong answer are not taken',
  );
});

void t.test('QTI 2.1: scoring that a paper does not know is refused, never approximated', async (t) => {
  const map =
    '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/map_response"/>';
  const mapping =
    '<mapping defaultValue="0"><mapEntry mapKey="A" mappedValue="1"/><mapEntry mapKey="C" mappedValue="2"/></mapping>';
  t.strictSame((await one(multiple(map, mapping))).faults, ['qti-scoring'], 'points by option');
  const minus = '<mapping defaultValue="-1"><mapEntry mapKey="A" mappedValue="1"/></mapping>';
  t.ok((await one(multiple(map, minus))).faults.includes('qti-scoring'), 'points taken away');
  t.strictSame((await one(multiple('<responseProcessing template="http://x/own"/>'))).faults, [
    'qti-scoring',
  ]);
});

const fillIn = (entries: string, processing = 'map_response') =>
  qti21Item({
    declaration: `<responseDeclaration identifier="R1" cardinality="single" baseType="string"><correctResponse><value>York</value></correctResponse><mapping defaultValue="0">${entries}</mapping></responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>`,
    body: '<p>Richard of <textEntryInteraction responseIdentifier="R1" expectedLength="15"/>.</p>',
    processing: `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/${processing}"/>`,
  });

void t.test('QTI 2.1: text entries become blanks with what is accepted', async (t) => {
  const { item, faults, notes } = await one(
    fillIn(
      '<mapEntry mapKey="York" mappedValue="2" caseSensitive="true"/><mapEntry mapKey="约克" mappedValue="2"/><mapEntry mapKey="Kent" mappedValue="0"/>',
    ),
  );
  t.strictSame(faults, []);
  t.match(item, {
    type: 'fill-in',
    points: 2,
    stem: '<p>Richard of <blank n="1"></blank>.</p>',
    blanks: [{ maxLength: 15, accept: ['York', '约克'] }],
  });
  t.ok(notes.includes('case-sensitive'));
  const partly = fillIn(
    '<mapEntry mapKey="York" mappedValue="1"/><mapEntry mapKey="york" mappedValue="0.5"/>',
  );
  t.strictSame((await one(partly)).faults, ['qti-scoring'], 'keys that are partly right');
  t.match((await one(fillIn('', 'match_correct'))).item, { blanks: [{ accept: ['York'] }], points: 1 });
});

void t.test('what is not taken is named: interactions, adaptive items, templates, elements', async (t) => {
  const choice =
    '<choiceInteraction responseIdentifier="RESPONSE" maxChoices="1"><simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice></choiceInteraction>';
  const cases: [string, string][] = [
    ['<matchInteraction responseIdentifier="RESPONSE"/>', 'qti-interaction'],
    ['<p><gapMatchInteraction responseIdentifier="RESPONSE"/></p>', 'qti-interaction'],
    ['<orderInteraction responseIdentifier="RESPONSE"/>', 'qti-interaction'],
    ['<p>选 <inlineChoiceInteraction responseIdentifier="RESPONSE"/></p>', 'qti-interaction'],
    [`<p>题</p>${choice}${choice}`, 'qti-composite'],
    [`<p>题 <textEntryInteraction responseIdentifier="RESPONSE"/></p>${choice}`, 'qti-composite'],
    ['<p>没有作答</p>', 'qti-no-interaction'],
    [`<p><math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math></p>${choice}`, 'qti-element'],
    [`<p><printedVariable identifier="X"/></p>${choice}`, 'qti-element'],
    [`<p><object data="a.mp3" type="audio/mpeg"/></p>${choice}`, 'qti-no-file'],
    [`<p><video src="a.mp4"/></p>${choice}`, 'qti-element'],
    [
      `<p>题</p><feedbackBlock outcomeIdentifier="F" identifier="x" showHide="hide">显示着的</feedbackBlock>${choice}`,
      'qti-element',
    ],
    [choice, 'stem-missing'],
  ];
  for (const [body, code] of cases) t.strictSame((await one(qti21Item({ body }))).faults[0], code, body);
  t.strictSame(
    (await one(qti21Item({}).replace('adaptive="false"', 'adaptive="true"'))).faults[0],
    'qti-adaptive',
  );
  const template = '<templateDeclaration identifier="X" cardinality="single" baseType="integer"/>';
  t.strictSame(
    (await one(qti21Item({}).replace('<itemBody>', `${template}<itemBody>`))).faults[0],
    'qti-template',
  );
});

void t.test(
  'tests: drawing, order, instructions; nested sections, branches and lost items are named',
  async (t) => {
    const refs = (names: string) =>
      [...names].map((name) => `<assessmentItemRef identifier="${name}" href="items/${name}.xml"/>`).join('');
    const items = Object.fromEntries([...'abcd'].map((name) => [name, qti21Item({ id: name })]));
    const section = `<assessmentSection identifier="s1" title="一" visible="true"><preCondition><baseValue baseType="boolean">true</baseValue></preCondition><selection select="1"/><ordering shuffle="true"/><rubricBlock view="candidate"><p>说明一</p><p>说明 &lt;二&gt;</p></rubricBlock>${refs('a')}<assessmentSection identifier="s2" title="内" visible="false">${refs('b')}</assessmentSection><assessmentItemRef identifier="x" href="items/x.xml"/></assessmentSection><assessmentSection identifier="s1" title="二" visible="true">${refs('c')}<selection select="9"/></assessmentSection>`;
    const paper = await read(await qti21Package(items, {}, section));
    t.match(paper.paper?.sections, [
      {
        sectionId: 's1',
        title: '一',
        draw: 1,
        shuffleItems: true,
        instructions: '说明一\n说明 <二>',
        items: [{ itemId: 'a' }, { itemId: 'b' }],
      },
      { title: '二', draw: 9, shuffleItems: false, items: [{ itemId: 'c' }] },
    ]);
    t.strictSame(faultsOf(paper), ['qti-branch', 'qti-no-file', 'qti-unlisted', 'draw-too-many']);
    t.ok(notesOf(paper).includes('qti-flat'));
    t.not(paper.paper?.sections[1]?.sectionId, 's1', 'two sections never share an identifier');
  },
);

const QTI3 = 'http://www.imsglobal.org/xsd/imsqtiasi_v3p0';
const item3 = `<qti-assessment-item xmlns="${QTI3}" identifier="3-q" title="x" time-dependent="false"><qti-response-declaration identifier="RESPONSE" base-type="identifier" cardinality="single"><qti-correct-response><qti-value>B</qti-value></qti-correct-response></qti-response-declaration><qti-outcome-declaration base-type="float" cardinality="single" identifier="SCORE"/><qti-item-body><p>哪一个？</p><qti-choice-interaction max-choices="1" response-identifier="RESPONSE" shuffle="true"><qti-simple-choice identifier="A">甲</qti-simple-choice><qti-simple-choice identifier="B" fixed="true">以上都不是</qti-simple-choice></qti-choice-interaction></qti-item-body><qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"/></qti-assessment-item>`;

void t.test('QTI 3.0 of another maker, items without a test', async (t) => {
  const manifest = `<manifest xmlns="http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1" identifier="m"><metadata><schema>QTI Package</schema><schemaversion>3.0.1</schemaversion></metadata><organizations/><resources><resource identifier="a" type="imsqti_item_xmlv3p0" href="a.xml"><file href="a.xml"/></resource><resource identifier="old" type="imsqti_item_xmlv1p2" href="old.xml"><file href="old.xml"/></resource><resource identifier="gone" type="imsqti_item_xmlv3p0" href="gone.xml"><file href="gone.xml"/></resource><resource identifier="pic" type="webcontent" href="p.png"><file href="p.png"/></resource></resources></manifest>`;
  const paper = await read(await zipOf({ 'imsmanifest.xml': manifest, 'a.xml': item3, 'old.xml': '<x/>' }));
  t.strictSame(faultsOf(paper), ['qti-version', 'qti-no-file']);
  t.match(paper.paper?.sections, [
    { items: [{ itemId: '3-q', type: 'single', answer: 'B', points: 1, shuffleOptions: false }] },
  ]);
  for (const note of ['qti-no-test', 'qti-points', 'options-fixed'])
    t.ok(notesOf(paper).includes(note as never), note);
});
