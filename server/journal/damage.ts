// A journal that was corrupted, cut or edited: named by row number, with what to do next.

export type Damage =
  | 'gap'
  | 'prev'
  | 'hash'
  | 'head-missing'
  | 'head-hash'
  | 'head-signature'
  | 'snapshot-signature'
  | 'body'
  | 'key-gone'
  | 'key'
  | 'file'
  | 'state';

const WORDS: Record<Damage, { zh: string; en: string }> = {
  gap: { zh: '缺少记录', en: 'a row is missing' },
  prev: { zh: '与前一条记录不相接', en: 'the row does not follow the one before' },
  hash: { zh: '记录内容被改动', en: 'the row was changed' },
  'head-missing': {
    zh: '已签名的末尾记录不见了，日志被截断',
    en: 'a signed row is gone: the end was cut off',
  },
  'head-hash': { zh: '与已签名的记录不一致', en: 'the row is not the one that was signed' },
  'head-signature': { zh: '签名不是本考场的', en: 'the signature is not this room’s' },
  'snapshot-signature': { zh: '快照签名不符', en: 'a snapshot’s signature does not hold' },
  body: { zh: '记录内容无法解密', en: 'the row’s body cannot be opened' },
  'key-gone': { zh: '数据密钥不见了，且未曾清除', en: 'its data key is gone and no wipe destroyed it' },
  key: {
    zh: '数据密钥文件损坏，或不是本考场的',
    en: 'its data key cannot be opened: damaged, or another room’s',
  },
  file: { zh: '数据库文件损坏', en: 'the database file is damaged' },
  state: { zh: '重放结果与快照不一致', en: 'replaying gives another state than the snapshot' },
};

/** What to do, in both languages. */
export const NEXT_STEP = {
  zh: '请勿改动数据目录：先整份复制留存，再联系培训评价组织技术支持，用备份恢复或换备用服务器。',
  en: 'Do not change the data folder: copy all of it first, then call the organisation’s technicians; restore a backup or take the spare server.',
};

export class JournalDamagedError extends Error {
  constructor(
    /** The row at which it shows; 0 where no row can be named. */
    readonly seq: number,
    readonly damage: Damage,
    detail = '',
  ) {
    const { zh, en } = WORDS[damage];
    const more = detail === '' ? '' : ` (${detail})`;
    super(`考务日志第 ${seq} 条：${zh}。${NEXT_STEP.zh}\nJournal row ${seq}: ${en}${more}. ${NEXT_STEP.en}`);
    this.name = 'JournalDamagedError';
  }
}
