// The result bundle: a BagIt 1.0 bag (RFC 8493), zipped, sealed to the organisation; beside it a statement that the site can
// check without reading it.

import { Type, type Static } from '@sinclair/typebox';

export const BUNDLE_FORMAT = 'kaochang-bundle-1';
export const TAG_MANIFEST_TYPE = 'application/vnd.kaochang.tagmanifest';
export const STATEMENT_TYPE = 'application/vnd.kaochang.bundle-statement+json';
export const RECEIPT_TYPE = 'application/vnd.kaochang.receipt+json';
/** The statement lies beside the sealed file under its name with this ending. */
export const STATEMENT_SUFFIX = '.dsse.json';

export const BAG = {
  declaration: 'bagit.txt',
  info: 'bag-info.txt',
  manifest: 'manifest-sha256.txt',
  tagManifest: 'tagmanifest-sha256.txt',
  signature: 'signatures/tagmanifest.dsse.json',
  rows: 'data/journal/rows.ndjson',
  heads: 'data/journal/heads.json',
  keys: 'data/journal/keys.json',
} as const;

const strict = { additionalProperties: false } as const;
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** What the room says of a sealed bundle; signed by the room (outer signature). */
export const StatementSchema = Type.Object(
  {
    format: Type.Literal(BUNDLE_FORMAT),
    sessionId: Type.String(),
    packageId: Type.String(),
    /** Of the sealed file. */
    sha256: Hash,
    bytes: Type.Integer({ minimum: 0 }),
    candidates: Type.Integer({ minimum: 0 }),
    answers: Type.Integer({ minimum: 0 }),
    /** Last row of the journal that the bundle carries. */
    chainSeq: Type.Integer({ minimum: 0 }),
    chainHead: Hash,
    builtAt: Type.Integer({ minimum: 0 }),
  },
  strict,
);
export type Statement = Static<typeof StatementSchema>;

/** The org's word that it has a bundle; only then may the room wipe. */
export const ReceiptSchema = Type.Object(
  {
    receiptId: Type.String({ minLength: 1, maxLength: 64 }),
    sessionId: Type.String(),
    sha256: Hash,
    candidates: Type.Integer({ minimum: 0 }),
    receivedAt: Type.Integer({ minimum: 0 }),
    /** Paths of files that the room had taken and lost: the organisation knows that it will never have them. */
    lost: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 500 }), { minItems: 1, maxItems: 100_000 }),
    ),
  },
  strict,
);
export type Receipt = Static<typeof ReceiptSchema>;
