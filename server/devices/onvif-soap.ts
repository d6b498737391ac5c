// One SOAP question to a camera and its answer: bounded in bytes and time, signed in as that camera wants it. It knows no
// service; what is asked stands in onvif-camera.ts.

import { randomBytes } from 'node:crypto';
import { boundedText } from './bounded-text.js';
import type { CameraLogin } from './camera-address.js';
import { DeviceFault } from './contract.js';
import { digestHeader, readChallenge, securityHeader, type DigestChallenge } from './onvif-login.js';
import { at, readXml, textAt, within, type XmlNode } from './onvif-xml.js';
import { faultOf } from './transport.js';

const MOST_BYTES = 512_000;

export interface SoapQuestion {
  /** Where the service is. */
  url: string;
  /** The element inside the body, as XML. */
  body: string;
  /** More for the header, as XML. */
  header?: string;
  /** Ask without saying who asks, as the time has to be asked for. */
  anonymous?: true;
}

/** Speaks to one camera; remembers which way of signing in it takes. */
export class SoapSpeaker {
  #challenge: DigestChallenge | null = null;
  #count = 0;

  /** @param cameraTime the camera's own clock as far as it is known, milliseconds since 1970 */
  constructor(
    private readonly login: CameraLogin | null,
    private readonly cameraTime: () => number,
  ) {}

  /** @returns what stands in the answer's body @throws DeviceFault */
  async ask(question: SoapQuestion, signal: AbortSignal): Promise<XmlNode> {
    const signs = this.login !== null && question.anonymous !== true;
    const first = await this.#post(question, signs, signal);
    if (!signs || !first.isRefused) return taken(first);
    // Refused: the camera wants HTTP's own digest, has a new nonce, or its clock does not take our time stamp.
    const challenge = first.challenge ?? (await this.#post(question, false, signal)).challenge;
    if (challenge === null) return taken(first);
    this.#challenge = challenge;
    this.#count = 0;
    const second = await this.#post(question, true, signal);
    if (second.isRefused) this.#challenge = null;
    return taken(second);
  }

  async #post({ url, body, header = '' }: SoapQuestion, signs: boolean, signal: AbortSignal) {
    const headers: Record<string, string> = { 'content-type': 'application/soap+xml; charset=utf-8' };
    let security = '';
    if (signs && this.login !== null) {
      if (this.#challenge === null)
        security = securityHeader(
          this.login,
          randomBytes(16),
          new Date(this.cameraTime()).toISOString().replace(/\.\d+Z$/, 'Z'),
        );
      else
        headers['authorization'] = digestHeader(this.login, this.#challenge, {
          ...{ method: 'POST', path: pathOf(url) },
          ...{ count: ++this.#count, cnonce: randomBytes(8).toString('hex') },
        });
    }
    const message =
      '<?xml version="1.0" encoding="UTF-8"?>' +
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">' +
      `<s:Header>${security}${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
    try {
      const response = await fetch(url, {
        ...{ method: 'POST', headers, body: message, redirect: 'error', signal },
      });
      const text = await boundedText(response, MOST_BYTES);
      return answerOf(response, text);
    } catch (error) {
      throw faultOf(error);
    }
  }
}

interface Answer {
  status: number;
  body: XmlNode | null;
  why: string | null;
  isRefused: boolean;
  challenge: DigestChallenge | null;
}

function answerOf(response: Response, text: string): Answer {
  const { status, ok } = response;
  const wanted = response.headers.get('www-authenticate');
  const challenge = status === 401 && wanted !== null ? readChallenge(wanted) : null;
  let body: XmlNode | null = null;
  let why: string | null = null;
  try {
    const root = readXml(text);
    body = root.name === 'Envelope' ? at(root, 'Body') : null;
    why = body === null ? 'no SOAP envelope' : faultIn(body);
  } catch (error) {
    // A page of HTML beside a 401 says as much as the 401.
    why = ok && error instanceof DeviceFault ? error.detail : `HTTP ${status}`;
  }
  if (!ok) why ??= `HTTP ${status}`;
  const isRefused = status === 401 || status === 403 || /not ?authorized|unauthorized/i.test(why ?? '');
  return { status, body, why, isRefused, challenge };
}

function taken({ body, why, isRefused }: Answer): XmlNode {
  if (isRefused) throw new DeviceFault('refused', (why ?? 'not authorized').slice(0, 200));
  if (body === null || why !== null) throw new DeviceFault('bad-answer', (why ?? 'empty').slice(0, 200));
  return body;
}

/** What a SOAP fault says, with its subcodes; null where there is none. */
function faultIn(body: XmlNode): string | null {
  const fault = at(body, 'Fault');
  if (fault === null) return null;
  const codes = within(fault, 'Value').map(({ text }) => text.trim());
  const reason = textAt(fault, 'Reason', 'Text') ?? textAt(fault, 'faultstring') ?? '';
  return `fault ${codes.join(' ')} ${reason}`.trim();
}

const pathOf = (url: string) => {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
};
