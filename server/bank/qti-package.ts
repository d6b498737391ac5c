// A QTI content package -> a paper: manifest, test, sections, items, pictures. Every resource that is an item and every
// element of a test ends in the paper or in the findings.

import { resolveInZip, type BankZip } from './bank-zip.js';
import { BankRefusal, excerpt, type Findings } from './findings.js';
import {
  PaperDraft,
  hashedId,
  isPaperId,
  paperIdFrom,
  type BankPaper,
  type DraftSection,
} from './paper-draft.js';
import type { AnswerableSource } from '../protocol/paper-source.js';
import { isForCandidates } from './qti-content.js';
import { PackageFiles } from './qti-files.js';
import type { ItemContext } from './qti-media-reader.js';
import { fromQtiId, oldName } from './qti-names.js';
import { plainLines } from './qti-plain.js';
import { itemIdOf, readQtiItem } from './qti-read-item.js';
import { isOwnStimulus, readStimulus, type CaseFrame } from './qti-read-stimulus.js';
import { attributeOf, qtiChild, qtiChildren } from './qti-scoring.js';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml-tree.js';

const MANIFEST = 'imsmanifest.xml';
const ITEM_TYPE = /^imsqti_(apip)?item_xmlv(2p1|2p2|3p0)$/i;
const TEST_TYPE = /^imsqti_(apip)?(test|assessment)_xmlv(2p1|2p2|3p0)$/i;
const STIMULUS_TYPE = /^imsqti_stimulus_xmlv3p0$/i;
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

/** An item of the package, or where one was that cannot be taken. */
interface ReadItem {
  item: AnswerableSource | null;
  where: string;
  /** Path of the stimulus that it refers to. */
  stimulus: string | null;
}

/** What items of a case share, before they are known to be one. */
interface Shared {
  frame: CaseFrame | null;
  identifier: string;
  where: string;
  /** This system wrote it. */
  own: boolean;
  shuffleItems: boolean;
}

