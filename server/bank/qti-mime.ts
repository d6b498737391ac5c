// Media types of files to hand in, as QTI names them, and the endings by which a paper names the same. Data and look-ups only.

const OFFICE = 'application/vnd.openxmlformats-officedocument';

/** Endings by media type; the first is the usual one. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  [`${OFFICE}.spreadsheetml.sheet`]: ['xlsx'],
  [`${OFFICE}.wordprocessingml.document`]: ['docx'],
  [`${OFFICE}.presentationml.presentation`]: ['pptx'],
  'application/vnd.ms-excel': ['xls'],
  'application/msword': ['doc'],
  'application/vnd.ms-powerpoint': ['ppt'],
  'application/pdf': ['pdf'],
  'application/zip': ['zip'],
  'text/plain': ['txt'],
  'text/csv': ['csv'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/jpg': ['jpg', 'jpeg'],
  'image/*': ['png', 'jpg', 'jpeg'],
  'audio/mpeg': ['mp3'],
  'video/mp4': ['mp4'],
};

/** What stands for any file where an item names no kind. */
export const ANY_FILE: readonly string[] = [
  'xlsx',
  'xls',
  'docx',
  'doc',
  'pptx',
  'ppt',
  'pdf',
  'txt',
  'csv',
  'png',
  'jpg',
  'jpeg',
  'zip',
];

/** Endings of a media type, null where it is not known. */
export function endingsOf(type: string): readonly string[] | null {
  const plain = type.toLowerCase();
  return Object.hasOwn(ENDINGS, plain) ? (ENDINGS[plain] ?? null) : null;
}

/** The one media type that stands for exactly these endings, or null. */
export function mediaTypeFor(endings: readonly string[]): string | null {
  const wanted = [...endings].sort().join();
  const found = Object.entries(ENDINGS).find(([, own]) => [...own].sort().join() === wanted);
  return found?.[0] ?? null;
}
