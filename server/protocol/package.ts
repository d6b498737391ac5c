// The exam package `*.exampkg`: what its entries are and what its signed manifest says. An uncompressed zip; nothing in it
// is read before signature, expiry, sequence and hashes agree.

import { Type, type Static } from '@sinclair/typebox';
import { ID_PATTERN } from './ids.js';
import { FileLimitsSchema, Role, SubjectSchema, type Marking } from './paper-source.js';
import { PolicySchema } from './policy.js';

export const PACKAGE_FORMAT = 'kaochang-package-1';
export const CIPHER_SUITE = 'intl-1';
export const PACKAGE_PAYLOAD_TYPE = 'application/vnd.kaochang.package+json';
export const RELEASE_PAYLOAD_TYPE = 'application/vnd.kaochang.release+json';
export const MANIFEST_ENTRY = 'manifest.dsse.json';
export const PLAN_ENTRY = 'plan.json';
export const ROSTER_ENTRY = 'roster.age';

/** Limits of what a room reads; a package beyond them is refused before it is unpacked. */
export const MAX_ENTRIES = 20_000;
export const MAX_ENTRY_BYTES = 512 * 1024 * 1024;
export const MAX_MANIFEST_BYTES = 8 * 1024 * 1024;
/** Rule 12: the text that every PC fetches before the start. */
export const MAX_TEXT_BYTES = 300 * 1024;

const strict = { additionalProperties: false } as const;
const Id = Type.String({ minLength: 1, maxLength: 64, pattern: ID_PATTERN });
const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
const Instant = Type.Integer({ minimum: 0 });

export const EntryPath = Type.String({
  maxLength: 200,
  pattern: '^(?!.*(^|/)\\.{1,2}(/|$))[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$',
});

