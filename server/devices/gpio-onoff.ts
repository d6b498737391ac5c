// Contacts on the pins of an older Linux board through the module `onoff`, which the room does not bring along: its sysfs
// interface is gone from new kernels, where libgpiod has to be taken.

import { Type, type Static } from '@sinclair/typebox';
import { contactSettings, openContacts, type ContactLines } from './contact-inputs.js';
import { DeviceFault, type Device } from './contract.js';
import { faultOf, withSignal } from './transport.js';

export const OnoffSettings = Type.Object(contactSettings('^[0-9]{1,4}$'), { additionalProperties: false });
export type OnoffSettings = Static<typeof OnoffSettings>;

/** What is used of a pin of the module. */
interface Pin {
  read(): Promise<0 | 1>;
  write(level: 0 | 1): Promise<void>;
  unexport(): void;
}
export interface OnoffModule {
  Gpio: { new (pin: number, direction: 'in' | 'low'): Pin; accessible: boolean };
}

const NAME: string = 'onoff';

async function loadModule(): Promise<OnoffModule> {
  try {
    return (await import(NAME)) as OnoffModule;
  } catch {
    throw new DeviceFault('not-installed', 'the module onoff is missing');
  }
}

function openLines({ bell, relay }: OnoffSettings, load: () => Promise<OnoffModule>): ContactLines {
  const pins = new Map<string, Pin>();
  const outputs = new Set([bell, relay]);

  async function pin(name: string): Promise<Pin> {
    const known = pins.get(name);
    if (known !== undefined) return known;
    const { Gpio } = await load();
    if (!Gpio.accessible) throw new DeviceFault('unreachable', 'this kernel has no sysfs GPIO; use libgpiod');
    const fresh = new Gpio(Number(name), outputs.has(name) ? 'low' : 'in');
    pins.set(name, fresh);
    return fresh;
  }

  async function readOne(name: string): Promise<boolean> {
    try {
      return (await (await pin(name)).read()) === 1;
    } catch (error) {
      throw faultOf(error);
    }
  }

  return {
    async read(names, signal) {
      const levels: Record<string, boolean> = {};
      for (const name of names) levels[name] = await withSignal(signal, readOne(name));
      return levels;
    },
    async write(name, on, signal) {
      const here = await withSignal(signal, pin(name));
      await withSignal(signal, here.write(on ? 1 : 0));
    },
    async close() {
      for (const [name, here] of pins) {
        // Outputs fall back to low: the process that held them ends.
        if (outputs.has(name)) await here.write(0).catch(() => undefined);
        here.unexport();
      }
      pins.clear();
    },
  };
}

/** Contacts on the pins of an older board. @param _context unused @param load brings the module; tests bring their own */
export function prepareOnoff(
  deviceId: string,
  settings: OnoffSettings,
  _context: unknown = null,
  load: () => Promise<OnoffModule> = loadModule,
): Promise<{ kind: 'contact'; open: () => Device }> {
  return Promise.resolve({
    kind: 'contact',
    open: () => openContacts(deviceId, settings, openLines(settings, load)),
  });
}
