// The test sound for headphones: a sound file with as many beeps as asked for, by turns left and right.

import t from 'tap';
import { beeps } from '../../../kiosk-client/candidate/beeps.js';

/** Beeps heard on one side: stretches of sound between silences. */
function heard(sound: ArrayBuffer, side: 0 | 1): number {
  const view = new DataView(sound);
  let count = 0;
  let quietFor = 1_000;
  for (let at = 44 + side * 2; at < sound.byteLength; at += 4) {
    if (Math.abs(view.getInt16(at, true)) > 1_000) {
      if (quietFor >= 1_000) count += 1;
      quietFor = 0;
    } else quietFor += 1;
  }
  return count;
}

void t.test('so many beeps, by turns on both sides', async (t) => {
  for (const [count, left, right] of [
    [2, 1, 1],
    [3, 2, 1],
    [5, 3, 2],
  ] as const) {
    const sound = beeps(count);
    t.equal(heard(sound, 0), left);
    t.equal(heard(sound, 1), right);
  }
});

void t.test('it is a sound file', async (t) => {
  const bytes = Buffer.from(beeps(2));
  t.equal(bytes.toString('latin1', 0, 4), 'RIFF');
  t.equal(bytes.readUInt32LE(4), bytes.length - 8);
  t.equal(bytes.toString('latin1', 8, 16), 'WAVEfmt ');
  t.equal(bytes.readUInt32LE(40), bytes.length - 44);
});
