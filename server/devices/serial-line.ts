// What a serial line needs to be set, whatever is spoken over it.

import { Type } from '@sinclair/typebox';

/** Fields of the settings of every transport over a serial line. */
export const serialLine = {
  serialPort: Type.String({ minLength: 1, maxLength: 200 }),
  baudRate: Type.Integer({ minimum: 300, maximum: 921_600, default: 9_600 }),
  parity: Type.Union([Type.Literal('none'), Type.Literal('even'), Type.Literal('odd')], {
    default: 'none',
  }),
  stopBits: Type.Union([Type.Literal(1), Type.Literal(2)], { default: 1 }),
};
