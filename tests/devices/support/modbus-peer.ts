// A Modbus server by other people (pymodbus, Debian's python3-pymodbus) on a loopback port of its own, in either framing: what our
// library sends is understood by a stranger, and what the stranger answers by us.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../../server/rehearsal/free-port.js';

/** Debian's own: another Python in the path has no pymodbus. */
const PYTHON = '/usr/bin/python3';
const PEER = `
import asyncio, sys
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

framing, port = sys.argv[1], int(sys.argv[2])
block = lambda: ModbusSequentialDataBlock(0, [0] * 4096)
slave = ModbusSlaveContext(di=block(), co=block(), hr=block(), ir=block(), zero_mode=True)
for word in sys.argv[3:]:
    kind, address, value = (int(part) for part in word.split(':'))
    slave.setValues(kind, address, [value])

async def main():
    server = await StartAsyncTcpServer(
        ModbusServerContext(slaves={1: slave}, single=False), address=('127.0.0.1', port),
        framer=ModbusRtuFramer if framing == 'rtu' else ModbusSocketFramer, defer_start=True)
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    print('ready', flush=True)
    await serving

asyncio.run(main())
`;

/** What a register or coil holds at the start: function code that reads it, address from 0, value. */
export type Held = readonly [fc: 1 | 2 | 3 | 4, address: number, value: number];

export interface ModbusPeer {
  host: string;
  port: number;
  remove(): Promise<void>;
}

/** Unit 1, 4096 of each kind. @param framing `rtu`: as a gateway passes a serial line on, checksums included @throws Error with what Python said */
export async function startModbusPeer(framing: 'tcp' | 'rtu', held: readonly Held[]): Promise<ModbusPeer> {
  const port = await freePort();
  const words = held.map((one) => one.join(':'));
  const child = spawn(PYTHON, ['-c', PEER, framing, String(port), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  const isReady = await Promise.race([
    once(child.stdout, 'data').then(() => true),
    once(child, 'exit').then(() => false),
  ]);
  const remove = async () => {
    process.off('exit', kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    kill();
    await exited;
  };
  if (!isReady) {
    await remove();
    throw new Error(`pymodbus did not start (apt install python3-pymodbus python3-serial-asyncio): ${said}`);
  }
  return { host: '127.0.0.1', port, remove };
}
