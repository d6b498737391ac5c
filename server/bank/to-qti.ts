// A paper -> a QTI 3.0 content package: manifest, test, items, media. Names every item that it leaves out.

import yazl from 'yazl';
import type { PaperSource } from '../protocol/paper-source.js';
import { isTakenItem } from './cell-values.js';
import { Findings } from './findings.js';
import {
  CP_NAMESPACE,
  CP_SCHEMA,
  ITEM_RESOURCE,
  QTI3_NAMESPACE,
  QTI3_SCHEMA,
  TEST_RESOURCE,
  XSI_NAMESPACE,
  toQtiId,
} from './qti-names.js';
import { qtiItem } from './qti-write-item.js';
import { node, writeXml, type XmlNode } from './xml-write.js';

/** A fixed time in every entry, so that the same paper gives the same bytes. */
const MTIME = new Date(Date.UTC(2020, 0, 1));
const TEST_FILE = 'test.xml';

export interface QtiOptions {
  /** Keys, mappings and response processing go into the package. */
  withKeys: boolean;
}

/** The bytes of the .zip. Items that cannot be exported are faults. */
export async function paperToQti(
  paper: PaperSource,
  media: ReadonlyMap<string, Buffer>,
  { withKeys }: QtiOptions,
): Promise<{ bytes: Buffer; findings: Findings }> {
  const findings = new Findings();
  const files: { path: string; bytes: Buffer }[] = [];
  const resources: XmlNode[] = [];
  const add = (path: string, root: XmlNode) =>
    files.push({ path, bytes: Buffer.from(writeXml(root), 'utf8') });
  const sections = paper.sections.map((section) => {
    const refs: XmlNode[] = [];
    for (const item of section.items) {
      const type = item.audio === undefined ? item.type : 'audio';
      const written = isTakenItem(item) ? qtiItem(item, withKeys) : null;
      if (written === null) {
        if (isTakenItem(item)) findings.fault(item.itemId, 'qti-blanks');
        else findings.fault(item.itemId, 'qti-not-exported', { type });
        continue;
      }
      const number = String(resources.length + 1).padStart(4, '0');
      const path = `items/item-${number}.xml`;
      add(path, written);
      resources.push(
        itemResource(
          `RES-item-${number}`,
          path,
          (item.media ?? []).map(({ file }) => file),
        ),
      );
      refs.push(node('qti-assessment-item-ref', { identifier: toQtiId(item.itemId), href: path }));
    }
    return sectionNode(section, refs);
  });
  add(TEST_FILE, testNode(paper, sections));
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

function itemResource(identifier: string, path: string, media: readonly string[]): XmlNode {
  return node('resource', { identifier, type: ITEM_RESOURCE, href: path }, [
    node('file', { href: path }),
    ...[...new Set(media)].map((file) => node('dependency', { identifierref: mediaResourceId(file) })),
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

function sectionNode(section: PaperSource['sections'][number], refs: readonly XmlNode[]): XmlNode {
  const { sectionId, title, instructions, shuffleItems, draw } = section;
  const lines = instructions.split('\n').map((line) => node('p', {}, [line]));
  return node('qti-assessment-section', { identifier: toQtiId(sectionId), title, visible: true }, [
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
