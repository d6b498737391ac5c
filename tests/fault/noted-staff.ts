// The staff of an exam with faults: they give each command until the room says that it is done, and note every answer to a file
// of their own.

import { appendFileSync, writeFileSync } from 'node:fs';
import type { Role } from '../../server/core/types.js';
import type { Outcome, RoomView, StaffRequest } from '../../server/protocol/staff.js';
import type { RoomAddress } from '../../server/rehearsal/room-address.js';
import { SimulatedStaff } from '../../server/rehearsal/simulated-staff.js';
import type { StaffLine } from './evidence.js';

export type Duty = 'sysadmin' | 'clerk' | 'org-technician' | 'chief' | 'inspector' | 'proctor';
const DUTIES: readonly Duty[] = ['sysadmin', 'clerk', 'org-technician', 'chief', 'inspector', 'proctor'];
const AGAIN_MS = 200;

export interface NotedStaffOptions {
  address: RoomAddress;
  file: string;
  staff: readonly { staffId: string; pin: string; roles: readonly Role[] }[];
}

export class NotedStaff {
  readonly #people = new Map<Duty, SimulatedStaff>();

  constructor(private readonly options: NotedStaffOptions) {
    writeFileSync(options.file, '');
    for (const duty of DUTIES) {
      const person = options.staff.find(({ roles }) => roles.includes(duty));
      if (person === undefined) throw new Error(`The plan has no ${duty}`);
      this.#people.set(duty, new SimulatedStaff(options.address, person.staffId, person.pin));
    }
  }

  async signIn(): Promise<void> {
    await Promise.all([...this.#people.values()].map((one) => one.signIn()));
  }

  /** What the chief sees; while the room is away, what it was. @throws Error before the sign-in */
  get view(): RoomView {
    const view = this.#people.get('chief')?.view;
    if (view == null) throw new Error('The chief has no view');
    return view;
  }

  /** Gives a command once and notes the answer. */
  async give(duty: Duty, request: StaffRequest): Promise<Outcome> {
    const person = this.#people.get(duty);
    if (person === undefined) throw new Error(`Nobody is ${duty}`);
    const sentAt = performance.now();
    const outcome = await person.command(request);
    const line: StaffLine = {
      ...{ sentAt, at: performance.now(), staffId: person.staffId, request: { ...request } },
      outcome: outcome.ok ? { ok: true } : { ok: false, code: outcome.code },
    };
    appendFileSync(this.options.file, `${JSON.stringify(line)}\n`);
    return outcome;
  }

  /**
   * Gives a command until it is carried out, or until the room shows that it was. @param early refusals that time heals
   * @throws Error with any other refusal, or after `withinMs`
   */
  async see(
    duty: Duty,
    request: StaffRequest | (() => StaffRequest),
    done: (view: RoomView) => boolean,
    { early = [], withinMs = 90_000 }: { early?: readonly string[]; withinMs?: number } = {},
  ): Promise<void> {
    const deadline = performance.now() + withinMs;
    const heals = ['no-answer', 'not-allowed', 'too-fast', 'failed', 'disk-full', ...early];
    for (;;) {
      if (done(this.view)) return;
      const now = typeof request === 'function' ? request() : request;
      const outcome = await this.give(duty, now);
      if (outcome.ok) return;
      if (!heals.includes(outcome.code) && !(await this.#shows(done)))
        throw new Error(`${now.type} by ${duty}: ${outcome.code} ${JSON.stringify(outcome.params ?? {})}`);
      if (performance.now() > deadline) throw new Error(`${now.type}: ${outcome.code} for ${withinMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** The picture of the room may lag behind its refusal. */
  async #shows(done: (view: RoomView) => boolean): Promise<boolean> {
    for (let waits = 0; waits < 20 && !done(this.view); waits++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    return done(this.view);
  }

  stop(): void {
    for (const one of this.#people.values()) one.stop();
  }
}
