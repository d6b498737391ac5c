// The firewall and the names of the room, tried in network namespaces of their own: a server, a candidate's PC and an
// "internet" beside it, with real packets. Nothing outside the namespaces is touched.

import { spawnSync } from 'node:child_process';
import t from 'tap';
import { settingsPath, settingsText } from './support/settings-folder.js';

/** Runs a script of sh in a network of its own, where it may do anything. */
function inOwnNetwork(script: string): string {
  const { status, stdout, stderr } = spawnSync('unshare', ['-rn', 'sh', '-eu', '-c', script], {
    encoding: 'utf8',
    timeout: 240_000,
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  if (status !== 0) throw new Error(`${status}: ${stdout}${stderr}`);
  return stdout;
}

const RULES = settingsPath('nftables/kaochang.nft');

void t.test('nft takes the rules, twice over, and refuses broken ones', async (t) => {
  t.doesNotThrow(() => inOwnNetwork(`nft -c -f ${RULES}; nft -f ${RULES}; nft -f ${RULES}`));
  const listed = inOwnNetwork(`nft -f ${RULES}; nft list ruleset`);
  t.equal(listed.match(/^table /gm)?.length, 1, 'one table, however often it is loaded');
  t.equal(listed.match(/policy drop/g)?.length, 3, 'whatever is not named is dropped: in, out, through');
  t.throws(() => inOwnNetwork(`sed "s/policy drop/policy dropp/" ${RULES} | nft -c -f -`));
});

/**
 * Three machines: this one is the server, `pc` (192.168.10.11) and `world` (203.0.113.20) are namespaces on two cards. Each line
 * of `tries` is "from address port" and prints what happened: open, refused (an answer came), or silent.
 */
function tried(tries: string[], extra = ''): string[] {
  const connect = `
    const [address, port] = process.argv.slice(1);
    const socket = require('net').connect({ host: address, port: Number(port) });
    const say = (word) => { console.log(word); process.exit(0); };
    // An answer that came while this machine was busy counts: it is looked at before silence is said.
    setTimeout(() => setImmediate(() => setImmediate(() => say('silent'))), 400);
    socket.on('connect', () => say('open')).on('error', (e) => say(e.code === 'ETIMEDOUT' ? 'silent' : 'refused'));`;
  const listen = `
    for (const port of process.argv.slice(1)) require('net').createServer((s) => s.end()).listen(Number(port), '0.0.0.0');
    console.log('ready');`;
  return inOwnNetwork(
    `
    work=$(mktemp -d); trap 'kill $pc $world $served 2>/dev/null || true; rm -r "$work"' EXIT
    ip link set lo up
    unshare -n sleep 300 & pc=$!
    unshare -n sleep 300 & world=$!
    away() { until [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done; }
    away $pc; away $world
    ip link add lan0 type veth peer name eth0 netns $pc
    ip link add wan0 type veth peer name eth1 netns $world
    ip addr add 192.168.10.2/24 dev lan0; ip link set lan0 up
    ip addr add 203.0.113.1/24 dev wan0; ip link set wan0 up
    nsenter -n -t $pc sh -c 'ip link set lo up; ip addr add 192.168.10.11/24 dev eth0; ip addr add 192.168.10.200/24 dev eth0; ip link set eth0 up; ip route add default via 192.168.10.2'
    nsenter -n -t $world sh -c 'ip link set lo up; ip addr add 203.0.113.20/24 dev eth1; ip link set eth1 up; ip route add 192.168.10.0/24 via 203.0.113.1'
    echo 1 > /proc/sys/net/ipv4/ip_forward
    node -e "$LISTEN" 22 8443 8080 > "$work/a" & served=$!
    nsenter -n -t $pc node -e "$LISTEN" 445 554 > "$work/b" & served="$served $!"
    nsenter -n -t $world node -e "$LISTEN" 80 443 > "$work/c" & served="$served $!"
    until [ -s "$work/a" ] && [ -s "$work/b" ] && [ -s "$work/c" ]; do sleep 0.05; done
    ${extra}
    ${tries
      .map((line) => {
        const [from = '', address = '', port = ''] = line.split(' ');
        const where = from === 'server' ? '' : `nsenter -n -t $${from}`;
        return `${where} node -e "$CONNECT" ${address} ${port}`;
      })
      .join('\n')}
  `.replace(/^/, `LISTEN='${listen.replaceAll("'", `"`)}'\nCONNECT='${connect.replaceAll("'", `"`)}'\n`),
  )
    .trim()
    .split('\n');
}

const TRIES = [
  'pc 192.168.10.2 8443',
  'pc 192.168.10.2 22',
  'pc 192.168.10.2 8080',
  'pc 203.0.113.20 443',
  'server 203.0.113.20 443',
  'server 192.168.10.200 554',
  'server 192.168.10.11 445',
  'world 192.168.10.2 8443',
];

void t.test('without the rules everything is open: the trial can see a hole', async (t) => {
  t.strictSame([...new Set(tried(TRIES))], ['open']);
});

void t.test(
  '[A04] PCs reach HTTPS and nothing else, and no internet through the server; the server reaches cameras',
  async (t) => {
    t.strictSame(tried(TRIES, `nft -f ${RULES}`), [
      'open',
      'silent',
      'silent',
      'silent',
      'refused',
      'open',
      'refused',
      'silent',
    ]);
  },
);

void t.test(
  '[A02] the way to the organisation opens for one address and closed at once or by itself',
  async (t) => {
    const open = settingsPath('nftables/uplink-open.sh');
    const close = settingsPath('nftables/uplink-close.sh');
    t.strictSame(
      tried(
        ['server 203.0.113.20 443', 'server 203.0.113.20 80', 'world 192.168.10.2 8443'],
        `nft -f ${RULES}; ${open} 203.0.113.20 5; ${open} 203.0.113.20`,
      ),
      ['open', 'refused', 'silent'],
    );
    t.strictSame(tried(['server 203.0.113.20 443'], `nft -f ${RULES}; ${open} 203.0.113.20 5; ${close}`), [
      'refused',
    ]);
    const listed = inOwnNetwork(
      `nft -f ${RULES}; ${open} 203.0.113.20 7; ${open} 203.0.113.20 9; nft list set inet kaochang uplink`,
    );
    t.match(listed, /203\.0\.113\.20 timeout 9m expires/, 'the newer time counts, and it ends by itself');
    for (const wrong of ['203.0.113.20 0', '203.0.113.20 241', '203.0.113.20 5h', 'x 5', ''])
      t.throws(() => inOwnNetwork(`nft -f ${RULES}; ${open} ${wrong}`), `uplink-open.sh ${wrong}`);
  },
);

void t.test('sysctl settings name what the kernel has, and forward nothing', async (t) => {
  const settings = settingsText('nftables/99-kaochang-no-forwarding.conf')
    .split('\n')
    .filter((line) => /^\w/.test(line));
  const checks = settings.map((line) => {
    const [name = '', value = ''] = line.split(' = ');
    const path = `/proc/sys/${name.replaceAll('.', '/')}`;
    return `echo ${value} > ${path}; [ "$(cat ${path})" = ${value} ]`;
  });
  t.doesNotThrow(() => inOwnNetwork(checks.join('\n')));
  t.match(settings.join('\n'), /net\.ipv4\.ip_forward = 0\n[\s\S]*net\.ipv6\.conf\.all\.forwarding = 0/);
});
