// What organisations and schools bring: spreadsheets and QTI packages of banks, sheets of marks, folders with plan, roster and
// papers. Ends in findings by place or in a named refusal.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from '@sinclair/typebox/value';
import { BankRefusal } from '../../../server/bank/findings.js';
import { readPaperFolder } from '../../../server/bank/paper-folder.js';
import { readBank } from '../../../server/bank/read-bank.js';
import { paperToQti } from '../../../server/bank/to-qti.js';
import { outlineOf, partPaper } from '../../../server/papers/part-paper.js';
import { loadSource, SourceError } from '../../../server/papers/source.js';
import { PaperSourceSchema } from '../../../server/protocol/paper-source.js';
import {
  MarkingSheetError,
  readMarkingSheet,
  writeMarkingSheet,
} from '../../../scripts/commands/marking-sheet.js';
import { qti21Item, qti21Package } from '../../bank/support/made-files.js';
import { tinyPicture } from '../../bank/support/made-papers.js';
import { mutateBytes, mutateText } from '../mutate.js';
import { mutateJson } from '../mutate-json.js';
import { mutateXml } from '../mutate-xml.js';
import { mutateZip, writeZipModel, zipModel, type ZipModel, type ZipPart } from '../mutate-zip.js';
import type { Random } from '../random.js';
import { expect, showBytes, type OpenTarget, type Target } from '../target.js';

const inside = ({ name, bytes }: ZipPart, random: Random): Buffer =>
  /\.(xml|rels|vml)$/.test(name) && !random.onceIn(8)
    ? Buffer.from(mutateXml(bytes.toString('utf8'), random))
    : mutateBytes(bytes, random);

const sample = (path: string) => readFileSync(join(process.cwd(), 'samples', path));

const PROMPT = '<p>题干 <b>粗</b> H<sub>2</sub>O <img src="../a.png" alt="图"/></p>';
const KIND = 'responseIdentifier="RESPONSE"';
const SCORE =
  '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="4"/>';

/** A QTI 2.1 package of other makers: items of every kind that is read, a recording, a rubric, a case in a section of its own. */
function manyKinds(): Promise<Buffer> {
  const item = (id: string, type: string, body: string, inside = '', processing?: string) =>
    qti21Item({
      ...{ id, body: PROMPT + body, processing: processing ?? '' },
      declaration: `<responseDeclaration identifier="RESPONSE" ${type}>${inside}</responseDeclaration>${SCORE}`,
    });
  const one = 'cardinality="single" baseType="string"';
  const key = (...values: string[]) =>
    `<correctResponse>${values.map((value) => `<value>${value}</value>`).join('')}</correctResponse>`;
  const choices = ['A', 'B', 'C']
    .map((id) => `<simpleChoice identifier="${id}" fixed="false"><p>${id}</p></simpleChoice>`)
    .join('');
  const mapping =
    '<mapping defaultValue="0" lowerBound="0"><mapEntry mapKey="A" mappedValue="2"/><mapEntry mapKey="C" mappedValue="2"/></mapping>';
  const template = (name: string) =>
    `<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/${name}"/>`;
  const items = {
    a: item(
      'a',
      'cardinality="multiple" baseType="identifier"',
      `<choiceInteraction ${KIND} shuffle="true" maxChoices="0"><prompt>选</prompt>${choices}</choiceInteraction>`,
      key('A', 'C') + mapping,
      template('map_response'),
    ),
    b: item(
      'b',
      one,
      `<p>填 <textEntryInteraction ${KIND} expectedLength="8"/> 空</p>`,
      key('甲') + mapping.replace('"A"', '"甲" caseSensitive="false"'),
      template('map_response'),
    ),
    c: item(
      'c',
      one,
      `<extendedTextInteraction ${KIND} expectedLength="600" expectedLines="8"><prompt>论述</prompt></extendedTextInteraction><rubricBlock view="scorer"><p>要点一，2 分</p></rubricBlock>`,
    ),
    d: item('d', 'cardinality="single" baseType="file"', `<uploadInteraction ${KIND} type="text/csv"/>`),
    e: item(
      'e',
      'cardinality="single" baseType="identifier"',
      `<mediaInteraction responseIdentifier="PLAYS" autostart="true" minPlays="1" maxPlays="2"><object data="../a.wav" type="audio/wav"/></mediaInteraction><choiceInteraction ${KIND} maxChoices="1">${choices}</choiceInteraction>`,
      key('B'),
      template('match_correct'),
    ),
    f: item('f', one, `<matchInteraction ${KIND}/><inlineChoiceInteraction ${KIND}/>`),
  };
  const refs = (names: string) =>
    [...names].map((name) => `<assessmentItemRef identifier="${name}" href="items/${name}.xml"/>`).join('');
  const rubric = '<rubricBlock view="candidate"><p>阅读材料</p><img src="a.png" alt="图"/></rubricBlock>';
  const section = `<assessmentSection identifier="s1" title="一" visible="true"><selection select="2"/><ordering shuffle="true"/>${refs('ab')}</assessmentSection><assessmentSection identifier="s2" title="二" visible="true"><assessmentSection identifier="read" title="阅读" visible="true">${rubric}${refs('ce')}</assessmentSection>${refs('df')}</assessmentSection>`;
  const more = { 'a.png': tinyPicture('x'), 'a.wav': Buffer.from('RIFF\0\0\0\0WAVEfmt ') };
  return qti21Package(items, more, section);
}

