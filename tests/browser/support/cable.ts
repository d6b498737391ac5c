// The cable between the PCs and the room, in a test's hand: a listener that passes bytes on, and that can be pulled and put back.

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Cable {
  readonly #sockets = new Set<Socket>();
  #pulled = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** A port of its own that leads to another one on this machine. */
  static async lay(to: number): Promise<Cable> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const cable = new Cable(server, (server.address() as AddressInfo).port);
    server.on('connection', (near) => cable.#join(near, to));
    return cable;
  }

  /** Every connection breaks, in the middle of whatever it carries; new ones come to nothing. */
  pull(): void {
    this.#pulled = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  putBack(): void {
    this.#pulled = false;
  }

  close(): void {
    this.pull();
    this.server.close();
  }

  #join(near: Socket, to: number): void {
    if (this.#pulled) return void near.destroy();
    const far = connect(to, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
