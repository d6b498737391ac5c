// The sentences of every refusal, in Chinese and English, each with the next step. Pure data: pages import it as it is.
// `{name}` stands for a value of the refusal; a part in [brackets] is left out where its value is missing. The values `at` and
// `until` are instants in milliseconds and appear as the time of day.

import type { RefusalCode } from '../core/refusals.js';

export interface RefusalText {
  zh: string;
  en: string;
  nextZh: string;
  nextEn: string;
}

const text = (zh: string, nextZh: string, en: string, nextEn: string): RefusalText => ({
  zh,
  en,
  nextZh,
  nextEn,
});

export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, RefusalText>> = {
  'not-allowed': text(
    '您的岗位不能进行这项操作',
    '请由有权限的人员操作',
    'Your role may not do this',
    'Please ask somebody whose role may',
  ),
  'unknown-staff': text(
    '考务人员名单中没有此人',
    '请核对姓名；顶岗人员请主考先登记',
    'This person is not on the staff list',
    'Check the name; a stand-in is recorded by the chief first',
  ),
  'unknown-seat': text(
    '本考场没有这个考位',
    '请核对考位号',
    'This room has no such seat',
    'Please check the seat number',
  ),
  'unknown-candidate': text(
    '本场次没有这位考生',
    '请核对准考证号，并查看考生所在考场和场次',
    'This session has no such candidate',
    'Check the ticket number, and look up the room and session of this candidate',
  ),
  'unknown-session': text(
    '考试包中没有这个场次',
    '请刷新页面后重新选择场次',
    'The exam package has no such session',
    'Reload the page and choose the session again',
  ),
  'unknown-item': text(
    '这道题不在该考生的试卷中',
    '请举手，由监考员联系系统管理员',
    'This item is not on the paper of this candidate',
    'Raise your hand; the proctor calls the system administrator',
  ),
  'unknown-request': text(
    '没有这条补时申请',
    '请刷新页面；如仍需补时，请重新申请',
    'There is no such request for time',
    'Reload the page; request it again if it is still needed',
  ),
  'wrong-phase': text(
    '当前阶段不能进行这项操作',
    '请查看页面上方的考试进程',
    'This cannot be done at this stage of the exam',
    'Look at the steps of the day at the top of the page',
  ),
  'no-package': text(
    '考场尚未安装考试包',
    '请技术支持远程安装，或由系统管理员从 U 盘安装',
    'No exam package is installed in this room',
    'Let the org technician install it remotely, or the system administrator from USB',
  ),
  'package-older': text(
    '这个考试包比已安装的旧',
    '请向培训评价组织索取最新的考试包',
    'This package is older than the installed one',
    'Ask the evaluation organisation for the newest package',
  ),
  'room-busy': text(
    '另一场次尚未收卷，考场被占用',
    '请先完成上一场次的收卷',
    'Another session that is not collected holds the room',
    'Collect that session first',
  ),
  'already-sealed': text(
    '考场已封场，不能删除考试包',
    '如确需删除，请系统管理员先解除任一考位配对使封条失效，再重新删除',
    'The room is sealed: the package cannot be removed',
    'Where it has to go, the system administrator first breaks the seal by unpairing a seat; then remove it again',
  ),
  'not-wiped': text(
    '本考试包有场次尚未完成交接和清除，不能删除',
    '请先完成成绩包交接，收到评价组织回执后再删除',
    'A session of this package is not handed over and wiped yet: the package cannot be removed',
    'Hand the result bundle over first, and remove the package once the organisation’s receipt is in',
  ),
  'seat-taken': text(
    '这个考位[（{seat}）]已被使用',
    '请选择另一个空闲考位',
    'This seat[ ({seat})] is in use',
    'Choose another free seat',
  ),
  'unknown-pairing-code': text(
    '没有考生机显示这个编号',
    '请核对考生机屏幕上的 6 位编号；考生页面重新打开后编号会更换',
    'No PC shows this number',
    'Look at the six digits on its screen again: they change when the page is opened anew',
  ),
  'seat-not-paired': text(
    '这个考位[（{seat}）]还没有配对考生机',
    '请系统管理员用屏幕上的配对码配对',
    'No PC is paired with this seat[ ({seat})]',
    'The system administrator pairs it by the code on its screen',
  ),
  'pc-already-paired': text(
    '这台考生机已配对到一个考位[（{seat}）]',
    '如需换位，请先解除原配对',
    'This PC is paired with a seat already[ ({seat})]',
    'Unpair it there first if it has to move',
  ),
  'seal-incomplete': text(
    '考场尚未完成封场',
    '请系统管理员和考务工作人员签名；需要时由技术支持确认',
    'The room is not sealed yet',
    'System administrator and clerk sign, and the org technician confirms where asked',
  ),
  'already-signed': text(
    '您已经签过名',
    '请等待另一位签名',
    'You have signed already',
    'Wait for the other signature',
  ),
  'entry-not-open-yet': text(
    '还没有到入场时间',
    '请等到入场开始[（{at}）]',
    'Entry does not open yet',
    'Wait until entry opens[ ({at})]',
  ),
  'needs-document-and-ticket': text(
    '身份证件和准考证须同时核验',
    '两项都核验后再准入；缺少任一项请选择不准入并填写原因',
    'Identity document and admission ticket must both be seen',
    'Tick both before admitting; if one is missing, refuse with the reason',
  ),
  'needs-reason': text(
    '请填写原因',
    '写明原因后再提交',
    'A reason is needed',
    'Write the reason and send again',
  ),
  'late-cut-off': text(
    '已过迟到截止时间[（{at}）]，不能再入场',
    '请向考生说明；确属监考误判的，由主考更正',
    'The door has closed[ ({at})]; nobody is admitted any more',
    'Explain it to the candidate; a wrong refusal made before is corrected by the chief',
  ),
  'already-checked-in': text(
    '该考生已经办理过入场',
    '如登记有误，请使用“更正”',
    'This candidate has been checked in already',
    'Use "correct" if the entry was wrong',
  ),
  'not-checked-in': text(
    '该考生还没有办理入场',
    '请先在监考员处核验证件和准考证',
    'This candidate has not been checked in',
    'Have document and ticket checked by a proctor first',
  ),
  'not-admitted': text(
    '入场核验尚未通过，不能登录',
    '请举手，请监考员核验证件和准考证',
    'You have not been admitted yet, so you cannot log in',
    'Raise your hand and let the proctor check document and ticket',
  ),
  'wrong-password': text(
    '准考证号或密码不正确',
    '首次密码为准考证号后 6 位；仍不能登录请举手',
    'Ticket number or password is not right',
    'The first password is the last 6 digits of the ticket number; otherwise raise your hand',
  ),
  'wrong-seat': text(
    '这不是您的考位[，您的考位是 {seat}]',
    '请按桌贴上的考位号就座；不清楚请举手',
    'This is not your seat[; yours is {seat}]',
    'Sit at the seat on your desk label; raise your hand if you are not sure',
  ),
  'already-logged-in': text(
    '该考生已在另一台考生机登录',
    '请回到原考位；机器有故障请举手，由监考员办理换机',
    'This candidate is logged in at another PC',
    'Go back to that seat; if the PC has failed, raise your hand and the proctor arranges a swap',
  ),
  'already-ended': text(
    '该考生的考试已经结束',
    '如属误操作，收卷前可由主考恢复',
    'The exam of this candidate has ended',
    'If that was a mistake, the chief may reopen it before the collection',
  ),
  'not-logged-in': text(
    '该考生还没有登录',
    '请考生先在考位上登录',
    'This candidate has not logged in',
    'The candidate logs in at the seat first',
  ),
  'foreign-lease': text(
    '这台考生机没有在为该考生作答',
    '请举手，由监考员核对考位',
    'This PC does not hold the exam of this candidate',
    'Raise your hand; the proctor checks the seat',
  ),
  'too-early': text(
    '还没有到规定时间',
    '请等到规定时间[（{at}）]再操作',
    'It is too early for this',
    'Wait until the time that is set[ ({at})]',
  ),
  'paper-not-opened': text(
    '试卷尚未启封',
    '请主考输入启封码和本人 PIN',
    'The paper has not been opened',
    'The chief types the start code and the PIN',
  ),
  'reserve-not-enabled': text(
    '备用卷尚未获准启用',
    '请向培训评价组织申请备用卷授权码，录入后再启封备用卷',
    'The reserve paper has not been enabled',
    'Ask the organisation for its code for the reserve paper, type it, then open the reserve paper',
  ),
  'paper-withdrawn': text(
    '本场已改用备用卷，主卷作废',
    '请用备用卷的启封码启封备用卷',
    'This session takes the reserve paper; the main paper is withdrawn',
    'Open the reserve paper with its own start code',
  ),
  'wrong-start-code': text(
    '启封码或 PIN 不正确',
    '请逐组核对启封码，并核对本人 PIN[；还可再试 {left} 次]',
    'Start code or PIN is not right',
    'Compare the code group by group, and check your PIN[; {left} tries are left]',
  ),
  'codes-locked': text(
    '错误次数过多，暂时锁定',
    '请等待解锁[（{until}）]，并致电培训评价组织核对',
    'Too many wrong codes: locked for a while',
    'Wait until it unlocks[ ({until})] and call the evaluation organisation to compare the code',
  ),
  'sign-in-refused': text(
    '姓名或 PIN 不正确',
    '请核对后再试；多次错误会暂时锁定[（还可再试 {left} 次）]',
    'Name or PIN is not right',
    'Check and try again; several wrong tries lock for a while[ ({left} are left)]',
  ),
  'sign-in-locked': text(
    '错误次数过多，该账号暂时锁定',
    '请等待解锁[（{until}）]，或请主考安排他人',
    'Too many wrong tries: this account is locked for a while',
    'Wait until it unlocks[ ({until})], or let the chief send somebody else',
  ),
  'needs-second-approval': text(
    '还需要第二人同意',
    '请另一位有权限的人员在自己的页面上同意',
    'A second person has to approve',
    'Somebody else with this power approves on a page of their own',
  ),
  'same-person': text(
    '两次签名不能是同一人',
    '请由另一位人员完成',
    'The same person cannot sign twice',
    'Let another person do it',
  ),
  'over-ceiling': text(
    '超过考点可补时的上限[（{minutes} 分钟）]',
    '请致电培训评价组织获取授权码',
    'This is more than the site may give back[ ({minutes} min)]',
    'Call the evaluation organisation for an authorisation code',
  ),
  'request-expired': text(
    '这条申请已过期',
    '如仍需要，请重新申请',
    'This request has expired',
    'Request it again if it is still needed',
  ),
  'wrong-org-code': text(
    '授权码不正确',
    '请与培训评价组织逐位核对：操作、考生、分钟数须一致',
    'The authorisation code is not right',
    'Compare it with the evaluation organisation: act, candidate and minutes must agree',
  ),
  'org-code-used': text(
    '这个授权码已经用过',
    '请向培训评价组织索取新的授权码',
    'This authorisation code has been used',
    'Ask the evaluation organisation for a new one',
  ),
  paused: text(
    '考试已暂停，暂停期间不能作答',
    '请安静等候，剩余时间不会减少',
    'The exam is paused; nothing is taken during the pause',
    'Please wait quietly; your remaining time does not run',
  ),
  suspended: text(
    '考试中断，正在等待主考决定',
    '请安静等候；已作答内容都已保存',
    'The exam is interrupted and waits for the decision of the chief',
    'Please wait quietly; all that you have written is kept',
  ),
  'after-deadline': text(
    '考试时间已到，之后的作答不再接收',
    '请等待收卷完成',
    'Time is over; what is written after it is not taken',
    'Please wait until everything is collected',
  ),
  'after-collection': text(
    '本场次已收卷，不再接收',
    '请举手，由监考员记入考场情况记录表',
    'This session has been collected; nothing more is taken',
    'Raise your hand; the proctor notes it in the room record',
  ),
  'wrong-answer-type': text(
    '答案的形式与题型不符',
    '请刷新页面后重新作答；仍出现请举手',
    'The answer does not fit the type of the item',
    'Reload the page and answer again; raise your hand if it stays so',
  ),
  'answer-too-long': text(
    '答案超过字数限制[（最多 {maxLength} 字）]',
    '请缩短后再填写',
    'The answer is too long[ (at most {maxLength} characters)]',
    'Please make it shorter',
  ),
  'too-many-files': text(
    '文件个数超过本题限制',
    '请先移除不需要的文件再上传',
    'More files than this item takes',
    'Remove one of the files before you add another',
  ),
  'file-too-large': text(
    '文件是空的，或超过本题限定的大小',
    '请检查文件内容，缩小后重新选择',
    'The file is empty, or larger than this item takes',
    'Look into the file, make it smaller and choose it again',
  ),
  'file-type-not-allowed': text(
    '本题不接收这种类型的文件',
    '请另存为题目要求的格式后重新选择',
    'This item does not take files of that type',
    'Save it in the format that the item asks for and choose it again',
  ),
  'file-not-declared': text(
    '没有答案提到这个文件，未接收',
    '请在题目页面重新选择文件；仍不成功请举手',
    'No answer names this file; it was not taken',
    'Choose the file again on the page of the item; raise your hand if it stays so',
  ),
  'files-missing': text(
    '还有[ {count} 个]已登记的文件没有传到考场服务器',
    '请不要离开，也不要关机；长时间未完成请举手',
    'Declared files[ ({count})] have not arrived in the room',
    'Stay, and do not switch off; raise your hand if it takes long',
  ),
  'unknown-option': text(
    '所选选项不在本题中',
    '请刷新页面后重新选择；仍出现请举手',
    'This option does not belong to the item',
    'Reload the page and choose again; raise your hand if it stays so',
  ),
  'stale-revision': text(
    '已有更新的答案',
    '无需处理，以较新的答案为准',
    'There is a newer answer',
    'Nothing to do: the newer one counts',
  ),
  'early-leave-not-yet': text(
    '还没有到允许提前离场的时间',
    '请等到允许提前离场的时间[（{at}）]，由主考同意',
    'Nobody may leave yet',
    'When it is time[ ({at})], the chief may consent',
  ),
  'nobody-else-away': text(
    '已有一位考生离开考场[（{name}）]',
    '请等其返回后再安排下一位',
    'One candidate is out of the room already[ ({name})]',
    'Wait until that candidate is back',
  ),
  'still-unsent': text(
    '还有考位的作答没有收齐[：{seats}]',
    '请保持这些考生机开机联网；确实收不到的，写明原因后单独处理',
    'Some seats have not handed in everything[: {seats}]',
    'Keep these PCs on and connected; where nothing more can come, go on with a reason',
  ),
  'receipt-not-verified': text(
    '回执验证不通过',
    '请核对回执是否属于本成绩包，并向培训评价组织重新索取',
    'The receipt does not hold',
    'Check that it belongs to this bundle, and ask the evaluation organisation again',
  ),
  'clock-not-confirmed': text(
    '服务器时钟尚未确认',
    '请主考先核对并确认当前时间',
    'The clock of the server has not been confirmed',
    'The chief checks and confirms the time first',
  ),
  'bad-amount': text(
    '时长不在允许范围内',
    '请填写正整数分钟',
    'This amount of time is not possible',
    'Give whole minutes, more than none',
  ),
  'disk-full': text(
    '服务器磁盘已满，现在只能查看，不能操作',
    '请系统管理员清理磁盘，服务随后自动恢复；考生机可继续单机作答',
    'The disk of the server is full: the room can be looked at only',
    'The sysadmin makes room on the disk, and the service comes back by itself; PCs work on alone',
  ),
  'nothing-to-do': text(
    '无需操作：已经是这个状态',
    '请查看页面上的最新状态',
    'Nothing to do: it is so already',
    'Look at the present state on the page',
  ),
};

