// A reader that types at a page as a keyboard does: keys a few milliseconds apart by the browser's own clock, however busy the
// machine of the test is.

import type { CurrentPage } from './chromium.js';
import type { Page74 } from './chromium-74.js';

const GAP_MS = 4;
/** A letter's keys are pressed with the case that it has: nobody holds Shift. */
const CODES: Record<string, { key: string; code: string; windowsVirtualKeyCode: number; text: string }> = {
  Enter: { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  Tab: { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9, text: '' },
};

type Send = (method: string, params: object) => Promise<unknown>;

/** Types all of a text and a last key. @param end null where the reader is set up to send none */
export async function readerTypes(
  page: CurrentPage | Page74,
  text: string,
  end: 'Enter' | 'Tab' | null = 'Enter',
): Promise<void> {
  const send = await senderOf(page);
  const began = Date.now() / 1000;
  const keys = [...text, ...(end === null ? [] : [end])];
  await Promise.all(
    keys.flatMap((key, index) => {
      const timestamp = began + (index * GAP_MS) / 1000;
      const { text: typed, ...rest } = CODES[key] ?? {
        ...{ key, text: key, windowsVirtualKeyCode: key.toUpperCase().charCodeAt(0) },
        code: /[0-9]/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`,
      };
      const down =
        typed === ''
          ? { type: 'rawKeyDown', ...rest }
          : { type: 'keyDown', ...rest, text: typed, unmodifiedText: typed };
      return [
        send('Input.dispatchKeyEvent', { ...down, timestamp }),
        send('Input.dispatchKeyEvent', { type: 'keyUp', ...rest, timestamp: timestamp + 0.001 }),
      ];
    }),
  );
}

async function senderOf(page: CurrentPage | Page74): Promise<Send> {
  if ('cdp' in page) return (method, params) => page.cdp.send(method as never, params as never);
  const cdp = await page.native.context().newCDPSession(page.native);
  return (method, params) => cdp.send(method as never, params as never);
}
