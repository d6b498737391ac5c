// The connection to upsd: whatever a server does with its answers, none is ever taken for that of another question.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import * as fc from 'fast-check';
import t, { type Test } from 'tap';
import { DeviceFault } from '../../server/devices/contract.js';
import { NutClient, NutRefusal } from '../../server/devices/nut-client.js';

interface Scripted {
  port: number;
  connections(): number;
  /** Lines that clients sent, in order. */
  heard: string[];
  close(): Promise<void>;
}

/** A server that does what the test says with each line that it is sent. */
async function scripted(
  answer: (line: string, socket: Socket, index: number) => void,
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<Scripted> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString();
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        heard.push(line);
        answer(line, socket, heard.length - 1);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    heard,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const never = () => new AbortController().signal;
const list = (ups: string, value: string) =>
  `BEGIN LIST VAR ${ups}\nVAR ${ups} ups.status "${value}"\nVAR ${ups} n "1"\nEND LIST VAR ${ups}\n`;
const refused = (word: string) => (error: unknown) => error instanceof NutRefusal && error.word === word;
const fault = (code: string) => (error: unknown) => error instanceof DeviceFault && error.code === code;

async function failsWith(
  t: Test,
  promise: Promise<unknown>,
  holds: (error: unknown) => boolean,
  name: string,
) {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  t.ok(holds(error), `${name}: ${String(error)}`);
}

void t.test('one question, one answer, over one connection', async (t) => {
  const server = await scripted((line, socket) => {
    if (line === 'LIST VAR ups') socket.write(list('ups', 'OL'));
    else if (line === 'GET VAR ups ups.status') socket.write('VAR ups ups.status "OL CHRG"\n');
    else socket.write('ERR DATA-STALE\n');
  });
  t.teardown(() => server.close());
  const client = new NutClient({ host: '127.0.0.1', port: server.port });
  t.equal((await client.listVariables('ups', never())).get('ups.status'), 'OL');
  t.equal(await client.getVariable('ups', 'ups.status', never()), 'OL CHRG');
  await failsWith(t, client.getVariable('ups', 'x', never()), refused('DATA-STALE'), 'a refusal');
  t.equal(await client.getVariable('ups', 'ups.status', never()), 'OL CHRG', 'a refusal ends nothing');
  t.equal(server.connections(), 1);
  await failsWith(
    t,
    Promise.all([client.listVariables('ups', never()), client.listVariables('ups', never())]),
    (error) => error instanceof Error && /under way/.test(error.message),
    'two questions at once',
  );
  client.close();
  t.notOk(client.connected);
});

type Conduct =
  'right' | 'refused' | 'late' | 'twice' | 'garbage' | 'half' | 'of-another' | 'closes' | 'silent';
const CONDUCTS: Conduct[] = [
  'right',
  'right',
  'refused',
  'late',
  'twice',
  'garbage',
  'half',
  'of-another',
  'closes',
  'silent',
];

void t.test('late, twice, half, garbage: no answer is ever that of another question', async (t) => {
  let conducts: { conduct: Conduct; cuts: number[]; noise: string }[] = [];
  let giveUp: (() => void)[] = [];
  const right = (question: string): string => {
    const [, , ups = '', name] = question.split(' ');
    return name === undefined ? list(ups, `of ${ups}`) : `VAR ${ups} ${name} "of ${ups}"\n`;
  };
  const server = await scripted((line, socket) => {
    const index = Number(/ups(\d+)/.exec(line)?.[1]);
    const { conduct, cuts, noise } = conducts[index] ?? { conduct: 'right', cuts: [], noise: '' };
    const answers: Record<Conduct, string> = {
      right: right(line),
      refused: 'ERR DRIVER-NOT-CONNECTED\n',
      late: right(line),
      twice: right(line) + right(line),
      garbage: `${noise}\n`,
      half: right(line).slice(0, (cuts[0] ?? 1) % right(line).length),
      'of-another': right(line).replaceAll('ups', 'sup'),
      closes: '',
      silent: '',
    };
    if (conduct === 'late' || conduct === 'silent' || conduct === 'half') giveUp[index]?.();
    const write = () => writeCut(socket, answers[conduct], cuts, conduct === 'closes');
    if (conduct === 'late') setTimeout(write, 3);
    else write();
  });
  t.teardown(() => server.close());
  let lates = 0;
  let goods = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          conduct: fc.constantFrom(...CONDUCTS),
          cuts: fc.array(fc.nat(90), { maxLength: 5 }),
          noise: fc.string({ maxLength: 60 }).filter((text) => !/^\s*ERR\b/.test(text)),
          isList: fc.boolean(),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (questions) => {
        conducts = questions;
        giveUp = [];
        const client = new NutClient({ host: '127.0.0.1', port: server.port, deadlineMs: 60_000 });
        try {
          for (const [index, { conduct, isList }] of questions.entries()) {
            const controller = new AbortController();
            giveUp[index] = () => setTimeout(() => controller.abort(), 2);
            const ups = `ups${index}`;
            const before = questions[index - 1]?.conduct;
            const outcome: unknown = await (
              isList
                ? client.listVariables(ups, controller.signal).then((all) => all.get('ups.status'))
                : client.getVariable(ups, 'ups.status', controller.signal)
            ).catch((error: unknown) => error);
            if (typeof outcome === 'string') {
              if (outcome !== `of ${ups}`) return false;
              if (!['right', 'twice', 'late'].includes(conduct)) return false;
              goods += 1;
              continue;
            }
            if (outcome instanceof NutRefusal) {
              if (outcome.word !== 'DRIVER-NOT-CONNECTED' || conduct !== 'refused') return false;
              continue;
            }
            if (!(outcome instanceof DeviceFault)) return false;
            // Who answers right is heard, unless the rest of the answer before came in between.
            if (conduct === 'right' && before !== 'twice') return false;
            lates += 1;
          }
          return true;
        } finally {
          client.close();
        }
      },
    ),
    { numRuns: 150 },
  );
  t.ok(goods > 50 && lates > 50, `${goods} good answers, ${lates} failures were looked at`);
});

