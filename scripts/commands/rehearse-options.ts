// What stands behind `kaochang rehearse`, as it was typed.

export interface RehearseOptions {
  seats: number;
  minutes?: number;
  /** Percent of the candidates. */
  reconnects: number;
  seed: number;
  plain?: boolean;
  data?: string;
  to?: string;
  from?: number;
  ca?: string;
  serverName?: string;
  staff?: string;
  for?: number;
  json?: boolean;
}
