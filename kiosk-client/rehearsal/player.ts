// Plays one PC's share of a rehearsal: does what the room says, tells how far it is, and gives its figures at the end. Every
// candidate of it is a PC of its own to the practice session, on a connection of its own.

import type { RehearsalPageMessage, RehearsalRoomMessage } from '../../server/protocol/rehearsal.js';
import type { SEAT_SUBPROTOCOL } from '../../server/protocol/seat.js';
import { RehearsalFigures } from '../../server/rehearsal/rehearsal-figures.js';
import { RehearsedSeats } from '../../server/rehearsal/rehearsed-seats.js';
import { ScriptedPc, type Wire } from '../../server/rehearsal/scripted-pc.js';
import { BrowserShelf } from './browser-shelf.js';
import { openWire } from './browser-wire.js';

type Play = Extract<RehearsalRoomMessage, { t: 'play' }>;

const SEAT: typeof SEAT_SUBPROTOCOL = 'kaochang.seat.v1';
const TELL_EVERY_MS = 500;

export class Player {
  readonly #figures = new RehearsalFigures();
  readonly #shelf: BrowserShelf;
  #seats: RehearsedSeats | null = null;
  #telling: ReturnType<typeof setInterval> | null = null;
  #late: ReturnType<typeof setTimeout> | null = null;
  #tickets: readonly (string | null)[] = [];
  #fetched: Promise<void> = Promise.resolve();
  #given = false;

  constructor(
    private readonly word: string,
    private readonly wire: Wire,
  ) {
    this.#shelf = new BrowserShelf(word, (tookMs) => this.#figures.note('fetch', tookMs));
  }

  /** The connection to the room is open. */
  join(): void {
    this.#say({ t: 'join', word: this.word });
  }

  /** @param text one message of the room */
  hear(text: string): void {
    const message = JSON.parse(text) as RehearsalRoomMessage;
    switch (message.t) {
      case 'play':
        void this.#play(message);
        break;
      case 'seated':
        this.#tickets = message.tickets;
        this.#fetched = this.#fetch();
        break;
      case 'log-in':
        void this.#sit();
        break;
      case 'stop':
        this.#give();
        this.end();
        break;
    }
  }

  /** Ends everything at once; no simulated PC outlasts the page or its line to the room. */
  end(): void {
    if (this.#telling !== null) clearInterval(this.#telling);
    if (this.#late !== null) clearTimeout(this.#late);
    this.#shelf.stop();
    this.#seats?.stop();
  }

  async #play({ seats, seed, reconnects, limitMs }: Play): Promise<void> {
    if (this.#seats !== null) return;
    const played = new RehearsedSeats(
      { seats, seed, reconnects },
      {
        ...{ figures: this.#figures, shelf: this.#shelf, paceMs: null, patienceMs: limitMs },
        newPc: (reconnectDelayMs) =>
          new ScriptedPc({
            ...{ simulated: true, reconnectDelayMs, pcSecret: newSecret() },
            connect: (events) => openWire(`/rehearsal/seat?word=${this.word}`, SEAT, events),
          }),
        onStarted: () => undefined,
        startGivenAt: () => null,
      },
    );
    this.#seats = played;
    this.#telling = setInterval(() => this.#tell(), TELL_EVERY_MS);
    this.#late = setTimeout(() => {
      this.#give();
      this.end();
    }, limitMs);
    await played.connect((seat, code) => this.#say({ t: 'code', index: played.all.indexOf(seat), code }));
    this.#tell();
  }

  async #fetch(): Promise<void> {
    await this.#seats?.each((seat, index) =>
      this.#tickets[index] == null ? Promise.reject(new Error('pair-seat')) : seat.fetch(),
    );
    this.#tell();
  }

  async #sit(): Promise<void> {
    await this.#fetched;
    await this.#seats?.each((seat, index) => seat.logIn(this.#tickets[index] ?? ''));
    this.#tell();
    await this.#seats?.each((seat) => seat.sit());
    this.#give();
  }

  #tell(): void {
    const seats = this.#seats;
    if (seats === null || this.#given) return;
    this.#say({
      ...{ t: 'progress', connected: seats.count('connected'), fetched: seats.count('fetched') },
      ...{ ready: seats.count('ready'), answering: seats.count('answering'), done: seats.count('done') },
      alive: seats.all.filter(({ pc }) => !pc.stopped).length,
      ...{ saves: this.#figures.count('save'), saveP99Ms: this.#figures.savesSince(0).p99 },
    });
  }

  /** Once, however far it is. */
  #give(): void {
    const seats = this.#seats;
    if (seats === null || this.#given) return;
    this.#tell();
    this.#given = true;
    const refusals = Object.entries(this.#figures.refusals());
    this.#say({
      ...{ t: 'figures', handedIn: seats.count('done'), acknowledged: this.#figures.acknowledged },
      lost: this.#figures.lost,
      refused: refusals.reduce((sum, [, times]) => sum + times, 0),
      problems: this.#figures
        .problems()
        .slice(0, 50)
        .map(({ text, times }) => `${text} ×${times}`.slice(0, 500)),
      ...{ tookMs: this.#figures.durations(), held: seats.acknowledged() },
    });
  }

  #say(message: RehearsalPageMessage): void {
    if (this.wire.isOpen) this.wire.send(JSON.stringify(message));
  }
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
