// The closed set of transports that a device profile may name. A new one is a new row here.

import { HTTP } from './transport-http.js';
import { SERIAL_FRAME, TCP_FRAME } from './transport-frames.js';
import { MODBUS_RTU, MODBUS_RTU_TCP, MODBUS_TCP } from './transport-modbus.js';
import { MANUAL, RELAY } from './transport-relay.js';
import { SNMP } from './transport-snmp.js';

export const TRANSPORTS = {
  'modbus-tcp': MODBUS_TCP,
  'modbus-rtu': MODBUS_RTU,
  'modbus-rtu-tcp': MODBUS_RTU_TCP,
  snmp: SNMP,
  http: HTTP,
  'tcp-frame': TCP_FRAME,
  'serial-frame': SERIAL_FRAME,
  relay: RELAY,
  manual: MANUAL,
} as const;

export type TransportName = keyof typeof TRANSPORTS;
export const TRANSPORT_NAMES = Object.keys(TRANSPORTS) as TransportName[];
