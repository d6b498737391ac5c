// Who is signed in: a random token per sign-in, in memory only. A page that lost its connection comes back with it; a server
// that restarted asks for the PIN again.

import { randomBytes } from 'node:crypto';

export interface SignedIn {
  staffId: string;
  token: string;
  /** Monotonic milliseconds. */
  until: number;
}

const LASTS_MS = 12 * 3_600_000;

export class SignIns {
  readonly #byToken = new Map<string, SignedIn>();

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  begin(staffId: string): SignedIn {
    const signedIn = {
      staffId,
      token: randomBytes(24).toString('base64url'),
      until: this.monotonic() + LASTS_MS,
    };
    this.#byToken.set(signedIn.token, signedIn);
    return signedIn;
  }

  /** Whose token it is, or null when it ended. */
  find(token: string): SignedIn | null {
    const signedIn = this.#byToken.get(token);
    if (signedIn === undefined || this.monotonic() >= signedIn.until) return null;
    return signedIn;
  }

  end(token: string): void {
    this.#byToken.delete(token);
  }
}
