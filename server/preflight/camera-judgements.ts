// What is judged of one camera before an exam: the stream that was seen, its clock, and what a person said of its picture. Pure.

import type { CameraBands } from '../core/preflight-bands.js';
import { readingValueWords } from '../protocol/device-words.js';
import type { ProbeFailureCode, StreamFacts } from '../recording/probe-stream.js';
import { amber, green, red, same, unknown, type Both, type Judgement } from './line.js';

/** What a look gave: the stream, or why there was none. */
export type Seen = { facts: StreamFacts } | { failure: ProbeFailureCode; detail: string };

/** A person's last word on the picture of a camera; null = nobody said. */
export type CameraText = { value: 'right' | 'wrong'; ageMs: number } | null;

/** A picture that somebody looked at before is looked at again. */
const TEXT_STANDS_MS = 24 * 3_600_000;
/** A stream of fewer frames hides what happens between them. */
const FEW_FRAMES = 10;
const TOO_FEW_FRAMES = 5;
/** With fewer faces are mud. */
const FEW_KILOBITS = 800;
/** More than a room's disk and network are reckoned for. */
const MANY_KILOBITS = 12_000;
/** A fixed interval varies by a frame or two. */
const UNSTEADY_S = 0.5;

const FAILURES: Record<ProbeFailureCode, { cause: Both; step: Both }> = {
  'not-installed': {
    cause: { zh: '缺少 ffprobe，或读不到密码文件', en: 'ffprobe or the file of the password is missing' },
    step: {
      zh: '安装 ffmpeg（含 ffprobe）；检查 passwordFile',
      en: 'install ffmpeg with ffprobe; look at passwordFile',
    },
  },
  unreachable: {
    cause: { zh: '连不上摄像机', en: 'the camera cannot be reached' },
    step: {
      zh: '检查摄像机供电、网线和配置中的地址',
      en: 'look at its power, its cable and the address in the settings',
    },
  },
  refused: {
    cause: { zh: '用户名或密码不对，或连接数已满', en: 'wrong name or password, or too many sessions' },
    step: {
      zh: '更正用户名和密码；关闭其他正在看此摄像机的程序',
      en: 'mend name and password; close what else watches this camera',
    },
  },
  'not-found': {
    cause: { zh: '摄像机没有这个码流', en: 'the camera has no such stream' },
    step: {
      zh: '按型号更正码流地址，或改用 ONVIF',
      en: 'mend the address of the stream for this model, or use ONVIF',
    },
  },
  'no-video': {
    cause: { zh: '码流里没有画面', en: 'there is no picture in the stream' },
    step: { zh: '检查镜头、编码设置和码流地址', en: 'look at lens, encoder settings and the address' },
  },
  'timed-out': {
    cause: { zh: '摄像机连得上，但没有送来画面', en: 'the camera answers and sends nothing' },
    step: { zh: '重启摄像机；检查它的连接数上限', en: 'restart the camera; look at its limit of sessions' },
  },
  'bad-answer': {
    cause: { zh: '摄像机的应答无法识别', en: 'its answer makes no sense' },
    step: {
      zh: '检查地址是否指向摄像机的 RTSP 端口',
      en: 'see whether the address is that of its RTSP port',
    },
  },
};

const SEEN: Both = { zh: '能取到画面', en: 'a picture comes' };
const NOT_SEEN: Both = { zh: '没有取到画面', en: 'no picture was seen' };
const TOO_SHORT: Both = { zh: '画面太短，量不出', en: 'too little was seen' };
const AGAIN: Both = { zh: '先解决“视频流”一行', en: 'mend the line about the stream first' };

export function judgeReachable(seen: Seen): Judgement {
  if ('failure' in seen) {
    const { cause, step } = FAILURES[seen.failure];
    // What the program said stands beside the words for people: the technician may need it.
    const said = seen.detail === '' ? '' : `：${seen.detail}`;
    const measured = { zh: `${NOT_SEEN.zh}${said}`, en: `${NOT_SEEN.en}${said.replace('：', ': ')}` };
    return red(measured, SEEN, cause, step);
  }
  const { codec, width, height, frames, seconds, audioCodec } = seen.facts;
  const sound = audioCodec === null ? '' : ` + ${audioCodec}`;
  return green(
    same(
      `${readingValueWords('camera.codec', codec).en} ${width}×${height}${sound}, ${frames} / ${seconds} s`,
    ),
    SEEN,
  );
}

