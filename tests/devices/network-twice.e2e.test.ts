// One address on two PCs, and one network card's address on two PCs: real machines of a wire, each in a network namespace of its
// own behind a bridge, and the kernel's own neighbour table. The room names what is there twice, and nothing where all is well.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';

t.setTimeout(560_000);
const WATCHER = join(process.cwd(), 'build', 'tests', 'devices', 'support', 'watched-wire.js');
/** A PC: says its seat, keeps its line up, comes back when it falls. */
const PC = `
  const [seat, address, port] = process.argv.slice(1);
  const come = () => {
    const socket = require('net').connect({ host: address, port: Number(port) }, () => socket.write(seat));
    const beat = setInterval(() => socket.write(seat), 200);
    socket.setTimeout(1500, () => socket.destroy());
    socket.on('error', () => {}).on('data', () => {}).on('close', () => { clearInterval(beat); setTimeout(come, 100); });
  };
  come();`;

interface Machine {
  address: string;
  card: string;
}

/**
 * Puts two PCs on one wire with the room's server and looks.
 * @param within milliseconds from its beginning until it is called off @returns every list of duplicates that the room gave, until `enough` says so
 */
async function seen(
  pcs: readonly [Machine, Machine],
  within: number,
  enough: (named: string[]) => boolean,
): Promise<string[][]> {
  const [a, b] = pcs;
  const plug = (name: string, { address, card }: Machine) => `
    unshare -n sleep 300 & ${name}=$!
    until [ "$(readlink /proc/$${name}/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
    ip link add port-${name} type veth peer name eth0 netns $${name}
    ip link set port-${name} master wire up
    nsenter -n -t $${name} sh -euc 'ip link set lo up; ip link set eth0 address ${card}; ip addr add ${address}/24 dev eth0
      ip link set eth0 up; cd /proc/sys/net/ipv4/neigh/eth0; echo 1000 > base_reachable_time_ms; echo 1 > delay_first_probe_time'
    nsenter -n -t $${name} node -e "$PC" ${name} 192.168.10.2 8443 & pc_${name}=$!`;
  const script = `
    trap 'kill $watcher $pc_a $pc_b $a $b 2>/dev/null || true' EXIT
    a= b= pc_a= pc_b=
    ip link set lo up
    ip link add wire type bridge; ip link set wire address 02:00:00:00:00:02
    ip addr add 192.168.10.2/24 dev wire; ip link set wire up
    node ${WATCHER} 192.168.10.2 8443 & watcher=$!
    ${plug('a', a)}
    ${plug('b', b)}
    read -r _ || true`;
  const child = spawn('unshare', ['-rn', 'sh', '-eu', '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, PC },
  });
  let late: NodeJS.Timeout | undefined;
  const lists: string[][] = [];
  let isReady = false;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') {
      isReady = true;
      late = setTimeout(() => child.stdin.end(), within);
    }
    if (!line.startsWith('duplicates')) continue;
    const named = line.slice('duplicates '.length).split(',').filter(Boolean);
    lists.push(named);
    if (enough(named)) child.stdin.end();
  }
  clearTimeout(late);
  if (!isReady) throw new Error('This test needs network namespaces (unshare -rn): the room did not listen');
  return lists;
}

const pc = (last: number, card: number): Machine => ({
  address: `192.168.10.${last}`,
  card: `02:00:00:00:01:0${card}`,
});

void t.test('two PCs with addresses and cards of their own: nothing is named', async (t) => {
  t.same(await seen([pc(11, 1), pc(12, 2)], 6_000, () => false), []);
});

void t.test('one address on two PCs is named', async (t) => {
  const lists = await seen([pc(11, 1), pc(11, 2)], 60_000, (named) => named.length > 0);
  t.same(lists.at(-1), ['192.168.10.11']);
});

void t.test('one card’s address on two PCs is named, by both their addresses', async (t) => {
  const lists = await seen([pc(11, 1), pc(12, 1)], 60_000, (named) => named.length > 1);
  t.same(lists.at(-1), ['192.168.10.11', '192.168.10.12']);
});
