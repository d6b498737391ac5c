// Writes samples/theory/roster.json: forty invented candidates. Area codes of the identity numbers (99xxxx) belong to no
// place, so that no number can be a person's; checksums are right. Usage: node scripts/samples/roster.mjs

import { writeFileSync } from 'node:fs';

const NAMES =
  '周景行 许知夏 林星河 何清和 唐亦舒 方念一 邵云帆 宋时安 顾南乔 韩予怀 叶知秋 程砚白 苏沐阳 贺兰舟 姜以宁 温如玉 沈若溪 傅明远 秦朗 白露 卢一鸣 𠮷野青 陆知远 段思齐 阮青禾 孟繁星 谢䶮川 江晚舟 乔木 文心 易安 尹天泽 柏舟 俞㛃雪 石磊 柯以南 任重 阿依古丽·买买提江 席慕云 迪丽拜尔·阿卜杜热依木江·吐尔逊'.split(
    ' ',
  );
const PINYIN =
  'Zhou Jingxing|Xu Zhixia|Lin Xinghe|He Qinghe|Tang Yishu|Fang Nianyi|Shao Yunfan|Song Shian|Gu Nanqiao|Han Yuhuai|Ye Zhiqiu|Cheng Yanbai|Su Muyang|He Lanzhou|Jiang Yining|Wen Ruyu|Shen Ruoxi|Fu Mingyuan|Qin Lang|Bai Lu|Lu Yiming|Ji Yeqing|Lu Zhiyuan|Duan Siqi|Ruan Qinghe|Meng Fanxing|Xie Yanchuan|Jiang Wanzhou|Qiao Mu|Wen Xin|Yi An|Yin Tianze|Bai Zhou|Yu Jiexue|Shi Lei|Ke Yinan|Ren Zhong|Ayiguli Maimaitijiang|Xi Muyun|Dilibaier Abudureyimujiang Tuerxun'.split(
    '|',
  );
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

function identityNumber(n) {
  const birthday = `2005${String((n % 12) + 1).padStart(2, '0')}${String((n % 28) + 1).padStart(2, '0')}`;
  const digits = `990${String(101 + n).padStart(3, '0')}${birthday}${String(100 + n * 2 + (n % 2))}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return digits + '10X98765432'[sum % 11];
}

const document = (n) => {
  if (n === 12) return { documentType: '护照', documentNo: 'E00000013' };
  if (n === 30) return { documentType: '港澳居民来往内地通行证', documentNo: 'H00000031' };
  return { documentType: '居民身份证', documentNo: identityNumber(n) };
};

const roster = NAMES.map((name, n) => {
  const society = n % 9 === 8;
  return {
    candidateId: `c${String(n + 1).padStart(3, '0')}`,
    ticketNo: `9901202611${String(n + 1).padStart(4, '0')}000000${String(700001 + n * 7).padStart(6, '0')}`,
    name,
    pinyin: PINYIN[n],
    sex: n % 2 === 0 ? '男' : '女',
    ...document(n),
    phone: `100${String(n).padStart(8, '0')}`,
    kind: society ? 'society' : 'school',
    school: society ? '' : '示例职业技术学院',
    seatId: `s${String(n + 1).padStart(2, '0')}`,
    sessions: ['theory-am'],
  };
});

writeFileSync('samples/theory/roster.json', `${JSON.stringify(roster, null, 2)}\n`);
