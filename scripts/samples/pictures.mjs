// Draws the pictures of the sample exam: charts from samples/theory/charts.json, and a friendly face for each candidate of
// the roster (295x413 on red, nobody's portrait). Rendered by Chromium. Usage: node scripts/samples/pictures.mjs

import { mkdirSync, readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const charts = JSON.parse(readFileSync('samples/theory/charts.json', 'utf8'));
const roster = JSON.parse(readFileSync('samples/theory/roster.json', 'utf8'));
const FONT = 'font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif"';
const COLOURS = ['#0b6e8f', '#c07a1a'];
const INK = '#17212b';

function frame(title, body, width = 640, height = 360) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    <rect width="100%" height="100%" fill="#fff"/><text x="${width / 2}" y="32" text-anchor="middle" font-size="20" font-weight="600" fill="${INK}" ${FONT}>${title}</text>${body}</svg>`;
}

const text = (x, y, content, more = '') =>
  `<text x="${x}" y="${y}" font-size="16" fill="${INK}" ${FONT} ${more}>${content}</text>`;

function plot({ kind, title, labels, series }) {
  const top = Math.max(...series.flatMap(({ values }) => values)) * 1.15;
  const x = (n) => 70 + ((n + 0.5) * 540) / labels.length;
  const y = (value) => 310 - (value / top) * 240;
  let body = `<line x1="70" y1="310" x2="610" y2="310" stroke="#8796a4"/>`;
  labels.forEach((label, n) => (body += text(x(n), 334, label, 'text-anchor="middle"')));
  series.forEach(({ name, values }, s) => {
    const wide = Math.min(56, 400 / labels.length / series.length);
    if (kind === 'line') {
      body += `<polyline fill="none" stroke="${COLOURS[s]}" stroke-width="3" points="${values.map((v, n) => `${x(n)},${y(v)}`).join(' ')}"/>`;
      values.forEach(
        (v, n) =>
          (body += `<circle cx="${x(n)}" cy="${y(v)}" r="5" fill="${COLOURS[s]}"/>${text(x(n), y(v) - 12, v, 'text-anchor="middle"')}`),
      );
    } else
      values.forEach((v, n) => {
        const left = x(n) + (s - series.length / 2) * wide;
        body += `<rect x="${left}" y="${y(v)}" width="${wide - 6}" height="${310 - y(v)}" fill="${COLOURS[s]}"/>${text(left + wide / 2 - 3, y(v) - 8, v, 'text-anchor="middle"')}`;
      });
    if (series.length > 1)
      body += `<rect x="${460 + s * 84}" y="46" width="14" height="14" fill="${COLOURS[s]}"/>${text(478 + s * 84, 59, name)}`;
  });
  return frame(title, body);
}

function funnel({ title, labels, series }) {
  const { values } = series[0];
  const body = values
    .map((value, n) => {
      const wide = 140 + (360 * (values.length - 1 - n)) / (values.length - 1);
      const next =
        n === values.length - 1 ? wide - 40 : 140 + (360 * (values.length - 2 - n)) / (values.length - 1);
      const y = 56 + n * 72;
      const points = [
        [320 - wide / 2, y],
        [320 + wide / 2, y],
        [320 + next / 2, y + 64],
        [320 - next / 2, y + 64],
      ];
      return `<polygon points="${points.map((p) => p.join(',')).join(' ')}" fill="${COLOURS[0]}" opacity="${1 - n * 0.17}"/><text x="320" y="${y + 40}" text-anchor="middle" font-size="18" font-weight="600" fill="#fff" ${FONT}>${labels[n]}　${value.toLocaleString('en')}</text>`;
    })
    .join('');
  return frame(title, body);
}

function table({ title, labels, rows }) {
  const wide = 560 / labels.length;
  const line = (cells, n, head) =>
    `<rect x="40" y="${52 + n * 44}" width="560" height="44" fill="${head ? '#e3f1f5' : '#fff'}" stroke="#b8c4ce"/>` +
    cells
      .map((cell, c) =>
        text(
          40 + wide * (c + 0.5),
          80 + n * 44,
          typeof cell === 'number' ? cell.toLocaleString('en') : cell,
          `text-anchor="middle"${head ? ' font-weight="600"' : ''}`,
        ),
      )
      .join('');
  const body = line(labels, 0, true) + rows.map((row, n) => line(row, n + 1, false)).join('');
  return frame(title, body, 640, 72 + (rows.length + 1) * 44);
}

function face(n, woman) {
  const skin = ['#f6d7bd', '#efc9a8', '#e5b892', '#f2cdb0'][n % 4];
  const hair = ['#2b2320', '#1d1d22', '#3a2a22', '#242a33'][(n * 3) % 4];
  const coat = ['#34495e', '#2f6f6a', '#6b4a7d', '#7d5a3c', '#3f5f8f', '#8a3f4a'][n % 6];
  const glasses = n % 3 === 0;
  const long = woman
    ? `<path d="M78 190 Q70 60 148 58 Q226 60 218 190 L226 ${270 + (n % 3) * 14} Q148 300 70 ${270 + (n % 3) * 14} Z" fill="${hair}"/>`
    : '';
  const fringe = [
    'M84 176 Q86 78 148 76 Q210 78 212 176 Q196 122 148 124 Q100 122 84 176 Z',
    'M84 170 Q80 74 150 72 Q216 80 212 170 Q190 132 120 118 Q96 132 84 170 Z',
    'M86 168 Q90 80 146 74 Q214 76 210 168 Q206 126 176 112 Q116 128 86 168 Z',
  ][n % 3];
  const eyes = [120, 176]
    .map(
      (x) =>
        `<ellipse cx="${x}" cy="188" rx="6" ry="7" fill="#20242a"/><path d="M${x - 14} ${168 - (n % 2) * 3} q14 -8 28 0" stroke="${hair}" stroke-width="4" fill="none"/>`,
    )
    .join('');
  const rims = glasses
    ? '<g fill="none" stroke="#2b2f36" stroke-width="3.5"><circle cx="120" cy="188" r="20"/><circle cx="176" cy="188" r="20"/><path d="M140 186 h16"/></g>'
    : '';
  const smile = `<path d="M126 236 q22 ${10 + (n % 4) * 4} 44 0" stroke="#a4504a" stroke-width="5" fill="none" stroke-linecap="round"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="295" height="413" viewBox="0 0 295 413"><rect width="295" height="413" fill="#c8202f"/>
    ${long}<path d="M20 413 Q28 316 112 300 h72 Q268 316 276 413 Z" fill="${coat}"/><path d="M108 302 L148 352 L188 302 L176 280 h-56 Z" fill="#fff"/>
    <path d="M122 250 h52 v48 q-26 28 -52 0 Z" fill="${skin}"/><ellipse cx="148" cy="190" rx="64" ry="80" fill="${skin}"/><ellipse cx="84" cy="196" rx="9" ry="15" fill="${skin}"/><ellipse cx="212" cy="196" rx="9" ry="15" fill="${skin}"/>
    <path d="${fringe}" fill="${hair}"/>${eyes}${rims}<path d="M148 196 q7 16 -3 20" stroke="#c98f6f" stroke-width="3.5" fill="none"/>${smile}</svg>`;
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
const sharp = await browser.newPage({ deviceScaleFactor: 2 });
mkdirSync('samples/theory/papers/theory-main/media', { recursive: true });
const draw = { bar: plot, line: plot, funnel, table };
for (const [name, chart] of Object.entries(charts)) {
  await sharp.setContent(`<body style="margin:0">${draw[chart.kind](chart)}</body>`);
  await sharp.locator('svg').screenshot({ path: `samples/theory/papers/theory-main/media/${name}.png` });
}
const plain = await browser.newPage();
mkdirSync('samples/theory/photos', { recursive: true });
for (const [n, { documentNo, sex }] of roster.entries()) {
  await plain.setContent(`<body style="margin:0">${face(n, sex === '女')}</body>`);
  await plain
    .locator('svg')
    .screenshot({ path: `samples/theory/photos/${documentNo}.jpg`, type: 'jpeg', quality: 85 });
}
await browser.close();
