// The sentences of every refusal: those of the PCs, and what staff and technicians meet. Pure data.

import type { RefusalCode } from '../core/refusals.js';
import { sentencesOf, text, type RefusalText } from './refusal-sentences.js';
import { SEAT_TEXTS, WIRE_TEXTS } from './seat-refusal-texts.js';

export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, RefusalText>> = {
  ...SEAT_TEXTS,
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
  'unknown-request': text(
    '没有这条补时申请',
    '请刷新页面；如仍需补时，请重新申请',
    'There is no such request for time',
    'Reload the page; request it again if it is still needed',
  ),
  'unknown-device': text(
    '本考场没有登记这台设备',
    '请刷新页面；设备由系统管理员写入考场配置',
    'This room has no such device',
    'Reload the page; devices are named in the room’s configuration',
  ),
  'unknown-alarm': text(
    '这条告警已经解除并确认过',
    '请查看页面上的最新状态',
    'This alarm is over and was acknowledged',
    'Look at the present state on the page',
  ),
  'device-cannot': text(
    '这台设备不支持此项操作[（{device}）]',
    '请选择其他设备，或在现场手动操作并登记',
    'This device cannot do that[ ({device})]',
    'Choose another device, or do it by hand and note it',
  ),
  'discharge-unproven': text(
    '还没有一次能证明供电时间的放电',
    '充满电后断开市电 10 分钟以上，电量下降 3% 以上，其间不要恢复市电，24 小时内登记',
    'No discharge proves the runtime yet',
    'Charge it, unplug mains for ten minutes and a drop of 3 %, without mains in between; record it within a day',
  ),
  'jammer-not-armed': text(
    '尚未开放入场，不能开启信号屏蔽器',
    '请在开放入场后开启；考前测试由系统管理员进行',
    'The jammer is not switched on before entry is open',
    'Switch it on after that; the system administrator may test it before',
  ),
  'recording-needed': text(
    '本场考试需要录像，不能关闭摄像机',
    '请在收卷之后再关闭；摄像机有故障时请记入考场记录',
    'The session needs this recording: the camera is not switched off',
    'Switch it off after the collection; where the camera fails, record it as an incident',
  ),
  'video-chain-broken': text(
    '录像清单与此前记录不符[（{device}，第 {line} 行）]',
    '不要改动录像盘，保留现场，报告主考和技术支持',
    'The list of recordings does not follow what was listed before[ ({device}, line {line})]',
    'Leave the video disk as it is, and tell the chief and the technician',
  ),
  'export-running': text(
    '已有一项录像导出正在进行',
    '请等它完成，或先取消它',
    'An export of recordings is under way',
    'Wait for it, or cancel it first',
  ),
  'export-target-gone': text(
    '所选的盘或目录已不在，或不能写入',
    '请重新插好 U 盘，等列表中出现后再选',
    'The drive or folder that was chosen is gone, or cannot be written to',
    'Plug it in again and choose it once the list shows it',
  ),
  'export-at-terminal': text(
    '这次导出是在服务器的终端上执行的，这里不能取消',
    '请在那个终端上按 Ctrl-C',
    'This export runs in a terminal of the server and is not cancelled here',
    'Press Ctrl-C in that terminal',
  ),
  'ticks-missing': text(
    '封场检查项没有全部勾选[，还差 {count} 项]',
    '请逐项检查并勾选后再签名',
    'Not every line of the seal form is ticked[: {count} are missing]',
    'Check and tick each line, then sign',
  ),
  'report-missing': text(
    '还没有考前检查报告，或这份报告不是最新的',
    '请先完成考前检查，再按最新的报告签名',
    'There is no preflight report, or this is not the latest one',
    'Run the preflight first, then sign under its report',
  ),
  'report-red': text(
    '考前检查报告中还有红色项[（{count} 项）]',
    '请按报告处理红色项，重新检查后再签名',
    'The preflight report has red lines[ ({count})]',
    'Mend what is red, run the preflight again, then sign',
  ),
  'report-old': text(
    '考前检查报告已失效[（{at}）]：超过 24 小时，或之后改动过安装',
    '请重新进行考前检查，再签名',
    'The preflight report[ of {at}] is over 24 hours old, or something was changed since',
    'Run the preflight again, then sign',
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
  'session-id-taken': text(
    '本考场已有其他计划的同名场次',
    '请培训评价组织更换场次代号后重新制作考试包',
    'A session of another plan has the same identifier in this room',
    'Ask the evaluation organisation to build the package with another session identifier',
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
  'unknown-pairing-code': text(
    '没有考生机显示这个编号',
    '请核对考生机屏幕上的 6 位编号；考生页面重新打开后编号会更换',
    'No PC shows this number',
    'Look at the six digits on its screen again: they change when the page is opened anew',
  ),
  'pc-already-paired': text(
    '这台考生机已配对到一个考位[（{seat}）]',
    '如需换位，请先解除原配对',
    'This PC is paired with a seat already[ ({seat})]',
    'Unpair it there first if it has to move',
  ),
  'simulated-pc': text(
    '本考场有正式考试，不接受模拟考生机',
    '请停止演练程序；演练只能在只有演练场次的考场进行',
    'This room has a real exam and takes no simulated PC',
    'Stop the rehearsal; it belongs into a room that has practice sessions only',
  ),
  'rehearsal-not-now': text(
    '现在不能用考生机演练：考场已封场或已开放入场[（{session}）]',
    '请在封场之前演练，或等本场次收卷之后',
    'The PCs cannot rehearse now: a session is sealed or entered[ ({session})]',
    'Rehearse before the seal, or after this session is collected',
  ),
  'no-idle-pcs': text(
    '没有空闲的考生机',
    '请打开考生机，让考生页面停在配对或等候页，再开始',
    'No PC is idle',
    'Switch the PCs on, leave them on the pairing or waiting page, and begin again',
  ),
  'check-under-way': text(
    '考前检查正在进行，会影响演练数据',
    '请等检查完成后再开始演练',
    'The check of the room is under way and would disturb the figures',
    'Wait for its end, then begin the rehearsal',
  ),
  'rehearsal-under-way': text(
    '考生机演练正在进行，会影响检查结果',
    '请等演练结束，或先停止演练',
    'A rehearsal on the PCs is under way and would disturb the check',
    'Wait for its end, or stop it first',
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
  'not-logged-in': text(
    '该考生还没有登录',
    '请考生先在考位上登录',
    'This candidate has not logged in',
    'The candidate logs in at the seat first',
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
  'bundle-needs-space': text(
    '磁盘空间不足，无法生成成绩包[：约需 {needGb} GB，可用 {freeGb} GB]',
    '请清理考务服务器的数据盘后重新生成，或停止服务后用 kaochang bundle export 导出到另一块盘；作答和文件都还在',
    'The disk has no room for the bundle[: it needs about {needGb} GB, {freeGb} GB are to spare]',
    'Make room on its disk and build again, or stop the service and run kaochang bundle export; nothing is lost',
  ),
  'clock-not-confirmed': text(
    '服务器时钟尚未确认',
    '请主考先核对并确认当前时间',
    'The clock of the server has not been confirmed',
    'The chief checks and confirms the time first',
  ),
  'nothing-to-do': text(
    '无需操作：已经是这个状态',
    '请查看页面上的最新状态',
    'Nothing to do: it is so already',
    'Look at the present state on the page',
  ),
};

const ALL: Readonly<Record<string, RefusalText>> = { ...REFUSAL_TEXTS, ...WIRE_TEXTS };

/** The sentences of a refusal with its values filled in. Takes any code, so that a page never shows a bare one. */
export function refusalText(code: string, params: Record<string, string | number> = {}): RefusalText {
  return sentencesOf(ALL, code, params);
}
