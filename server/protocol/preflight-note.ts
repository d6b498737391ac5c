// The note that a person may add to a tick of the check of the room: one line, bounded; the same for pages, wire and command.

/** Characters (UTF-16 code units, as pages count them). */
export const LONGEST_NOTE = 200;

/** No control characters: it is printed as it stands. */
export const NOTE_PATTERN = '^[^\\u0000-\\u001f\\u007f]*$';

/** True for a note that may be recorded: one line that says something. */
export const isNote = (text: string): boolean =>
  text.trim() !== '' && text.length <= LONGEST_NOTE && new RegExp(NOTE_PATTERN).test(text);
