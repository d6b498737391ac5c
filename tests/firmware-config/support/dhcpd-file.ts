// Reads settings of ISC dhcpd as far as the room's file goes: declarations with braces, statements that end with a semicolon, words
// and values that are known. Whatever else stands there is a fault, with its line.

const ADDRESS = '\\d{1,3}(?:\\.\\d{1,3}){3}';
const CARD = '[0-9a-f]{2}(?::[0-9a-f]{2}){5}';

/** What may stand where: the outermost level, and in the braces of a declaration. */
const STATEMENTS: Record<'file' | 'subnet' | 'host', RegExp[]> = {
  file: [/^authoritative$/, /^ddns-update-style (none|interim|standard)$/, /^(default|max)-lease-time \d+$/],
  subnet: [
    new RegExp(`^range ${ADDRESS} ${ADDRESS}$`),
    new RegExp(`^option (subnet-mask|domain-name-servers|ntp-servers|routers) ${ADDRESS}$`),
  ],
  host: [new RegExp(`^hardware ethernet ${CARD}$`), new RegExp(`^fixed-address ${ADDRESS}$`)],
};
const DECLARATION = new RegExp(`^(?:(subnet) ${ADDRESS} netmask ${ADDRESS}|(host) [a-z0-9-]+)$`);

/** @returns what in the file dhcpd would not take, each with its line; nothing for a whole one */
export function dhcpdFaults(text: string): string[] {
  const faults: string[] = [];
  let level: keyof typeof STATEMENTS = 'file';
  let pending = '';
  text.split('\n').forEach((whole, index) => {
    const fault = (why: string) => faults.push(`line ${index + 1}: ${why}`);
    for (const part of whole.replace(/#.*/, '').split(/(?<=[;{}])/)) {
      pending = `${pending} ${part}`.replace(/\s+/g, ' ').trim();
      const end = pending.slice(-1);
      const said = pending.slice(0, -1).trim();
      if (!/[;{}]/.test(end)) continue;
      pending = '';
      if (end === '{') {
        const [, subnet, host] = DECLARATION.exec(said) ?? [];
        if (level !== 'file') fault('a declaration in another');
        if (subnet === undefined && host === undefined) fault(`no declaration: ${said}`);
        level = subnet === undefined ? 'host' : 'subnet';
      } else if (end === '}') {
        if (level === 'file' || said !== '') fault('a brace closes nothing, or a semicolon is missing');
        level = 'file';
      } else if (!STATEMENTS[level].some((known) => known.test(said)))
        fault(`no statement of ${level}: ${said}`);
    }
  });
  if (pending !== '') faults.push(`the end: a semicolon is missing after ${pending}`);
  if (level !== 'file') faults.push('the end: a brace is open');
  return faults;
}
