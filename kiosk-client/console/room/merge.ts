// Puts what the room pushed into the picture that a page has. Pure: the old picture stays as it was, so that what is drawn from
// it can be compared by identity.

import type { RoomChange, RoomView, SeatRow } from '../../../server/protocol/staff.js';

/** Lines of the feed that a page keeps. */
export const FEED_KEPT = 500;

/** The picture after a change. Seats that did not change are the same objects as before. */
export function merge(view: RoomView, change: RoomChange): RoomView {
  const { seats, feed, ...rest } = change;
  return {
    ...view,
    ...rest,
    seats: seats === undefined ? view.seats : mergeSeats(view.seats, seats),
    feed: feed === undefined ? view.feed : mergeFeed(view.feed, feed),
  };
}

function mergeSeats(before: readonly SeatRow[], changed: readonly SeatRow[]): SeatRow[] {
  const bySeat = new Map(changed.map((row) => [row.seatId, row]));
  const merged = before.map((row) => {
    const next = bySeat.get(row.seatId);
    bySeat.delete(row.seatId);
    return next ?? row;
  });
  // A package with other seats was installed meanwhile.
  return bySeat.size === 0 ? merged : [...merged, ...bySeat.values()];
}

/** Newest first; a line that came twice (with the picture and pushed) stands once. */
function mergeFeed(before: RoomView['feed'], news: RoomView['feed']): RoomView['feed'] {
  const known = new Set(before.slice(0, news.length + 50).map(({ seq }) => seq));
  return [...news.filter(({ seq }) => !known.has(seq)), ...before].slice(0, FEED_KEPT);
}