export const ManifestSchema = Type.Object(
  {
    format: Type.Literal(PACKAGE_FORMAT),
    packageId: Id,
    sequence: Type.Integer({ minimum: 1 }),
    suite: Type.Literal(CIPHER_SUITE),
    orgId: Id,
    orgName: Type.String({ maxLength: 200 }),
    planNo: Type.String({ maxLength: 64 }),
    planName: Type.String({ maxLength: 200 }),
    rooms: Type.Array(
      Type.Object(
        { roomId: Id, name: Type.String({ maxLength: 200 }), keyId: Type.String(), recipient: Type.String() },
        strict,
      ),
      { minItems: 1, maxItems: 100 },
    ),
    orgRecipient: Type.String({ maxLength: 200 }),
    issuedAt: Instant,
    expiresAt: Instant,
    minServer: Type.String({ pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$' }),
    entries: Type.Array(
      Type.Object(
        { path: EntryPath, bytes: Type.Integer({ minimum: 0, maximum: MAX_ENTRY_BYTES }), sha256: Hash },
        strict,
      ),
      { maxItems: MAX_ENTRIES },
    ),
  },
  strict,
);
export type Manifest = Static<typeof ManifestSchema>;

const ANSWERABLE_OUTLINES = [
  Type.Object(
    {
      itemId: Id,
      type: Type.Union([Type.Literal('single'), Type.Literal('multiple'), Type.Literal('true-false')]),
      points: Type.Number(),
      options: Type.Array(Id, { maxItems: 26 }),
      shuffleOptions: Type.Boolean(),
    },
    strict,
  ),
  Type.Object(
    {
      itemId: Id,
      type: Type.Literal('fill-in'),
      points: Type.Number(),
      blanks: Type.Array(Type.Object({ maxLength: Type.Integer({ minimum: 1 }) }, strict)),
    },
    strict,
  ),
  Type.Object(
    {
      itemId: Id,
      type: Type.Union([Type.Literal('short-text'), Type.Literal('essay')]),
      points: Type.Number(),
      maxLength: Type.Integer({ minimum: 1 }),
    },
    strict,
  ),
  Type.Object(
    {
      itemId: Id,
      type: Type.Union([Type.Literal('file-upload'), Type.Literal('screenshot')]),
      points: Type.Number(),
      files: FileLimitsSchema,
    },
    strict,
  ),
] as const;

const ItemOutlineSchema = Type.Union([
  ...ANSWERABLE_OUTLINES,
  Type.Object(
    {
      itemId: Id,
      type: Type.Literal('case'),
      points: Type.Number(),
      shuffleItems: Type.Boolean(),
      items: Type.Array(Type.Union([...ANSWERABLE_OUTLINES]), { minItems: 1 }),
    },
    strict,
  ),
]);

const PaperOutlineSchema = Type.Object(
  {
    paperId: Id,
    use: Type.Union([Type.Literal('main'), Type.Literal('reserve')]),
    /** There is something to listen to: headphones are tried before the exam. */
    audio: Type.Optional(Type.Literal(true)),
    sections: Type.Array(
      Type.Object(
        {
          sectionId: Id,
          title: Type.String({ maxLength: 100 }),
          shuffleItems: Type.Boolean(),
          draw: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
          items: Type.Array(ItemOutlineSchema),
        },
        strict,
      ),
    ),
  },
  strict,
);

/** plan.json of a package: what everybody may know. */
export const PackagePlanSchema = Type.Object(
  {
    siteName: Type.String(),
    roomName: Type.String(),
    helpTelephone: Type.String(),
    certificate: Type.String(),
    level: Type.String(),
    seats: Type.Array(Type.Object({ seatId: Id, label: Type.String(), spare: Type.Boolean() }, strict)),
    policy: PolicySchema,
    sessions: Type.Array(
      Type.Object(
        {
          sessionId: Id,
          startsAt: Instant,
          practice: Type.Boolean(),
          subject: SubjectSchema,
          papers: Type.Array(PaperOutlineSchema, { minItems: 1 }),
        },
        strict,
      ),
      { minItems: 1 },
    ),
  },
  strict,
);
export type PackagePlan = Static<typeof PackagePlanSchema>;

/** As server/keys/pin.ts makes it; a package may not ask a room for more memory than this. */
const PinHashSchema = Type.Object(
  {
    algorithm: Type.Literal('scrypt'),
    n: Type.Integer({ minimum: 2, maximum: 2 ** 18 }),
    r: Type.Integer({ minimum: 8, maximum: 8 }),
    p: Type.Integer({ minimum: 1, maximum: 1 }),
    /** base64 */
    salt: Type.String({ maxLength: 100 }),
    hash: Type.String({ maxLength: 100 }),
  },
  strict,
);
export type PinHash = Static<typeof PinHashSchema>;

/** roster.age, opened: people, and the secrets that only the room may hold. */
export const PackageRosterSchema = Type.Object(
  {
    /** Every candidate once, with the sessions that he or she sits. */
    candidates: Type.Array(
      Type.Object(
        {
          candidateId: Id,
          ticketNo: Type.String({ pattern: '^[0-9]{6,40}$' }),
          name: Type.String({ maxLength: 200 }),
          documentType: Type.String({ maxLength: 100 }),
          documentNo: Type.String({ maxLength: 100 }),
          kind: Type.Union([Type.Literal('school'), Type.Literal('society')]),
          school: Type.String({ maxLength: 200 }),
          seatId: Id,
          sessions: Type.Array(Id),
          /** Path of the sealed photo in the package, null where there is none. */
          photo: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
          photoType: Type.String({ maxLength: 100 }),
        },
        strict,
      ),
    ),
    staff: Type.Array(
      Type.Object(
        { staffId: Id, name: Type.String({ maxLength: 200 }), roles: Type.Array(Role), pin: PinHashSchema },
        strict,
      ),
    ),
    /** base64; seals photos. */
    photoKey: Type.String({ maxLength: 100 }),
    /** base64; checks the org's typed codes (rule 14). */
    authorisationKey: Type.String({ maxLength: 100 }),
  },
  strict,
);
export type PackageRoster = Static<typeof PackageRosterSchema>;

/** papers/<paperId>/opening.age, opened: the room's half of the secret (rule 10). */
export interface PaperOpening {
  /** scrypt cost of the start code and of the PINs. */
  codeCost: number;
  pinCost: number;
  /** S_room under the PIN of each chief and deputy: base64 salt and box. */
  shares: { staffId: string; salt: string; box: string }[];
  /** The content key under both halves, base64. */
  contentKeyBox: string;
}

/** papers/<paperId>/scoring.age, opened by the org alone (rule 11). */
export interface ScoringPart {
  packageId: string;
  paperId: string;
  title: string;
  passMark: number;
  weight: number;
  /** base64: the org can read the paper again for a review. */
  contentKey: string;
  items: ScoringItem[];
}

/** Items of a case stand here on their own; the case itself earns nothing. */
export type ScoringItem = { itemId: string; sectionId: string; points: number; caseId?: string } & (
  | { type: 'single'; answer: string }
  | { type: 'multiple'; answer: string[]; pointsWhenMissing: number | null }
  | { type: 'true-false'; answer: boolean }
  | { type: 'fill-in'; accept: string[][] }
  /** Marked by people. */
  | { type: 'short-text' | 'essay' | 'file-upload' | 'screenshot'; marking: Marking }
);

/** What the org keeps after a build; never travels with the package. */
export interface PackageSecrets {
  format: 'kaochang-secrets-1';
  packageId: string;
  /** base64; makes the org's typed codes. */
  authorisationKey: string;
  papers: { paperId: string; use: 'main' | 'reserve'; sessionId: string; startCode: string }[];
}
