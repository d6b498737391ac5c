// A device that exists only in a script: steps of readings or faults, one after the other, for the demo, for trying the
// dashboard and for tests. It is marked as simulated wherever it shows.

import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';
import { DEVICE_FAULTS, DEVICE_KINDS, isReading, type DeviceKind, type Readings } from '../core/readings.js';
import { DeviceFault, type Device, type DeviceAct } from './contract.js';

const strict = { additionalProperties: false } as const;
const literals = <T extends string>(names: readonly T[]) =>
  Type.Union(names.map((name) => Type.Literal(name)));

const StepSchema = Type.Object(
  {
    /** Seconds; absent = for ever. */
    for: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e6 })),
    /** Laid over the kind's healthy readings; null takes a reading away. */
    readings: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    /** Numbers that move through the step in a straight line, from what they were. */
    towards: Type.Optional(Type.Record(Type.String(), Type.Number())),
    fault: Type.Optional(literals(DEVICE_FAULTS)),
    /** How it answers: after its time, never, or with what no dictionary knows. */
    answers: Type.Optional(literals(['late', 'never', 'garbage'] as const)),
  },
  strict,
);

const ScriptSchema = Type.Object(
  {
    kind: literals(DEVICE_KINDS),
    /** Begins anew after the last step. */
    repeat: Type.Optional(Type.Boolean()),
    steps: Type.Array(StepSchema, { minItems: 1, maxItems: 1_000 }),
  },
  strict,
);

export type DeviceScript = Static<typeof ScriptSchema>;
type Step = Static<typeof StepSchema>;

/** What a healthy device of each kind says. */
export const HEALTHY: Record<DeviceKind, Readings> = {
  ups: {
    'mains.present': true,
    'battery.charge': 100,
    'battery.runtime': 9_000,
    'battery.runtime-source': 'device',
    'battery.low': false,
    'ups.load': 32,
    'input.voltage': 229,
    model: '模拟 UPS',
  },
  jammer: {
    'jammer.reported': true,
    'jammer.bands': ['2G', '3G', '4G', '5G', 'Wi-Fi 2.4', 'Wi-Fi 5', '蓝牙'],
    temperature: 41,
    'supply.current': 0.62,
    model: '模拟屏蔽器',
  },
  'id-reader': { 'reader.ready': true, 'reader.reads': 0, model: '模拟读卡器' },
  contact: { 'contact.mains': true, 'contact.door-open': false, 'contact.help': false },
  meter: { 'supply.current': 0.62, 'supply.power': 138, model: '模拟电表' },
  network: {
    'network.reachable': 0,
    'network.unreachable': [],
    'network.duplicates': [],
  },
  camera: {
    'camera.state': 'recording',
    'camera.codec': 'h264',
    'camera.width': 1920,
    'camera.height': 1080,
    'camera.frame-rate': 25,
    'camera.bit-rate': 4_000,
    model: '模拟摄像机',
  },
};

/** A script cannot be used; the message names the place. */
export class ScriptError extends Error {}

/** Reads a script, YAML or JSON. @throws ScriptError naming the first thing that is wrong */
export function readScript(text: string): DeviceScript {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    throw new ScriptError(`不是有效的 YAML / not YAML: ${(error as Error).message}`);
  }
  const [wrong] = Value.Errors(ScriptSchema, value);
  if (wrong !== undefined) throw new ScriptError(`${wrong.path || '/'}: ${wrong.message}`);
  const script = value as DeviceScript;
  for (const [index, { readings = {}, towards = {} }] of script.steps.entries())
    for (const [name, given] of Object.entries({ ...readings, ...towards }))
      if (given !== null && !isReading(name, given))
        throw new ScriptError(
          `/steps/${index}: ${name} = ${JSON.stringify(given)} 不在读数表中 / is no reading`,
        );
  return script;
}

/** @param nowMs any clock that goes on; the script begins with the first poll */
export function openSimulated(deviceId: string, script: DeviceScript, nowMs: () => number): Device {
  let beganAt: number | null = null;
  let switched: { on: boolean } | null = null;

  function reading(): { step: Step; before: Readings; share: number } {
    beganAt ??= nowMs();
    let seconds = (nowMs() - beganAt) / 1_000;
    const whole = script.steps.reduce((sum, step) => sum + (step.for ?? Infinity), 0);
    if (script.repeat === true && Number.isFinite(whole)) seconds %= whole;
    let before = HEALTHY[script.kind];
    for (const step of script.steps) {
      const lasts = step.for ?? Infinity;
      if (seconds < lasts) return { step, before, share: Number.isFinite(lasts) ? seconds / lasts : 1 };
      before = after(before, step, 1);
      seconds -= lasts;
    }
    return { step: {}, before, share: 1 };
  }

  return {
    deviceId,
    kind: script.kind,
    async poll(signal) {
      const { step, before, share } = reading();
      if (step.answers === 'never') await new Promise(() => undefined);
      if (step.answers === 'late') await untilAborted(signal);
      if (step.answers === 'garbage') return { '%PDF-1.7': '\u0000' } as Readings;
      if (step.fault !== undefined) throw new DeviceFault(step.fault, 'as the script says');
      const readings = after(before, step, share);
      if (switched === null) return readings;
      if (script.kind === 'jammer') return { ...readings, 'jammer.reported': switched.on };
      return script.kind === 'contact' ? { ...readings, 'relay.on': switched.on } : readings;
    },
    act(act: DeviceAct) {
      if (act !== 'ring') switched = { on: act === 'on' };
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

function after(before: Readings, { readings = {}, towards = {} }: Step, share: number): Readings {
  const next: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(readings))
    if (value === null) delete next[name];
    else next[name] = value;
  for (const [name, goal] of Object.entries(towards)) {
    const from = next[name];
    next[name] = Math.round(typeof from === 'number' ? from + (goal - from) * share : goal);
  }
  return next as Readings;
}

/** Answers only when nobody waits any more. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
