// Keys on the paper: what each does, what is left to the browser, what choosing makes of a choice.

import fc from 'fast-check';
import t from 'tap';
import {
  actOfKey,
  choose,
  isHeldTooLong,
  type KeyPress,
} from '../../../../kiosk-client/candidate/pages/answering/keys.js';

const press = (key: string, with_: Partial<KeyPress> = {}): KeyPress => ({
  ...{ key, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, repeat: false },
  ...with_,
});

void t.test('every key has its act', async (t) => {
  for (const [key, index] of [...'123456789'].map((one, at) => [one, at] as const))
    t.same(actOfKey(press(key), false), { act: 'choose', index });
  for (const [at, letter] of [...'ABCDEFGH'].entries())
    for (const key of [letter, letter.toLowerCase()])
      t.same(actOfKey(press(key), false), { act: 'choose', index: at });
  for (const [key, act] of [
    ['ArrowRight', { act: 'move', by: 1 }],
    ['ArrowLeft', { act: 'move', by: -1 }],
    ['PageDown', { act: 'move', by: 1 }],
    ['PageUp', { act: 'move', by: -1 }],
    ['ArrowDown', { act: 'focus-option', by: 1 }],
    ['ArrowUp', { act: 'focus-option', by: -1 }],
    ['m', { act: 'mark' }],
    ['M', { act: 'mark' }],
  ] as const)
    t.same(actOfKey(press(key), false), act, key);
});

void t.test('keys that a page needs are left to the browser', async (t) => {
  for (const key of [
    'Tab',
    'Enter',
    ' ',
    'Escape',
    'F5',
    'Home',
    'End',
    '0',
    'i',
    'Z',
    'Process',
    'Dead',
    '',
  ])
    t.equal(actOfKey(press(key), false), null, key);
});

void t.test('in a text field only the page keys move on', async (t) => {
  for (const key of ['1', 'a', 'm', 'ArrowLeft', 'ArrowDown']) t.equal(actOfKey(press(key), true), null, key);
  t.same(actOfKey(press('PageDown'), true), { act: 'move', by: 1 });
});

void t.test('with a modifier, or in a composition, no key does anything', async (t) => {
  const keys = ['1', 'a', 'm', 'PageDown', 'ArrowRight'];
  for (const key of keys)
    for (const held of ['ctrlKey', 'altKey', 'metaKey', 'isComposing'] as const)
      for (const inText of [true, false]) t.equal(actOfKey(press(key, { [held]: true }), inText), null);
});

void t.test('a key that is held chooses and marks once, and moves on as long as it is held', async (t) => {
  for (const repeat of [false, true]) {
    const held = (key: string, onOption = false) => {
      const one = press(key, { repeat });
      return isHeldTooLong(one, actOfKey(one, false), onOption);
    };
    for (const key of ['1', 'a', 'm']) t.equal(held(key), repeat, key);
    t.equal(held('Enter', true), repeat, 'an option under Enter');
    for (const key of ['ArrowRight', 'PageUp', 'ArrowDown', 'Enter', 'Tab']) t.equal(held(key), false, key);
  }
});

void t.test('of one answer the last choice stands; chosen again it is taken back', async (t) => {
  for (const type of ['single', 'true-false'] as const) {
    t.same(choose(type, [], 'x', ['y', 'x']), ['x']);
    t.same(choose(type, ['x'], 'y', ['y', 'x']), ['y']);
    t.same(choose(type, ['x'], 'x', ['y', 'x']), []);
  }
});

void t.test('of several answers the order is the dealt one, whatever the order of the keys', async (t) => {
  const dealt = ['d', 'b', 'a', 'c'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...dealt), { maxLength: 12 }), (keys) => {
      let chosen: string[] = [];
      const expected = new Set<string>();
      for (const key of keys) {
        chosen = choose('multiple', chosen, key, dealt);
        if (!expected.delete(key)) expected.add(key);
      }
      t.same(
        chosen,
        dealt.filter((id) => expected.has(id)),
      );
    }),
  );
});
