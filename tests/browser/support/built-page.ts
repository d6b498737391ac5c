// Builds one script for the oldest browser and serves it on a page of its own, without the room and its policies; remembers
// what the page asked for.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import preact from '@preact/preset-vite';
import { build, type Rollup } from 'vite';

export class BuiltPage {
  /** Paths that were asked for beside the page itself. */
  readonly asked: string[] = [];

  private constructor(private readonly server: Server) {}

  /** @param entry path of the script from the project's root */
  static async serve(entry: string): Promise<BuiltPage> {
    const script = await bundle(join(process.cwd(), entry));
    const server = createServer();
    const page = new BuiltPage(server);
    server.on('request', ({ url = '' }, response) => {
      if (url === '/') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end('<!doctype html><div id="page"></div><script src="/script.js"></script>');
      }
      if (url === '/script.js') {
        response.setHeader('content-type', 'text/javascript; charset=utf-8');
        return response.end(script);
      }
      if (url !== '/favicon.ico') page.asked.push(url);
      response.statusCode = 404;
      return response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return page;
  }

  /** On loopback, so that the browser takes it for safe. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

async function bundle(entry: string): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [preact({ devToolsEnabled: false })],
    build: { write: false, target: 'chrome74', lib: { entry, formats: ['iife'], name: 'page' } },
  })) as Rollup.RollupOutput[];
  const [script] = built.flatMap(({ output }) => output);
  if (script?.type !== 'chunk') throw new Error(`${entry} made no script`);
  return script.code;
}
