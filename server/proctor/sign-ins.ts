// Who is signed in: a random token per sign-in, in memory only. A page that lost its connection comes back with it; a server
// that restarted asks for the PIN again.

import { randomBytes } from 'node:crypto';

export interface SignedIn {
  staffId: string;
  token: string;
  /** Shows the person to what is asked for over HTTP; worth nothing for signing in. */
  videoPass: string;
  /** Monotonic milliseconds. */
  until: number;
}

const LASTS_MS = 12 * 3_600_000;
const newToken = () => randomBytes(24).toString('base64url');

export class SignIns {
  readonly #byToken = new Map<string, SignedIn>();
  readonly #byPass = new Map<string, SignedIn>();

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  begin(staffId: string): SignedIn {
    const signedIn = {
      staffId,
      token: newToken(),
      videoPass: newToken(),
      until: this.monotonic() + LASTS_MS,
    };
    this.#byToken.set(signedIn.token, signedIn);
    this.#byPass.set(signedIn.videoPass, signedIn);
    return signedIn;
  }

  /** Whose token it is, or null when it ended. */
  find(token: string): SignedIn | null {
    return this.#valid(this.#byToken.get(token));
  }

  /** Whose pass it is, or null when that sign-in ended. */
  holderOf(videoPass: string): SignedIn | null {
    return this.#valid(this.#byPass.get(videoPass));
  }

  end(token: string): void {
    const signedIn = this.#byToken.get(token);
    if (signedIn !== undefined) this.#byPass.delete(signedIn.videoPass);
    this.#byToken.delete(token);
  }

  #valid(signedIn: SignedIn | undefined): SignedIn | null {
    return signedIn === undefined || this.monotonic() >= signedIn.until ? null : signedIn;
  }
}
