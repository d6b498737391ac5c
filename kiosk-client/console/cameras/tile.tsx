// One camera among all: its picture of now, how its recording is, how much of the session is there.

import type { DeviceView } from '../../../server/protocol/staff.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { useDesk } from '../desk.js';
import { deviceTexts } from '../devices/device-strip.js';
import { useReadings } from '../devices/use-live.js';
import { useNow, useView } from '../room/use-console.js';
import { age } from '../texts/age.js';
import { cameraLook, coverage, missingSince, pictureFacts } from './camera-facts.js';
import { LivePicture } from './live-picture.js';
import { cameraTexts } from './texts.js';
import { sessionOf } from './use-cameras.js';

export function Tile({ device }: { device: DeviceView }) {
  const { deviceId, name } = device;
  const t = useTexts(cameraTexts);
  const desk = useDesk();
  return (
    <article class="tile" data-camera={deviceId}>
      <LivePicture device={device} />
      <button
        type="button"
        class="tile-over"
        aria-label={t.open(name)}
        onClick={() => desk.openCamera(deviceId)}
      />
      <div class="tile-text">
        <b class="tile-name">{name}</b>
        <StateWords device={device} />
        <CoverageWords device={device} />
      </div>
    </article>
  );
}

/** `● 正在录像 3 秒前`. */
export function StateWords({ device }: { device: DeviceView }) {
  const { alarms } = useView();
  const now = useNow();
  const language = useLanguage();
  const strip = useTexts(deviceTexts);
  const { readings, readAt } = useReadings(device);
  const { tone, shape, word } = cameraLook(device.deviceId, readings, alarms, readAt, language);
  return (
    <span class={`state-line camera-state ${tone}`}>
      <i aria-hidden="true">{shape}</i> {word}
      {readAt !== null && <span class="muted"> {strip.ago(age(now - readAt, language))}</span>}
      {device.simulated === true && <span class="pill">{strip.simulated}</span>}
    </span>
  );
}

/** `本场已录 99.8% · 无缺口 · 1920×1080`. */
export function CoverageWords({ device }: { device: DeviceView }) {
  const view = useView();
  const now = useNow();
  const language = useLanguage();
  const t = useTexts(cameraTexts);
  const { readings } = useReadings(device);
  const session = sessionOf(view, device.deviceId);
  const percent = coverage(session, readings);
  const gaps = session?.gaps.length ?? readings['video.gaps'] ?? null;
  const missing = missingSince(session, readings);
  // What is missing now is listed as a gap only when it ends: till then nobody says that there is none.
  const hasNone = gaps === 0 && missing === null;
  const gapsText =
    gaps === null || percent === null ? '' : hasNone ? t.noGaps : gaps === 0 ? '' : t.gaps(gaps);
  const facts = [
    percent === null ? t.notCovered : t.covered(percent),
    gapsText,
    ...pictureFacts(readings, language),
  ].filter((one) => one !== '');
  return (
    <span class="camera-facts">
      {missing !== null && <b class="missing">{t.missingFor(age(now - missing, language))} · </b>}
      {facts.join(' · ')}
    </span>
  );
}