/** The judgement of what was seen; unknown where nothing was. */
function ofFacts(seen: Seen, required: Both, judge: (facts: StreamFacts) => Judgement): Judgement {
  return 'failure' in seen ? unknown(required, NOT_SEEN, AGAIN) : judge(seen.facts);
}

export function judgeResolution(seen: Seen, bands: CameraBands): Judgement {
  const required = {
    zh: `${bands.width}×${bands.height} 以上，建议 ${bands.goodMegapixels} 百万像素以上`,
    en: `${bands.width}×${bands.height} or more, ${bands.goodMegapixels} megapixels advised`,
  };
  return ofFacts(seen, required, ({ width, height }) => {
    const megapixels = (width * height) / 1e6;
    const measured = same(`${width}×${height}, ${megapixels.toFixed(1)} MP`);
    const step = {
      zh: '在摄像机网页把主码流调到更高分辨率；或更正地址（可能填成了子码流）',
      en: 'set the main stream to more pixels on the camera’s page; or the address is that of the sub-stream',
    };
    // A camera hung on its side sees as much.
    const [long, short] = [Math.max(width, height), Math.min(width, height)];
    if (long < bands.width || short < bands.height)
      return red(measured, required, { zh: '分辨率不足', en: 'too few pixels' }, step);
    return megapixels < bands.goodMegapixels
      ? amber(measured, required, { zh: '低于建议值', en: 'fewer than advised' }, step)
      : green(measured, required);
  });
}

export function judgeCodec(seen: Seen): Judgement {
  const required = { zh: 'H.264', en: 'H.264' };
  return ofFacts(seen, required, ({ codec }) => {
    if (codec === 'h264') return green(same('H.264'), required);
    const step = { zh: '在摄像机网页把编码改为 H.264', en: 'set the encoder to H.264 on the camera’s page' };
    if (codec === 'hevc')
      return amber(
        same('H.265'),
        required,
        { zh: '能录像，但多数浏览器不能回放 H.265', en: 'it is recorded, and most browsers cannot play it' },
        step,
      );
    return red(same(codec), required, { zh: '不支持的编码', en: 'this codec is not recorded' }, step);
  });
}

export function judgeKeyFrames(seen: Seen, bands: CameraBands): Judgement {
  const required = {
    zh: `固定间隔，不超过 ${bands.keyFrameS} 秒`,
    en: `at a fixed interval of at most ${bands.keyFrameS} s`,
  };
  return ofFacts(seen, required, ({ keyFrameIntervalS: interval, keyFrameSpreadS: spread, keyFrames }) => {
    if (interval === null) return unknown(required, TOO_SHORT, AGAIN);
    const step = {
      zh: '在摄像机网页关闭“智能编码 / H.264+ / Smart Codec”，I 帧间隔设为 1 至 2 秒',
      en: 'switch the smart codec (H.264+) off on the camera’s page and set the key-frame interval to 1 to 2 s',
    };
    const measured = {
      zh: `最长 ${interval} 秒，${keyFrames} 个关键帧`,
      en: `${interval} s at most, ${keyFrames} key frames`,
    };
    const isUnsteady = spread !== null && spread > UNSTEADY_S;
    if (interval > bands.slowKeyFrameS || (isUnsteady && interval > bands.keyFrameS))
      return red(
        measured,
        required,
        {
          zh: '关键帧太少或间隔不定：像是智能编码',
          en: 'too few key frames, or no fixed interval: a smart codec',
        },
        step,
      );
    // Frames do not come on the dot.
    if (interval > bands.keyFrameS * 1.1)
      return amber(measured, required, { zh: '关键帧间隔偏长', en: 'the interval is long' }, step);
    return isUnsteady
      ? amber(measured, required, { zh: '间隔不固定', en: 'the interval is not fixed' }, step)
      : green(measured, required);
  });
}

