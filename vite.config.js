// Builds the browser pages: the candidates' kiosk at `/` and the staff's console at `/staff`. Chrome 74 is the oldest browser.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, 'package.json'), 'utf8'));
const page = (name) => resolve(import.meta.dirname, 'kiosk-client', name);

export default defineConfig({
  root: resolve(import.meta.dirname, 'kiosk-client'),
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    outDir: resolve(import.meta.dirname, 'build/web'),
    emptyOutDir: true,
    target: 'chrome74',
    cssTarget: 'chrome74',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      input: {
        candidate: page('index.html'),
        console: page('staff.html'),
        probe: page('probe.html'),
        rehearsal: page('rehearsal.html'),
        sw: page('candidate/service-worker.ts'),
      },
      output: {
        // The service worker has a fixed address: a browser asks for it by name.
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
