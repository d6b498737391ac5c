// The udev rules of the room's server: whole, and nothing is opened to everybody.

import t from 'tap';
import { settingsText } from './support/settings-folder.js';
import { parseUdevRules } from './support/udev-rules.js';

void t.test('relay, reader, pins and RS-485 are opened to the service’s group alone', async (t) => {
  const rules = parseUdevRules(settingsText('udev/99-kaochang.rules'));
  const giving = rules.filter((rule) => rule.some(({ key }) => key === 'MODE'));
  t.ok(giving.length >= 4);
  for (const rule of giving) {
    t.match(rule.find(({ key }) => key === 'MODE')?.value, '0660');
    t.match(rule.find(({ key }) => key === 'GROUP')?.value, 'kaochang');
  }
  const text = JSON.stringify(rules);
  for (const known of ['16c0', '05df', 'gpiochip', 'hidraw', '1a86', 'ID_MM_DEVICE_IGNORE'])
    t.match(text, known);
});

void t.test('the reader of rules refuses slips', async (t) => {
  for (const wrong of [
    'SUBSYSTEM=="tty" MODE="0660"',
    'SUBSYSTEM="tty", MODE="0660"',
    'MODE=="0660"',
    'MODE="660"',
    'GROUP+="kaochang"',
    'SUBSYSTEM=="tty", OWNR="x"',
    'SUBSYSTEM=="tty", GOTO="nowhere"',
    'LABEL="end"\nSUBSYSTEM=="tty", GOTO="end"',
    'KERNEL==tty',
  ])
    t.throws(() => parseUdevRules(wrong), wrong);
});
