// A device profile that was read and judged, with what it needs to be used.

import type { TSchema } from '@sinclair/typebox';
import type { Expression } from './expression.js';
import type { Profile } from './profile-schema.js';
import type { TransportKind } from './transport.js';

/** Any row of the table, its types forgotten: what is put in was checked against the row's own schemas. */
export type AnyTransport = TransportKind<never, TSchema, TSchema>;

export interface LoadedProfile {
  profile: Profile;
  transport: AnyTransport;
  state: { when: Expression; is: 'on' | 'off' }[];
}
