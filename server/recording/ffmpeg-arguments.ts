// The command line of one recording, and what of it may be shown. Pure: it starts nothing. Why each part is there is in
// docs/decisions/0013-recording-format.md.

/** What of ffmpeg's options hangs on its version. */
export interface FfmpegFlavour {
  /** libavformat's major version; 59 is ffmpeg 5. */
  libavformat: number;
  /** ffmpeg's own version as a number, 5.1 -> 501; 0 = not told (a build between versions is taken as new). */
  version: number;
}

export interface RecordingOptions {
  url: string;
  /** Folder of the run; segments are `000000.mp4`, `000001.mp4` ..., the list of whole ones is `list.csv`. */
  folder: string;
  segmentSeconds: number;
  audio: boolean;
  /** The stream is known to be H.265: marked so that every player takes it. */
  isH265: boolean;
  /** The stream tells its size only after a while: looks longer, at the price of its first seconds. */
  patient: boolean;
  /** Wall clock, ms: ends by itself then, should nobody be left to end it. */
  endsAt: number;
  /** How long a silent camera is waited for. */
  silenceMs: number;
}

/** A file that is cut off by a crash loses at most so much. */
export const FRAGMENT_MS = 300;
export const LIST_NAME = 'list.csv';
const SMALL_PROBE = ['-analyzeduration', '1', '-probesize', '32'];
const LONG_PROBE = ['-analyzeduration', '5000000', '-probesize', '5000000'];
// The first picture comes without a time (it was read to learn the stream) and gets that of the next less its length; none
// goes back. The commas belong to the expression, not to the list of filters.
const TIMES = 'setts=ts=max(if(N\\,DTS\\,NEXT_DTS-DURATION)\\,if(N\\,PREV_OUTDTS+1\\,0))';

/** The arguments of one recording: pictures as they come, cut by the wall clock into fragmented MP4. */
export function recordingArguments(options: RecordingOptions, flavour: FfmpegFlavour): string[] {
  const { url, folder, segmentSeconds, audio, isH265, patient, endsAt, silenceMs } = options;
  const knowsNext = flavour.version === 0 || flavour.version >= 501;
  return [
    ...[
      '-hide_banner',
      '-loglevel',
      'error',
      '-nostats',
      ...(process.platform === 'win32' ? [] : ['-nostdin']),
    ],
    ...['-rtsp_transport', 'tcp'],
    ...[flavour.libavformat >= 59 ? '-timeout' : '-stimeout', String(silenceMs * 1_000)],
    ...['-use_wallclock_as_timestamps', '1'],
    ...['-fflags', knowsNext ? '+discardcorrupt' : '+discardcorrupt+nobuffer'],
    ...(patient ? LONG_PROBE : SMALL_PROBE),
    ...['-i', url, '-map', '0:v:0', '-c:v', 'copy'],
    ...(knowsNext ? ['-bsf:v', TIMES] : []),
    ...(isH265 ? ['-tag:v', 'hvc1'] : []),
    ...(audio
      ? [
          '-map',
          '0:a:0?',
          '-c:a',
          'aac',
          '-ar',
          '16000',
          '-ac',
          '1',
          '-b:a',
          '32k',
          '-af',
          'aresample=async=1000',
        ]
      : ['-an']),
    // With -copyts a length is an instant.
    ...['-copyts', '-t', String(Math.ceil(endsAt / 1_000))],
    ...['-f', 'segment', '-segment_time', String(segmentSeconds), '-segment_atclocktime', '1'],
    ...['-segment_format', 'mp4', '-segment_format_options'],
    `movflags=+empty_moov+default_base_moof:frag_duration=${FRAGMENT_MS * 1_000}:flush_packets=1:write_prft=wallclock`,
    ...['-reset_timestamps', '1'],
    ...['-segment_list', `${folder}/${LIST_NAME}`, '-segment_list_type', 'csv'],
    `${folder}/%06d.mp4`,
  ];
}

/** Reads what `ffmpeg -version` says. @returns null where that is not ffmpeg */
export function readFlavour(text: string): FfmpegFlavour | null {
  const library = /libavformat\s+(\d{1,4})\./.exec(text);
  if (library === null) return null;
  const version = /^ffmpeg version n?(\d{1,3})\.(\d{1,3})/.exec(text);
  return {
    libavformat: Number(library[1]),
    version: version === null ? 0 : Number(version[1]) * 100 + Number(version[2]),
  };
}

/** Takes user names and passwords out of every address in a text, and bounds it. */
export function withoutCredentials(text: string, maxLength = 400): string {
  // Up to the last @ before a blank: passwords hold @, : and / where somebody forgot to encode them.
  return text.replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)\S*@/gi, '$1').slice(0, maxLength);
}