async function openBanks(): Promise<OpenTarget<ZipModel>> {
  const { paper, media } = await readPaperFolder(
    join(process.cwd(), 'samples/practical/papers/practical-main'),
  );
  const { paper: theory } = await readPaperFolder(
    join(process.cwd(), 'samples/theory/papers/theory-reserve'),
  );
  const seeds = [
    zipModel(sample('bank/messy.xlsx')),
    zipModel(sample('bank/messy-libreoffice.xlsx')),
    zipModel((await paperToQti(theory, new Map(), { withKeys: true })).bytes),
    zipModel((await paperToQti(paper, media, { withKeys: true })).bytes),
    zipModel(await qti21Package({ a: qti21Item({ id: 'a' }), b: qti21Item({ id: 'b' }) })),
    zipModel(await manyKinds()),
  ];
  return {
    sample: (random) => random.pick(seeds),
    mutate: (model, random) => mutateZip(model, random, inside),
    attempt: async (model) => {
      try {
        const found = await readBank(writeZipModel(model), 'bank', () => Promise.resolve(null));
        if (found.findings.faults.length === 0)
          expect(Value.Check(PaperSourceSchema, found.paper), 'A paper without a fault that is none');
      } catch (error) {
        if (!(error instanceof BankRefusal)) throw error;
      }
    },
    show: (model) => showBytes(writeZipModel(model), 20_000),
    close: async () => undefined,
  };
}

async function openXls(): Promise<OpenTarget<Buffer>> {
  const sound = sample('bank/messy-libreoffice.xls');
  return {
    sample: () => sound,
    mutate: mutateBytes,
    attempt: async (bytes) => {
      await readBank(bytes, 'bank.xls', () => Promise.resolve(null)).catch((error: unknown) => {
        if (!(error instanceof BankRefusal)) throw error;
      });
    },
    show: (bytes) => showBytes(bytes, 100_000),
    close: async () => undefined,
  };
}

type Sheet = { zip: ZipModel } | { csv: Buffer };

