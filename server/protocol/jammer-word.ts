// One word for a jammer, from facts that stay apart: what was commanded, what the device reports, what was measured, what a
// person attests. Pure; it never makes more of a fact than it is.

export interface JammerFacts {
  /** What staff asked of it last; absent when nobody did. */
  commanded?: boolean | undefined;
  /** What the device says of itself. */
  reported?: boolean | undefined;
  /** What the check of the effect found. */
  observed?: string | undefined;
  /** Draws its power, by a meter on its supply. */
  powered?: boolean | undefined;
  /** A person says that it works. */
  attested?: boolean | undefined;
}

export const JAMMER_WORDS = {
  effective: { zh: '实测有效', en: 'effective, measured' },
  ineffective: { zh: '实测无效', en: 'measured: no effect' },
  attested: { zh: '人工确认有效', en: 'attested by a person' },
  'reported-on': { zh: '自报开启', en: 'reports to be on' },
  powered: { zh: '已通电', en: 'draws power' },
  assumed: { zh: '仅有指令', en: 'commanded only' },
  off: { zh: '关闭', en: 'off' },
  unknown: { zh: '未知', en: 'unknown' },
} as const satisfies Record<string, { zh: string; en: string }>;

export type JammerWord = keyof typeof JAMMER_WORDS;

/**
 * The overall word (REQ of the room's jammer: "on" is never inferred from a command). What was measured comes before what is
 * said, and a device or a meter that says "off" stands against every command and every attestation.
 */
export function jammerWord({ commanded, reported, observed, powered, attested }: JammerFacts): JammerWord {
  if (observed === 'effective') return 'effective';
  if (reported === false || powered === false) return 'off';
  if (observed === 'ineffective') return 'ineffective';
  if (attested === true) return 'attested';
  if (reported === true) return 'reported-on';
  if (powered === true) return 'powered';
  if (commanded === undefined) return 'unknown';
  return commanded ? 'assumed' : 'off';
}