/** Whether nothing is known of an item but that it was there. */
function isLost({ item, stimulus }: ReadItem): boolean {
  return item === null && stimulus === null;
}

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
  private readonly files: PackageFiles;

  constructor(
    private readonly zip: BankZip,
    private readonly manifestPath: string,
    private readonly fileName: string,
    private readonly findings: Findings,
  ) {
    this.draft = new PaperDraft(findings);
    this.files = new PackageFiles(zip, this.draft.shelf, findings);
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
      const reads: ReadItem[] = [];
      for (const path of [...this.pending.keys()]) reads.push(await this.readItem(path));
      await this.addRuns(reads, section);
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
      if (!OTHER_QTI.test(type) || STIMULUS_TYPE.test(type)) continue;
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
    const section = parent ?? this.draft.addSection(this.sectionOf(element, where));
    const rubrics = qtiChildren(element, 'rubricBlock').filter(isForCandidates);
    const parts = qtiChildren(element).filter(({ name }) =>
      /^assessment(Section|ItemRef|SectionRef)$/.test(oldName(name)),
    );
    const whole = parent !== null && parts.every(({ name }) => oldName(name) === 'assessmentItemRef');
    let reads: ReadItem[] = [];
    for (const child of qtiChildren(element)) {
      const place = `${path} ${child.attributes['identifier'] ?? identifier}`.trim();
      switch (oldName(child.name)) {
        case 'assessmentSection':
          await this.addRuns(reads, section);
          reads = [];
          await this.readSection(child, path, section, depth + 1);
          break;
        case 'assessmentItemRef':
          reads.push(await this.readReference(child, path, place));
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
          if (!isForCandidates(child) || (parent !== null && !whole)) this.aside(place, child);
          break;
        default:
          this.aside(place, child);
      }
    }
    if (whole && selection === null && (await this.addNested(element, reads, rubrics, section, path))) return;
    if (parent !== null) {
      this.findings.note(where, 'qti-flat', { id: identifier });
      if (whole) for (const rubric of rubrics) this.aside(where, rubric);
    }
    await this.addRuns(reads, section);
  }

  /** A nested section whose items share a stimulus, or that has a rubric of its own, is a case. @returns whether it was */
  private async addNested(
    element: XmlElement,
    reads: readonly ReadItem[],
    rubrics: readonly XmlElement[],
    section: DraftSection,
    path: string,
  ): Promise<boolean> {
    const identifier = element.attributes['identifier'] ?? '';
    const where = `${path} ${identifier}`.trim();
    const shuffleItems = (qtiChild(element, 'ordering')?.attributes['shuffle'] ?? 'false') === 'true';
    if (reads.length === 0) return false;
    const [only, other] = new Set(reads.flatMap(({ stimulus }) => stimulus ?? []));
    if (
      only !== undefined &&
      other === undefined &&
      reads.every((one) => one.stimulus !== null || isLost(one))
    ) {
      for (const rubric of rubrics) this.aside(where, rubric);
      const shared = await this.readShared(only);
      this.addCase(reads, { ...shared, identifier, shuffleItems }, section);
      return true;
    }
    if (rubrics.length === 0 || reads.some(({ stimulus }) => stimulus !== null)) return false;
    const body: XmlElement = { name: 'div', namespace: '', attributes: {}, children: [...rubrics] };
    await this.files.load(body, path);
    const frame = readStimulus(body, this.contextOf(path, where));
    this.findings.note(where, 'qti-case-section', { id: identifier });
    this.addCase(reads, { frame, identifier, where, own: true, shuffleItems }, section);
    return true;
  }

  /** Items one by one; neighbours that share a stimulus as one case. */
  private async addRuns(reads: readonly ReadItem[], section: DraftSection): Promise<void> {
    for (let at = 0; at < reads.length;) {
      const { stimulus, item, where } = reads[at] ?? { stimulus: null, item: null, where: '' };
      if (stimulus === null) {
        if (item !== null) this.draft.addItem(section, item, where);
        at += 1;
        continue;
      }
      let end = at + 1;
      // A file that could not be read stood among the others.
      for (let next = end; next < reads.length; next++) {
        const one = reads[next];
        if (one?.stimulus === stimulus) end = next + 1;
        else if (one === undefined || !isLost(one)) break;
      }
      const shared = await this.readShared(stimulus);
      this.addCase(reads.slice(at, end), shared, section);
      at = end;
    }
  }

  private addCase(reads: readonly ReadItem[], shared: Shared, section: DraftSection): void {
    const { frame, identifier, where, own, shuffleItems } = shared;
    const items = reads.flatMap(({ item }) => (item === null ? [] : [item]));
    const lost = frame === null ? reads.length : reads.length - items.length;
    if (lost > 0 || frame === null) return this.findings.fault(where, 'qti-case-part', { count: lost });
    let itemId = itemIdOf(identifier);
    if (this.draft.placeOf(itemId) !== null || items.some((item) => item.itemId === itemId))
      itemId = this.draft.freeId(itemId);
    if (itemId !== fromQtiId(identifier))
      this.findings.note(where, 'qti-id', { text: excerpt(identifier), id: itemId });
    if (!own) this.findings.note(where, 'qti-case', { id: itemId, count: items.length });
    const cents = items.reduce((sum, { points }) => sum + Math.round(points * 100), 0);
    this.draft.addItem(
      section,
      { itemId, type: 'case', points: cents / 100, shuffleItems, items, ...frame },
      where,
    );
  }

  private async readShared(path: string): Promise<Shared> {
    const root = await this.parse(path);
    const identifier = root?.attributes['identifier'] ?? path;
    const where = `${path} ${root?.attributes['identifier'] ?? ''}`.trim();
    const body = root === null ? null : qtiChild(root, 'stimulusBody');
    const shared = { identifier, where, own: body !== null && isOwnStimulus(body), shuffleItems: false };
    if (root !== null && body === null) this.findings.fault(where, 'qti-root', { name: root.name });
    if (root === null || body === null) return { ...shared, frame: null };
    for (const child of qtiChildren(root)) if (child !== body) this.aside(where, child);
    await this.files.load(root, path);
    return { ...shared, frame: readStimulus(body, this.contextOf(path, where)) };
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

  private async readReference(element: XmlElement, path: string, where: string): Promise<ReadItem> {
    const href = element.attributes['href'] ?? '';
    const target = resolveInZip(path, href);
    for (const child of qtiChildren(element)) this.aside(where, child);
    if (target !== null && this.zip.has(target)) return this.readItem(target);
    this.findings.fault(where, 'qti-no-file', { file: href });
    return { item: null, where, stimulus: null };
  }

  private async readItem(path: string): Promise<ReadItem> {
    this.pending.delete(path);
    const root = await this.parse(path);
    const identifier = root?.attributes['identifier'] ?? '';
    const where = `${path} ${identifier}`.trim();
    const lost: ReadItem = { item: null, where, stimulus: null };
    if (root === null) return lost;
    if (oldName(root.name) !== 'assessmentItem') {
      this.findings.fault(where, 'qti-root', { name: root.name });
      return lost;
    }
    const refs = qtiChildren(root, 'assessmentStimulusRef');
    const href = refs[0]?.attributes['href'] ?? null;
    const stimulus = href === null ? null : resolveInZip(path, href);
    const found = href === null || (stimulus !== null && this.zip.has(stimulus));
    if (!found) this.findings.fault(where, 'qti-no-file', { file: href });
    if (refs.length > 1) this.findings.fault(where, 'qti-stimuli');
    await this.files.load(root, path);
    const item = readQtiItem(root, this.contextOf(path, where));
    if (!found || refs.length > 1) return lost;
    if (item !== null && item.itemId !== fromQtiId(identifier))
      this.findings.note(where, 'qti-id', { text: excerpt(identifier), id: item.itemId });
    return { item, where, stimulus };
  }

  private contextOf(path: string, where: string): ItemContext {
    return {
      where,
      findings: this.findings,
      takePicture: (src, name) => this.files.takePicture(path, src, name, where),
      takeFile: (src, kind, own) => this.files.takeFile(path, src, kind, own, where),
      holds: (src) => this.files.holds(path, src),
    };
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

  private aside(where: string, element: XmlElement): void {
    const name = oldName(element.name);
    if (name === 'preCondition' || name === 'branchRule' || name === 'adaptiveSelection')
      this.findings.fault(where, 'qti-branch', { name });
    else if (ASIDE.has(name)) this.findings.note(where, 'qti-aside', { name });
    else this.findings.fault(where, 'qti-element', { name });
  }
}
