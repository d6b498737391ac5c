// The demo for a person: a server, a sheet with addresses and sign-ins, the other seats played, and single keys for whatever
// the person does not want to do by hand. It says at each stage what comes next.

import { makeOrgCode } from '../../server/keys/typed-code.js';
import { refusalText } from '../../server/protocol/refusal-texts.js';
import type { Outcome, RoomView } from '../../server/protocol/staff.js';
import { DayCrew, type DayMove } from '../../server/rehearsal/day-crew.js';
import { PlayedSeats } from '../../server/rehearsal/played-seats.js';
import { ServerProcess } from '../../server/rehearsal/server-process.js';
import { DemoDesk } from './demo-desk.js';
import { endRecorder, filmsText, handOverFilms, type DemoFilms } from './demo-cameras.js';
import { adviceOf, demoStage, type DemoStage } from './demo-advice.js';
import { listenToKeys } from './demo-keys.js';
import { settleResults } from './demo-results.js';
import { itemsOf, type DemoRoom } from './demo-room.js';
import { demoSheet, KEYS } from './demo-sheet.js';

/** Seats at which a person may sit; the others are played. */
const PERSONS = 3;
const SEAL_CODES = 3;
/** What cannot be undone is pressed twice within this time. */
const SURE_WITHIN_MS = 10_000;
const VIEW_COMES_WITHIN_MS = 1_000;

type Results = Awaited<ReturnType<typeof settleResults>>;

/** Runs until q or Ctrl+C. @returns the results where the day was played to its end */
export async function guideDemo(
  demo: DemoRoom,
  command: string,
  say: (text: string) => void,
  isFilmed = false,
) {
  const guide = new DemoGuide(demo, command, say, isFilmed);
  try {
    await guide.start();
    await listenToKeys(guide.keys);
  } finally {
    await guide.stop();
  }
  const { results, films } = guide;
  if (results === null) return;
  const { bundle, score } = results;
  const ok = bundle.verified && score.agree && films?.verified !== false;
  return { ok, data: demo.data, bundle, score, films };
}

class DemoGuide {
  results: Results | null = null;
  films: DemoFilms | null = null;
  readonly keys = {
    n: () => this.#alone('staff', () => this.#next()),
    p: () => this.#alone('staff', () => this.#serveWaiting()),
    k: () => this.#alone('power', () => this.#power()),
  };
  readonly #server: ServerProcess;
  readonly #crew: DayCrew;
  readonly #seats: PlayedSeats;
  readonly #desk: DemoDesk;
  readonly #sealCodes: readonly string[];
  #sealCodesUsed = 0;
  #dead = false;
  readonly #busy = new Set<'staff' | 'power'>();
  #ended = false;
  #starting = false;
  #shown: DemoStage | null = null;
  #asked: { what: string; at: number } | null = null;

