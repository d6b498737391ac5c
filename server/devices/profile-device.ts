// A device behind a profile: reads all its points, runs its commands. It decides nothing about what a point means for the
// exam and never asks twice.

import type { Readings } from '../core/readings.js';
import { DeviceFault } from './contract.js';
import type { PointValues } from './expression.js';
import { pointValue, readingsOf } from './profile-points.js';
import type { LoadedProfile } from './loaded-profile.js';
import type { Transport } from './transport.js';

export class ProfileDevice {
  constructor(
    private readonly loaded: LoadedProfile,
    private readonly transport: Transport,
  ) {}

  /** @throws DeviceFault */
  async points(signal: AbortSignal): Promise<PointValues> {
    const entries = Object.entries(this.loaded.profile.points);
    const raw = await this.transport.read(
      entries.map(([, { read }]) => read),
      signal,
    );
    const points: Record<string, PointValues[string]> = {};
    for (const [index, [name, point]] of entries.entries()) {
      const value = raw[index];
      if (value === undefined) throw new DeviceFault('bad-answer', `${name} is missing`);
      points[name] = pointValue(name, point, value);
    }
    return points;
  }

  /** @throws DeviceFault */
  async readings(signal: AbortSignal): Promise<Readings> {
    return readingsOf(this.loaded, await this.points(signal));
  }

  has(command: string): boolean {
    return Object.hasOwn(this.loaded.profile.commands, command);
  }

  /** @throws DeviceFault `refused` for a command that the profile does not have */
  async run(command: string, signal: AbortSignal): Promise<void> {
    const writes = this.has(command) ? this.loaded.profile.commands[command] : undefined;
    if (writes === undefined) throw new DeviceFault('refused', `the profile has no command ${command}`);
    for (const write of writes) await this.transport.write(write, signal);
  }

  close(): Promise<void> {
    return this.transport.close();
  }
}
