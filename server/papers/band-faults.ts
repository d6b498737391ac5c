// Figures of a plan that contradict each other: what is to be amber would be worse than what is red already, and a line of the check
// would never say it. Looked at as they would be in force, for a plan writes only what differs from the requirements.

import { bandsInForce, type PlanBands, type RoomBands } from '../core/preflight-bands.js';

type Group = Exclude<keyof RoomBands, 'name'>;

/** Pairs of which the first may not be the larger. */
const RISING: {
  [G in Group]: readonly (readonly [keyof RoomBands[G] & string, keyof RoomBands[G] & string])[];
} = {
  server: [
    ['cores', 'goodCores'],
    ['freeGb', 'goodFreeGb'],
    ['syncMs', 'slowSyncMs'],
  ],
  pcs: [
    ['roundTripMs', 'badRoundTripMs'],
    ['badThroughputMbit', 'throughputMbit'],
  ],
  cameras: [
    ['keyFrameS', 'slowKeyFrameS'],
    ['clockMs', 'badClockMs'],
  ],
  ups: [],
};

/**
 * What is wrong with `policy.preflight` beyond its limits, in Chinese and English, each with what to write in its place. [PF2]
 * @param said undefined where the plan says nothing
 */
export function bandFaults(said: PlanBands | undefined): string[] {
  const bands = bandsInForce(said);
  const faults = (Object.keys(RISING) as Group[]).flatMap((group) => {
    const figures: Readonly<Record<string, number>> = { ...bands[group] };
    return RISING[group].flatMap(([lower, upper]) => {
      const { [lower]: low = 0, [upper]: high = 0 } = figures;
      return low <= high ? [] : [faultOf(group, `${lower} ${low}`, upper, high, low)];
    });
  });
  const { width, height, goodMegapixels } = bands.cameras;
  // 1280×720 counts as 0.9, as people say it.
  const least = Math.floor((width * height) / 1e5) / 10;
  if (least > goodMegapixels)
    faults.push(faultOf('cameras', `${width}×${height} (${least})`, 'goodMegapixels', goodMegapixels, least));
  return faults;
}

function faultOf(group: Group, beyond: string, name: string, is: number, least: number): string {
  return `policy.preflight.${group}: ${beyond} 大于 ${name} ${is}，请把 ${name} 写成 ${least} 或更大（没有写的数按考试要求） / ${beyond} is beyond ${name} ${is}: write a ${name} of ${least} or more (what is not written is the requirement’s)`;
}
