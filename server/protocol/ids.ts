// Ids that an organisation gives: they become names of files and of fields, so that none may be a path or what every object
// answers to. No validator: a pattern alone.

/** Names that objects inherit, and the two folders that are no names. */
const NEVER = [
  ...[
    'constructor',
    'hasOwnProperty',
    'isPrototypeOf',
    'propertyIsEnumerable',
    'toLocaleString',
    'toString',
    'valueOf',
  ],
  ...[
    '__proto__',
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
    '\\.',
    '\\.\\.',
  ],
];

/** Of sessions, papers, items, seats, candidates and staff. */
export const ID_PATTERN = `^(?!(?:${NEVER.join('|')})$)[A-Za-z0-9._-]+$`;
