// Draws what the demo's two cameras show, a drawn exam room from the front and from the back, and encodes it as cameras send it:
// H.264 with a key frame a second, a main stream and a smaller one. Frames are rendered by Chromium, encoded by ffmpeg with
// libx264. Usage: node scripts/samples/camera-films.mjs

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FPS = 10;
const SECONDS = 8;
const STREAMS = [
  { name: 'main', width: 1280, height: 720, fps: FPS, crf: 30 },
  { name: 'sub', width: 640, height: 360, fps: 5, crf: 32 },
];
const VIEWS = ['front', 'back'];
const FOLDER = 'samples/cameras';

/* global document */
/** Runs in the page. Draws the room at a moment of the loop, `part` in [0, 1): the end meets the beginning. */
function drawRoom({ view, part }) {
  const canvas = document.querySelector('canvas');
  const c = canvas.getContext('2d');
  const turn = part * 2 * Math.PI;
  const isFront = view === 'front';
  const shape = (fill, ...points) => {
    c.fillStyle = fill;
    c.beginPath();
    points.forEach(([x, y], n) => (n === 0 ? c.moveTo(x, y) : c.lineTo(x, y)));
    c.closePath();
    c.fill();
  };
  const round = (fill, x, y, rx, ry = rx) => {
    c.fillStyle = fill;
    c.beginPath();
    c.ellipse(x, y, rx, ry, 0, 0, 2 * Math.PI);
    c.fill();
  };
  // Walls, ceiling, floor.
  shape('#d9dcd6', [0, 0], [1280, 0], [1280, 720], [0, 720]);
  shape('#eceee9', [0, 0], [1280, 0], [960, 96], [320, 96]);
  shape('#a99b86', [320, 262], [960, 262], [1280, 720], [0, 720]);
  shape('#c8ccc4', [0, 0], [320, 96], [320, 262], [0, 720]);
  shape('#cfd3cb', [1280, 0], [960, 96], [960, 262], [1280, 720]);
  for (const x of [470, 640, 810]) shape('#ffffff', [x - 60, 40], [x + 60, 40], [x + 44, 60], [x - 44, 60]);
  if (isFront) {
    // The camera hangs above the board and sees the back wall.
    shape('#8b7355', [880, 128], [940, 128], [940, 262], [880, 262]);
    shape('#b9c4cc', [380, 130], [520, 130], [520, 200], [380, 200]);
    shape('#b9c4cc', [580, 130], [720, 130], [720, 200], [580, 200]);
  } else {
    shape('#2f5d4a', [420, 118], [860, 118], [860, 206], [420, 206]);
    c.fillStyle = '#e8efe9';
    c.font = '26px "Noto Sans CJK SC", sans-serif';
    c.textAlign = 'center';
    c.fillText('沉着应考　诚信作答', 640, 170);
    shape('#7a6248', [560, 226], [720, 226], [730, 268], [550, 268]);
  }
  for (const [x, y, w, h] of [
    [40, 130, 90, 250],
    [170, 122, 70, 180],
  ]) {
    shape('#eef5fb', [x, y], [x + w, y + 18], [x + w, y + h - 30], [x, y + h]);
  }
  // Five rows of six, nearer ones lower and larger.
  const clothes = ['#3d5a80', '#6b4f6b', '#4f6d4a', '#8a5a44', '#56616b', '#7a6f3c'];
  for (let row = 0; row < 5; row++) {
    const near = row / 4;
    const scale = 0.46 + 0.74 * near ** 1.25;
    const y = 290 + 350 * near ** 1.3;
    for (let column = 0; column < 6; column++) {
      const number = row * 6 + column;
      const x = 640 + (column - 2.5) * (104 + 108 * near ** 1.15);
      const nod = Math.sin(turn * (1 + (number % 3)) + number * 1.7);
      const lean = Math.sin(turn * (1 + (number % 2)) + number) * 3 * scale;
      c.save();
      c.translate(x, y);
      c.scale(scale, scale);
      const isAbsent = number === 21;
      const body = () => {
        if (isAbsent) return;
        round(clothes[(number * 7) % 6], lean, -2, 34, 30);
        round('#e3c3a4', lean * 1.6, -44 + nod * 2.2, 17, 20);
        round('#2b2320', lean * 1.6, isFront ? -53 + nod * 2.2 : -46 + nod * 2.2, 18, isFront ? 12 : 19);
      };
      const desk = () => {
        shape('#c7a777', [-58, 6], [58, 6], [66, 34], [-66, 34]);
        shape('#9a7d53', [-66, 34], [66, 34], [62, 62], [-62, 62]);
        if (isFront) shape('#23282d', [-26, -14], [26, -14], [26, 18], [-26, 18]);
        else {
          shape('#23282d', [-30, -32], [30, -32], [30, 4], [-30, 4]);
          shape('#dfe9f2', [-27, -29], [27, -29], [27, 1], [-27, 1]);
        }
      };
      // From the front the desk is before the person, from the back behind.
      if (isFront) {
        body();
        desk();
      } else {
        desk();
        c.translate(0, 34);
        body();
      }
      c.restore();
    }
  }
  // A proctor walks up and down the aisle.
  const way = (1 - Math.cos(turn)) / 2;
  const scale = 0.7 + 0.5 * way;
  c.save();
  c.translate(
    640 + (isFront ? 1 : -1) * (470 + 60 * way),
    300 + 190 * way + Math.abs(Math.sin(turn * 8)) * -4,
  );
  c.scale(scale, scale);
  shape('#30343a', [-20, 0], [20, 0], [16, 104], [-16, 104]);
  shape('#28415e', [-28, -86], [28, -86], [22, 8], [-22, 8]);
  shape('#e0b83f', [-22, -58], [-10, -58], [-10, -40], [-22, -40]);
  round('#e3c3a4', 0, -106, 18, 21);
  round('#2b2320', 0, -117, 18, 12);
  c.restore();
  c.fillStyle = 'rgba(0, 0, 0, 0.55)';
  c.fillRect(24, 650, 470, 46);
  c.fillStyle = '#ffffff';
  c.textAlign = 'left';
  c.font = '26px "Noto Sans CJK SC", sans-serif';
  c.fillText(`演示画面 DEMO　${isFront ? '前方 front' : '后方 back'}`, 40, 682);
}

