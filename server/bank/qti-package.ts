// A QTI content package -> a paper: manifest, test, sections, items, pictures. Every resource that is an item and every
// element of a test ends in the paper or in the findings.

import { resolveInZip, type BankZip } from './bank-zip.js';
import { BankRefusal, excerpt, type Findings } from './findings.js';
import {
  MAX_PICTURE_BYTES,
  MediaShelf,
  PaperDraft,
  hashedId,
  isPaperId,
  paperIdFrom,
  type BankPaper,
  type DraftSection,
} from './paper-draft.js';
import { fromQtiId, oldName } from './qti-names.js';
import { plainLines, readQtiItem } from './qti-read-item.js';
import { attributeOf, qtiChild, qtiChildren } from './qti-scoring.js';
import { childOf, childrenOf, descendantsOf, parseXml, type XmlElement } from './xml-tree.js';

const MANIFEST = 'imsmanifest.xml';
const ITEM_TYPE = /^imsqti_(apip)?item_xmlv(2p1|2p2|3p0)$/i;
const TEST_TYPE = /^imsqti_(apip)?(test|assessment)_xmlv(2p1|2p2|3p0)$/i;
const OTHER_QTI = /^imsqti_/i;
const MAX_SECTION_DEPTH = 20;
/** Elements of tests and sections that say nothing about the paper itself. */
const ASIDE = new Set([
  'outcomeDeclaration',
  'outcomeProcessing',
  'testFeedback',
  'stylesheet',
  'itemSessionControl',
  'contextDeclaration',
  'timeLimits',
  'rubricBlock',
  'weight',
  'variableMapping',
  'templateDefault',
]);

/** @throws BankRefusal when the package as a whole cannot be read */
export async function paperFromQti(zip: BankZip, fileName: string, findings: Findings): Promise<BankPaper> {
  const manifestPath = zip.has(MANIFEST)
    ? MANIFEST
    : zip.paths.find((path) => /^[^/]+\/imsmanifest\.xml$/.test(path));
  if (manifestPath === undefined) throw new BankRefusal('qti-no-manifest');
  return new PackageReader(zip, manifestPath, fileName, findings).read();
}

class PackageReader {
  private readonly draft: PaperDraft;
  private readonly pending = new Map<string, string>();
  private readonly pictures = new Map<string, Buffer | null>();

  constructor(
    private readonly zip: BankZip,
    private readonly manifestPath: string,
    private readonly fileName: string,
    private readonly findings: Findings,
  ) {
    this.draft = new PaperDraft(findings);
  }

  async read(): Promise<BankPaper> {
    const bytes = await this.zip.read(this.manifestPath);
    if (bytes === null) throw new BankRefusal('qti-no-manifest');
    const manifest = parseXml(bytes, this.manifestPath);
    const tests = this.resources(manifest);
    const title = this.fileName.replace(/\.[^.]*$/, '').slice(0, 200);
    const [first] = tests;
    let paperId = paperIdFrom(title) ?? hashedId('paper', title);
    let paperTitle = title === '' ? paperId : title;
    if (first === undefined) {
      this.findings.note(this.fileName, 'qti-no-test');
      const section = this.draft.addSection({
        sectionId: 'all',
        title: '全部题目',
        instructions: '',
        shuffleItems: true,
        draw: null,
      });
      for (const path of [...this.pending.keys()]) await this.readItem(path, section);
      this.findings.note(this.fileName, 'paper-id', { id: paperId });
    } else {
      const test = await this.parse(first);
      if (test !== null && oldName(test.name) === 'assessmentTest') {
        const identifier = fromQtiId(test.attributes['identifier'] ?? '');
        const made = isPaperId(identifier) ? identifier : (paperIdFrom(identifier) ?? paperId);
        if (made !== identifier) this.findings.note(first, 'qti-id', { text: excerpt(identifier), id: made });
        paperId = made;
        paperTitle = (test.attributes['title'] ?? '').slice(0, 200) || paperId;
        await this.readTest(test, first);
      } else if (test !== null) this.findings.fault(first, 'qti-root', { name: test.name });
      for (const [path, identifier] of this.pending)
        this.findings.fault(`${path} ${identifier}`, 'qti-unlisted');
    }
    for (const path of tests.slice(1)) this.findings.fault(path, 'qti-many-tests');
    return this.draft.finish(paperId, paperTitle, this.fileName);
  }

