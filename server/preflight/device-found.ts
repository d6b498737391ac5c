// What the lines of a device are judged by.

import type { DeviceState } from '../core/types.js';

/** A device as it stands: what it last said, and when its reader last read. */
export interface DeviceFound extends Pick<
  DeviceState,
  'card' | 'readings' | 'readAt' | 'fault' | 'attested'
> {
  lastDocumentAt: number | null;
}
