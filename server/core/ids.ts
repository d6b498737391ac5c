// The identifiers of the room's words; protocol/ids.ts says what each may look like.

export type StaffId = string;
export type SeatId = string;
export type PcId = string;
export type SessionId = string;
export type CandidateId = string;
export type ItemId = string;
export type DeviceId = string;
export type AlarmId = string;