/** Answers of the wires themselves, beside the refusals of the rules. */
const WIRE_TEXTS: Readonly<Record<string, RefusalText>> = {
  'bad-request': text(
    '请求内容不合规，没有执行',
    '请刷新页面后重试',
    'The request was not well formed and was not carried out',
    'Reload the page and try again',
  ),
  'too-fast': text(
    '操作过于频繁，这一次没有执行',
    '请稍候一秒再试',
    'Too many requests; this one was not carried out',
    'Wait a second and try again',
  ),
  failed: text(
    '服务器处理时出错',
    '请查看页面上的最新状态后再试；仍不成功请告知系统管理员',
    'The server failed while doing this',
    'Look at the present state on the page and try again; otherwise tell the system administrator',
  ),
};

/** Where a code has no sentence of its own (a newer room, an older page). */
const UNKNOWN = text(
  '操作未被接受[（{code}）]',
  '请刷新页面后重试；仍不成功请致电求助电话',
  'This was not accepted[ ({code})]',
  'Reload the page and try again; otherwise call the help telephone',
);

/** The sentences of a refusal with its values filled in. Takes any code, so that a page never shows a bare one. */
export function refusalText(code: string, params: Record<string, string | number> = {}): RefusalText {
  const found = own(REFUSAL_TEXTS, code) ?? own(WIRE_TEXTS, code) ?? UNKNOWN;
  const values: Record<string, string | number> = { code, ...params };
  return {
    zh: fill(found.zh, values),
    en: fill(found.en, values),
    nextZh: fill(found.nextZh, values),
    nextEn: fill(found.nextEn, values),
  };
}

function own(texts: Readonly<Record<string, RefusalText>>, code: string): RefusalText | undefined {
  return Object.prototype.hasOwnProperty.call(texts, code) ? texts[code] : undefined;
}

/** Values that are instants. */
const INSTANTS = ['at', 'until'];

function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\[([^\]]*)\]/g, (_, part: string) => {
    let missing = false;
    const filled = part.replace(/\{([a-zA-Z]+)\}/g, (_hole, name: string) => {
      const value = Object.prototype.hasOwnProperty.call(values, name) ? values[name] : undefined;
      if (value === undefined) missing = true;
      return typeof value === 'number' && INSTANTS.indexOf(name) >= 0 ? timeOfDay(value) : String(value);
    });
    return missing ? '' : filled;
  });
}

const CHINA_OFFSET_MS = 8 * 3600_000;

/** `09:30:00` in China, whatever zone a PC believes to be in. */
function timeOfDay(instant: number): string {
  const date = new Date(instant + CHINA_OFFSET_MS);
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => (part < 10 ? `0${part}` : String(part)))
    .join(':');
}
