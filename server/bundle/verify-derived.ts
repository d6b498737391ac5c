// Every file of a bundle that follows from the journal alone. The builder writes them, the verifier makes them again from
// the rows in the bag and compares: what a bundle says and what happened cannot differ unnoticed.

import { create } from 'xmlbuilder2';
import type { AnswerValue, Candidate, ItemOutline, Session, State } from '../core/types.js';

/** Files by path, as UTF-8 text. Everybody on the roster is in them: absent, refused, unfinished, ended. */
export function derivedFiles(state: State, sessionId: string): Map<string, string> {
  const session = state.sessions[sessionId];
  if (session === undefined) throw new Error(`The journal has no session ${sessionId}`);
  const files = new Map<string, string>();
  const put = (path: string, value: unknown) =>
    files.set(`data/${path}`, `${JSON.stringify(value, null, 1)}\n`);
  put('session.json', sessionFile(session));
  put('package.json', packageFile(state));
  put('attendance.json', Object.values(session.candidates).map(attendanceOf));
  put('incidents.json', session.incidents);
  put('seats.json', seatHistory(state, session));
  for (const candidate of Object.values(session.candidates)) {
    const folder = `candidates/${candidate.entry.ticketNo}`;
    put(`${folder}/answers.json`, { answers: candidate.answers, contested: candidate.contested });
    put(`${folder}/order.json`, candidate.order);
    files.set(`data/${folder}/result.xml`, resultXml(session, candidate));
  }
  return files;
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

/** QTI Results Reporting 3.0 of one candidate, with the order of choices that he or she saw. */
function resultXml({ plan }: Session, candidate: Candidate): string {
  const { entry, order, answers, ended } = candidate;
  const root = create({ version: '1.0', encoding: 'UTF-8' }).ele(QTI_RESULT, 'assessmentResult');
  const context = root.ele('context', { sourcedId: entry.candidateId });
  context.ele('sessionIdentifier', { sourceID: 'ticketNo', identifier: entry.ticketNo });
  const at = new Date(ended?.at ?? candidate.checkedInAt ?? plan.startsAt).toISOString();
  root.ele('testResult', { identifier: order?.paperId ?? plan.sessionId, datestamp: at });
  const items = outlines(plan.papers.find(({ paperId }) => paperId === order?.paperId)?.sections ?? []);
  let sequenceIndex = 0;
  for (const section of order?.sections ?? [])
    for (const { itemId, options } of section.items) {
      const answer = answers[itemId];
      sequenceIndex += 1;
      const result = root.ele('itemResult', {
        identifier: itemId,
        sequenceIndex: String(sequenceIndex),
        datestamp: new Date(answer?.savedAt ?? Date.parse(at)).toISOString(),
        sessionStatus: answer === undefined ? 'initial' : 'pendingResponseProcessing',
      });
      const item = items.get(itemId);
      if (item === undefined) continue;
      if (item.type === 'fill-in')
        item.blanks.forEach((_, index) =>
          response(result, `RESPONSE_${index + 1}`, 'single', 'string', null, blankOf(answer?.value, index)),
        );
      else
        response(
          result,
          'RESPONSE',
          item.type === 'multiple' ? 'multiple' : 'single',
          'identifier',
          options,
          answer !== undefined && 'options' in answer.value ? answer.value.options : [],
        );
    }
  return root.end({ prettyPrint: true });
}

type XmlNode = ReturnType<typeof create>;

function response(
  parent: XmlNode,
  identifier: string,
  cardinality: string,
  baseType: string,
  choices: readonly string[] | null,
  values: readonly string[],
): void {
  const attributes = { identifier, cardinality, baseType };
  const sequence = choices === null ? {} : { choiceSequence: choices.join(' ') };
  const candidateResponse = parent
    .ele('responseVariable', { ...attributes, ...sequence })
    .ele('candidateResponse');
  for (const value of values) candidateResponse.ele('value').txt(withoutControls(value));
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

function outlines(sections: readonly { items: readonly ItemOutline[] }[]): Map<string, ItemOutline> {
  return new Map(sections.flatMap(({ items }) => items).map((item) => [item.itemId, item]));
}
