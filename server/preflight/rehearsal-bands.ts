// By which times a rehearsal is judged, on the server alone and on the room's own PCs; milliseconds.

/** A save that takes longer is noticed. */
export const SAVE_MS = 250;
export const BAD_SAVE_MS = 1_000;
/** A paper that takes longer costs exam time. */
export const PAPER_MS = 3_000;
export const BAD_PAPER_MS = 10_000;
