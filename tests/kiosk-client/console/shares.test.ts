// How many candidates the PCs of a rehearsal play, and in which order they are shown.

import fc from 'fast-check';
import t from 'tap';
import {
  MOST_A_PC,
  MOST_IN_ALL,
  shareOf,
  wholeOf,
  worstFirst,
} from '../../../kiosk-client/console/rehearsal/shares.js';
import { MOST_SEATS, MOST_SEATS_A_PC } from '../../../server/protocol/rehearsal.js';

void t.test('twice the seats of the room where nobody says otherwise, fifty a PC at most', async (t) => {
  t.same([MOST_A_PC, MOST_IN_ALL], [MOST_SEATS_A_PC, MOST_SEATS]);
  t.same(shareOf(null, 1_200, 1_200), { total: 2_000, each: 2 }, 'no more than the room takes');
  t.same(shareOf(null, 40, 40), { total: 80, each: 2 });
  t.same(shareOf(null, 1, 40), { total: 50, each: 50 }, 'one PC plays fifty');
  t.same(shareOf(null, 3, 0), { total: 6, each: 2 }, 'nothing installed: the PCs count');
  t.same(shareOf(7, 3, 40), { total: 7, each: 3 });
  t.same(shareOf(null, 0, 40), { total: 0, each: 0 });
});

void t.test('what is typed counts when it is a number of candidates', async (t) => {
  t.same(['7', '120', '', '0', '-3', '1.5', 'x', null].map(wholeOf), [7, 120, ...Array<null>(6).fill(null)]);
});

void t.test('no PC is promised more than it may play', async () => {
  const count = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 100_000 })), count, count, (wanted, idle, seats) => {
      const { total, each } = shareOf(wanted, idle, seats);
      return each <= MOST_A_PC && total <= Math.min(MOST_SEATS, idle * MOST_A_PC) && each * idle >= total;
    }),
  );
});

void t.test('a PC that did not finish comes first, then the slowest', async (t) => {
  const pc = (label: string, handedIn: number, saveP99Ms: number) => ({
    ...{ label, seats: 4, handedIn, saves: 80, saveP99Ms, firstPaperP99Ms: 9, refused: 0, problems: [] },
  });
  const order = worstFirst([pc('01', 4, 5), pc('02', 4, 90), pc('03', 3, 1)]).map(({ label }) => label);
  t.same(order, ['03', '02', '01']);
});
