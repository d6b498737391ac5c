// What the verifier of bundles says: one fault and where it shows, for everything that does not hold.

import type { Statement } from '../protocol/bundle.js';

export type BundleFault =
  | 'no-statement'
  | 'statement-signature'
  | 'file-changed'
  | 'not-for-this-key'
  | 'not-a-bag'
  | 'file-missing'
  /** The room had taken the file and says itself that it is not in the bag: nobody changed anything afterwards. */
  | 'file-lost'
  | 'file-added'
  | 'file-hash'
  | 'bag-signature'
  | 'row-unreadable'
  | 'foreign-row'
  | 'chain'
  | 'head'
  | 'tail-cut'
  | 'body'
  | 'derived'
  /** The check of the room is not the one that the seal stands under, or nobody signed it. */
  | 'preflight-report'
  /** A line of the recordings is not what its hash says, or does not follow the one before. */
  | 'video-chain'
  | 'statement-differs';

export interface BundleProblem {
  fault: BundleFault;
  /** File of the bag, or row of the journal, where it shows. */
  where: string;
}

export interface BundleReport {
  ok: boolean;
  /** What was checked: the outside alone, or all of it. */
  depth: 'outer' | 'all';
  statement: Statement | null;
  candidates: number;
  answers: number;
  /** Files that candidates handed in. */
  files: number;
  rows: number;
  problems: BundleProblem[];
}

/** Names a fault. */
export type Note = (fault: BundleFault, where: string) => void;
