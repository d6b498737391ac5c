// Proves from outside that every file that the room said to have is in the bundle byte by byte, that nobody left before a file was
// there, and that no file lies with another candidate.

import type { AnswerValueMessage } from '../../server/protocol/seat.js';
import type { BundledCandidate, Evidence } from './evidence.js';
import type { Finding } from './checker.js';

/** Refusals of the room that are the room's own fault. A full disk is none. */
const FULL = 507;

export function checkFiles(evidence: Evidence): Finding[] {
  return [
    ...acknowledgedAreThere(evidence),
    ...nobodyLeftWithout(evidence),
    ...bytesAreThose(evidence),
    ...roomDidNotFail(evidence),
  ];
}

const hashesIn = (value: AnswerValueMessage) =>
  'files' in value ? value.files.map(({ fileHash }) => fileHash) : [];

/** Files that the answers of a candidate name in the end, accepted or contested. */
function namedBy({ answers, contested }: BundledCandidate): Set<string> {
  const records = [...Object.values(answers), ...contested.map(({ record }) => record)];
  return new Set(records.flatMap(({ value }) => hashesIn(value)));
}

function filesOf({ bundle }: Evidence): Map<string, Evidence['bundle']['files'][number]> {
  return new Map(bundle.files.map((file) => [`${file.candidateId} ${file.fileHash}`, file]));
}

/** What no answer names any more may be gone; everything else that was acknowledged is there. */
function acknowledgedAreThere(evidence: Evidence): Finding[] {
  const findings: Finding[] = [];
  const files = filesOf(evidence);
  const named = new Map(evidence.bundle.candidates.map((one) => [one.candidateId, namedBy(one)]));
  for (const { seatId, lines } of evidence.seats)
    for (const line of lines) {
      if (line.k !== 'file-acked') continue;
      const { candidateId, fileHash } = line;
      if (named.get(candidateId)?.has(fileHash) === true && !files.has(`${candidateId} ${fileHash}`))
        findings.push({
          rule: 'file-lost',
          text: `${candidateId} at ${seatId}: ${fileHash} was acknowledged and is not there`,
        });
    }
  return findings;
}

/** Whoever was told that all is in the room has all files in it that his or her standing answers name. */
function nobodyLeftWithout(evidence: Evidence): Finding[] {
  const findings: Finding[] = [];
  const files = filesOf(evidence);
  const left = new Map<string, Set<string>>();
  for (const { lines } of evidence.seats)
    for (const line of lines)
      if (line.k === 'shown') {
        const hashes = left.get(line.candidateId) ?? new Set();
        for (const { value } of line.rows) for (const fileHash of hashesIn(value)) hashes.add(fileHash);
        left.set(line.candidateId, hashes);
      }
  for (const { candidateId, answers } of evidence.bundle.candidates)
    for (const [itemId, { value }] of Object.entries(answers))
      for (const fileHash of hashesIn(value))
        if (left.get(candidateId)?.has(fileHash) === true && !files.has(`${candidateId} ${fileHash}`))
          findings.push({
            rule: 'file-missing',
            text: `${candidateId} left with ${fileHash} for ${itemId}, which is not there`,
          });
  return findings;
}

/** Each file was made by its candidate, and has the bytes that were made. */
function bytesAreThose({ bundle, seats }: Evidence): Finding[] {
  const findings: Finding[] = [];
  const made = new Map<string, number>();
  for (const { lines } of seats)
    for (const line of lines)
      if (line.k === 'file-made') made.set(`${line.candidateId} ${line.fileHash}`, line.size);
  for (const { candidateId, fileHash, sha256, size } of bundle.files) {
    const text = `${candidateId}: ${fileHash}`;
    const own = made.get(`${candidateId} ${fileHash}`);
    if (own === undefined)
      findings.push({ rule: 'foreign-file', text: `${text} was never made by this candidate` });
    else if (sha256 !== fileHash || size !== own)
      findings.push({
        rule: 'file-altered',
        text: `${text} has ${size} bytes with ${sha256}, ${own} were made`,
      });
  }
  return findings;
}

function roomDidNotFail({ seats }: Evidence): Finding[] {
  return seats.flatMap(({ seatId, lines }) =>
    lines.flatMap((line) =>
      line.k === 'file-refused' && line.status >= 500 && line.status !== FULL
        ? [{ rule: 'upload-fault', text: `${seatId}: ${line.method} ${line.path} came with ${line.status}` }]
        : [],
    ),
  );
}
