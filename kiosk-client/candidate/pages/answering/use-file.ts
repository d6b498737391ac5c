// A file of the paper as an address that this page may show: opened when it is needed, forgotten afterwards, tried again while it
// cannot be had.

import { useEffect, useState } from 'preact/hooks';
import type { Sitting } from '../../exam/sittings.js';
import type { Kiosk } from '../../kiosk.js';

const RETRY_MS = 2_000;

/** @returns the address, null while there is none, and whether an attempt failed */
export function useFile(
  kiosk: Kiosk,
  sitting: Sitting,
  file: { path: string; sha256: string; type: string },
): [string | null, boolean] {
  const [url, setUrl] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      kiosk.sittings.file(sitting, file).then(
        (blob) => {
          if (gone) return;
          made = URL.createObjectURL(blob);
          setUrl(made);
        },
        () => {
          if (gone) return;
          setFailed(true);
          retry = setTimeout(open, RETRY_MS);
        },
      );
    };
    open();
    return () => {
      gone = true;
      clearTimeout(retry);
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [file.sha256]);
  return [url, failed];
}
