// What the room asks of an ONVIF camera: its clock, what it is, its profiles and where their streams are, and by a person's
// act to set its clock. The clock is asked first and without a login: every login is stamped with the camera's own time.

import { setTimeout as sleep } from 'node:timers/promises';
import type { CameraLogin } from './camera-address.js';
import { withCredentials } from './camera-address.js';
import { boundsOf, likeliest, type ClockSample } from './clock-offset.js';
import { DeviceFault } from './contract.js';
import { readProfiles, type MediaProfile } from './onvif-media.js';
import { SoapSpeaker } from './onvif-soap.js';
import { all, at, escapeXml, textAt, wholeAt, type XmlNode } from './onvif-xml.js';

export interface OnvifAddress {
  host: string;
  port: number;
  login: CameraLogin | null;
}

const DEVICE = 'http://www.onvif.org/ver10/device/wsdl';
const MEDIA = 'http://www.onvif.org/ver10/media/wsdl';
const MEDIA_2 = 'http://www.onvif.org/ver20/media/wsdl';
const EVENTS = 'http://www.onvif.org/ver10/events/wsdl';
const SCHEMA = 'http://www.onvif.org/ver10/schema';

type Service = 'device' | 'media' | 'events';
interface Services {
  media: string | null;
  /** True where only the second media service is there. */
  isSecondMedia: boolean;
  events: string | null;
}

/** Clocks of the room; tests drive them. */
export interface OnvifClocks {
  /** Never goes back. */
  nowMs: () => number;
  wallMs: () => number;
}
const SYSTEM: OnvifClocks = { nowMs: () => performance.now(), wallMs: () => Date.now() };

export class OnvifCamera {
  readonly #soap: SoapSpeaker;
  readonly #deviceUrl: string;
  /** Camera's time minus our monotonic clock: our wall clock may be set in between. */
  #shiftMs: number | null = null;
  #services: Services | null = null;

