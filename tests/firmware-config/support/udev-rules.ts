// Reads udev rules: keys, operators and values as in udev(7). Systemd knows `udevadm verify` from version 254 on; this is for
// those before.

const MATCHED =
  /^(ACTION|DEVPATH|KERNEL|KERNELS|SUBSYSTEM|SUBSYSTEMS|DRIVERS|TEST|ATTR\{[\w/]+\}|ATTRS\{[\w/]+\}|ENV\{\w+\})$/;
const ASSIGNED = /^(GROUP|MODE|SYMLINK|GOTO|LABEL|ATTR\{[\w/]+\}|ENV\{\w+\})$/;

/** One rule: its parts as key, operator and value. */
export type UdevRule = { key: string; operator: string; value: string }[];

/** @throws Error with the line that is no rule, and where a GOTO leads to no later LABEL */
export function parseUdevRules(text: string): UdevRule[] {
  const rules: UdevRule[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line === '' || line.startsWith('#')) continue;
    rules.push(
      line.split(/,\s*(?=[A-Z])/).map((part) => {
        const parsed = /^([A-Z]+(?:\{[\w/]+\})?)(==|!=|\+=|=)"([^"]*)"$/.exec(part);
        if (parsed === null) throw new Error(`line ${at + 1}: ${part}`);
        const [, key = '', operator = '', value = ''] = parsed;
        const allowed = operator === '==' || operator === '!=' ? MATCHED : ASSIGNED;
        if (!allowed.test(key)) throw new Error(`line ${at + 1}: ${key} with ${operator}`);
        if (operator === '+=' && key !== 'SYMLINK')
          throw new Error(`line ${at + 1}: += adds to SYMLINK only`);
        if (key === 'MODE' && !/^0[0-7]{3}$/.test(value)) throw new Error(`line ${at + 1}: MODE ${value}`);
        return { key, operator, value };
      }),
    );
  }
  for (const [at, rule] of rules.entries())
    for (const { key, value } of rule)
      if (
        key === 'GOTO' &&
        !rules.slice(at).some((later) => later.some((p) => p.key === 'LABEL' && p.value === value))
      )
        throw new Error(`no LABEL ${value} after its GOTO`);
  return rules;
}
