// Changes XML by its tags: dropped, doubled, crossed, deep, with entities, with attributes that are huge or twice there.

import { mutateText, TEXTS } from './mutate.js';
import type { Random } from './random.js';

const INSERTS: readonly string[] = [
  ...[
    '&x;',
    '&#0;',
    '&#xD800;',
    '&#xFFFFFFFF;',
    '&amp',
    '<![CDATA[',
    ']]>',
    '<!--',
    '--><!-- -- -->',
    '<?x y?>',
    '<?xml version="1.1"?>',
  ],
  ...[
    '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    '<p:q/>',
    '</x>',
    '<x',
    '<x a="1" a="2"/>',
  ],
  '<d>'.repeat(5_000),
  '<d>'.repeat(190) + '</d>'.repeat(190),
  '<d/>'.repeat(20_000),
  `<d a="${'x'.repeat(200_000)}"/>`,
  `<d ${Array.from({ length: 3_000 }, (_, n) => `a${n}="1"`).join(' ')}/>`,
];

/** One change of an XML text. */
export function mutateXml(text: string, random: Random): string {
  if (random.onceIn(8)) return mutateText(text, random);
  const pieces = text.match(/<[^>]*>|[^<]+|</g) ?? [];
  if (pieces.length === 0) return random.pick(INSERTS);
  const at = random.below(pieces.length);
  const piece = pieces[at] ?? '';
  switch (random.below(8)) {
    case 0:
      pieces.splice(at, 1);
      break;
    case 1:
      pieces.splice(at, 0, piece);
      break;
    case 2: {
      const other = random.below(pieces.length);
      [pieces[at], pieces[other]] = [pieces[other] ?? '', piece];
      break;
    }
    case 3:
      pieces.splice(at, 0, random.pick(INSERTS));
      break;
    case 4:
    case 5:
      pieces[at] = withAttribute(piece, random);
      break;
    case 6: {
      const end = Math.min(pieces.length, at + 1 + random.below(30));
      pieces.splice(end, 0, ...pieces.slice(at, end));
      break;
    }
    default:
      pieces[at] = piece.startsWith('<')
        ? piece.replace(
            /^(<\/?)[^\s/>]*/,
            (_, open: string) =>
              open + random.pick(['x', 'row', 'c', 'v', 't', 'is', 'a:b', '__proto__', '']),
          )
        : escaped(random.pick(TEXTS));
  }
  return pieces.join('');
}

/** Another value for one attribute, or for the text where the piece is no tag. */
function withAttribute(piece: string, random: Random): string {
  if (!piece.startsWith('<')) return escaped(random.pick(TEXTS));
  const found = [...piece.matchAll(/="[^"]*"/g)];
  const one = found.length === 0 ? undefined : random.pick(found);
  if (one === undefined) return piece.replace(/\/?>$/, (end) => ` x="${escaped(random.pick(TEXTS))}"${end}`);
  const value = escaped(
    random.pick([...TEXTS, '9'.repeat(400), '-1', '99999999999', 'A1:XFD1048576', 'XFD1048576', 'rId999']),
  );
  return `${piece.slice(0, one.index)}="${value}"${piece.slice(one.index + one[0].length)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
