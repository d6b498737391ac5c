// Zips, spreadsheets and QTI packages made by hand for tests, sound and unsound. Shares no code with the readers.

import yazl from 'yazl';

/** A zip of these parts, in order. */
export async function zipOf(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [path, content] of Object.entries(parts))
    zip.addBuffer(typeof content === 'string' ? Buffer.from(content, 'utf8') : content, path);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A zip whose entry names are put in after the fact, as a hostile program would. Names must be of one length. */
export async function zipRenamed(
  parts: Readonly<Record<string, string>>,
  from: string,
  to: string,
): Promise<Buffer> {
  const bytes = await zipOf(parts);
  const text = bytes.toString('latin1');
  return Buffer.from(text.replaceAll(from, to), 'latin1');
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PKG = 'http://schemas.openxmlformats.org/package/2006/relationships';

/** The parts of a workbook of one sheet; `sheetData` is the XML between its tags. */
export function workbookParts(
  sheetData: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${PKG}"><Relationship Id="r1" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets><sheet name="题目" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${PKG}"><Relationship Id="r1" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${XML}<worksheet xmlns="${MAIN}" xmlns:r="${REL}"><sheetData>${sheetData}</sheetData></worksheet>`,
    ...more,
  };
}

/** Rows of plain texts, the first in row 1; null leaves a cell out. */
export function sheetRows(rows: readonly (readonly (string | null)[])[]): string {
  const text = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return rows
    .map(
      (cells, index) =>
        `<row r="${index + 1}">${cells
          .map((value, column) =>
            value === null
              ? ''
              : `<c r="${String.fromCharCode(65 + column)}${index + 1}" t="inlineStr"><is><t xml:space="preserve">${text(value)}</t></is></c>`,
          )
          .join('')}</row>`,
    )
    .join('');
}

/** A spreadsheet bank of plain texts. */
export function bankOf(rows: readonly (readonly (string | null)[])[]): Promise<Buffer> {
  return zipOf(workbookParts(sheetRows(rows)));
}

/** Headings that the tests use. */
export const HEADINGS = ['题型', '题干', '选项A', '选项B', '选项C', '选项D', '答案', '分值'] as const;

/** A QTI 2.1 item; what a test does not name is a sound single choice. */
export function qti21Item(given: {
  id?: string;
  declaration?: string;
  body?: string;
  processing?: string;
  root?: string;
}): string {
  const {
    id = 'q1',
    declaration = '<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier"><correctResponse><value>B</value></correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float" normalMaximum="2"/>',
    body = `<p>题干 ${id}</p><choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1"><simpleChoice identifier="A">甲</simpleChoice><simpleChoice identifier="B">乙</simpleChoice></choiceInteraction>`,
    processing = '<responseProcessing template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>',
    root = '',
  } = given;
  return `${XML}<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="${id}" title="${id}" adaptive="false" timeDependent="false" ${root}>${declaration}<itemBody>${body}</itemBody>${processing}</assessmentItem>`;
}

/** A QTI 2.1 package of items in one section, or with a test of the caller's own. */
export function qti21Package(
  items: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string | Buffer>> = {},
  section?: string,
): Promise<Buffer> {
  const names = Object.keys(items);
  const refs = names
    .map((name, index) => `<assessmentItemRef identifier="i${index}" href="items/${name}.xml"/>`)
    .join('');
  const resources = names
    .map(
      (name, index) =>
        `<resource identifier="r${index}" type="imsqti_item_xmlv2p1" href="items/${name}.xml"><file href="items/${name}.xml"/></resource>`,
    )
    .join('');
  return zipOf({
    'imsmanifest.xml': `${XML}<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="m"><organizations/><resources><resource identifier="t" type="imsqti_test_xmlv2p1" href="test.xml"><file href="test.xml"/></resource>${resources}</resources></manifest>`,
    'test.xml': `${XML}<assessmentTest xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="test-1" title="外来试卷"><testPart identifier="p" navigationMode="nonlinear" submissionMode="individual">${section ?? `<assessmentSection identifier="s1" title="第一部分" visible="true">${refs}</assessmentSection>`}</testPart></assessmentTest>`,
    ...Object.fromEntries(names.map((name) => [`items/${name}.xml`, items[name] ?? ''])),
    ...more,
  });
}
