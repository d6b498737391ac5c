// What is usually done about each thing that needs a person, by whoever may.

import type { Todo } from '../../../server/protocol/staff.js';
import { leads, mayAcknowledge, proctors } from '../day/places.js';
import { useDesk } from '../desk.js';
import { ActButton } from '../parts/act-button.js';
import { useView } from '../room/use-console.js';
import type { Role } from '../texts/words.js';
import { Acknowledge } from './acknowledge.js';
import { isAbout } from './todo-sentence.js';
import type { TodoTexts } from './todo-texts.js';

/** The buttons of one; nothing for a role that only looks. */
export function Buttons({ todo, t }: { todo: Todo; t: TodoTexts }) {
  const { session, you, seats } = useView();
  const desk = useDesk();
  const { roles } = you;
  const go = (text: string, place: Parameters<typeof desk.go>[0]) => (
    <button type="button" class="primary" onClick={() => desk.go(place)}>
      {text}
    </button>
  );
  const look = (seatId: string, plain = false) => (
    <button type="button" class={plain ? '' : 'primary'} onClick={() => desk.openSeat(seatId)}>
      {t.look}
    </button>
  );
  switch (todo.kind) {
    case 'hand': {
      if (session === null || !proctors(roles)) return look(todo.seatId, true);
      const { candidateId, seatId } = todo;
      return (
        <>
          <ActButton
            request={{ type: 'answer-hand', sessionId: session.sessionId, candidateId }}
            kind="primary"
          >
            {t.there}
          </ActButton>
          <button type="button" onClick={() => desk.openSeat(seatId, 'incident')}>
            {t.doubt}
          </button>
        </>
      );
    }
    case 'alone':
    case 'unsent':
      return proctors(roles) ? (
        <>
          <button type="button" class="primary" onClick={() => desk.openSeat(todo.seatId, 'swap')}>
            {t.swap}
          </button>
          {look(todo.seatId, true)}
        </>
      ) : (
        look(todo.seatId)
      );
    case 'extension': {
      const isMine = (leads(roles) && todo.chief === null) || (isSecond(roles) && todo.second === null);
      if (session !== null && isMine)
        return (
          <>
            <ActButton
              kind="primary"
              request={{
                type: 'approve-extension',
                sessionId: session.sessionId,
                requestId: todo.requestId,
                orgCode: null,
              }}
            >
              {t.agree}
            </ActButton>
            <button type="button" onClick={() => desk.go('time')}>
              {t.disagree}
            </button>
          </>
        );
      const seat = seats.find((row) => isAbout(row, todo));
      return seat === undefined ? null : look(seat.seatId, true);
    }
    case 'gap':
      return proctors(roles) || roles.includes('inspector') ? (
        <button type="button" class="primary" onClick={() => desk.openSeat(todo.seatId, 'time')}>
          {t.giveBack}
        </button>
      ) : (
        look(todo.seatId, true)
      );
    case 'clock':
      return leads(roles) ? go(t.decide, 'lead') : null;
    case 'suspended':
      return leads(roles) ? go(t.decide, 'lead') : isSecond(roles) ? go(t.decide, 'time') : null;
    case 'mains':
      return proctors(roles) || roles.includes('sysadmin') ? (
        <ActButton request={{ type: 'report-mains', present: true }}>{t.mainsBack}</ActButton>
      ) : null;
    case 'alarm':
      return mayAcknowledge(roles) ? <Acknowledge alarmId={todo.alarmId} /> : null;
    case 'pairing':
      return go(t.pair, 'pairing');
  }
}

const isSecond = (roles: readonly Role[]) => roles.includes('inspector') || roles.includes('org-technician');
