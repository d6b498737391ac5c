// What to do about each alarm, one sentence in each language: what to look at, what to do next, whom to tell.

import type { AlarmCode } from '../../../server/core/alarm-codes.js';
import type { Language } from '../../i18n/language.js';

export const ALARM_ADVICE: Record<AlarmCode, Record<Language, string>> = {
  silent: {
    zh: '检查设备电源和连接线；在它恢复之前由人到现场看。',
    en: 'Check its power and its cable; until it is back, somebody looks in person.',
  },
  'on-battery': {
    zh: '查看市电总闸和配电箱；考试继续，按可供电时间决定是否暂停，并报告主考。',
    en: 'Check the mains breaker. The exam goes on; decide by the runtime left, and tell the chief.',
  },
  'battery-low': {
    zh: '电池即将耗尽：考试会自动暂停并保存，请立即恢复供电，安抚考生原位等待。',
    en: 'The battery is nearly empty: the exam is paused and saved. Restore power now; candidates stay seated.',
  },
  'runtime-short': {
    zh: '断电后撑不过半小时：减少负载，或准备备用电源。',
    en: 'It will not carry the room for half an hour: take load off, or make a second supply ready.',
  },
  'battery-charge-low': {
    zh: '电池尚未充足：保持市电，开考前再看一次。',
    en: 'The battery is still charging: leave mains on and look again before the start.',
  },
  'battery-replace': {
    zh: '电池已到寿命：本场注意断电风险，考后更换。',
    en: 'The battery is worn out: mind an outage today, replace it afterwards.',
  },
  'ups-overload': {
    zh: '拔掉不属于考试的设备，直到负载降下来。',
    en: 'Unplug what does not belong to the exam until the load is down.',
  },
  'ups-bypass': {
    zh: '现在断电没有保护：查看 UPS 面板，切回正常供电。',
    en: 'An outage would not be bridged: look at the panel of the UPS and return it to normal.',
  },
  'ups-off': {
    zh: 'UPS 输出已关：立即查看接在它上面的机器是否有电。',
    en: 'The output of the UPS is off: see at once whether the machines behind it have power.',
  },
  'forced-shutdown': {
    zh: 'UPS 正在强制关机：考试会暂停并保存；市电恢复后重启 UPS 服务才会解除。',
    en: 'The UPS shuts down: the exam is paused and saved. It clears only when the UPS service is started again.',
  },
  'ups-alarm': {
    zh: '查看 UPS 面板上的告警内容，按说明书处理。',
    en: 'Read the alarm on the panel of the UPS and follow its manual.',
  },
  'mains-disagree': {
    zh: 'UPS 与市电触点说法不一：检查两者是否接在同一路电上。',
    en: 'UPS and mains contact differ: check that both are on the same circuit.',
  },
  'jammer-off': {
    zh: '到现场查看屏蔽器电源；确认后在设备页重新开启。',
    en: 'Look at the jammer’s power, then switch it on again on its page.',
  },
  'jammer-ineffective': {
    zh: '考场内仍能收到信号：检查天线和频段，用手机现场试，并报告巡考。',
    en: 'Signals still come through: check aerials and bands, try with a telephone, tell the inspector.',
  },
  'jammer-hot': {
    zh: '清理通风口，降低功率或轮换使用，避免过热自动断电。',
    en: 'Clear its vents, lower its power or rotate: it switches itself off when too hot.',
  },
  'supply-off-range': {
    zh: '供电电流不在正常范围：查看插座、保险和设备是否真的在工作。',
    en: 'The current is not as usual: check socket, fuse, and whether the device really works.',
  },
  'door-open': {
    zh: '考场门开着已超过一分钟：请监考员关门。',
    en: 'The door has been open for over a minute: a proctor shuts it.',
  },
  'help-asked': {
    zh: '有人按了求助按钮：请最近的监考员立即过去。',
    en: 'Somebody pressed the help button: the nearest proctor goes there now.',
  },
  'reader-not-ready': {
    zh: '重新插拔读卡器；仍不行时人工核对证件。',
    en: 'Unplug and plug the reader; if it stays so, check documents by eye.',
  },
  'pcs-unreachable': {
    zh: '查看这些电脑的网线和电源；考生机可单机作答，答案不会丢。',
    en: 'Check cable and power of these PCs; candidates can work alone and lose nothing.',
  },
  'slow-network': {
    zh: '停掉占用网络的程序，检查交换机；作答不受影响，交卷可能变慢。',
    en: 'Stop what loads the network and check the switch; answers are safe, hand-in may be slow.',
  },
  'duplicate-address': {
    zh: '两台电脑用了同一个地址：拔掉其中一台的网线，改好地址再接回。',
    en: 'Two PCs use one address: unplug one, give it its own, plug it in again.',
  },
  'seat-reaches-internet': {
    zh: '该机能上外网：立即拔掉无线网卡或手机，查看网关规则，并记入考场记录。',
    en: 'This PC reaches the internet: remove adapters or telephones, check the gateway, record it.',
  },
  'camera-lost': {
    zh: '查看摄像机电源、网线和密码（录像页写明原因）；恢复前由监考员加强巡视，并记入考场记录。',
    en: 'Check its power, cable and password (the page Cameras says which); until it is back proctors watch that area. Record it.',
  },
  'camera-no-signal': {
    zh: '录像里可能是黑屏：查看镜头到录像机的连线，恢复前由监考员加强巡视，并记入考场记录。',
    en: 'It may record black: check the line from lens to recorder; until it is back proctors watch that area.',
  },
  'camera-tampered': {
    zh: '到现场查看镜头是否被遮挡或转动，复位后在画面上确认，并记入考场记录。',
    en: 'See whether the lens is covered or turned, put it back, confirm the picture, and record it.',
  },
  'camera-clock-off': {
    zh: '在摄像机上校准时间（以考务服务器为时间服务器）；录像按服务器时间命名，不受影响。',
    en: 'Set the camera’s clock (the exam server is its time server); recordings carry the server’s time.',
  },
  'video-gap': {
    zh: '在录像页查看缺口的时间和原因，记入考场记录，并报告主考。',
    en: 'See when and why on the page of recordings, record it, and tell the chief.',
  },
  'video-chain': {
    zh: '录像清单被改动或损坏：不要动录像盘，保留现场，报告主考和技术支持。',
    en: 'The list of recordings was changed or damaged: leave the disk alone, tell chief and technician.',
  },
  'video-space-low': {
    zh: '正改录小码流：导出并换盘，或接上更大的录像盘；不要删除本场录像。',
    en: 'The smaller stream is recorded now: bring a larger disk. Delete no recording of this exam.',
  },
  'video-space-out': {
    zh: '录像已停，答案照常保存：立即换录像盘，必要时用摄像机单独拍摄，并报告主考。',
    en: 'Recording stopped, answers are safe: bring another disk now, use a camcorder, tell the chief.',
  },
  'video-volume': {
    zh: '接上指定的录像盘；确实要换盘时先在配置中登记新盘。',
    en: 'Connect the intended disk; to use another one, name it in the settings first.',
  },
};
