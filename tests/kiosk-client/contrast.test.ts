// The colours of the pages against what they are written on: WCAG AA asks 4.5 for text of ordinary size, light and dark.

import { readFileSync } from 'node:fs';
import t from 'tap';

const coloursOf = (css: string) =>
  Object.fromEntries(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
const light = coloursOf(readFileSync('kiosk-client/ui/tokens.css', 'utf8'));
const [, darkBlock = ''] =
  /\[data-theme='dark'\] \{([^}]+)\}/.exec(readFileSync('kiosk-client/console/console.css', 'utf8')) ?? [];
const dark = { ...light, ...coloursOf(darkBlock) };

/** Relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

/** What is written on what. */
const WRITTEN: Record<string, string[]> = {
  ink: ['paper', 'wash', 'accent-wash', 'ok-wash', 'warn-wash', 'alarm-wash', 'info-wash'],
  'ink-2': ['paper', 'wash', 'accent-wash', 'ok-wash', 'warn-wash', 'alarm-wash', 'info-wash'],
  'ink-3': ['paper', 'wash'],
  ...Object.fromEntries(
    ['accent', 'ok', 'warn', 'alarm', 'info'].map((tone) => [tone, ['paper', 'wash', `${tone}-wash`]]),
  ),
};

void t.test('every colour of text can be read on every ground it is written on', async (t) => {
  for (const [theme, colours] of Object.entries({ light, dark }))
    for (const [text, grounds] of Object.entries(WRITTEN))
      for (const ground of grounds) {
        const ratio = contrast(colours[text] ?? '#000000', colours[ground] ?? '#000000');
        t.ok(ratio >= 4.5, `${theme}: ${text} on ${ground} is ${ratio.toFixed(2)}`);
      }
});

void t.test('white on the colours of buttons that act', async (t) => {
  for (const ground of ['accent', 'alarm', 'info', 'ink-3'])
    t.ok(contrast('#ffffff', light[ground] ?? '#ffffff') >= 4.5, ground);
});
