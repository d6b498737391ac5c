// Identity readers on USB that are no keyboards (node-hid). What is read goes to the room at once and is kept nowhere; readers
// in keyboard mode belong to the check-in page.

import { Type, type Static } from '@sinclair/typebox';
import type { DocumentRead } from '../protocol/document-reading.js';
import { DeviceFault, type Device } from './contract.js';
import { ReportReader, type ReportShape } from './reader-report.js';
import { faultOf, withSignal } from './transport.js';

const FieldNumber = (preset: number, description: string) =>
  Type.Integer({ minimum: preset === 0 ? 0 : 1, maximum: 20, default: preset, description });

export const HidReaderSettings = Type.Object(
  {
    vendorId: Type.Integer({ minimum: 1, maximum: 65_535, description: 'USB vendor of the reader.' }),
    productId: Type.Integer({ minimum: 1, maximum: 65_535, description: 'USB product of the reader.' }),
    serial: Type.Optional(
      Type.String({ maxLength: 100, description: 'Serial number, where there are several.' }),
    ),
    skip: Type.Integer({ minimum: 0, maximum: 64, default: 0, description: 'Bytes before the text.' }),
    encoding: Type.Union([Type.Literal('ascii'), Type.Literal('utf16le')], {
      default: 'ascii',
      description: 'How the text is written.',
    }),
    ends: Type.Union([Type.Literal('line'), Type.Literal('report')], {
      default: 'line',
      description: 'What ends a document: a line end, or each report is one.',
    }),
    separator: Type.String({
      maxLength: 3,
      default: '',
      description: 'Between fields; empty = number only.',
    }),
    numberField: FieldNumber(1, 'Which field is the number.'),
    nameField: FieldNumber(0, 'Which field is the name; 0 = none.'),
  },
  { additionalProperties: false },
);
export type HidReaderSettings = Static<typeof HidReaderSettings>;

/** What is used of node-hid. */
export interface HidModule {
  devicesAsync(
    vendorId: number,
    productId: number,
  ): Promise<
    { path?: string | undefined; serialNumber?: string | undefined; product?: string | undefined }[]
  >;
  HIDAsync: { open(path: string): Promise<HidPort> };
}
export interface HidPort {
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  close(): Promise<void>;
}

/** What a reader needs of the room. */
export interface ReaderHost {
  /** A document was read; personal data, for the check-in alone. */
  documentRead(deviceId: string, read: DocumentRead): void;
  nowMs(): number;
}

/** Looking through USB is costly: a reader that is gone is looked for this often. */
const LOOK_EVERY_MS = 30_000;

async function loadHid(): Promise<HidModule> {
  try {
    return await import('node-hid');
  } catch {
    throw new DeviceFault('not-installed', 'the module node-hid is missing');
  }
}

/** @param load brings node-hid; tests bring their own */
export function openHidReader(
  deviceId: string,
  settings: HidReaderSettings,
  host: ReaderHost,
  load: () => Promise<HidModule> = loadHid,
): Device {
  let port: HidPort | null = null;
  let product = '';
  let reads = 0;
  let lookedAt: number | null = null;
  let changed: () => void = () => undefined;
  let closed = false;

  async function find(): Promise<HidPort> {
    const { devicesAsync, HIDAsync } = await load();
    const found = await devicesAsync(settings.vendorId, settings.productId);
    const mine = found.find(
      ({ serialNumber }) => settings.serial === undefined || serialNumber === settings.serial,
    );
    if (mine?.path === undefined) throw new DeviceFault('unreachable', 'the reader is not on USB');
    product = mine.product ?? '';
    return HIDAsync.open(mine.path);
  }

  async function attach(): Promise<void> {
    const fresh = await find();
    if (closed) {
      await fresh.close();
      return;
    }
    const reader = new ReportReader(settings satisfies ReportShape);
    fresh.on('data', (report) => {
      for (const read of reader.take(report)) {
        reads++;
        host.documentRead(deviceId, read);
        changed();
      }
    });
    fresh.on('error', () => {
      if (port === fresh) port = null;
      void fresh.close().catch(() => undefined);
      lookedAt = null;
      changed();
    });
    port = fresh;
  }

  return {
    deviceId,
    kind: 'id-reader',
    async poll(signal) {
      if (port === null) {
        const now = host.nowMs();
        if (lookedAt !== null && now - lookedAt < LOOK_EVERY_MS)
          throw new DeviceFault('unreachable', 'the reader is not on USB');
        lookedAt = now;
        try {
          await withSignal(signal, attach());
        } catch (error) {
          throw faultOf(error);
        }
      }
      return {
        'reader.ready': true,
        'reader.reads': reads,
        ...(product === '' ? {} : { model: product.slice(0, 200) }),
      };
    },
    onChange: (listener) => (changed = listener),
    async close() {
      closed = true;
      const ended = port;
      port = null;
      await ended?.close().catch(() => undefined);
    },
  };
}

/** A reader on USB. */
export function prepareHidReader(
  deviceId: string,
  settings: HidReaderSettings,
  host: ReaderHost,
): Promise<{ kind: 'id-reader'; open: () => Device }> {
  return Promise.resolve({ kind: 'id-reader', open: () => openHidReader(deviceId, settings, host) });
}
