// Every file of a bundle that follows from the journal alone. The builder writes them, the verifier makes them again from
// the rows in the bag and compares: what a bundle says and what happened cannot differ unnoticed.

import { answerable } from '../core/answer-values.js';
import type {
  AnswerableOutline,
  AnswerValue,
  Candidate,
  ItemOutline,
  Session,
  State,
} from '../core/types.js';
import { entryOf } from '../core/state-access.js';
import { bagFilePath } from './verify-files.js';
import type { ListedVideo } from './verify-video.js';

/**
 * Path and UTF-8 text of one file after the other: those of a room of thousands are never in memory together. Everybody on the
 * roster is in them: absent, refused, unfinished, ended.
 * @param video the recordings in the same rows
 */
export function* derivedFiles(
  state: State,
  sessionId: string,
  video?: Pick<ListedVideo, 'files'>,
): Generator<[path: string, text: string]> {
  const session = entryOf(state.sessions, sessionId);
  if (session === undefined) throw new Error(`The journal has no session ${sessionId}`);
  const json = (path: string, value: unknown): [string, string] => [
    `data/${path}`,
    `${JSON.stringify(value, null, 1)}\n`,
  ];
  yield json('session.json', sessionFile(session));
  yield json('package.json', packageFile(state));
  yield json('attendance.json', Object.values(session.candidates).map(attendanceOf));
  yield json('incidents.json', session.incidents);
  yield json('seats.json', seatHistory(state, session));
  if (video !== undefined) yield* video.files(state, session);
  for (const candidate of Object.values(session.candidates)) {
    const folder = `candidates/${candidate.entry.ticketNo}`;
    const { answers, contested, files: received } = candidate;
    yield json(`${folder}/answers.json`, { answers, contested, files: received });
    yield json(`${folder}/order.json`, candidate.order);
    yield [`data/${folder}/result.xml`, resultXml(session, candidate)];
  }
}

/** How many answers count, over all candidates. */
export function countAnswers(session: Session): number {
  return Object.values(session.candidates).reduce((sum, { answers }) => sum + Object.keys(answers).length, 0);
}

function sessionFile({ plan, candidates: _candidates, ...rest }: Session) {
  const { roster: _roster, ...planned } = plan;
  return { ...rest, plan: planned };
}

function packageFile({ package: installed }: State) {
  if (installed === null) return null;
  const { packageId, sequence, manifestHash, orgName, planName, siteName, roomName } = installed;
  return { packageId, sequence, manifestHash, orgName, planName, siteName, roomName };
}

function attendanceOf({
  entry,
  attendance,
  checkedInAt,
  refusedReason,
  ended,
  grants,
  leases,
  receivedAllAt,
  gapsMs,
}: Candidate) {
  const { candidateId, ticketNo, name, documentType, documentNo, kind, school, seatId } = entry;
  const who = { candidateId, ticketNo, name, documentType, documentNo, kind, school, seatId };
  const seats = leases.map(({ no, seatId: at, from, to }) => ({ lease: no, seatId: at, from, to }));
  return { ...who, attendance, checkedInAt, refusedReason, ended, grants, seats, receivedAllAt, gapsMs };
}

/** Which PC served whom, and when it was without the server. */
function seatHistory(state: State, session: Session) {
  const leases = Object.values(session.candidates).flatMap(({ entry, leases: held }) =>
    held.map((lease) => ({ candidateId: entry.candidateId, ...lease })),
  );
  return Object.values(state.seats).map(({ seatId, label, spare, pcId, check }) => ({
    seatId,
    label,
    spare,
    pcId,
    check,
    leases: leases.filter((lease) => lease.seatId === seatId),
  }));
}

const QTI_RESULT = 'http://www.imsglobal.org/xsd/imsqti_result_v3p0';

/**
 * QTI Results Reporting 3.0 of one candidate, with the order of choices that he or she saw. Written line by line: a tree of
 * nodes for each of thousands of candidates would take the server away for many seconds.
 */
