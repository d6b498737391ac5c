// The room's devices as a row of chips: what each is, how it is, the readings that matter, how old they are.

import type { ReadingName } from '../../../server/core/readings.js';
import type { DeviceView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts, type Texts } from '../../i18n/language.js';
import { useDesk } from '../desk.js';
import { useNow, useView } from '../room/use-console.js';
import { age } from '../texts/age.js';
import { DeviceIcon } from './device-icon.js';
import { deviceLook, worstFirst } from './device-state.js';
import { Spark } from './plot.js';
import { leadingFacts } from './readings.js';
import { useReadings } from './use-live.js';

export const deviceTexts: Texts<{ heading: string; simulated: string; ago: (age: string) => string }> = {
  zh: { heading: '设备', simulated: '模拟', ago: (age) => (/[0-9]$/.test(age) ? `${age} 前` : `${age}前`) },
  en: { heading: 'Devices', simulated: 'simulated', ago: (age) => `${age} ago` },
};

export function DeviceStrip() {
  const { devices } = useView();
  const t = useTexts(deviceTexts);
  if (devices.length === 0) return null;
  return (
    <section class="strip" aria-label={t.heading}>
      {worstFirst(devices).map((device) => (
        <Chip key={device.deviceId} device={device} />
      ))}
    </section>
  );
}

function Chip({ device }: { device: DeviceView }) {
  const { alarms } = useView();
  const desk = useDesk();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(deviceTexts);
  const { readings, readAt, live } = useReadings(device);
  const { deviceId, kind, name } = device;
  const { tone, shape, word, alarms: against } = deviceLook(device, alarms, readAt, language);
  const facts = against.length > 0 ? against.slice(0, 1) : [];
  facts.push(...leadingFacts(device, readings, language));
  const since = readAt === null ? '' : t.ago(age(now - readAt, language));
  const chosen = desk.deviceId === deviceId;
  return (
    <button
      type="button"
      class={`chip ${tone}${chosen ? ' shown' : ''}`}
      data-device={deviceId}
      aria-expanded={chosen}
      title={[name, ...against].join(' · ')}
      onClick={() => desk.openDevice(chosen ? null : deviceId)}
    >
      <DeviceIcon kind={kind} />
      <span class="chip-text">
        <span class="chip-head">
          <b>{name}</b>
          <span class="chip-state">
            <i aria-hidden="true">{shape}</i>
            {word}
          </span>
        </span>
        <span class="chip-facts">
          {facts.length === 0 && '—'}
          {facts.slice(0, 2).flatMap((fact) => [<span key={fact}>{fact}</span>, ' '])}
        </span>
        <span class="chip-age">
          {device.simulated === true && <em>{t.simulated}</em>}
          <span>{since}</span>
          {live?.trend != null && (
            <Spark
              reading={live.trend.reading as ReadingName}
              points={live.trend.points}
              now={now}
              width={52}
              height={18}
            />
          )}
        </span>
      </span>
    </button>
  );
}
