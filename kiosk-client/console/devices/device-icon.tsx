// One small drawing a kind of device, in the colour of the text around it; the name beside it is what is read aloud.

import type { DeviceKind } from '../../../server/core/readings.js';

/** Strokes in a field of 24 by 24. */
const PATHS: Record<DeviceKind, string> = {
  ups: 'M5 8h14v11H5z M9 8V5h6v3 M13 10l-3 4h4l-3 4',
  jammer:
    'M12 14v6 M12 11.5v1 M8.5 15a5 5 0 0 1 0-7 M15.5 8a5 5 0 0 1 0 7 M5.8 17.5a8.5 8.5 0 0 1 0-12 M4 20L20 4',
  'id-reader': 'M3 6h18v12H3z M6.5 15c.4-2 4.6-2 5 0 M9 9.2a1.6 1.6 0 1 0 .01 0 M14.5 10h4 M14.5 13.5h4',
  contact: 'M3 12h5 M16 12h5 M8 12l7-5 M8 10.6v2.8 M16 10.6v2.8',
  meter: 'M4 17a8 8 0 1 1 16 0z M12 17l4-5 M7 14.5l1 .5 M9 11l.6 1 M13 10v1',
  network: 'M9 3h6v5H9z M3 16h6v5H3z M15 16h6v5h-6z M12 8v4 M6 16v-4h12v4',
  camera: 'M3 7h12v10H3z M15 11l6-3.5v9L15 13',
};

export function DeviceIcon({ kind }: { kind: DeviceKind }) {
  return (
    <svg class="device-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[kind]} />
    </svg>
  );
}
