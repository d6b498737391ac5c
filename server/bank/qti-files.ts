// The files of a QTI package that items refer to: pictures, recordings, materials. Read ahead of an item, kept on the shelf of the
// paper when the item takes them; nothing outside the package is ever read.

import { MATERIAL_MAX_BYTES } from '../papers/paper-files.js';
import { resolveInZip, type BankZip } from './bank-zip.js';
import { excerpt, type Findings } from './findings.js';
import { MAX_PICTURE_BYTES, MediaShelf, isPaperId, type FileKind } from './paper-draft.js';
import { ownFiles } from './qti-own.js';
import { descendantsOf, type XmlElement } from './xml-tree.js';

const MAX_FILE_BYTES = Math.max(MAX_PICTURE_BYTES, MATERIAL_MAX_BYTES);

export class PackageFiles {
  private readonly loaded = new Map<string, Buffer | null>();

  constructor(
    private readonly zip: BankZip,
    private readonly shelf: MediaShelf,
    private readonly findings: Findings,
  ) {}

  /** Reads whatever the elements of a file at `path` refer to. */
  async load(root: XmlElement, path: string): Promise<void> {
    const all = descendantsOf(root);
    const own = all
      .filter(({ name }) => name === 'div')
      .flatMap((element) => ownFiles(element).map((file) => `../media/${file}`));
    const sources = all
      .filter(({ name }) => ['img', 'object', 'audio', 'source', 'a'].includes(name))
      .map(({ attributes }) => attributes['src'] ?? attributes['data'] ?? attributes['href'] ?? '');
    for (const source of [...own, ...sources]) {
      const target = resolveInZip(path, source);
      if (target === null || this.loaded.has(target)) continue;
      const size = this.zip.sizeOf(target);
      this.loaded.set(target, size !== null && size <= MAX_FILE_BYTES ? await this.zip.read(target) : null);
    }
  }

  /** Whether a reference leads to a file of the package. */
  holds(path: string, source: string): boolean {
    const target = resolveInZip(path, source);
    return target !== null && this.zip.has(target);
  }

  /** @param name the name within the item that this system gave it. @returns null after a fault */
  takePicture(
    path: string,
    source: string,
    name: string | null,
    where: string,
  ): { name: string; file: string } | null {
    const found = this.bytesOf(path, source, where, 'picture-missing', MAX_PICTURE_BYTES);
    if (found === null) return null;
    const { bytes, bare } = found;
    const file = name === null ? this.shelf.put(bytes, bare) : this.shelf.keep(bare, bytes);
    if (file === null) {
      this.findings.fault(where, MediaShelf.ending(bytes) === null ? 'picture-kind' : 'picture-name', {
        name: excerpt(source),
      });
      return null;
    }
    const made = name ?? file.replace(/\.[^.]*$/, '');
    return { name: isPaperId(made) ? made : 'p1', file };
  }

  /** @param own whether this system wrote the package, so that the file keeps its name. @returns null after a fault */
  takeFile(path: string, source: string, kind: FileKind, own: boolean, where: string): string | null {
    const found = this.bytesOf(path, source, where, 'qti-no-file', MAX_FILE_BYTES);
    if (found === null) return null;
    const { bytes, bare } = found;
    if (own) {
      if (this.shelf.keepFile(bare, bytes, kind)) return bare;
      this.findings.fault(where, 'beside-name', { name: excerpt(source) });
      return null;
    }
    const put = this.shelf.putFile(bytes, bare, kind);
    if ('file' in put) return put.file;
    this.findings.fault(where, 'beside-bad', { name: excerpt(source), why: put.fault });
    return null;
  }

  private bytesOf(
    path: string,
    source: string,
    where: string,
    missing: 'picture-missing' | 'qti-no-file',
    max: number,
  ): { bytes: Buffer; bare: string } | null {
    const target = resolveInZip(path, source);
    const shown = excerpt(source);
    if (target === null) {
      this.findings.fault(where, 'qti-remote', { file: shown });
      return null;
    }
    const bytes = this.loaded.get(target) ?? null;
    if (bytes === null || bytes.length > max) {
      const tooLarge = (this.zip.sizeOf(target) ?? 0) > max;
      const code = tooLarge ? 'picture-too-large' : missing;
      this.findings.fault(where, code, { name: shown, file: shown, max: max / 1024 / 1024 });
      return null;
    }
    return { bytes, bare: target.split('/').at(-1) ?? '' };
  }
}
