// The browser's own way to the room's uploads: fetch with a limit on patience. A line that says nothing is a broken line.

import type { SendToRoom } from './bring-file.js';

const PATIENCE_MS = 45_000;

/** @throws where the line breaks or nothing comes */
export const sendToRoom: SendToRoom = async (method, path, headers, body) => {
  const response = await patiently((signal) =>
    fetch(path, { method, headers, body, signal, cache: 'no-store' }),
  );
  return {
    status: response.status,
    header: (name) => response.headers.get(name),
    code: async () => ((await response.json()) as { code?: string }).code ?? null,
  };
};

/** The bytes of a file that the room holds. @throws where it gives none */
export async function fetchFromRoom(path: string, headers: Record<string, string>): Promise<ArrayBuffer> {
  const response = await fetch(path, { headers, cache: 'no-store' });
  if (!response.ok) throw new Error(`${path} came with ${response.status}`);
  return response.arrayBuffer();
}

async function patiently<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const gaveUp = new AbortController();
  const timer = setTimeout(() => gaveUp.abort(), PATIENCE_MS);
  try {
    return await act(gaveUp.signal);
  } finally {
    clearTimeout(timer);
  }
}