  /** Notes the items of the manifest; gives the paths of its tests. */
  private resources(manifest: XmlElement): string[] {
    const tests: string[] = [];
    const list = childOf(manifest, 'resources');
    for (const { attributes } of list === null ? [] : childrenOf(list, 'resource')) {
      const type = attributes['type'] ?? '';
      const identifier = attributes['identifier'] ?? '';
      if (!OTHER_QTI.test(type)) continue;
      const path = resolveInZip(this.manifestPath, attributes['href'] ?? '');
      const where = `${this.manifestPath} ${identifier}`;
      if (ITEM_TYPE.test(type) || TEST_TYPE.test(type)) {
        if (path === null || !this.zip.has(path))
          this.findings.fault(where, 'qti-no-file', { file: attributes['href'] ?? '' });
        else if (ITEM_TYPE.test(type)) this.pending.set(path, identifier);
        else tests.push(path);
      } else if (/_(item|test|assessment)_/.test(type))
        this.findings.fault(where, 'qti-version', { text: type });
      else this.findings.note(where, 'qti-aside', { name: type });
    }
    return tests;
  }

  private async readTest(test: XmlElement, path: string): Promise<void> {
    for (const part of qtiChildren(test)) {
      const name = oldName(part.name);
      if (name !== 'testPart') {
        this.aside(path, part);
        continue;
      }
      for (const child of qtiChildren(part)) {
        const kind = oldName(child.name);
        const where = `${path} ${child.attributes['identifier'] ?? ''}`.trim();
        if (kind === 'assessmentSection') await this.readSection(child, path, null, 0);
        else if (kind === 'assessmentSectionRef')
          this.findings.fault(where, 'qti-section', {
            id: child.attributes['identifier'] ?? '',
            what: 'assessmentSectionRef',
          });
        else this.aside(where, child);
      }
    }
  }

  private async readSection(
    element: XmlElement,
    path: string,
    parent: DraftSection | null,
    depth: number,
  ): Promise<void> {
    const identifier = element.attributes['identifier'] ?? '';
    const where = `${path} ${identifier}`.trim();
    if (depth > MAX_SECTION_DEPTH) throw new BankRefusal('xml-limit', { part: path });
    const selection = qtiChild(element, 'selection');
    if (parent !== null && selection !== null)
      this.findings.fault(where, 'qti-section', { id: identifier, what: 'selection (nested)' });
    if (parent !== null) this.findings.note(where, 'qti-flat', { id: identifier });
    const section = parent ?? this.draft.addSection(this.sectionOf(element, where));
    for (const child of qtiChildren(element)) {
      const place = `${path} ${child.attributes['identifier'] ?? identifier}`.trim();
      switch (oldName(child.name)) {
        case 'assessmentSection':
          await this.readSection(child, path, section, depth + 1);
          break;
        case 'assessmentItemRef':
          await this.readReference(child, path, section, place);
          break;
        case 'assessmentSectionRef':
          this.findings.fault(place, 'qti-section', {
            id: child.attributes['identifier'] ?? '',
            what: 'assessmentSectionRef',
          });
          break;
        case 'selection':
        case 'ordering':
          break;
        case 'rubricBlock':
          if (parent !== null || !/\bcandidate\b/.test(child.attributes['view'] ?? ''))
            this.aside(place, child);
          break;
        default:
          this.aside(place, child);
      }
    }
  }

  private sectionOf(element: XmlElement, where: string): Omit<DraftSection, 'items'> {
    const identifier = fromQtiId(element.attributes['identifier'] ?? '');
    let sectionId = isPaperId(identifier)
      ? identifier
      : (paperIdFrom(identifier) ?? `part-${this.draft.sections.length + 1}`);
    if (this.draft.sections.some((one) => one.sectionId === sectionId))
      sectionId = hashedId('part', `${where} ${this.draft.sections.length}`);
    if (sectionId !== identifier)
      this.findings.note(where, 'qti-id', { text: excerpt(identifier), id: sectionId });
    const selection = qtiChild(element, 'selection');
    const draw = selection === null ? null : Number(selection.attributes['select']);
    const sound = draw === null || (Number.isInteger(draw) && draw > 0);
    if (!sound) this.findings.fault(where, 'draw-bad', { text: selection?.attributes['select'] ?? '' });
    if (selection !== null && (attributeOf(selection, 'with-replacement') ?? 'false') === 'true')
      this.findings.fault(where, 'qti-section', { id: identifier, what: 'with-replacement' });
    const ordering = qtiChild(element, 'ordering');
    const instructions = qtiChildren(element, 'rubricBlock')
      .filter(({ attributes }) => /\bcandidate\b/.test(attributes['view'] ?? ''))
      .map(plainLines)
      .join('\n');
    if (instructions.length > 1000) this.findings.fault(where, 'text-too-long', { max: 1000 });
    return {
      sectionId,
      title: (element.attributes['title'] ?? '').slice(0, 100) || sectionId,
      instructions: instructions.slice(0, 1000),
      shuffleItems: (ordering?.attributes['shuffle'] ?? 'false') === 'true',
      draw: sound ? draw : null,
    };
  }