async function openMarks(): Promise<OpenTarget<Sheet>> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-marks-'));
  const made = join(folder, 'made.xlsx');
  const tasks = ['AAAAAAAAA2', 'AAAAAAAAA3'].map((code, index) => ({
    ...{ code, candidateId: `c${index}`, itemId: 'q1', of: 10, stem: '题干' },
    answer: { text: '作答' },
  }));
  await writeMarkingSheet(made, [], tasks);
  const xlsx: Sheet = { zip: zipModel(readFileSync(made)) };
  const csv: Sheet = { csv: Buffer.from('评卷号,题号,得分\nAAAAAAAAA2,q1,7.5\n"AAAAAAAAA3",q1,"8"\n') };
  return {
    sample: (random) => random.pick([xlsx, xlsx, csv]),
    mutate: (sheet, random) =>
      'zip' in sheet
        ? { zip: mutateZip(sheet.zip, random, inside) }
        : {
            csv: random.onceIn(2)
              ? mutateBytes(sheet.csv, random)
              : Buffer.from(mutateText(sheet.csv.toString('utf8'), random)),
          },
    attempt: async (sheet) => {
      const file = join(folder, 'zip' in sheet ? 'marks.xlsx' : 'marks.csv');
      writeFileSync(file, 'zip' in sheet ? writeZipModel(sheet.zip) : sheet.csv);
      try {
        for (const { code, points } of await readMarkingSheet(file))
          expect(typeof code === 'string' && typeof points === 'string', 'A line that is no text');
      } catch (error) {
        if (!(error instanceof MarkingSheetError)) throw error;
      }
    },
    show: (sheet) => showBytes('zip' in sheet ? writeZipModel(sheet.zip) : sheet.csv, 20_000),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

const SOURCES = ['plan.json', 'roster.json', 'papers/practical-main/paper.json'] as const;
type Source = Record<(typeof SOURCES)[number], string>;

async function openSources(): Promise<OpenTarget<Source>> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-source-'));
  cpSync(join(process.cwd(), 'samples/practical'), folder, { recursive: true });
  const sound = Object.fromEntries(
    SOURCES.map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  ) as Source;
  return {
    sample: () => sound,
    mutate: (source, random) => {
      const path = random.pick(SOURCES);
      return { ...source, [path]: mutateJson(source[path], random) };
    },
    attempt: async (source) => {
      for (const path of SOURCES) writeFileSync(join(folder, path), source[path]);
      let loaded: Awaited<ReturnType<typeof loadSource>>;
      try {
        loaded = await loadSource(folder);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        return expect(error.problems.length > 0, 'A refusal without a reason');
      }
      for (const paper of loaded.papers.values()) {
        partPaper(paper, (_bytes, index) => ({ path: `${index}`, sha256: '' }));
        outlineOf(paper.paper, 'main');
      }
    },
    show: (source) =>
      SOURCES.filter((path) => source[path] !== sound[path])
        .map((path) => `${path}: ${source[path].slice(0, 5_000)}`)
        .join('\n'),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export const bankTargets: readonly Target[] = [
  {
    name: 'bank',
    reads: [
      'server/bank/read-bank.ts',
      'server/bank/bank-zip.ts',
      'server/bank/xml-tree.ts',
      'server/bank/xlsx-book.ts',
      'server/bank/xlsx-pictures.ts',
      'server/bank/from-spreadsheet.ts',
      'server/bank/paper-draft.ts',
      'server/bank/qti-package.ts',
      'server/bank/qti-read-item.ts',
      'server/bank/qti-read-stimulus.ts',
      'server/bank/qti-own.ts',
    ],
    about:
      'Messy .xlsx of three programs, QTI 3.0 of our own, 2.1 by hand with every kind of item; zip, XML and pictures changed.',
    inputsInTests: 150,
    open: () => openBanks() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'bank-xls',
    reads: [
      'server/bank/xls-book.ts',
      'server/bank/xls-looks.ts',
      'server/bank/xls-process.ts',
      'server/bank/xls-child.ts',
    ],
    about: 'A messy .xls; bytes changed. Its reader has a process of its own.',
    inputsInTests: 4,
    open: () => openXls() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'marking-sheet',
    reads: ['scripts/commands/marking-sheet.ts'],
    about: 'A sheet of marks as .xlsx and .csv; zip, XML and text changed.',
    inputsInTests: 60,
    open: () => openMarks() as Promise<OpenTarget<unknown>>,
  },
  {
    name: 'source',
    reads: [
      'server/papers/source.ts',
      'server/papers/read-paper.ts',
      'server/papers/paper-files.ts',
      'server/bank/paper-folder.ts',
      'server/papers/rich-text.ts',
    ],
    about: 'plan.json, roster.json and paper.json of the practical sample; fields changed.',
    inputsInTests: 40,
    open: () => openSources() as Promise<OpenTarget<unknown>>,
  },
];
