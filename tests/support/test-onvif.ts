// An ONVIF camera for tests: real SOAP over HTTP, with the ways of signing in and the vices of real ones on request. It checks
// digests, nonces and time stamps as a strict camera does.

import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestProfile {
  token: string;
  name?: string;
  source?: string;
  codec?: string;
  width: number;
  height: number;
  uri: string;
}

export interface TestOnvifOptions {
  login?: { user: string; password: string };
  /** Which way of signing in it takes. */
  signIn?: 'none' | 'wsse' | 'digest' | 'digest-sha256';
  /** Its clock minus the system's. */
  clockMs?: number;
  /** What its clock says. */
  saysTime?: 'utc' | 'local' | 'nothing' | 'nonsense';
  /** Asks for a login even for the time, as some makers do. */
  timeNeedsLogin?: boolean;
  /** How far a time stamp may be off. */
  windowMs?: number;
  services?: 'services' | 'capabilities';
  media?: 1 | 2;
  profiles?: TestProfile[];
  /** The host that it believes to have. */
  believes?: string;
  /** How it answers everything. */
  vice?: Vice;
}

export type Vice =
  'none' | 'garbage' | 'html' | 'huge' | 'never' | 'drip' | 'closes' | 'fault' | 'empty' | 'redirect';

export interface TestOnvif {
  host: string;
  port: number;
  /** Names of what was asked, in order; a refused question ends with `!`. */
  asked: string[];
  /** Everything that it was sent, headers and bodies. */
  heard: string[];
  clockMs: number;
  vice: Vice;
  /** When its clock was set, and to what. */
  clockSet: { kind: string; timeServer: string | null; ms: number | null } | null;
  /** What the next pull gives: topic and its items. */
  events: { topic: string; items: Record<string, string> }[];
  /** Where it hears WS-Discovery, on loopback. */
  discoveryPort: number;
  close(): Promise<void>;
}

const PROFILES: TestProfile[] = [
  { token: 'main', name: '主码流', width: 1920, height: 1080, uri: 'rtsp://camera/main?channel=1&subtype=0' },
  { token: 'sub', name: '子码流', width: 640, height: 360, uri: 'rtsp://camera/sub?channel=1&subtype=1' },
];

/** Starts one on 127.0.0.1. */
export async function startTestOnvif(options: TestOnvifOptions = {}): Promise<TestOnvif> {
  const camera = new Camera(options);
  await camera.listen();
  return camera;
}

class Camera implements TestOnvif {
  readonly host = '127.0.0.1';
  port = 0;
  discoveryPort = 0;
  readonly asked: string[] = [];
  readonly heard: string[] = [];
  clockMs: number;
  vice: Vice;
  clockSet: TestOnvif['clockSet'] = null;
  events: TestOnvif['events'] = [];
  readonly #nonces = new Set<string>();
  /** Those that it gave out, the newest last. */
  readonly #challenges: string[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #datagrams: Datagrams = createSocket('udp4');

  constructor(private readonly options: TestOnvifOptions) {
    this.clockMs = options.clockMs ?? 0;
    this.vice = options.vice ?? 'none';
  }

