// What the contacts of a room mean, and the bell's pulse: never longer than said, always ended. Whatever box, board or pin is
// behind them comes in as `ContactLines`.

import { Type, type Static } from '@sinclair/typebox';
import type { Readings } from '../core/readings.js';
import { DeviceFault, type Device, type DeviceAct } from './contract.js';
import { withSignal } from './transport.js';

/** Lines by the name that the box or the board gives them. */
export interface ContactLines {
  /** Levels of all named lines, once. @throws DeviceFault */
  read(names: readonly string[], signal: AbortSignal): Promise<Record<string, boolean>>;
  /** @throws DeviceFault */
  write(name: string, on: boolean, signal: AbortSignal): Promise<void>;
  /** Where the hardware itself ends a pulse: it ends also when this process dies. @throws DeviceFault */
  pulse?(name: string, ms: number, signal: AbortSignal): Promise<void>;
  /** A line changed by itself. */
  onChange?(listener: () => void): void;
  close(): Promise<void>;
}

const SHORTEST_PULSE_MS = 100;
export const LONGEST_PULSE_MS = 5_000;
/** A level counts when it is the same after this: contacts bounce. */
const DEBOUNCE_MS = 50;
const TRY_AGAIN_MS = 250;
const WRITE_WITHIN_MS = 1_500;

const line = (pattern: string, description: string) => Type.Optional(Type.String({ pattern, description }));

/** Settings of which line is what. @param pattern how lines are named there */
export const contactSettings = (pattern: string) => ({
  mains: line(pattern, 'Input that is closed while mains is present (relay coil before the UPS).'),
  door: line(pattern, 'Input of the door contact.'),
  help: line(pattern, 'Input of the help button.'),
  inverted: Type.Array(Type.Union([Type.Literal('mains'), Type.Literal('door'), Type.Literal('help')]), {
    default: [],
    maxItems: 3,
    description: 'Inputs that are wired the other way round.',
  }),
  bell: line(pattern, 'Output of the bell.'),
  bellMs: Type.Integer({
    minimum: SHORTEST_PULSE_MS,
    maximum: LONGEST_PULSE_MS,
    default: 2_000,
    description: 'How long the bell rings, milliseconds.',
  }),
  relay: line(pattern, 'Output that staff switch on and off.'),
});

export type ContactSettings = Static<ReturnType<typeof Type.Object<ReturnType<typeof contactSettings>>>>;

const MEANINGS = {
  mains: 'contact.mains',
  door: 'contact.door-open',
  help: 'contact.help',
} as const;

/** Waiting, driven by tests. */
export interface Waits {
  after(ms: number, call: () => void): () => void;
}

const NODE_WAITS: Waits = {
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};

/** The contacts of a room as one device. */
export function openContacts(
  deviceId: string,
  settings: ContactSettings,
  lines: ContactLines,
  waits: Waits = NODE_WAITS,
): Device {
  const inputs = (['mains', 'door', 'help'] as const).flatMap((role) => {
    const name = settings[role];
    return name === undefined ? [] : [{ role, name }];
  });
  const watched = [
    ...inputs.map(({ name }) => name),
    ...(settings.relay === undefined ? [] : [settings.relay]),
  ];
  const bellMs = Math.min(LONGEST_PULSE_MS, Math.max(SHORTEST_PULSE_MS, settings.bellMs));
  let settled: Record<string, boolean> | null = null;
  let cancelBell: (() => void) | null = null;
  let bellOpen = true;
  let closed = false;
  let ending: Promise<void> | null = null;

  const pause = (ms: number) => new Promise<void>((resolve) => void waits.after(ms, resolve));

  /** Contacts that differ from what was known are looked at once more. */
  async function debounced(signal: AbortSignal): Promise<Record<string, boolean>> {
    const first = await lines.read(watched, signal);
    if (settled !== null && watched.every((name) => first[name] === settled?.[name])) return first;
    await withSignal(signal, pause(DEBOUNCE_MS));
    const second = await lines.read(watched, signal);
    const agreed: Record<string, boolean> = {};
    for (const name of watched) {
      const now = second[name];
      if (now === undefined) throw new DeviceFault('bad-answer', `no level of ${name}`);
      agreed[name] = first[name] === now ? now : (settled?.[name] ?? now);
    }
    return agreed;
  }

  /** The bell's output is opened, however often that takes. */
  function endBell(): Promise<void> {
    ending ??= (async () => {
      const { bell } = settings;
      while (bell !== undefined && bellOpen) {
        try {
          await lines.write(bell, false, AbortSignal.timeout(WRITE_WITHIN_MS));
          bellOpen = false;
        } catch {
          // At the end of the service one failure is enough: nobody would wait for it.
          if (closed) break;
          await pause(TRY_AGAIN_MS);
        }
      }
      ending = null;
    })();
    return ending;
  }

  async function ring(signal: AbortSignal): Promise<void> {
    const { bell } = settings;
    if (bell === undefined) throw new DeviceFault('refused', 'no bell is wired');
    if (cancelBell !== null) return;
    if (lines.pulse !== undefined) {
      await lines.pulse(bell, bellMs, signal);
      return;
    }
    await ending;
    bellOpen = true;
    // The end is on its way before the beginning: a write that fails half-way must not leave it ringing.
    cancelBell = waits.after(bellMs, () => {
      cancelBell = null;
      void endBell();
    });
    await lines.write(bell, true, signal);
  }

  return {
    deviceId,
    kind: 'contact',
    async poll(signal) {
      // Whoever was here before may have died while the bell rang.
      if (
        settled === null &&
        settings.bell !== undefined &&
        lines.pulse === undefined &&
        cancelBell === null
      ) {
        await lines.write(settings.bell, false, signal);
        bellOpen = false;
      }
      settled = await debounced(signal);
      const readings: Readings = {};
      for (const { role, name } of inputs)
        readings[MEANINGS[role]] = settled[name] !== settings.inverted.includes(role);
      if (settings.relay !== undefined) readings['relay.on'] = settled[settings.relay] ?? false;
      return readings;
    },
    async act(act: DeviceAct, signal) {
      if (act === 'ring') return ring(signal);
      if (settings.relay === undefined) throw new DeviceFault('refused', 'no relay is wired');
      await lines.write(settings.relay, act === 'on', signal);
    },
    onChange: (listener) => lines.onChange?.(listener),
    async close() {
      closed = true;
      cancelBell?.();
      const rang = cancelBell !== null;
      cancelBell = null;
      if (rang || ending !== null) await endBell();
      await lines.close();
    },
  };
}
