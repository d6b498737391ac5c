// A page with nothing but rich text on it, for a test that hands it text of all kinds: no policy of the room protects it, so
// that only the cleaning itself does.

import { render } from 'preact';
import { RichText } from '../../../kiosk-client/candidate/pages/answering/rich-text.js';

const root = document.getElementById('page') as HTMLElement;
let shown = 0;

Object.assign(window, {
  show(html: string) {
    shown += 1;
    render(
      <RichText
        key={shown}
        class="stem"
        html={html}
        picture={(name) => <b data-picture={name}>{name}</b>}
        blank={(n) => <input data-blank={n} />}
      />,
      root,
    );
  },
});
