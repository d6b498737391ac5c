// Why a package is not taken: stable codes, a sentence and the next step in both languages.

export type PackageRefusalCode = keyof typeof TEXTS;

const TEXTS = {
  'not-found': ['找不到文件 {file}', 'There is no file {file}', '请核对路径', 'check the path'],
  damaged: [
    '考试包已损坏（{why}）',
    'The package is damaged ({why})',
    '请重新拷贝或下载',
    'copy or download it again',
  ],
  'bad-name': [
    '考试包内有不合规的文件名 {path}',
    'The package holds an unsound name {path}',
    '请联系培训评价组织',
    'call the organisation',
  ],
  'duplicate-name': [
    '考试包内文件名重复：{path}',
    'The package holds {path} twice',
    '请联系培训评价组织',
    'call the organisation',
  ],
  compressed: [
    '考试包内有压缩或加密的文件：{path}',
    'The package holds a compressed or encrypted entry: {path}',
    '请联系培训评价组织',
    'call the organisation',
  ],
  'too-large': [
    '考试包内容超出上限：{path}',
    'The package is beyond its limits: {path}',
    '请联系培训评价组织',
    'call the organisation',
  ],
  'missing-entry': [
    '考试包缺少文件 {path}',
    'The package lacks {path}',
    '请重新拷贝或下载',
    'copy or download it again',
  ],
  'extra-entry': [
    '考试包内有清单之外的文件 {path}',
    'The package holds {path}, which its manifest does not name',
    '请联系培训评价组织',
    'call the organisation',
  ],
  'wrong-hash': [
    '考试包内文件被改动：{path}',
    'An entry of the package was changed: {path}',
    '请重新拷贝或下载',
    'copy or download it again',
  ],
  'wrong-signature': [
    '考试包签名不是受信任的培训评价组织的',
    'The package is not signed by a trusted organisation',
    '请核对组织公钥',
    'check the organisation’s public key',
  ],
  'bad-manifest': [
    '考试包清单不合规：{why}',
    'The manifest of the package is unsound: {why}',
    '请联系培训评价组织',
    'call the organisation',
  ],
  expired: [
    '考试包已过期',
    'The package has expired',
    '请向培训评价组织索取新包',
    'ask the organisation for a new one',
  ],
  'package-older': [
    '已安装更新的考试包（序号 {installed}，此包 {offered}）',
    'A newer package is installed (sequence {installed}, this one {offered})',
    '请使用最新的考试包',
    'take the newest package',
  ],
  'foreign-room': [
    '此考试包不属于本考场',
    'The package is for another room',
    '请核对考场与考试包',
    'check room and package',
  ],
  'server-too-old': [
    '服务器版本过旧，需要 {needed}',
    'The server is too old, {needed} is needed',
    '请先升级服务器',
    'update the server first',
  ],
  'disk-full': [
    '磁盘空间不足：需要 {needed} MB，可用 {free} MB；没有改动任何东西',
    'The disk has no space: {needed} MB are needed, {free} MB are free; nothing was changed',
    '请清理磁盘后重试',
    'make room on the disk and try again',
  ],
  'bad-content': [
    '考试包内容不合规：{why}',
    'The content of the package is unsound: {why}',
    '请联系培训评价组织',
    'call the organisation',
  ],
} as const satisfies Record<string, readonly [string, string, string, string]>;

/** A package that is not taken. Nothing of it was installed. */
export class PackageRefusal extends Error {
  constructor(
    readonly code: PackageRefusalCode,
    readonly params: Record<string, string | number> = {},
  ) {
    const [zh, en, nextZh, nextEn] = TEXTS[code];
    const fill = (text: string) =>
      text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''));
    super(`${fill(zh)}。${nextZh}。\n${fill(en)}; ${nextEn}.`);
    this.name = 'PackageRefusal';
  }
}
