// What devices say this moment, asked of the room every few seconds by one part of the page for all of it.

import { createContext } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import type { DeviceMark, DeviceView, LiveDevice, TrendPoint } from '../../../server/protocol/staff.js';
import type { Readings } from '../../../server/core/readings.js';
import { useLink, useView } from '../room/use-console.js';

const EVERY_MS = 4_000;
const TRENDS_EVERY_MS = 20_000;

export type LiveDevices = ReadonlyMap<string, LiveDevice>;
export const LiveContext = createContext<LiveDevices>(new Map());

/** Asks as long as the page is shown; for the frame of the page alone. */
export function useAskedDevices(): LiveDevices {
  const link = useLink();
  const count = useView().devices.length;
  const [live, setLive] = useState<LiveDevices>(new Map());
  useEffect(() => {
    if (count === 0) return undefined;
    let over = false;
    const ask = () =>
      void link.liveDevices().then((devices) => {
        if (!over && devices !== null) setLive(new Map(devices.map((one) => [one.deviceId, one])));
      });
    ask();
    const timer = setInterval(ask, EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [link, count]);
  return live;
}

/** The newest readings of a device, and when it gave them: what it says now, or what the journal has where it is silent. */
export function useReadings({ deviceId, readings, readAt }: DeviceView): {
  readings: Readings;
  readAt: number | null;
  live: LiveDevice | null;
} {
  const live = useContext(LiveContext).get(deviceId) ?? null;
  if (live === null || live.readings === null) return { readings, readAt, live };
  return { readings: live.readings, readAt: live.at, live };
}

/** The newest readings of several devices, in their order. */
export function useAllReadings(devices: readonly DeviceView[]): Readings[] {
  const live = useContext(LiveContext);
  return devices.map(({ deviceId, readings }) => live.get(deviceId)?.readings ?? readings);
}

/** All numbers of a device over the last two hours. */
export function useTrends(deviceId: string): Record<string, TrendPoint[]> {
  const link = useLink();
  const [points, setPoints] = useState<Record<string, TrendPoint[]>>({});
  useEffect(() => {
    let over = false;
    const ask = () =>
      void link.trends(deviceId).then((answer) => {
        if (!over && answer !== null) setPoints(answer);
      });
    ask();
    const timer = setInterval(ask, TRENDS_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [link, deviceId]);
  return points;
}

/** What happened to devices; asked anew when the feed has news of them. Null until the room has answered. */
export function useMarks(): DeviceMark[] | null {
  const link = useLink();
  const { feed } = useView();
  const [marks, setMarks] = useState<DeviceMark[] | null>(null);
  const newest = feed.find(({ type }) => /^(alarm|device|mains)-/.test(type))?.seq ?? 0;
  useEffect(() => {
    let over = false;
    void link.deviceMarks().then((answer) => {
      if (!over && answer !== null) setMarks(answer);
    });
    return () => {
      over = true;
    };
  }, [link, newest]);
  return marks;
}
