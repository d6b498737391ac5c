// The sound that headphones are tried with: made here, played by the same means as a paper's recordings. Pure.

const RATE = 22_050;
const BEEP_S = 0.25;
const REST_S = 0.45;

/** A WAV with so many beeps, by turns in the left and in the right ear: with one side dead they are not all heard. */
export function beeps(count: number): ArrayBuffer {
  const perBeep = Math.round(RATE * (BEEP_S + REST_S));
  const frames = perBeep * count;
  const bytes = new ArrayBuffer(44 + frames * 4);
  const view = new DataView(bytes);
  const ascii = (at: number, text: string) => {
    for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
  };
  ascii(0, 'RIFF');
  view.setUint32(4, 36 + frames * 4, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 4, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, frames * 4, true);
  for (let frame = 0; frame < frames; frame++) {
    const within = (frame % perBeep) / RATE;
    if (within >= BEEP_S) continue;
    // Rises and falls softly: a hard edge would click in the other ear.
    const swell = Math.sin((Math.PI * within) / BEEP_S);
    const value = Math.round(Math.sin(2 * Math.PI * 660 * within) * swell * 20_000);
    const side = Math.floor(frame / perBeep) % 2;
    view.setInt16(44 + frame * 4 + side * 2, value, true);
  }
  return bytes;
}
