// The table of adapters: what each needs to be set, which kind of device it is, and how it is opened. A new device is a new row.

import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox';
import type { DeviceKind } from '../core/readings.js';
import type { CameraHost } from './camera-host.js';
import { CamcorderSettings, OnvifSettings, RtspSettings } from './camera-settings.js';
import { openCamcorder, openOnvifCamera, openRtspCamera } from './camera.js';
import { ContactBoxSettings, prepareContactBox } from './contact-modbus.js';
import type { Device } from './contract.js';
import { LibgpiodSettings, prepareLibgpiod } from './gpio-libgpiod.js';
import { OnoffSettings, prepareOnoff } from './gpio-onoff.js';
import { JammerSettings, prepareJammer } from './jammer.js';
import { MeterSettings, prepareMeter } from './meter.js';
import { NetworkSettings, prepareNetwork, type NetworkHost } from './network.js';
import { NutSettings, openNutUps } from './nut-ups.js';
import { OsBatterySettings, openOsBattery } from './os-battery.js';
import { BridgeReaderSettings, prepareBridgeReader } from './reader-bridge.js';
import { HidReaderSettings, prepareHidReader, type ReaderHost } from './reader-hid.js';
import { openSnmpUps, SnmpUpsSettings } from './snmp-ups.js';
import { openSimulated, readScript, ScriptError } from './simulated.js';

/** What an adapter may use of the room. */
export interface AdapterContext extends NetworkHost, ReaderHost, CameraHost {
  /** Relative paths in settings are below it. */
  folder: string;
  /** Milliseconds of a clock that never goes back. */
  nowMs: () => number;
}

interface Adapter<Properties extends TProperties> {
  settings: TObject<Properties>;
  /** Reads what the settings name; afterwards opening cannot fail. @throws Error with a sentence for people */
  prepare(
    deviceId: string,
    settings: Static<TObject<Properties>>,
    context: AdapterContext,
  ): Promise<PreparedDevice>;
}

export interface PreparedDevice {
  kind: DeviceKind;
  simulated?: true;
  /** A device that hangs is closed and opened again. */
  open: () => Device;
}

const strict = { additionalProperties: false } as const;
const adapter = <Properties extends TProperties>(row: Adapter<Properties>) => row;

export const ADAPTERS = {
  nut: adapter({
    settings: NutSettings,
    prepare: (deviceId, settings, { folder }) => ready('ups', () => openNutUps(deviceId, settings, folder)),
  }),
  'snmp-ups': adapter({
    settings: SnmpUpsSettings,
    prepare: (deviceId, settings, { folder }) => ready('ups', () => openSnmpUps(deviceId, settings, folder)),
  }),
  'os-battery': adapter({
    settings: OsBatterySettings,
    prepare: (deviceId) => ready('ups', () => openOsBattery(deviceId)),
  }),
  jammer: adapter({ settings: JammerSettings, prepare: prepareJammer }),
  meter: adapter({ settings: MeterSettings, prepare: prepareMeter }),
  'contact-box': adapter({ settings: ContactBoxSettings, prepare: prepareContactBox }),
  libgpiod: adapter({ settings: LibgpiodSettings, prepare: prepareLibgpiod }),
  onoff: adapter({ settings: OnoffSettings, prepare: prepareOnoff }),
  'hid-reader': adapter({ settings: HidReaderSettings, prepare: prepareHidReader }),
  'bridge-reader': adapter({ settings: BridgeReaderSettings, prepare: prepareBridgeReader }),
  network: adapter({ settings: NetworkSettings, prepare: prepareNetwork }),
  rtsp: adapter({
    settings: RtspSettings,
    prepare: (deviceId, settings, context) =>
      ready('camera', () => openRtspCamera(deviceId, settings, context)),
  }),
  onvif: adapter({
    settings: OnvifSettings,
    prepare: (deviceId, settings, context) =>
      ready('camera', () => openOnvifCamera(deviceId, settings, context.folder, context)),
  }),
  camcorder: adapter({
    settings: CamcorderSettings,
    prepare: (deviceId, _settings, context) => ready('camera', () => openCamcorder(deviceId, context)),
  }),
  simulated: adapter({
    settings: Type.Object(
      { script: Type.String({ minLength: 1, maxLength: 1_000, description: 'File of the script (YAML).' }) },
      strict,
    ),
    prepare: async (deviceId, { script: name }, { folder, nowMs }) => {
      const file = isAbsolute(name) ? name : join(folder, name);
      const text = await readFile(file, 'utf8').catch(() => {
        throw new ScriptError(`${file}: 读不出来 / cannot be read`);
      });
      const script = readScript(text);
      return { kind: script.kind, simulated: true, open: () => openSimulated(deviceId, script, nowMs) };
    },
  }),
};

function ready(kind: DeviceKind, open: () => Device): Promise<PreparedDevice> {
  return Promise.resolve({ kind, open });
}

export type AdapterName = keyof typeof ADAPTERS;
