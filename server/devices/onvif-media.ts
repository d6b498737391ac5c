// Media profiles of an ONVIF camera: read from either media service, and which of them is recorded and which is shown small.
// Pure.

import { DeviceFault } from './contract.js';
import { all, at, textAt, wholeAt, type XmlNode } from './onvif-xml.js';

export interface MediaProfile {
  token: string;
  name: string;
  /** The picture that it is of: a recorder of many cameras has several. */
  source: string | null;
  /** As the camera writes it, e.g. `H264`. */
  codec: string | null;
  width: number;
  height: number;
}

const MOST_PROFILES = 200;

/** Profiles of a `GetProfilesResponse`; those without a token are left out. */
export function readProfiles(body: XmlNode): MediaProfile[] {
  const response = at(body, 'GetProfilesResponse');
  return all(response, 'Profiles')
    .slice(0, MOST_PROFILES)
    .flatMap((profile): MediaProfile[] => {
      const { token } = profile.attributes;
      if (token === undefined || token === '') return [];
      // The second media service puts everything below `Configurations` and names it shorter.
      const second = at(profile, 'Configurations');
      const encoder = at(profile, 'VideoEncoderConfiguration') ?? at(second, 'VideoEncoder');
      const source = at(profile, 'VideoSourceConfiguration') ?? at(second, 'VideoSource');
      return [
        {
          ...{ token, name: textAt(profile, 'Name') ?? token, source: textAt(source, 'SourceToken') },
          codec: textAt(encoder, 'Encoding'),
          width: Math.max(0, wholeAt(encoder, 'Resolution', 'Width') ?? 0),
          height: Math.max(0, wholeAt(encoder, 'Resolution', 'Height') ?? 0),
        },
      ];
    });
}

const pixels = ({ width, height }: MediaProfile) => width * height;
const isH264 = ({ codec }: MediaProfile) => codec !== null && /264|avc/i.test(codec);

/**
 * The profile to record, and the smaller one of the same picture; H.264 before others, since browsers play it.
 * @param wanted token or name out of the settings @throws DeviceFault where the camera has no such profile
 */
export function chooseProfiles(
  profiles: readonly MediaProfile[],
  wanted?: string,
): { main: MediaProfile; sub: MediaProfile | null } {
  const named = profiles.find(({ token, name }) => token === wanted || name === wanted);
  if (wanted !== undefined && named === undefined) {
    const names = profiles.map(({ token, name }) => (token === name ? token : `${token} (${name})`));
    throw new DeviceFault(
      'not-installed',
      `no profile ${wanted}; there are ${names.join(', ')}`.slice(0, 200),
    );
  }
  const largest = [...profiles].sort((a, b) => pixels(b) - pixels(a))[0];
  const main = named ?? largest;
  if (main === undefined) throw new DeviceFault('bad-answer', 'the camera has no media profile');
  const smaller = profiles
    .filter((one) => one.source === main.source && pixels(one) > 0 && pixels(one) < pixels(main))
    .sort((a, b) => Number(isH264(b)) - Number(isH264(a)) || pixels(a) - pixels(b));
  return { main, sub: smaller[0] ?? null };
}
