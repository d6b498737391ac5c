// Opens a paper as the document of the seats' channel describes it: AES-256-GCM with WebCrypto, additional data
// `<packageId>/<path>`, items drawn from pools under keys of their own.

import { createHash, webcrypto } from 'node:crypto';
import type { PcStorage } from './pc-storage.js';
import type { RoomHttp } from './room-http.js';
import { WireFault, type WireRules } from './wire-rules.js';

export interface Part {
  path: string;
  sha256: string;
  bytes: number;
}

export interface Item {
  itemId: string;
  type: string;
  stem: string | null;
  options: { id: string; html: string }[];
  blanks: { maxLength: number }[];
  text?: { maxLength: number };
  audio?: { path: string; maxPlays: number | null };
  files?: { maxCount: number; maxBytes: number; types: string[] };
  case?: { materials: { title: string; file: Material | null }[]; items: Item[] };
}

export interface Material {
  name: string;
  path: string;
  bytes: number;
}

export interface OpenedPaper {
  /** In the order dealt; those of a case in place of the case. */
  items: Item[];
  /** What cases give to take. */
  materials: Material[];
}

export interface PaperWord {
  candidateId: string;
  lease: number;
  paperId: string;
  key: string;
  itemKeys: Record<string, string>;
  order: {
    sections: { sectionId: string; items: { itemId: string; options: string[]; caseId?: string }[] }[];
  };
  answers: { itemId: string; lease: number; rev: number; value: unknown; marked: boolean }[];
  files?: string[];
  plays?: Record<string, number>;
}

const NONCE_BYTES = 12;

export class SealedPaper {
  constructor(
    private readonly storage: PcStorage,
    private readonly http: RoomHttp,
    private readonly rules: WireRules,
  ) {}

  /** Fetches the ciphertext ahead of the start, the text first. @throws WireFault where bytes are not what their name says */
  async fetch(parts: readonly Part[]): Promise<void> {
    const rank = ({ path }: Part) => (path.endsWith('/text.sealed') ? 0 : path.includes('/items/') ? 1 : 2);
    for (const part of [...parts].sort((a, b) => rank(a) - rank(b))) await this.#bytes(part);
  }

  /** The paper of one candidate. @throws WireFault where order and content do not belong together */
  async open(packageId: string, parts: readonly Part[], word: PaperWord): Promise<OpenedPaper> {
    const textPath = `papers/${word.paperId}/text.sealed`;
    const key = await importKey(word.key);
    const content = JSON.parse(await this.#opened(packageId, parts, textPath, key)) as {
      sections: { sectionId: string; items: Item[] }[];
    };
    this.rules.heard('PaperContent', content);
    const whole = new Map<string, Item>();
    for (const [itemId, itemKey] of Object.entries(word.itemKeys)) {
      const path = `papers/${word.paperId}/items/${itemId}.sealed`;
      const item = JSON.parse(await this.#opened(packageId, parts, path, await importKey(itemKey))) as Item;
      this.rules.heard('ItemContent', item);
      whole.set(itemId, item);
    }
    const all = [...content.sections.flatMap((section) => section.items), ...whole.values()];
    const materials = all.flatMap((item) =>
      (item.case?.materials ?? []).flatMap(({ file }) => (file === null ? [] : [file])),
    );
    const items = word.order.sections.flatMap(({ sectionId, items }) => {
      const section = content.sections.find((one) => one.sectionId === sectionId);
      const named = (itemId: string) =>
        whole.get(itemId) ?? section?.items.find((one) => one.itemId === itemId);
      return items.map(({ itemId, caseId, options }) => {
        const item =
          caseId === undefined
            ? named(itemId)
            : named(caseId)?.case?.items.find((one) => one.itemId === itemId);
        if (item === undefined || item.stem === null)
          throw new WireFault(`The order names ${itemId}, which has no words`);
        return {
          ...item,
          options: options.map((id) => item.options.find((one) => one.id === id) ?? { id, html: '' }),
        };
      });
    });
    return { items, materials };
  }

  /** A file or picture of the paper. */
  async media(packageId: string, parts: readonly Part[], path: string, key: string): Promise<Buffer> {
    return this.#openedBytes(packageId, parts, path, await importKey(key));
  }

  async #opened(
    packageId: string,
    parts: readonly Part[],
    path: string,
    key: webcrypto.CryptoKey,
  ): Promise<string> {
    return (await this.#openedBytes(packageId, parts, path, key)).toString('utf8');
  }

  async #openedBytes(
    packageId: string,
    parts: readonly Part[],
    path: string,
    key: webcrypto.CryptoKey,
  ): Promise<Buffer> {
    const part = parts.find((one) => one.path === path);
    if (part === undefined) throw new WireFault(`${path} is not among the parts`);
    const sealed = await this.#bytes(part);
    const additionalData = new TextEncoder().encode(`${packageId}/${path}`);
    const iv = sealed.subarray(0, NONCE_BYTES);
    const data = sealed.subarray(NONCE_BYTES);
    return Buffer.from(await webcrypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, data));
  }

  async #bytes({ path, sha256, bytes }: Part): Promise<Buffer> {
    const kept = this.storage.parts.get(sha256);
    if (kept !== undefined) return kept;
    const reply = await this.http.call('sealedPart', { parameters: { sha256 } });
    if (reply?.status !== 200) throw new WireFault(`${path} is not to be had`);
    if (reply.body.length !== bytes || createHash('sha256').update(reply.body).digest('hex') !== sha256)
      throw new WireFault(`${path} is not what its hash says`);
    this.storage.parts.set(sha256, reply.body);
    return reply.body;
  }
}

function importKey(base64: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 32) throw new WireFault('A key has 32 bytes');
  return webcrypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['decrypt']);
}