  constructor(
    private readonly demo: DemoRoom,
    command: string,
    private readonly say: (text: string) => void,
    private readonly isFilmed: boolean,
  ) {
    const { source, secrets, address, data } = demo;
    const [session] = source.plan.sessions;
    const main = secrets.papers.find(({ use }) => use === 'main');
    if (session === undefined || main === undefined) throw new Error('The sample has no session');
    const { sessionId } = session;
    const key = Buffer.from(secrets.authorisationKey, 'base64');
    this.#sealCodes = Array.from({ length: SEAL_CODES }, (_, index) =>
      makeOrgCode(key, { act: 'seal', sessionId, scope: '', minutes: 0, counter: index + 1 }),
    );
    this.#server = new ServerProcess({ command, data, address });
    this.#crew = new DayCrew({
      ...{ address, sessionId, paperId: main.paperId, startCode: main.startCode },
      sealCode: () => this.#sealCodes[this.#sealCodesUsed++] ?? '',
      staff: source.plan.staff,
    });
    const spares = source.plan.seats.filter(({ spare }) => spare).map(({ seatId }) => seatId);
    this.#seats = new PlayedSeats({
      ...{ address, crew: this.#crew, candidates: source.roster.slice(PERSONS), spares: spares.slice(1) },
      items: itemsOf(source, main.paperId),
      lastsMs: session.subject.minutes * 60_000,
      untilStartMs: Date.parse(session.startsAt) - Date.now(),
      ...{ random: Math.random, say },
    });
    this.#desk = new DemoDesk({
      ...{ crew: this.#crew, persons: source.roster.slice(0, PERSONS), say },
      isPlayed: (code) => this.#seats.showed(code),
      tell: (outcome) => this.#tell(outcome),
    });
  }

  async start(): Promise<void> {
    await this.#server.start();
    await this.#crew.signIn();
    this.say('配对其余考位 / Pairing the played seats');
    await this.#seats.pairAll();
    this.#seats.begin();
    const { source, secrets, data, plainHttpPort } = this.demo;
    const [session] = source.plan.sessions;
    const spare = source.plan.seats.find((seat) => seat.spare);
    process.stdout.write(
      demoSheet({
        ...{ base: `http://127.0.0.1:${plainHttpPort}`, data, source, secrets, sealCodes: this.#sealCodes },
        ...{ seats: PERSONS, spareLabel: spare?.label ?? '', minutes: session?.subject.minutes ?? 0 },
        startsAt: timeOfDay(Date.parse(session?.startsAt ?? '')),
      }),
    );
    this.#crew.member('chief').on('view', () => this.#showStage());
    this.#showStage();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    this.#seats.stop();
    this.#crew.stop();
    await this.#server.stop();
    if (this.isFilmed) await endRecorder(this.demo.data);
  }

  /** One act of a kind at a time: what is pressed meanwhile is not kept. The power fails whenever it likes. */
  #alone(kind: 'staff' | 'power', act: () => Promise<void>): void {
    if (this.#busy.has(kind)) return;
    this.#busy.add(kind);
    act()
      .catch((error: unknown) => this.say((error as Error).message))
      .finally(() => this.#busy.delete(kind));
  }

  async #power(): Promise<void> {
    if (this.#dead) {
      await this.#server.start();
      this.#dead = false;
      return this.say('服务器已恢复，考生机自动重连 / The server is back, PCs return by themselves');
    }
    this.#dead = true;
    await this.#server.kill();
    this.say(
      '服务器已断电（kill -9），考生照常作答；再按 k 恢复 / The server is dead, candidates go on; k brings it back',
    );
  }

  async #serveWaiting(): Promise<void> {
    if (this.#isDead()) return;
    await this.#untilView(() => this.#desk.waitingCodes().length > 0);
    const paired = await this.#desk.pairWaiting();
    const admitted = await this.#desk.admitWaiting();
    const answered = await this.#desk.answerHands();
    if (paired + admitted + answered === 0)
      this.say('没有等待配对、核验或举手的 / Nothing waits: no PC, no check-in, no hand');
  }

  async #next(): Promise<void> {
    if (this.#isDead()) return;
    const move = this.#crew.nextMove();
    if (move === null) return this.#finish();
    if (move === 'seal') {
      await this.#desk.pairWaiting();
      if (this.isFilmed)
        this.say('考前检查，每台摄像机看 20 秒 / The check of the room: each camera is looked at for 20 s');
    }
    if (move === 'open-paper') await this.#desk.admitWaiting();
    if (move === 'start') return this.#startAtTheTime();
    if (move === 'end' && !this.#sure('end', '再按一次 n 立即结束考试 / n again ends the exam now')) return;
    const lagging = move === 'collect' ? [...(this.#crew.view.session?.lagging ?? [])] : [];
    if (
      lagging.length > 0 &&
      !this.#sure(
        'collect',
        `${this.#desk.labels(lagging)} 号还没有收齐；再按一次 n 不等它们 / seats ${this.#desk.labels(lagging)} lag; n again collects without them`,
      )
    )
      return;
    if ((await this.#take(move, lagging)) && move === 'open-entry') await this.#desk.admitWaiting();
  }

  /** Takes a step, and waits until the room shows it. */
  async #take(move: DayMove, withoutSeats: string[] = []): Promise<boolean> {
    const before = demoStage(this.#crew.view);
    let outcome = await this.#crew.take(move, withoutSeats);
    // A code that the person typed is used up: the next one is tried.
    while (!outcome.ok && outcome.code === 'org-code-used' && this.#sealCodesUsed < SEAL_CODES)
      outcome = await this.#crew.take(move);
    this.#tell(outcome);
    if (outcome.ok) await this.#untilView((view) => demoStage(view) !== before);
    return outcome.ok;
  }

  /** What is on a screen or on the disk is in the view a moment later. */
  async #untilView(wanted: (view: RoomView) => boolean): Promise<void> {
    const chief = this.#crew.member('chief');
    await chief.until(wanted, VIEW_COMES_WITHIN_MS, 'the view').catch(() => undefined);
  }

  /** Starts now, or stands by until the national start; the keys stay free meanwhile. */
  async #startAtTheTime(): Promise<void> {
    if (this.#starting) return;
    const outcome = await this.#crew.take('start');
    if (outcome.ok || outcome.code !== 'too-early') return this.#tell(outcome);
    this.#starting = true;
    const at = this.#crew.view.session?.startsAt ?? 0;
    this.say(`${timeOfDay(at)} 自动开考 / The start comes by itself at ${timeOfDay(at)}`);
    const again = async (): Promise<void> => {
      if (this.#ended || demoStage(this.#crew.view) !== 'start') return void (this.#starting = false);
      if (!this.#dead && (await this.#crew.take('start')).ok) this.#starting = false;
      else standBy();
    };
    const standBy = () => {
      const leftMs = (this.#crew.view.session?.startsAt ?? 0) - Date.now();
      setTimeout(() => void again(), Math.max(250, leftMs)).unref();
    };
    standBy();
  }

  async #finish(): Promise<void> {
    const { session } = this.#crew.view;
    if (session === null || session.bundle === null || this.results !== null) return this.#showStage(true);
    const results = await settleResults(this.demo, session.sessionId, this.say);
    const { bundle, score, receipt } = results;
    this.results = results;
    if (this.isFilmed) this.films = await handOverFilms(this.demo.data, session.sessionId);
    process.stdout.write(
      `${[
        '',
        `成绩包 bundle  ${bundle.verified ? '核验通过 verified' : '有问题 faulty'}   ${bundle.candidates} 名考生 candidates, ${bundle.answers} 个答案 answers, ${bundle.rows} 条记录 rows`,
        ...bundle.problems.map(({ fault, where }) => `  ${fault}: ${where}`),
        `评分 scores    ${score.scored} 人 scored, 平均 average ${score.average}, 两套评分 both scorers ${score.agree ? '一致 agree' : '不一致 differ'}`,
        `文件 files     ${bundle.file}`,
        `               ${score.sheet}`,
        ...(this.isFilmed ? [filmsText(this.films)] : []),
        '',
      ].join('\n')}\n`,
    );
    if (receipt !== null && !session.handedOver)
      this.#tell(
        await this.#crew.member('sysadmin').command({
          ...{ type: 'confirm-receipt', sessionId: session.sessionId, receipt },
        }),
      );
    else this.#showStage(true);
  }

  #isDead(): boolean {
    if (this.#dead) this.say('服务器已断电，先按 k 恢复 / The server is dead; k brings it back');
    return this.#dead;
  }

  /** True on the second press within ten seconds; the first one asks. */
  #sure(what: string, question: string): boolean {
    const now = performance.now();
    if (this.#asked?.what === what && now - this.#asked.at < SURE_WITHIN_MS) {
      this.#asked = null;
      return true;
    }
    this.#asked = { what, at: now };
    this.say(question);
    return false;
  }

  #tell(outcome: Outcome): void {
    if (outcome.ok) return;
    const { zh, en, nextZh, nextEn } = refusalText(outcome.code, outcome.params);
    this.say(`${zh}。${nextZh} / ${en}. ${nextEn}`);
  }

  /** Says what comes next, once a stage. */
  #showStage(again = false): void {
    const { view } = this.#crew;
    const stage = demoStage(view);
    if (stage === null || this.#ended || (stage === this.#shown && !again)) return;
    this.#shown = stage;
    const { startsAt, endsAt } = view.session ?? { startsAt: 0, endsAt: null };
    const { staff } = this.demo.source.plan;
    const { zh, en } = adviceOf(
      stage,
      { start: timeOfDay(startsAt), end: timeOfDay(endsAt ?? startsAt) },
      (role) => staff.find(({ roles }) => roles.includes(role))?.name ?? role,
    );
    process.stdout.write(`\n▶ ${zh}\n  ${en}\n  ${KEYS}\n`);
  }
}

/** As the pages show it: the whole country has one time. */
function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('zh-CN', { hour12: false, timeZone: 'Asia/Shanghai' });
}