  async listen(): Promise<void> {
    this.#server.listen(0, this.host);
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as AddressInfo).port;
    this.#datagrams.on('message', (bytes, { port, address }) => {
      const id = /MessageID[^>]*>([^<]+)</.exec(bytes.toString('utf8'))?.[1] ?? '';
      for (const answer of this.matches(id)) this.#datagrams.send(answer, port, address);
    });
    this.#datagrams.bind(0, this.host);
    await once(this.#datagrams, 'listening');
    this.discoveryPort = this.#datagrams.address().port;
  }

  async close(): Promise<void> {
    this.#datagrams.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Datagrams that answer a probe: the right one between foreign and broken ones. */
  matches(id: string): string[] {
    const match =
      '<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:0d0d</a:Address></a:EndpointReference>' +
      '<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/Profile/Streaming ' +
      'onvif://www.onvif.org/name/%E6%95%99%E5%AE%A4%E5%89%8D onvif://www.onvif.org/hardware/IPC-1080%</d:Scopes>' +
      `<d:XAddrs>nonsense http://169.254.1.1/onvif http://${this.host}:${this.port}/onvif/device_service</d:XAddrs>` +
      '<d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch>';
    const envelope = (relates: string, body: string) =>
      '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" ' +
      'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">' +
      `<s:Header><a:RelatesTo>${relates}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches>${body}</d:ProbeMatches></s:Body></s:Envelope>`;
    return [
      ...['\u0000\u0001', '<x', envelope('urn:uuid:somebody-else', match.replace('0d0d', 'other'))],
      ...[envelope(id, '<d:ProbeMatch/>'), envelope(id, match), envelope(id, match)],
    ];
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    this.heard.push(`${JSON.stringify(request.headers)}\n${text}`);
    if (this.vice !== 'none') return this.#misbehave(response);
    const asked =
      /<s:Body[^>]*>\s*<([A-Za-z0-9]+)/.exec(text)?.[1] ??
      /Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(text)?.[1] ??
      '?';
    const needs = asked !== 'GetSystemDateAndTime' || this.options.timeNeedsLogin === true;
    if (needs && !this.#knows(request, text)) {
      this.asked.push(`${asked}!`);
      return this.#refuse(response);
    }
    this.asked.push(asked);
    const answer = this.#answer(asked, text);
    if (answer === null) send(response, 400, envelope(fault('ter:ActionNotSupported', 'no such action')));
    else send(response, 200, envelope(answer));
  }

  async #misbehave(response: ServerResponse): Promise<void> {
    const { vice } = this;
    if (vice === 'never') return;
    if (vice === 'closes') return void response.destroy();
    if (vice === 'garbage') return send(response, 200, '\u0000<<<&&& not xml');
    if (vice === 'html') return send(response, 200, '<!DOCTYPE html><html><body>Login</body></html>');
    if (vice === 'empty') return send(response, 200, '');
    if (vice === 'fault') return send(response, 500, envelope(fault('ter:Action', 'it hurts')));
    if (vice === 'redirect') {
      response.writeHead(302, { location: 'http://192.0.2.1/steal' });
      return void response.end();
    }
    response.writeHead(200, { 'content-type': 'application/soap+xml' });
    response.on('error', () => undefined);
    if (vice === 'huge') {
      for (let n = 0; n < 400 && !response.destroyed; n++) response.write('<a>'.repeat(4_000));
      return void response.end();
    }
    while (!response.destroyed) {
      response.write(' ');
      await sleep(20);
    }
  }

  #refuse(response: ServerResponse): void {
    const { signIn } = this.options;
    if (signIn?.startsWith('digest') === true) {
      const nonce = randomBytes(12).toString('hex');
      this.#challenges.push(nonce);
      const common = `Digest realm="IP Camera, \\"room 1\\"", qop="auth,auth-int", nonce="${nonce}"`;
      response.setHeader(
        'www-authenticate',
        signIn === 'digest' ? common : [common, `${common}, algorithm=SHA-256, opaque="x"`],
      );
      return send(response, 401, '<html>Unauthorized</html>');
    }
    send(response, 400, envelope(fault('ter:NotAuthorized', 'Sender not Authorized')));
  }

  #knows(request: IncomingMessage, text: string): boolean {
    const { signIn = 'none', login = { user: '', password: '' }, windowMs = 5_000 } = this.options;
    if (signIn === 'none') return true;
    if (signIn === 'wsse') {
      const part = (name: string) =>
        new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(text)?.[1] ?? '';
      const [nonce, created] = [part('Nonce'), part('Created')];
      const right = createHash('sha1')
        .update(Buffer.from(nonce, 'base64'))
        .update(created)
        .update(login.password)
        .digest('base64');
      const isFresh = Math.abs(Date.parse(created) - this.#now()) <= windowMs;
      const isNew = nonce !== '' && !this.#nonces.has(nonce);
      this.#nonces.add(nonce);
      const user = part('Username').replaceAll('&amp;', '&').replaceAll('&lt;', '<');
      return user === login.user && part('Password') === right && isFresh && isNew;
    }
    const said = request.headers.authorization ?? '';
    const value = (name: string) => new RegExp(`\\b${name}="?((?:[^"\\\\,]|\\\\.)*)"?`).exec(said)?.[1] ?? '';
    const hash = (one: string) =>
      createHash(signIn === 'digest' ? 'md5' : 'sha256')
        .update(one)
        .digest('hex');
    const who = hash(`${login.user}:IP Camera, "room 1":${login.password}`);
    const what = hash(`POST:${request.url ?? ''}`);
    const nonce = value('nonce');
    const isOurs = this.#challenges.slice(-20).includes(nonce);
    const right = hash(`${who}:${nonce}:${value('nc')}:${value('cnonce')}:auth:${what}`);
    return said.startsWith('Digest ') && isOurs && value('response') === right;
  }

  #now(): number {
    return Date.now() + this.clockMs;
  }

  #answer(asked: string, text: string): string | null {
    const { media = 1, services = 'services', profiles = PROFILES, believes = this.host } = this.options;
    const base = `http://${believes}:${believes === this.host ? this.port : 8080}`;
    const token = /ProfileToken>([^<]*)</.exec(text)?.[1] ?? '';
    const profile = profiles.find((one) => one.token === token);
    const version = media === 1 ? 'ver10' : 'ver20';
    switch (asked) {
      case 'GetSystemDateAndTime':
        return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>${this.#time()}</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
      case 'GetDeviceInformation':
        return '<tds:GetDeviceInformationResponse><tds:Manufacturer>甲</tds:Manufacturer><tds:Model>IPC-2</tds:Model><tds:FirmwareVersion>V5.1</tds:FirmwareVersion><tds:SerialNumber>SN7</tds:SerialNumber></tds:GetDeviceInformationResponse>';
      case 'GetServices':
        if (services !== 'services') return null;
        return `<tds:GetServicesResponse>${[
          ['http://www.onvif.org/ver10/device/wsdl', 'device_service'],
          [`http://www.onvif.org/${version}/media/wsdl`, 'media'],
          ['http://www.onvif.org/ver10/events/wsdl', 'events'],
        ]
          .map(
            ([namespace, path]) =>
              `<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${base}/onvif/${path}</tds:XAddr></tds:Service>`,
          )
          .join('')}</tds:GetServicesResponse>`;
      case 'GetCapabilities':
        return `<tds:GetCapabilitiesResponse><tds:Capabilities><tt:Media><tt:XAddr>${base}/onvif/media</tt:XAddr></tt:Media><tt:Events><tt:XAddr>${base}/onvif/events</tt:XAddr></tt:Events></tds:Capabilities></tds:GetCapabilitiesResponse>`;
      case 'GetProfiles':
        return `<trt:GetProfilesResponse>${profiles.map((one) => profileXml(one, media)).join('')}</trt:GetProfilesResponse>`;
      case 'GetVideoSources':
        return '<trt:GetVideoSourcesResponse><trt:VideoSources token="vs0"><tt:Framerate>25</tt:Framerate></trt:VideoSources></trt:GetVideoSourcesResponse>';
      case 'GetStreamUri': {
        if (profile === undefined) return null;
        const uri = profile.uri.replaceAll('&', '&amp;');
        const inside =
          media === 1 ? `<trt:MediaUri><tt:Uri>${uri}</tt:Uri></trt:MediaUri>` : `<trt:Uri>${uri}</trt:Uri>`;
        return `<trt:GetStreamUriResponse>${inside}</trt:GetStreamUriResponse>`;
      }
      case 'GetSnapshotUri':
        return `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>${base}/snap.jpg</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`;
      case 'SetNTP':
        this.clockSet = {
          kind: 'NTP',
          timeServer: /IPv4Address[^>]*>([^<]*)</.exec(text)?.[1] ?? null,
          ms: null,
        };
        return '<tds:SetNTPResponse/>';
      case 'SetSystemDateAndTime':
        this.#setClock(text);
        return '<tds:SetSystemDateAndTimeResponse/>';
      case 'CreatePullPointSubscription':
        return `<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference><wsa5:Address>${base}/onvif/pull/7</wsa5:Address></tev:SubscriptionReference></tev:CreatePullPointSubscriptionResponse>`;
      case 'PullMessages':
        return `<tev:PullMessagesResponse>${this.events.splice(0).map(eventXml).join('')}</tev:PullMessagesResponse>`;
      default:
        return null;
    }
  }

  #setClock(text: string): void {
    const kind = /DateTimeType>([^<]*)</.exec(text)?.[1] ?? '';
    const part = (name: string) => Number(new RegExp(`<${name}>(\\d+)<`).exec(text)?.[1]);
    const ms = Date.UTC(
      part('Year'),
      part('Month') - 1,
      part('Day'),
      part('Hour'),
      part('Minute'),
      part('Second'),
    );
    if (kind === 'Manual') this.clockMs = ms - Date.now();
    const timeServer = this.clockSet?.timeServer ?? null;
    this.clockSet = { kind, timeServer, ms: Number.isNaN(ms) ? null : ms };
  }

  #time(): string {
    const { saysTime = 'utc' } = this.options;
    const now = new Date(this.#now());
    const name = saysTime === 'local' ? 'LocalDateTime' : 'UTCDateTime';
    const month = saysTime === 'nonsense' ? 13 : now.getUTCMonth() + 1;
    const start = '<tt:DateTimeType>Manual</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>';
    if (saysTime === 'nothing') return start;
    return (
      `${start}<tt:${name}><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute>` +
      `<tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year>` +
      `<tt:Month>${month}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:${name}>`
    );
  }
}

function profileXml(
  { token, name = token, source = 'vs0', codec = 'H264', width, height }: TestProfile,
  media: 1 | 2,
): string {
  const size = `<tt:Encoding>${codec}</tt:Encoding><tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution>`;
  const video = `<tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>${source}</tt:SourceToken>`;
  const inside =
    media === 1
      ? `<tt:VideoSourceConfiguration token="c">${video}</tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="e">${size}</tt:VideoEncoderConfiguration>`
      : `<tr2:Configurations><tr2:VideoSource token="c">${video}</tr2:VideoSource><tr2:VideoEncoder token="e">${size}</tr2:VideoEncoder></tr2:Configurations>`;
  return `<trt:Profiles token="${token}" fixed="true"><tt:Name>${name}</tt:Name>${inside}</trt:Profiles>`;
}

function eventXml({ topic, items }: TestOnvif['events'][number]): string {
  const data = Object.entries(items).map(
    ([name, value]) => `<tt:SimpleItem Name="${name}" Value="${value}"/>`,
  );
  return (
    `<wsnt:NotificationMessage><wsnt:Topic Dialect="x">${topic}</wsnt:Topic><wsnt:Message>` +
    `<tt:Message UtcTime="2026-11-21T09:00:00Z" PropertyOperation="Changed"><tt:Data>${data.join('')}</tt:Data></tt:Message>` +
    '</wsnt:Message></wsnt:NotificationMessage>'
  );
}

const fault = (code: string, reason: string) =>
  `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${code}</s:Value></s:Subcode></s:Code>` +
  `<s:Reason><s:Text xml:lang="en">${reason}</s:Text></s:Reason></s:Fault>`;

const envelope = (body: string) =>
  '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" ' +
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" ' +
  'xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" ' +
  'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa5="http://www.w3.org/2005/08/addressing" ' +
  `xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error"><s:Body>${body}</s:Body></s:Envelope>`;

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/soap+xml; charset=utf-8' });
  response.end(text);
}
