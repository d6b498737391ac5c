// How this page gets at the pictures of the cameras: with the pass of its sign-in, in a header, so that no address of a picture
// can be handed on. Keeps nothing but the pass.

import type { HttpProblem } from '../../../server/protocol/http.js';
import { VIDEO_PATH } from '../../../server/protocol/video.js';
import type { StaffLink } from '../room/staff-link.js';

/** Why there is no picture, as the room says it. */
export class NoPicture extends Error {
  constructor(readonly problem: HttpProblem) {
    super(problem.code);
  }
}

const NO_LINE: HttpProblem = {
  code: 'no-line',
  zh: '与考场服务器的连接断了',
  en: 'The line to the room’s server is down',
};

export class VideoAccess {
  #pass: string | null = null;

  constructor(private readonly link: Pick<StaffLink, 'videoPass'>) {}

  /** The address of something below /api/v1/video. */
  url(path: string): string {
    return `${VIDEO_PATH}/${path}`;
  }

  /** What shows this sign-in to the room. @throws NoPicture */
  async pass(): Promise<string> {
    this.#pass ??= await this.link.videoPass();
    if (this.#pass === null) throw new NoPicture(NO_LINE);
    return this.#pass;
  }

  /** Asks for something once. @throws NoPicture with the room's words */
  async get(path: string, signal: AbortSignal): Promise<Response> {
    for (let isFirst = true; ; isFirst = false) {
      const pass = await this.pass();
      const headers = { Authorization: `Bearer ${pass}` };
      let response: Response;
      try {
        response = await fetch(this.url(path), { headers, signal, credentials: 'omit' });
      } catch (error) {
        if (signal.aborted) throw error;
        throw new NoPicture(NO_LINE);
      }
      if (response.ok) return response;
      // A server that was started again knows no pass of before; the page has signed in anew meanwhile.
      if (response.status === 403 && isFirst) {
        this.#pass = null;
        continue;
      }
      throw new NoPicture((await response.json().catch(() => NO_LINE)) as HttpProblem);
    }
  }
}
