// What an ONVIF camera tells by itself: that somebody covered or turned it, that it lost its picture. Pulled within a device's
// poll; motion is left out, since candidates move.

import type { Readings } from '../core/readings.js';
import { DeviceFault } from './contract.js';
import type { OnvifCamera } from './onvif-camera.js';
import { all, at, escapeXml, textAt, within, type XmlNode } from './onvif-xml.js';

const EVENTS = 'http://www.onvif.org/ver10/events/wsdl';
const ADDRESSING = 'http://www.w3.org/2005/08/addressing';
/** A camera forgets a subscription on its own then; every pull begins it anew. */
const LIFE = 'PT2M';
const MOST_MESSAGES = 50;
const MOST_TOPICS = 50;

/** One message: what it is about and what it says. */
export interface CameraMessage {
  topic: string;
  items: Readonly<Record<string, string>>;
}

/** Messages of a `PullMessagesResponse`. Pure. */
export function readMessages(body: XmlNode): CameraMessage[] {
  return all(at(body, 'PullMessagesResponse'), 'NotificationMessage')
    .slice(0, MOST_MESSAGES)
    .flatMap((message): CameraMessage[] => {
      const topic = textAt(message, 'Topic');
      if (topic === null) return [];
      const items = Object.create(null) as Record<string, string>;
      const data = at(message, 'Message', 'Message', 'Data');
      for (const { attributes } of data === null ? [] : within(data, 'SimpleItem'))
        if (attributes['Name'] !== undefined) items[attributes['Name']] = attributes['Value'] ?? '';
      return [{ topic, items }];
    });
}

const TAMPER = /Tamper|GlobalSceneChange|ImageTooDark|ImageTooBright/i;
const LOSS = /SignalLoss|VideoLoss/i;

/** What stands, by topic: several of them tell of tampering. */
export type Standing = ReadonlyMap<string, boolean>;

/** What stands after these messages. Pure. */
export function afterMessages(before: Standing, messages: readonly CameraMessage[]): Standing {
  const next = new Map(before);
  for (const { topic, items } of messages) {
    const state = items['State'] ?? items['IsTamper'] ?? items['IsSceneChange'] ?? Object.values(items)[0];
    if (state === undefined || !/^(true|false|1|0)$/i.test(state)) continue;
    if ((LOSS.test(topic) || TAMPER.test(topic)) && (next.has(topic) || next.size < MOST_TOPICS))
      next.set(topic, /^(true|1)$/i.test(state));
  }
  return next;
}

/** As readings: absent where the camera never spoke of it. Pure. */
export function standingReadings(standing: Standing): Readings {
  const about = (topics: RegExp) => [...standing].filter(([topic]) => topics.test(topic));
  const [tamper, loss] = [about(TAMPER), about(LOSS)];
  const any = (list: [string, boolean][]) => list.some(([, stands]) => stands);
  return {
    ...(tamper.length === 0 ? {} : { 'camera.tampered': any(tamper) }),
    ...(loss.length === 0 ? {} : { 'camera.no-signal': any(loss) }),
  };
}

/** Pulls a camera's messages; a camera without an event service says nothing, and is not asked again. */
export class CameraEvents {
  #subscription: { url: string; header: string } | null = null;
  #has = true;
  #standing: Standing = new Map();

  constructor(private readonly camera: OnvifCamera) {}

  /** One pull that does not wait. @returns what stands @throws DeviceFault */
  async pull(signal: AbortSignal): Promise<Readings> {
    if (!this.#has) return {};
    try {
      const subscription = (this.#subscription ??= await this.#subscribe(signal));
      const body = `<PullMessages xmlns="${EVENTS}"><Timeout>PT0S</Timeout><MessageLimit>${MOST_MESSAGES}</MessageLimit></PullMessages>`;
      const answer = await this.camera.askEvents(body, signal, subscription);
      this.#standing = afterMessages(this.#standing, readMessages(answer));
      return standingReadings(this.#standing);
    } catch (error) {
      const { code } = error as DeviceFault;
      if (this.#subscription === null && (code === 'not-installed' || code === 'bad-answer'))
        this.#has = false;
      // A new subscription begins with how things stand.
      this.#subscription = null;
      this.#standing = new Map();
      throw error;
    }
  }

  async #subscribe(signal: AbortSignal): Promise<{ url: string; header: string }> {
    const body =
      `<CreatePullPointSubscription xmlns="${EVENTS}">` +
      `<InitialTerminationTime>${LIFE}</InitialTerminationTime></CreatePullPointSubscription>`;
    const answer = await this.camera.askEvents(body, signal);
    const reference = at(answer, 'CreatePullPointSubscriptionResponse', 'SubscriptionReference');
    const url = textAt(reference, 'Address');
    if (url === null) throw new DeviceFault('bad-answer', 'a subscription without an address');
    const action = `${EVENTS}/PullPointSubscription/PullMessagesRequest`;
    const header =
      `<Action xmlns="${ADDRESSING}">${action}</Action><To xmlns="${ADDRESSING}">${escapeXml(url)}</To>` +
      parametersOf(reference);
    return { url, header };
  }
}

/** Some cameras tell their subscriptions apart by what they want said back in the header. */
function parametersOf(reference: XmlNode | null): string {
  return (at(reference, 'ReferenceParameters')?.children ?? [])
    .slice(0, 5)
    .map(({ name, text, attributes }) => {
      const namespace = attributes['xmlns'] ?? 'http://www.axis.com/2009/event';
      return `<${name} xmlns="${escapeXml(namespace)}">${escapeXml(text.trim())}</${name}>`;
    })
    .join('');
}
