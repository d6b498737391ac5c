// Reads the frames of the room. What a page relies on is looked at here, once; a frame that is not so is no message of the
// room's: a proxy or a damaged line, and the room will say it again.

import type { RoomMessage } from '../../../server/protocol/seat.js';

type Fields = Record<string, unknown>;

/** The message in a frame, or null. Types and fields that this page does not know are left alone. */
export function readFrame(text: string): RoomMessage | null {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(frame) || typeof frame.t !== 'string') return null;
  const isWhole = WHOLE[frame.t as RoomMessage['t']] as ((fields: Fields) => boolean) | undefined;
  if (isWhole !== undefined && !isWhole(frame)) return null;
  return frame as RoomMessage;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isTime = (value: unknown) => typeof value === 'number' && value >= 0 && value <= 8.64e15;
const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const listOf = (value: unknown, isOne: (one: unknown) => boolean) =>
  Array.isArray(value) && value.every(isOne);
const texts = (fields: Fields, ...names: string[]) => names.every((name) => isText(fields[name]));
const orNull = (value: unknown, isOne: (one: Fields) => boolean) =>
  value === null || (isObject(value) && isOne(value));

const isPart = (part: unknown) => isObject(part) && texts(part, 'path', 'sha256');

const isSession = (session: Fields) =>
  texts(session, 'sessionId', 'packageId', 'certificate', 'level', 'subject') &&
  typeof session.minutes === 'number' &&
  isTime(session.startsAt) &&
  listOf(session.remindersBeforeEndMs, isCount) &&
  listOf(session.parts, isPart);

const isCandidate = (candidate: Fields) =>
  texts(candidate, 'candidateId', 'name', 'ticketNo') &&
  isCount(candidate.lease) &&
  (candidate.photoUrl === null || isText(candidate.photoUrl)) &&
  (candidate.endsAt === null || isTime(candidate.endsAt)) &&
  typeof candidate.remainingMs === 'number';

const isFile = (file: unknown) =>
  isObject(file) && texts(file, 'fileHash', 'name', 'type') && isCount(file.size);

const isAnswer = (answer: unknown) =>
  isObject(answer) &&
  isText(answer.itemId) &&
  isCount(answer.lease) &&
  isCount(answer.rev) &&
  isObject(answer.value) &&
  (listOf(answer.value.options, isText) ||
    listOf(answer.value.blanks, isText) ||
    listOf(answer.value.files, isFile) ||
    isText(answer.value.text));

const isItemOrder = (item: unknown) => isObject(item) && isText(item.itemId) && listOf(item.options, isText);

const isSectionOrder = (section: unknown) =>
  isObject(section) && isText(section.sectionId) && listOf(section.items, isItemOrder);

const isProbes = (probes: unknown) =>
  isObject(probes) && listOf(probes.addresses, isText) && isTime(probes.fromMs) && isTime(probes.toMs);

const WHOLE: Record<RoomMessage['t'], (fields: Fields) => boolean> = {
  welcome: ({ now, probes }) => isTime(now) && (probes === undefined || isProbes(probes)),
  state: (fields) =>
    texts(fields, 'stage', 'roomName', 'helpTelephone') &&
    isTime(fields.now) &&
    (fields.seatLabel === null || isText(fields.seatLabel)) &&
    (fields.pairingCode === null || isText(fields.pairingCode)) &&
    orNull(fields.session, isSession) &&
    orNull(fields.candidate, isCandidate),
  paper: (fields) =>
    texts(fields, 'candidateId', 'paperId', 'key') &&
    isCount(fields.lease) &&
    isObject(fields.itemKeys) &&
    Object.values(fields.itemKeys).every(isText) &&
    isObject(fields.order) &&
    listOf(fields.order.sections, isSectionOrder) &&
    listOf(fields.answers, isAnswer) &&
    (fields.files === undefined || listOf(fields.files, isText)),
  ack: ({ now, ids }) => isTime(now) && listOf(ids, isCount),
  refused: ({ now, id, code, params }) =>
    isTime(now) && isCount(id) && isText(code) && (params === undefined || isObject(params)),
  beat: ({ now, sent }) => isTime(now) && typeof sent === 'number',
  reminder: ({ now }) => isTime(now),
  message: ({ now, text, at }) => isTime(now) && isText(text) && isTime(at),
  rehearse: ({ word, now }) => isTime(now) && (word === null || isText(word)),
  bye: ({ code }) => isText(code),
};
