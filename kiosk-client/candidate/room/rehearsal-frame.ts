// Opens the page that plays candidates of a practice session, in a frame that nobody sees: what it does can never touch the exam of
// this PC, and it is gone with the frame.

/** @param word this PC's for one rehearsal @returns how to end it */
export function openRehearsal(word: string): () => void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.tabIndex = -1;
  frame.title = '演练';
  frame.src = `/rehearsal.html#${word}`;
  document.body.appendChild(frame);
  return () => frame.remove();
}