function encoder(view, { name, width, height, fps, crf }) {
  const keys = `keyint=${fps}:min-keyint=${fps}:scenecut=0:bframes=0:aud=1:repeat-headers=1`;
  const args = [
    ...['-hide_banner', '-loglevel', 'error', '-f', 'image2pipe', '-framerate', String(fps), '-c:v', 'png'],
    ...['-i', 'pipe:0', '-vf', `scale=${width}:${height}:flags=area,format=yuv420p`],
    ...['-c:v', 'libx264', '-preset', 'veryslow', '-crf', String(crf), '-x264-params', keys],
    ...['-bsf:v', 'filter_units=remove_types=6', '-f', 'h264', '-y', `${FOLDER}/${view}-${name}.h264`],
  ];
  return spawn('ffmpeg', args, { stdio: ['pipe', 'inherit', 'inherit'] });
}

mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
await page.setContent('<style>body{margin:0}</style><canvas width="1280" height="720"></canvas>');
for (const view of VIEWS) {
  const encoders = STREAMS.map((stream) => ({ stream, child: encoder(view, stream) }));
  for (let n = 0; n < FPS * SECONDS; n++) {
    await page.evaluate(drawRoom, { view, part: n / (FPS * SECONDS) });
    const picture = await page.screenshot({ type: 'png' });
    for (const { stream, child } of encoders) if (n % (FPS / stream.fps) === 0) child.stdin.write(picture);
  }
  for (const { child } of encoders) {
    child.stdin.end();
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
  }
}
await browser.close();
