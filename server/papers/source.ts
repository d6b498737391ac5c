// Reads what an organisation wrote: plan.json, roster.json, photos/, papers/. Finds every fault before it says anything.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TSchema, Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import {
  PaperSourceSchema,
  PlanSourceSchema,
  RosterSourceSchema,
  type PlanSource,
  type RosterSource,
} from '../protocol/paper-source.js';
import { bandFaults } from './band-faults.js';
import { identityNumberProblem } from './identity-number.js';
import { readItems, sizeOf, type LoadedPaper } from './read-paper.js';
import { sharingFaults } from './shared-papers.js';

export type { LoadedPaper, MediumFile } from './read-paper.js';

export interface LoadedSource {
  plan: PlanSource;
  roster: RosterSource;
  photos: Map<string, { bytes: Buffer; type: string }>;
  papers: Map<string, LoadedPaper>;
  warnings: string[];
}

/** All faults of a source folder at once. */
export class SourceError extends Error {
  constructor(readonly problems: string[]) {
    super(
      `源数据有 ${problems.length} 处问题 / ${problems.length} problems in the source:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'SourceError';
  }
}

const PHOTO_MAX_BYTES = 5 * 1024 * 1024; // REQ-B02
const PHOTO_GOOD_BYTES = 60 * 1024; // REQ-B02
const PHOTO_SIZE = { width: 295, height: 413 }; // REQ-B02

/** @throws SourceError with every fault, by file and place */
export async function loadSource(folder: string): Promise<LoadedSource> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const plan = await readJson(folder, 'plan.json', PlanSourceSchema, problems);
  const roster = await readJson(folder, 'roster.json', RosterSourceSchema, problems);
  if (plan === null || roster === null) throw new SourceError(problems);
  checkRoster(plan, roster, problems);
  checkStaff(plan, problems);
  const photos = await readPhotos(folder, roster, problems, warnings);
  const papers = new Map<string, LoadedPaper>();
  for (const session of plan.sessions)
    for (const name of [session.main, session.reserve])
      if (name !== null && !papers.has(name)) {
        const loaded = await readPaper(folder, name, problems);
        if (loaded !== null) papers.set(name, loaded);
      }
  checkPaperIds(papers, problems);
  problems.push(...sharingFaults(plan));
  problems.push(...bandFaults(plan.policy.preflight).map((fault) => `plan.json: ${fault}`));
  if (problems.length > 0) throw new SourceError(problems);
  return { plan, roster, photos, papers, warnings };
}

async function readJson<T extends TSchema>(
  folder: string,
  name: string,
  schema: T,
  problems: string[],
): Promise<Static<T> | null> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(join(folder, name), 'utf8'));
  } catch (error) {
    problems.push(`${name}: ${(error as Error).message}`);
    return null;
  }
  const faults = [...Value.Errors(schema, value)].slice(0, 50);
  for (const { path, message } of faults) problems.push(`${name}${path}: ${message}`);
  return faults.length === 0 ? (value as Static<T>) : null;
}

function checkRoster(plan: PlanSource, roster: RosterSource, problems: string[]): void {
  const seats = new Set(plan.seats.map(({ seatId }) => seatId));
  const sessions = new Set(plan.sessions.map(({ sessionId }) => sessionId));
  const seen = { candidateId: new Set<string>(), ticketNo: new Set<string>(), documentNo: new Set<string>() };
  const taken = new Set<string>();
  roster.forEach((person, index) => {
    const where = `roster.json/${index} (${person.name})`;
    for (const field of ['candidateId', 'ticketNo', 'documentNo'] as const) {
      if (seen[field].has(person[field]))
        problems.push(`${where}: ${field} ${person[field]} 重复 / occurs twice`);
      seen[field].add(person[field]);
    }
    if (!seats.has(person.seatId)) problems.push(`${where}: 没有考位 / no seat ${person.seatId}`);
    for (const sessionId of person.sessions) {
      if (!sessions.has(sessionId)) problems.push(`${where}: 没有场次 / no session ${sessionId}`);
      const place = `${sessionId} ${person.seatId}`;
      if (taken.has(place)) problems.push(`${where}: 考位已有人 / the seat is taken: ${place}`);
      taken.add(place);
    }
    const problem = person.documentType === '居民身份证' ? identityNumberProblem(person.documentNo) : null;
    if (problem !== null) problems.push(`${where}: ${problem}`);
  });
}

function checkStaff(plan: PlanSource, problems: string[]): void {
  const ids = new Set<string>();
  for (const { staffId } of plan.staff) {
    if (ids.has(staffId)) problems.push(`plan.json/staff: ${staffId} 重复 / occurs twice`);
    ids.add(staffId);
  }
  if (!plan.staff.some(({ roles }) => roles.includes('chief')))
    problems.push('plan.json/staff: 没有主考 / there is no chief, and nobody could open a paper');
  for (const field of ['expires'] as const)
    if (Number.isNaN(Date.parse(plan[field]))) problems.push(`plan.json/${field}: 不是时间 / is no time`);
  plan.sessions.forEach(({ startsAt }, index) => {
    if (Number.isNaN(Date.parse(startsAt)))
      problems.push(`plan.json/sessions/${index}/startsAt: 不是时间 / is no time`);
  });
}

async function readPhotos(folder: string, roster: RosterSource, problems: string[], warnings: string[]) {
  const photos = new Map<string, { bytes: Buffer; type: string }>();
  for (const { documentNo, name, candidateId } of roster) {
    const file = ['jpg', 'png']
      .map((ending) => join('photos', `${documentNo}.${ending}`))
      .find((one) => existsSync(join(folder, one)));
    if (file === undefined) {
      warnings.push(`photos: ${name} 没有照片 / no photo (${documentNo})`);
      continue;
    }
    const bytes = await readFile(join(folder, file));
    const image = sizeOf(bytes);
    if (image === null || image.type === 'image/webp') {
      problems.push(`${file}: 不是 JPEG 或 PNG 图片 / is neither JPEG nor PNG`);
      continue;
    }
    if (bytes.length > PHOTO_MAX_BYTES) problems.push(`${file}: 超过 5 MB / is larger than 5 MB`);
    if (bytes.length > PHOTO_GOOD_BYTES) warnings.push(`${file}: 超过 60 kB / is larger than 60 kB`);
    if (image.width !== PHOTO_SIZE.width || image.height !== PHOTO_SIZE.height)
      warnings.push(`${file}: ${image.width}x${image.height}，应为 / should be 295x413`);
    photos.set(candidateId, { bytes, type: image.type });
  }
  return photos;
}

async function readPaper(folder: string, name: string, problems: string[]): Promise<LoadedPaper | null> {
  const path = join('papers', name);
  const paper = await readJson(folder, join(path, 'paper.json'), PaperSourceSchema, problems);
  if (paper === null) return null;
  const { media, files } = await readItems(join(folder, path), paper, path, problems);
  return { folder: name, paper, media, files };
}

function checkPaperIds(papers: Map<string, LoadedPaper>, problems: string[]): void {
  const ids = [...papers.values()].map(({ paper }) => paper.paperId);
  if (new Set(ids).size !== ids.length) problems.push('papers: paperId 重复 / a paperId occurs twice');
}