export function judgeBitRate(seen: Seen): Judgement {
  const required = {
    zh: `${FEW_FRAMES} 帧/秒以上，${FEW_KILOBITS} 至 ${MANY_KILOBITS} kbit/s`,
    en: `${FEW_FRAMES} frames a second, ${FEW_KILOBITS} to ${MANY_KILOBITS} kbit/s`,
  };
  return ofFacts(seen, required, ({ framesPerSecond: frames, kilobitsPerSecond: kilobits }) => {
    if (frames === null || kilobits === null) return unknown(required, TOO_SHORT, AGAIN);
    const measured = same(`${frames} /s, ${kilobits} kbit/s`);
    const step = {
      zh: '在摄像机网页调整帧率和码率（1080p 建议 25 帧、4000 kbit/s）',
      en: 'set frames and bits on the camera’s page (for 1080p 25 frames and 4,000 kbit/s)',
    };
    const objection = (zh: string, en: string) => amber(measured, required, { zh, en }, step);
    if (frames < TOO_FEW_FRAMES)
      return red(measured, required, { zh: '帧率太低', en: 'too few frames' }, step);
    if (frames < FEW_FRAMES) return objection('帧率低', 'few frames');
    if (kilobits < FEW_KILOBITS) return objection('码率低，画面可能看不清', 'few bits: faces may be unclear');
    if (kilobits > MANY_KILOBITS)
      return objection('码率高，占空间和带宽', 'many bits: much space and network');
    return green(measured, required);
  });
}

export function judgeCameraClock(
  { offsetMs, text }: { offsetMs: number | null; text: CameraText },
  bands: CameraBands,
): Judgement {
  const required = {
    zh: `与服务器相差不超过 ${bands.clockMs / 1_000} 秒`,
    en: `within ${bands.clockMs / 1_000} s of the server`,
  };
  if (offsetMs === null) return ofUnaskedClock(text, required);
  const measured = same(`${offsetMs > 0 ? '+' : ''}${(offsetMs / 1_000).toFixed(1)} s`);
  const off = Math.abs(offsetMs);
  if (off <= bands.clockMs) return green(measured, required);
  return (off > bands.badClockMs ? red : amber)(
    measured,
    required,
    { zh: '摄像机时钟不准', en: 'the camera’s clock is off' },
    {
      zh: '把摄像机的时间服务器设为考务服务器，或运行 kaochang camera set-clock',
      en: 'make the server the camera’s time server, or run kaochang camera set-clock',
    },
  );
}

/** A person who compared the clock in the picture has measured nothing. */
function ofUnaskedClock(text: CameraText, required: Both): Judgement {
  const compare = {
    zh: '打开画面，把其中的时钟与服务器时间核对并确认；或改用 ONVIF 接入',
    en: 'open its picture, compare the clock in it with the server’s and confirm it; or connect it by ONVIF',
  };
  if (text?.value !== 'right' || text.ageMs > TEXT_STANDS_MS)
    return unknown(required, { zh: '此摄像机的时钟问不到', en: 'its clock cannot be asked' }, compare);
  return amber(
    { zh: '有人核对过画面中的时钟', en: 'a person compared the clock in the picture' },
    required,
    { zh: '没有测得', en: 'it was not measured' },
    compare,
  );
}

export function judgeText(text: CameraText): Judgement {
  const required = {
    zh: '有人在 24 小时内看过画面：看得到全场，叠加的考场名和时间正确',
    en: 'somebody looked within 24 hours: the room is in view, its name and the time in the picture are right',
  };
  const step = {
    zh: '在控制台“录像”页打开画面，核对后确认',
    en: 'open its picture on the page of the cameras, compare, confirm',
  };
  if (text === null)
    return amber(
      { zh: '还没有人确认', en: 'nobody confirmed it yet' },
      required,
      { zh: '画面只有人能看', en: 'only a person can see it' },
      step,
    );
  const hours = Math.floor(text.ageMs / 3_600_000);
  if (text.value === 'wrong')
    return red(
      { zh: `${hours} 小时前有人说不对`, en: `a person said ${hours} h ago that it is wrong` },
      required,
      { zh: '画面或叠加的文字不对', en: 'the picture or the text in it is wrong' },
      {
        zh: '调整镜头；在摄像机网页更正考场名和时间，再确认',
        en: 'turn the camera; mend room and time on the camera’s page, then confirm',
      },
    );
  const measured = { zh: `${hours} 小时前有人确认`, en: `a person confirmed it ${hours} h ago` };
  if (text.ageMs <= TEXT_STANDS_MS) return green(measured, required);
  return amber(measured, required, { zh: '确认太久以前', en: 'that is long ago' }, step);
}
