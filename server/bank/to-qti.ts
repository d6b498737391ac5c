// A paper -> a QTI 3.0 content package: manifest, test, items, stimuli of cases, media. Names every item that it leaves out, and
// what other systems will not find in the others.

import yazl from 'yazl';
import type { AnswerableSource, CaseSource, PaperSource } from '../protocol/paper-source.js';
import { Findings } from './findings.js';
import { filesOfItem, withInner } from './item-files.js';
import { writeFileSize, writeWords } from './marked-values.js';
import {
  CP_NAMESPACE,
  CP_SCHEMA,
  ITEM_RESOURCE,
  QTI3_NAMESPACE,
  QTI3_SCHEMA,
  STIMULUS_RESOURCE,
  TEST_RESOURCE,
  XSI_NAMESPACE,
  toQtiId,
  toSectionId,
} from './qti-names.js';
import { caseSection, qtiStimulus } from './qti-write-case.js';
import { qtiItem } from './qti-write-item.js';
import { node, writeXml, type XmlNode } from './xml-write.js';

/** A fixed time in every entry, so that the same paper gives the same bytes. */
const MTIME = new Date(Date.UTC(2020, 0, 1));
const TEST_FILE = 'test.xml';

export interface QtiOptions {
  /** Keys, mappings, response processing and rubrics for scorers go into the package. */
  withKeys: boolean;
}

/** The bytes of the .zip. Items that cannot be exported are faults. */
export async function paperToQti(
  paper: PaperSource,
  media: ReadonlyMap<string, Buffer>,
  { withKeys }: QtiOptions,
): Promise<{ bytes: Buffer; findings: Findings }> {
  const writer = new PackageWriter(withKeys);
  const ids = new Set(
    paper.sections.flatMap(({ items }) => items.flatMap(withInner).map((one) => one.itemId)),
  );
  const sections = paper.sections.map((section) =>
    sectionNode(
      section,
      section.items.flatMap(
        (item) => (item.type === 'case' ? writer.addCase(item) : writer.addItem(item)) ?? [],
      ),
      ids,
    ),
  );
  writer.addFile(TEST_FILE, testNode(paper, sections));
  const { resources, files, findings } = writer;
  const testResource = node('resource', { identifier: 'RES-test', type: TEST_RESOURCE, href: TEST_FILE }, [
    node('file', { href: TEST_FILE }),
    ...resources.map(({ attributes }) => node('dependency', { identifierref: attributes['identifier'] })),
  ]);
  const mediaNames = [...media.keys()].sort();
  const mediaResources = mediaNames.map((file) =>
    node('resource', { identifier: mediaResourceId(file), type: 'webcontent', href: `media/${file}` }, [
      node('file', { href: `media/${file}` }),
    ]),
  );
  const manifest = manifestNode([testResource, ...resources, ...mediaResources]);
  const zip = new yazl.ZipFile();
  const options = { mtime: MTIME, mode: 0o100644 };
  zip.addBuffer(Buffer.from(writeXml(manifest), 'utf8'), 'imsmanifest.xml', options);
  for (const { path, bytes } of files) zip.addBuffer(bytes, path, options);
  for (const file of mediaNames) zip.addBuffer(media.get(file) ?? Buffer.alloc(0), `media/${file}`, options);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return { bytes: Buffer.concat(chunks), findings };
}

/** Gathers files and resources while the items are written. */
class PackageWriter {
  readonly findings = new Findings();
  readonly files: { path: string; bytes: Buffer }[] = [];
  readonly resources: XmlNode[] = [];
  private items = 0;
  private stimuli = 0;

  constructor(private readonly withKeys: boolean) {}

  addFile(path: string, root: XmlNode): void {
    this.files.push({ path, bytes: Buffer.from(writeXml(root), 'utf8') });
  }

  /** The reference of the test; null where the item cannot be written. */
  addItem(item: AnswerableSource, stimulus: { id: string; name: string; path: string } | null = null) {
    const ref =
      stimulus === null ? null : { identifier: toQtiId(stimulus.name), href: `../${stimulus.path}` };
    const written = qtiItem(item, this.withKeys, ref);
    if (written === null) return void this.findings.fault(item.itemId, 'qti-unwritable');
    this.noteLost(item);
    const number = String((this.items += 1)).padStart(4, '0');
    const path = `items/item-${number}.xml`;
    this.addFile(path, written);
    const needs = [...filesOfItem(item).map(mediaResourceId), ...(stimulus === null ? [] : [stimulus.id])];
    this.resources.push(qtiResource(`RES-item-${number}`, ITEM_RESOURCE, path, needs));
    return node('qti-assessment-item-ref', { identifier: toQtiId(item.itemId), href: path });
  }

