// What the rules refuse when anybody sends anything: many short random days, and which command met which code.

import { nextDeadline } from '../../server/core/deadlines.js';
import { decide } from '../../server/core/decide.js';
import type { Command } from '../../server/core/commands.js';
import { Dice, randomCommand, randomRoom, stepMs } from '../core/support/random-day.js';
import { byRoom } from '../core/support/scene.js';

export interface Refused {
  command: Command;
  code: string;
}

/** One of each kind: the first command of a type that met a code. */
export function refusedOnRandomDays(days = 150, steps = 150): Refused[] {
  const found = new Map<string, Refused>();
  for (let seed = 1; seed <= days; seed += 1) {
    const dice = new Dice(seed);
    const scene = randomRoom(dice);
    for (let step = 0; step < steps; step += 1) {
      scene.at(scene.now, stepMs(dice));
      if (dice.chance(0.01)) scene.restart(`boot-${step}`);
      if ((nextDeadline(scene.state) ?? Infinity) <= scene.now)
        scene.given(...decide(scene.state, { type: 'tick', by: byRoom }, scene.now).events);
      const command = randomCommand(dice, scene);
      const { refusal, events } = decide(scene.state, command, scene.now);
      if (refusal !== null) {
        const key = `${command.type} ${refusal.code}`;
        if (!found.has(key)) found.set(key, { command, code: refusal.code });
      }
      scene.given(...events);
    }
  }
  return [...found.values()];
}