function resultXml({ plan }: Session, candidate: Candidate): string {
  const { entry, order, answers, ended } = candidate;
  const at = new Date(ended?.at ?? candidate.checkedInAt ?? plan.startsAt).toISOString();
  const items = outlines(plan.papers.find(({ paperId }) => paperId === order?.paperId)?.sections ?? []);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<assessmentResult xmlns="${QTI_RESULT}">`,
    `  <context sourcedId=${quoted(entry.candidateId)}>`,
    `    <sessionIdentifier sourceID="ticketNo" identifier=${quoted(entry.ticketNo)}/>`,
    '  </context>',
    `  <testResult identifier=${quoted(order?.paperId ?? plan.sessionId)} datestamp="${at}"/>`,
  ];
  let sequenceIndex = 0;
  for (const section of order?.sections ?? [])
    for (const { itemId, options } of section.items) {
      const answer = answers[itemId];
      sequenceIndex += 1;
      const datestamp = answer === undefined ? at : new Date(answer.savedAt).toISOString();
      const sessionStatus = answer === undefined ? 'initial' : 'pendingResponseProcessing';
      const attributes = `sequenceIndex="${sequenceIndex}" datestamp="${datestamp}" sessionStatus="${sessionStatus}"`;
      lines.push(`  <itemResult identifier=${quoted(itemId)} ${attributes}>`);
      const item = items.get(itemId);
      if (item?.type === 'fill-in')
        item.blanks.forEach((_, index) => {
          const kind = 'cardinality="single" baseType="string"';
          lines.push(...response(`RESPONSE_${index + 1}`, kind, blankOf(answer?.value, index)));
        });
      else if (item !== undefined && 'files' in item) {
        const named = answer !== undefined && 'files' in answer.value ? answer.value.files : [];
        // By reference: the bytes lie beside this file, under their hash.
        lines.push(...response('RESPONSE', 'cardinality="multiple" baseType="file"', named.map(bagFilePath)));
      } else if (item !== undefined && 'maxLength' in item) {
        const text = answer !== undefined && 'text' in answer.value ? answer.value.text : '';
        const values = text === '' ? [] : [text];
        lines.push(...response('RESPONSE', 'cardinality="single" baseType="string"', values));
      } else if (item !== undefined) {
        const cardinality = item.type === 'multiple' ? 'multiple' : 'single';
        const kind = `cardinality="${cardinality}" baseType="identifier" choiceSequence=${quoted(options.join(' '))}`;
        const chosen = answer !== undefined && 'options' in answer.value ? answer.value.options : [];
        lines.push(...response('RESPONSE', kind, chosen));
      }
      lines.push('  </itemResult>');
    }
  return `${lines.join('\n')}\n</assessmentResult>\n`;
}

function response(identifier: string, kind: string, values: readonly string[]): string[] {
  return [
    `    <responseVariable identifier="${identifier}" ${kind}>`,
    '      <candidateResponse>',
    ...values.map((value) => `        <value>${escaped(value)}</value>`),
    '      </candidateResponse>',
    '    </responseVariable>',
  ];
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text between tags. Line ends and tabs as references: a reader of XML would change them otherwise. */
function escaped(text: string): string {
  return withoutControls(text)
    .replace(/[&<>"]/g, (found) => ESCAPES[found] ?? found)
    .replace(/[\t\n\r\u0085\u2028]/g, (found) => `&#${found.charCodeAt(0)};`);
}

/** The value of an attribute, with its quotes. */
function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

function blankOf(value: AnswerValue | undefined, index: number): string[] {
  const text = value !== undefined && 'blanks' in value ? (value.blanks[index] ?? '') : '';
  return text === '' ? [] : [text];
}

/** XML 1.0 has no form for these; answers.json keeps the text to the letter. */
function withoutControls(text: string): string {
  return text
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .replace(/\p{Cc}/gu, (control) => (/[\t\n\r]/.test(control) || control >= '\u007f' ? control : '\ufffd'))
    .replace(/[\ufffe\uffff]/g, '\ufffd');
}

function outlines(sections: readonly { items: readonly ItemOutline[] }[]): Map<string, AnswerableOutline> {
  return new Map(sections.flatMap(({ items }) => answerable(items)).map((item) => [item.itemId, item]));
}