  private async readReference(
    element: XmlElement,
    path: string,
    section: DraftSection,
    where: string,
  ): Promise<void> {
    const href = element.attributes['href'] ?? '';
    const target = resolveInZip(path, href);
    for (const child of qtiChildren(element)) this.aside(where, child);
    if (target === null || !this.zip.has(target)) this.findings.fault(where, 'qti-no-file', { file: href });
    else await this.readItem(target, section);
  }

  private async readItem(path: string, section: DraftSection): Promise<void> {
    this.pending.delete(path);
    const root = await this.parse(path);
    if (root === null) return;
    const identifier = root.attributes['identifier'] ?? '';
    const where = `${path} ${identifier}`.trim();
    if (oldName(root.name) !== 'assessmentItem')
      return this.findings.fault(where, 'qti-root', { name: root.name });
    await this.loadPictures(root, path);
    const item = readQtiItem(root, {
      where,
      findings: this.findings,
      takePicture: (src, name) => this.takePicture(path, src, name, where),
    });
    if (item === null) return;
    if (item.itemId !== fromQtiId(identifier))
      this.findings.note(where, 'qti-id', { text: excerpt(identifier), id: item.itemId });
    this.draft.addItem(section, item, where);
  }

  /** A file that is no sound XML is the fault of that file, not of the package. */
  private async parse(path: string): Promise<XmlElement | null> {
    const bytes = await this.zip.read(path);
    if (bytes === null) return null;
    try {
      return parseXml(bytes, path);
    } catch (error) {
      if (!(error instanceof BankRefusal)) throw error;
      this.findings.fault(path, error.code, { part: path, why: error.message.split('\n')[0] ?? '' });
      return null;
    }
  }

  private async loadPictures(root: XmlElement, path: string): Promise<void> {
    const own = descendantsOf(root, 'div').flatMap(({ attributes }) =>
      [...(attributes['data-kaochang-media'] ?? '').matchAll(/"file":"([^"]*)"/g)].map(
        ([, file]) => `../media/${file ?? ''}`,
      ),
    );
    const sources = [...descendantsOf(root, 'img'), ...descendantsOf(root, 'object')].map(
      ({ attributes }) => attributes['src'] ?? attributes['data'] ?? '',
    );
    for (const source of [...own, ...sources]) {
      const target = resolveInZip(path, source);
      if (target === null || this.pictures.has(target)) continue;
      const size = this.zip.sizeOf(target);
      this.pictures.set(
        target,
        size !== null && size <= MAX_PICTURE_BYTES ? await this.zip.read(target) : null,
      );
    }
  }

  private takePicture(
    path: string,
    source: string,
    name: string | null,
    where: string,
  ): { name: string; file: string } | null {
    const target = resolveInZip(path, source);
    const shown = excerpt(source);
    if (target === null) {
      this.findings.fault(where, 'qti-remote', { file: shown });
      return null;
    }
    const bytes = this.pictures.get(target) ?? null;
    if (bytes === null) {
      const tooLarge = (this.zip.sizeOf(target) ?? 0) > MAX_PICTURE_BYTES;
      this.findings.fault(where, tooLarge ? 'picture-too-large' : 'picture-missing', {
        name: shown,
        max: MAX_PICTURE_BYTES / 1024 / 1024,
      });
      return null;
    }
    const bare = target.split('/').at(-1) ?? '';
    const file = name === null ? this.draft.shelf.put(bytes, bare) : this.draft.shelf.keep(bare, bytes);
    if (file === null) {
      this.findings.fault(where, MediaShelf.ending(bytes) === null ? 'picture-kind' : 'picture-name', {
        name: shown,
      });
      return null;
    }
    const made = name ?? file.replace(/\.[^.]*$/, '');
    return { name: isPaperId(made) ? made : 'p1', file };
  }

  private aside(where: string, element: XmlElement): void {
    const name = oldName(element.name);
    if (name === 'preCondition' || name === 'branchRule' || name === 'adaptiveSelection')
      this.findings.fault(where, 'qti-branch', { name });
    else if (ASIDE.has(name)) this.findings.note(where, 'qti-aside', { name });
    else this.findings.fault(where, 'qti-element', { name });
  }
}
