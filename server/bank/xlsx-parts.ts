// The parts of an .xlsx package and what each points to.

import { resolveInZip, type BankZip } from './bank-zip.js';
import { BankRefusal } from './findings.js';
import { childrenOf, parseXml, type XmlElement } from './xml-tree.js';

/** Relations of a part: id -> what it points to. */
export type Relations = Map<string, { path: string | null; type: string; target: string }>;

/** @throws BankRefusal `part-missing` and those of the XML */
export async function readPart(zip: BankZip, path: string): Promise<XmlElement> {
  const bytes = await zip.read(path);
  if (bytes === null) throw new BankRefusal('part-missing', { part: path });
  return parseXml(bytes, path);
}

/** What a part points to; empty where it points to nothing. */
export async function readRelations(zip: BankZip, path: string): Promise<Relations> {
  const cut = path.lastIndexOf('/') + 1;
  const relsPath = `${path.slice(0, cut)}_rels/${path.slice(cut)}.rels`;
  const bytes = await zip.read(relsPath);
  const relations: Relations = new Map();
  if (bytes === null) return relations;
  for (const { attributes } of childrenOf(parseXml(bytes, relsPath), 'Relationship')) {
    const target = attributes['Target'] ?? '';
    const inside = attributes['TargetMode'] !== 'External';
    relations.set(attributes['Id'] ?? '', {
      path: inside ? resolveInZip(path, target) : null,
      type: attributes['Type'] ?? '',
      target,
    });
  }
  return relations;
}
