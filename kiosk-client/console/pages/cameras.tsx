// The cameras (REQ-A06): all of them live with how their recordings are, or one of them opened with what it recorded.

import { durationWords } from '../../../server/protocol/duration-words.js';
import { useLanguage, useTexts } from '../../i18n/language.js';
import { spaceLeftS } from '../cameras/camera-facts.js';
import { CameraOpen } from '../cameras/camera-open.js';
import { cameraTexts } from '../cameras/texts.js';
import { Tile } from '../cameras/tile.js';
import { camerasOf } from '../cameras/use-cameras.js';
import { useDesk } from '../desk.js';
import { useAllReadings } from '../devices/use-live.js';
import { useView } from '../room/use-console.js';

export function Cameras() {
  const view = useView();
  const { camera } = useDesk();
  const t = useTexts(cameraTexts);
  const language = useLanguage();
  const cameras = camerasOf(view);
  const all = useAllReadings(cameras);
  const opened = cameras.find(({ deviceId }) => deviceId === camera?.deviceId);
  if (cameras.length === 0) return <p class="muted">{t.none}</p>;
  if (opened !== undefined && camera !== null)
    return <CameraOpen key={opened.deviceId} device={opened} at={camera.at} />;
  const recording = all.filter((readings) => readings['camera.state'] === 'recording').length;
  const left = spaceLeftS(all);
  const facts = [
    t.recording(recording, cameras.length),
    ...(left === null ? [] : [t.spaceLeft(durationWords(left)[language])]),
  ];
  return (
    <section class="cameras" aria-label={t.title}>
      <p class="cameras-head">
        <b>{facts.join(' · ')}</b> <span class="muted small">{t.hint}</span>
      </p>
      <div class={`tiles of-${Math.min(cameras.length, 8)}`}>
        {cameras.map((device) => (
          <Tile key={device.deviceId} device={device} />
        ))}
      </div>
    </section>
  );
}