/** Writes the text in pieces, each a packet of its own. */
function writeCut(socket: Socket, text: string, cuts: number[], ends: boolean): void {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  const pieces = [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
  const next = () => {
    const piece = pieces.shift();
    if (piece === undefined) {
      if (ends) socket.end();
      return;
    }
    if (piece !== '' && !socket.destroyed) socket.write(piece);
    setImmediate(next);
  };
  next();
}

void t.test('nobody answers: the deadline destroys the connection', async (t) => {
  const server = await scripted((_line, socket, index) => {
    if (index > 0) socket.write(list('ups', 'OL'));
  });
  t.teardown(() => server.close());
  const client = new NutClient({ host: '127.0.0.1', port: server.port, deadlineMs: 50 });
  t.teardown(() => client.close());
  await failsWith(t, client.listVariables('ups', never()), fault('timed-out'), 'after the deadline');
  t.notOk(client.connected);
  t.equal((await client.listVariables('ups', never())).size, 2, 'the next question is asked anew');
  t.equal(server.connections(), 2);
  const gone = new AbortController();
  gone.abort();
  await failsWith(t, client.listVariables('ups', gone.signal), fault('timed-out'), 'given up beforehand');
});

void t.test('what the server says unasked ends the connection', async (t) => {
  const server = await scripted(
    (_line, socket) => socket.write(list('ups', 'OL')),
    (socket) => socket.write('VAR ups ups.status "OB LB"\n'),
  );
  t.teardown(() => server.close());
  const client = new NutClient({ host: '127.0.0.1', port: server.port });
  await failsWith(
    t,
    client.listVariables('ups', never()),
    (error) => error instanceof DeviceFault,
    'unasked',
  );
});

void t.test('what comes after an answer ends the connection; the answer holds', async (t) => {
  const server = await scripted((_line, socket) => socket.write(list('ups', 'OL') + list('ups', 'OB')));
  t.teardown(() => server.close());
  const client = new NutClient({ host: '127.0.0.1', port: server.port });
  t.teardown(() => client.close());
  for (const name of ['first', 'second']) {
    t.equal((await client.listVariables('ups', never())).get('ups.status'), 'OL', name);
    t.notOk(client.connected, `${name}: the rest is nobody’s`);
  }
  t.equal(server.connections(), 2);
});

void t.test('nobody listens, an answer without end, a line without end', async (t) => {
  const closed = await scripted(() => undefined);
  await closed.close();
  const nobody = new NutClient({ host: '127.0.0.1', port: closed.port });
  await failsWith(t, nobody.listVariables('ups', never()), fault('unreachable'), 'nobody listens');
  for (const [name, piece] of [
    ['an answer without end', `${'VAR ups x "1"\n'.repeat(100)}`],
    ['a line without end', 'x'.repeat(1_000)],
  ] as const) {
    const server = await scripted((_line, socket) => {
      socket.write('BEGIN LIST VAR ups\n');
      const more = () => {
        if (!socket.destroyed) socket.write(piece, () => setImmediate(more));
      };
      more();
    });
    const client = new NutClient({ host: '127.0.0.1', port: server.port, deadlineMs: 30_000 });
    await failsWith(t, client.listVariables('ups', never()), fault('bad-answer'), name);
    await server.close();
  }
});

void t.test('logs in where it must, and never counts as a load', async (t) => {
  const server = await scripted((line, socket) => {
    if (line === 'USERNAME reader' || line === 'PASSWORD "a \\"b\\" c"') socket.write('OK\n');
    else if (line.startsWith('PASSWORD')) socket.write('ERR INVALID-PASSWORD\n');
    else socket.write(list('ups', 'OL'));
  });
  t.teardown(() => server.close());
  const address = { host: '127.0.0.1', port: server.port };
  const right = new NutClient({ ...address, login: { username: 'reader', password: 'a "b" c' } });
  t.teardown(() => right.close());
  t.equal((await right.listVariables('ups', never())).get('ups.status'), 'OL');
  t.equal((await right.listVariables('ups', never())).get('ups.status'), 'OL');
  t.same(server.heard, ['USERNAME reader', 'PASSWORD "a \\"b\\" c"', 'LIST VAR ups', 'LIST VAR ups']);
  const wrong = new NutClient({ ...address, login: { username: 'reader', password: 'x' } });
  await failsWith(t, wrong.listVariables('ups', never()), refused('INVALID-PASSWORD'), 'a wrong password');
  t.notOk(wrong.connected, 'a connection that is half logged in serves nothing');
});
