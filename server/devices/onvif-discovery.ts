// Finds ONVIF cameras in the room's network by WS-Discovery. For setting a room up only: what is found is written into the
// settings with a fixed address, and nothing depends on it afterwards.

import { randomUUID } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { at, readXml, textAt, within, type XmlNode } from './onvif-xml.js';

/** A camera that answered. */
export interface FoundCamera {
  /** Its own lasting name, `urn:uuid:...`. */
  endpoint: string;
  /** Where its answer came from. */
  host: string;
  /** Of its ONVIF service. */
  port: number;
  /** What it says of itself; null where it says nothing. */
  name: string | null;
  hardware: string | null;
}

export interface DiscoveryOptions {
  /** How long answers are waited for, milliseconds. */
  withinMs?: number;
  /** Where the question goes; tests ask one address only. */
  to?: { address: string; port: number };
  signal?: AbortSignal;
}

const GROUP = { address: '239.255.255.250', port: 3_702 };
const WITHIN_MS = 4_000;
/** Datagrams get lost: the question is asked three times. */
const ASK_AT_MS = [0, 300, 900];
const MOST_FOUND = 500;
const MOST_BYTES = 32_768;

/** The question, with its own name: answers name it again. */
function probeMessage(messageId: string): string {
  const addressing = 'http://schemas.xmlsoap.org/ws/2004/08/addressing';
  const discovery = 'http://schemas.xmlsoap.org/ws/2005/04/discovery';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="${addressing}"><s:Header>` +
    `<a:MessageID>${messageId}</a:MessageID>` +
    '<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>' +
    `<a:Action>${discovery}/Probe</a:Action></s:Header><s:Body><Probe xmlns="${discovery}">` +
    '<Types xmlns:dn="http://www.onvif.org/ver10/network/wsdl">dn:NetworkVideoTransmitter</Types>' +
    '</Probe></s:Body></s:Envelope>'
  );
}

/**
 * The cameras of one datagram; none where it is anything but an answer to the question.
 * @param from whose datagram it is: a camera is where it answers from, whatever it says
 */
export function readMatches(text: string, messageId: string, from: string): FoundCamera[] {
  let root: XmlNode;
  try {
    root = readXml(text);
  } catch {
    return [];
  }
  if (textAt(root, 'Header', 'RelatesTo') !== messageId) return [];
  const matches = at(root, 'Body', 'ProbeMatches');
  return (matches === null ? [] : within(matches, 'ProbeMatch')).flatMap((match): FoundCamera[] => {
    const endpoint = textAt(match, 'EndpointReference', 'Address');
    const addresses = (textAt(match, 'XAddrs') ?? '')
      .split(/\s+/)
      .flatMap((one) => (URL.canParse(one) ? [new URL(one)] : []))
      .filter(({ protocol }) => protocol === 'http:');
    const own = addresses.find(({ hostname }) => hostname === from) ?? addresses[0];
    if (endpoint === null || own === undefined) return [];
    const scopes = (textAt(match, 'Scopes') ?? '').split(/\s+/);
    return [
      {
        ...{ endpoint: endpoint.slice(0, 200), host: from, port: own.port === '' ? 80 : Number(own.port) },
        ...{ name: scopeOf(scopes, 'name'), hardware: scopeOf(scopes, 'hardware') },
      },
    ];
  });
}

/** `onvif://www.onvif.org/name/IPC%20A` is its name. */
function scopeOf(scopes: readonly string[], what: string): string | null {
  const start = `onvif://www.onvif.org/${what}/`;
  const scope = scopes.find((one) => one.toLowerCase().startsWith(start));
  if (scope === undefined) return null;
  const text = scope.slice(start.length);
  const plain = /%(?![0-9a-f]{2})/i.test(text) ? text : decoded(text);
  return plain === '' ? null : plain.slice(0, 100);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Asks on every network card; never throws. @returns who answered, by address */
export async function discoverCameras({
  withinMs = WITHIN_MS,
  to = GROUP,
  signal,
}: DiscoveryOptions = {}): Promise<FoundCamera[]> {
  const messageId = `urn:uuid:${randomUUID()}`;
  const message = Buffer.from(probeMessage(messageId));
  const found = new Map<string, FoundCamera>();
  const take = (bytes: Buffer, { address }: RemoteInfo) => {
    if (bytes.length > MOST_BYTES) return;
    for (const camera of readMatches(bytes.toString('utf8'), messageId, address))
      if (found.size < MOST_FOUND) found.set(`${camera.host} ${camera.endpoint}`, camera);
  };
  const sockets = await Promise.all(cardAddresses(to.address).map((address) => opened(address, take)));
  const open = sockets.filter((socket) => socket !== null);
  const timers = ASK_AT_MS.map((atMs) =>
    setTimeout(() => {
      for (const socket of open) socket.send(message, to.port, to.address, () => undefined);
    }, atMs),
  );
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, withinMs);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
    if (signal?.aborted === true) resolve();
  });
  for (const timer of timers) clearTimeout(timer);
  for (const socket of open) socket.close();
  return [...found.values()].sort((a, b) => a.host.localeCompare(b.host) || a.port - b.port);
}

function cardAddresses(to: string): string[] {
  if (to !== GROUP.address) return ['0.0.0.0'];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}

/** null where this card cannot be used. */
function opened(address: string, take: (bytes: Buffer, from: RemoteInfo) => void): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: 'udp4', reuseAddr: true });
    socket.once('error', () => resolve(null));
    socket.on('error', () => undefined);
    socket.on('message', take);
    socket.bind(0, address, () => resolve(socket));
  });
}
