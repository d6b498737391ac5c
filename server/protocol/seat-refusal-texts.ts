// The sentences of what a candidate's PC can be refused. The kiosk carries these alone.

import { sentencesOf, text, type RefusalText } from './refusal-sentences.js';

/** Answers of the wires themselves, beside the refusals of the rules. */
export const WIRE_TEXTS = {
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
} satisfies Record<string, RefusalText>;

/** Refusals of the rules that a PC, or the candidate at it, can meet. */
export const SEAT_TEXTS = {
  'not-allowed': text(
    '您的岗位不能进行这项操作',
    '请由有权限的人员操作',
    'Your role may not do this',
    'Please ask somebody whose role may',
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
  'wrong-phase': text(
    '当前阶段不能进行这项操作',
    '请查看页面上方的考试进程',
    'This cannot be done at this stage of the exam',
    'Look at the steps of the day at the top of the page',
  ),
  'seat-taken': text(
    '这个考位[（{seat}）]已被使用',
    '请选择另一个空闲考位',
    'This seat[ ({seat})] is in use',
    'Choose another free seat',
  ),
  'seat-not-paired': text(
    '这个考位[（{seat}）]还没有配对考生机',
    '请系统管理员用屏幕上的配对码配对',
    'No PC is paired with this seat[ ({seat})]',
    'The system administrator pairs it by the code on its screen',
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
} satisfies Record<string, RefusalText>;

const ALL: Readonly<Record<string, RefusalText>> = { ...SEAT_TEXTS, ...WIRE_TEXTS };

/** The sentences of a refusal at a PC, with its values filled in. Takes any code. */
export function seatRefusalText(code: string, params: Record<string, string | number> = {}): RefusalText {
  return sentencesOf(ALL, code, params);
}
