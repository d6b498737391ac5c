// A whole bag in memory: for tests that look into small bundles, change them and zip them again.

import yazl from 'yazl';
import { bytesOfBuffer } from '../../server/keys/readable-bytes.js';
import { Bag } from '../../server/bundle/verify-zip.js';

/** Files by path. */
export async function filesOf(bag: Bag | null): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const path of bag?.paths ?? []) if (bag !== null) files.set(path, await bag.read(path));
  return files;
}

/** Files of an unsealed bag. */
export async function readBag(bytes: Buffer): Promise<Map<string, Buffer>> {
  return filesOf(await Bag.open(bytesOfBuffer(bytes)));
}

/** An uncompressed zip of them. */
export async function zipOf(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const out = new yazl.ZipFile();
  for (const [path, bytes] of files) out.addBuffer(bytes, path, { compress: false });
  out.end();
  const chunks: Buffer[] = [];
  for await (const chunk of out.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
