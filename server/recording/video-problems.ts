// Why there is no picture, in both languages and with the next step. Codes are stable: pages know them.

import type { LiveRefusal } from './live.js';

export const livePlaylistType = 'application/vnd.apple.mpegurl';

interface Words {
  status: number;
  zh: string;
  en: string;
}

export type VideoProblem =
  | LiveRefusal
  | 'not-allowed'
  | 'not-found'
  | 'bad-request'
  | 'bad-range'
  | 'method-not-allowed'
  | 'video-busy'
  | 'recording-changed';

const no = (status: number, zh: string, en: string): Words => ({ status, zh, en });

export const VIDEO_PROBLEMS: Record<VideoProblem, Words> = {
  'not-allowed': no(403, '您的岗位不能查看画面，或需重新登录', 'Your role may not watch, or sign in again'),
  'not-found': no(404, '这里没有所要的画面', 'There is no picture here'),
  'bad-request': no(400, '请求有误', 'The request is not well formed'),
  'bad-range': no(416, '文件没有这一段', 'The file has no such part'),
  'method-not-allowed': no(405, '不支持这种请求方式', 'This method is not allowed here'),
  'video-busy': no(503, '同时查看的人较多，请稍候', 'Many look at recordings just now; wait a moment'),
  'recording-changed': no(
    409,
    '录像文件与清单不符，请系统管理员运行 kaochang video verify',
    'The recording is not as its manifest says; the system administrator runs kaochang video verify',
  ),
  'unknown-camera': no(404, '这台摄像机没有直播画面', 'This camera has no live picture'),
  'too-many': no(
    503,
    '直播路数已满，请先关闭别处的直播；录像不受影响',
    'As many live streams as may be are on; close another. The recording is not affected',
  ),
  starting: no(503, '正在连接摄像机', 'Calling the camera'),
  'camera-silent': no(
    504,
    '摄像机没有送出画面，请检查摄像机和网线',
    'The camera sends no picture; check the camera and its cable',
  ),
  'camera-gone': no(
    502,
    '与摄像机的连接断了，请检查摄像机和网线',
    'The line to the camera broke; check the camera and its cable',
  ),
  'camera-refused': no(
    502,
    '摄像机不认用户名或密码：请系统管理员改正设置，改好后自动恢复',
    'The camera does not take the name or password: the system administrator corrects the settings; it comes back by itself',
  ),
  'bad-stream': no(502, '摄像机的码流无法识别', 'What the camera sends is no film'),
  'not-playable': no(
    415,
    '摄像机使用 H.265，浏览器不能播放；请将子码流改为 H.264',
    'The camera sends H.265, which browsers do not play; set its sub-stream to H.264',
  ),
  stopped: no(503, '直播已停止，请重新打开', 'The live stream was ended; open it again'),
  'no-ffmpeg': no(
    500,
    '服务器上没有 ffmpeg，请系统管理员安装',
    'There is no ffmpeg on the server; the system administrator installs it',
  ),
};