  constructor(
    private readonly address: OnvifAddress,
    private readonly clocks: OnvifClocks = SYSTEM,
  ) {
    this.#deviceUrl = `http://${address.host}:${address.port}/onvif/device_service`;
    this.#soap = new SoapSpeaker(address.login, () =>
      this.#shiftMs === null ? clocks.wallMs() : clocks.nowMs() + this.#shiftMs,
    );
  }

  /** What the camera's clock says now; null where it says no time. @throws DeviceFault */
  async clock(signal: AbortSignal): Promise<ClockSample | null> {
    const body = `<GetSystemDateAndTime xmlns="${DEVICE}"/>`;
    const ask = async (anonymous: boolean) => {
      const { wallMs, nowMs } = this.clocks;
      const [askedAt, began] = [wallMs(), nowMs()];
      const question = { url: this.#deviceUrl, body, ...(anonymous ? { anonymous: true as const } : {}) };
      const answer = await this.#soap.ask(question, signal);
      const took = Math.max(0, nowMs() - began);
      return { answer, askedAt, answeredAt: askedAt + took, answered: nowMs() };
    };
    // Some makers ask for a login here too, though the standard forbids it.
    const asked = await ask(true).catch((error: unknown) => {
      if (error instanceof DeviceFault && error.code === 'refused' && this.address.login !== null)
        return ask(false);
      throw error;
    });
    const { answer, askedAt, answeredAt, answered } = asked;
    const saidMs = utcIn(at(answer, 'GetSystemDateAndTimeResponse', 'SystemDateAndTime'));
    if (saidMs === null) return null;
    const sample = { askedAt, answeredAt, saidMs };
    this.#shiftMs = answeredAt + likeliest(boundsOf(sample)) - answered;
    return sample;
  }

  /** What it is; what it does not say is absent. @throws DeviceFault */
  async identity(signal: AbortSignal): Promise<{ model?: string; serial?: string; firmware?: string }> {
    const body = await this.#ask('device', `<GetDeviceInformation xmlns="${DEVICE}"/>`, signal);
    const said = at(body, 'GetDeviceInformationResponse');
    const model = [textAt(said, 'Manufacturer'), textAt(said, 'Model')].filter(Boolean).join(' ');
    const texts = { model, serial: textAt(said, 'SerialNumber'), firmware: textAt(said, 'FirmwareVersion') };
    return Object.fromEntries(
      Object.entries(texts).flatMap(([name, text]) => (text ? [[name, text.slice(0, 200)]] : [])),
    );
  }

  /** @throws DeviceFault */
  async profiles(signal: AbortSignal): Promise<MediaProfile[]> {
    const { isSecondMedia } = await this.#found(signal);
    const body = isSecondMedia
      ? `<GetProfiles xmlns="${MEDIA_2}"><Type>VideoSource</Type><Type>VideoEncoder</Type></GetProfiles>`
      : `<GetProfiles xmlns="${MEDIA}"/>`;
    return readProfiles(await this.#ask('media', body, signal));
  }

  /** Where a profile's stream is, at the address that the settings give and without a login. @throws DeviceFault */
  async streamUri(profile: string, signal: AbortSignal): Promise<string> {
    const { isSecondMedia } = await this.#found(signal);
    const token = `<ProfileToken>${escapeXml(profile)}</ProfileToken>`;
    const body = isSecondMedia
      ? `<GetStreamUri xmlns="${MEDIA_2}"><Protocol>RTSP</Protocol>${token}</GetStreamUri>`
      : `<GetStreamUri xmlns="${MEDIA}"><StreamSetup><Stream xmlns="${SCHEMA}">RTP-Unicast</Stream>` +
        `<Transport xmlns="${SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>${token}</GetStreamUri>`;
    const said = at(await this.#ask('media', body, signal), 'GetStreamUriResponse');
    return this.#atOurHost(textAt(said, 'MediaUri', 'Uri') ?? textAt(said, 'Uri'), /^rtsps?:$/);
  }

  /** Where a picture of this moment is; without a login. @throws DeviceFault */
  async snapshotUri(profile: string, signal: AbortSignal): Promise<string> {
    const { isSecondMedia } = await this.#found(signal);
    const body =
      `<GetSnapshotUri xmlns="${isSecondMedia ? MEDIA_2 : MEDIA}">` +
      `<ProfileToken>${escapeXml(profile)}</ProfileToken></GetSnapshotUri>`;
    const said = at(await this.#ask('media', body, signal), 'GetSnapshotUriResponse');
    return this.#atOurHost(textAt(said, 'MediaUri', 'Uri') ?? textAt(said, 'Uri'), /^https?:$/);
  }

  /**
   * Sets the camera's clock to the room's, by a person's act only: from then on by a time server, or once to this moment.
   * @param timeServer IPv4 address; null = set it once @throws DeviceFault
   */
  async setClock(timeServer: string | null, signal: AbortSignal): Promise<void> {
    if (timeServer !== null) {
      const manual = `<Type xmlns="${SCHEMA}">IPv4</Type><IPv4Address xmlns="${SCHEMA}">${escapeXml(timeServer)}</IPv4Address>`;
      const body = `<SetNTP xmlns="${DEVICE}"><FromDHCP>false</FromDHCP><NTPManual>${manual}</NTPManual></SetNTP>`;
      await this.#ask('device', body, signal);
    }
    const kind = timeServer === null ? 'Manual' : 'NTP';
    // A camera takes whole seconds: it is told of one when that second begins.
    if (timeServer === null) await untilNextSecond(this.clocks.wallMs(), signal);
    const utc = timeServer === null ? utcXml(new Date(Math.round(this.clocks.wallMs() / 1_000) * 1_000)) : '';
    // China has no daylight saving; the zone is the camera's own and stays.
    const body =
      `<SetSystemDateAndTime xmlns="${DEVICE}"><DateTimeType>${kind}</DateTimeType>` +
      `<DaylightSavings>false</DaylightSavings>${utc}</SetSystemDateAndTime>`;
    await this.#ask('device', body, signal);
    this.#shiftMs = null;
  }

  /** A question to its event service, at an address that a subscription may have given. @throws DeviceFault */
  async askEvents(body: string, signal: AbortSignal, to?: { url: string; header: string }): Promise<XmlNode> {
    if (to === undefined) return this.#ask('events', body, signal);
    const url = this.#atOurHost(to.url, /^https?:$/);
    return this.#soap.ask({ url, body, header: to.header }, signal);
  }

  async #ask(service: Service, body: string, signal: AbortSignal): Promise<XmlNode> {
    await this.#knowClock(signal);
    const url = service === 'device' ? this.#deviceUrl : (await this.#found(signal))[service];
    if (url === null) throw new DeviceFault('not-installed', `the camera has no ${service} service`);
    return this.#soap.ask({ url, body }, signal);
  }

  /** A camera that does not say its time is signed in to with ours. */
  async #knowClock(signal: AbortSignal): Promise<void> {
    if (this.#shiftMs !== null) return;
    await this.clock(signal).catch((error: unknown) => {
      if (!(error instanceof DeviceFault) || error.code !== 'bad-answer') throw error;
    });
  }

  async #found(signal: AbortSignal): Promise<Services> {
    if (this.#services !== null) return this.#services;
    await this.#knowClock(signal);
    const [byNamespace, url] = [new Map<string, string>(), this.#deviceUrl];
    try {
      const body = `<GetServices xmlns="${DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>`;
      const answer = at(await this.#soap.ask({ url, body }, signal), 'GetServicesResponse');
      for (const service of all(answer, 'Service')) {
        const [namespace, where] = [textAt(service, 'Namespace'), textAt(service, 'XAddr')];
        if (namespace !== null && where !== null) byNamespace.set(namespace, where);
      }
    } catch (error) {
      // Cameras of before 2011 know only the older question.
      if (!(error instanceof DeviceFault) || error.code !== 'bad-answer') throw error;
      const body = `<GetCapabilities xmlns="${DEVICE}"><Category>All</Category></GetCapabilities>`;
      const answer = at(
        await this.#soap.ask({ url, body }, signal),
        'GetCapabilitiesResponse',
        'Capabilities',
      );
      for (const [namespace, name] of [
        [MEDIA, 'Media'],
        [EVENTS, 'Events'],
      ] as const) {
        const where = textAt(answer, name, 'XAddr');
        if (where !== null) byNamespace.set(namespace, where);
      }
    }
    const ours = (where: string | undefined) =>
      where === undefined ? null : this.#atOurHost(where, /^https?:$/);
    const first = ours(byNamespace.get(MEDIA));
    this.#services = {
      ...{ media: first ?? ours(byNamespace.get(MEDIA_2)), isSecondMedia: first === null },
      events: ours(byNamespace.get(EVENTS)),
    };
    return this.#services;
  }

  /**
   * Cameras name addresses of networks that they were once in. Only path and port of what they say are used: a login goes
   * to nobody but the host of the settings.
   */
  #atOurHost(said: string | null, scheme: RegExp): string {
    const url = said !== null && URL.canParse(said) ? new URL(said) : null;
    if (url === null || !scheme.test(url.protocol))
      throw new DeviceFault('bad-answer', 'the camera names no address of that kind');
    const { host, port } = this.address;
    // Behind a translated address the camera's own port of HTTP is not the one that is open to us.
    const isWeb = url.protocol === 'http:';
    const isSame = url.hostname === host;
    const theirs = url.port === '' ? '' : `:${url.port}`;
    const where = isWeb && !isSame ? `:${port}` : theirs;
    return withCredentials(`${url.protocol}//${host}${where}${url.pathname}${url.search}`, null);
  }
}

async function untilNextSecond(wallMs: number, signal: AbortSignal): Promise<void> {
  await sleep(1_000 - (wallMs % 1_000), undefined, { signal }).catch(() => {
    throw new DeviceFault('timed-out', 'given up');
  });
}

function utcXml(now: Date): string {
  const part = (name: string, value: number) => `<${name}>${value}</${name}>`;
  const hour = part('Hour', now.getUTCHours()) + part('Minute', now.getUTCMinutes());
  const time = hour + part('Second', now.getUTCSeconds());
  const year = part('Year', now.getUTCFullYear()) + part('Month', now.getUTCMonth() + 1);
  const date = year + part('Day', now.getUTCDate());
  return `<UTCDateTime><Time xmlns="${SCHEMA}">${time}</Time><Date xmlns="${SCHEMA}">${date}</Date></UTCDateTime>`;
}

/** Its time in UTC; a clock that says only local time says nothing that can be compared. */
function utcIn(said: XmlNode | null): number | null {
  const utc = at(said, 'UTCDateTime');
  const parts = [
    ...[wholeAt(utc, 'Date', 'Year'), wholeAt(utc, 'Date', 'Month'), wholeAt(utc, 'Date', 'Day')],
    ...[wholeAt(utc, 'Time', 'Hour'), wholeAt(utc, 'Time', 'Minute'), wholeAt(utc, 'Time', 'Second')],
  ];
  if (parts.some((part) => part === null)) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts as number[];
  if (year < 1970 || year > 9_999) return null;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(ms);
  // The 30th of February rolls over into March: such a clock says nothing.
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : null;
}