  /** The section of a case; null where it cannot be written whole. */
  addCase(item: CaseSource) {
    const written = qtiStimulus(item);
    const sound = item.items.every((one) => qtiItem(one, this.withKeys) !== null);
    if (written === null || !sound) return void this.findings.fault(item.itemId, 'qti-unwritable');
    const number = String((this.stimuli += 1)).padStart(4, '0');
    const path = `stimuli/stimulus-${number}.xml`;
    this.addFile(path, written);
    const own = filesOfItem({ ...item, items: [] }).map(mediaResourceId);
    const id = `RES-stimulus-${number}`;
    this.resources.push(qtiResource(id, STIMULUS_RESOURCE, path, own));
    const stimulus = { id, name: item.itemId, path };
    return caseSection(
      item,
      item.items.flatMap((one) => this.addItem(one, stimulus) ?? []),
    );
  }

  /** What only this system reads back. */
  private noteLost(item: AnswerableSource): void {
    if ('files' in item) {
      const { maxCount, maxBytes, types } = item.files;
      const what = `${maxCount} × ${writeFileSize(maxBytes)}, ${types.join(' ')}`;
      this.findings.note(item.itemId, 'qti-upload-one', { what });
    }
    if ('maxLength' in item) {
      const words = item.type === 'essay' && item.words !== undefined ? `${writeWords(item.words)}, ` : '';
      this.findings.note(item.itemId, 'qti-words', { what: `${words}≤ ${item.maxLength}` });
    }
  }
}

function manifestNode(resources: readonly XmlNode[]): XmlNode {
  return node(
    'manifest',
    {
      xmlns: CP_NAMESPACE,
      'xmlns:xsi': XSI_NAMESPACE,
      'xsi:schemaLocation': `${CP_NAMESPACE} ${CP_SCHEMA}`,
      identifier: 'MANIFEST',
    },
    [
      node('metadata', {}, [node('schema', {}, ['QTI Test']), node('schemaversion', {}, ['3.0.0'])]),
      node('organizations'),
      node('resources', {}, resources),
    ],
  );
}

function qtiResource(identifier: string, type: string, path: string, needs: readonly string[]): XmlNode {
  return node('resource', { identifier, type, href: path }, [
    node('file', { href: path }),
    ...[...new Set(needs)].map((id) => node('dependency', { identifierref: id })),
  ]);
}

/** An xs:ID of a file name: its letters are those of a name, and it opens with a letter. */
function mediaResourceId(file: string): string {
  return `RES-media-${file}`;
}

function testNode({ paperId, title }: PaperSource, sections: readonly XmlNode[]): XmlNode {
  return node(
    'qti-assessment-test',
    {
      xmlns: QTI3_NAMESPACE,
      'xmlns:xsi': XSI_NAMESPACE,
      'xsi:schemaLocation': `${QTI3_NAMESPACE} ${QTI3_SCHEMA}`,
      identifier: toQtiId(paperId),
      title,
    },
    [
      node(
        'qti-test-part',
        { identifier: 'part-1', 'navigation-mode': 'nonlinear', 'submission-mode': 'simultaneous' },
        sections,
      ),
    ],
  );
}

function sectionNode(
  section: PaperSource['sections'][number],
  refs: readonly XmlNode[],
  items: ReadonlySet<string>,
): XmlNode {
  const { sectionId, title, instructions, shuffleItems, draw } = section;
  const lines = instructions.split('\n').map((line) => node('p', {}, [line]));
  return node('qti-assessment-section', { identifier: toSectionId(sectionId, items), title, visible: true }, [
    ...(draw === null ? [] : [node('qti-selection', { select: draw, 'with-replacement': false })]),
    ...(shuffleItems ? [node('qti-ordering', { shuffle: true })] : []),
    ...(instructions === ''
      ? []
      : [
          node('qti-rubric-block', { view: 'candidate', use: 'instructions' }, [
            node('qti-content-body', {}, lines),
          ]),
        ]),
    ...refs,
  ]);
}
