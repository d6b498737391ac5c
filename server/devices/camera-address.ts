// Addresses of cameras: puts a name and a password into one so that it stays one address whatever they contain, and takes
// them out of every text that a person or a log may see.

/** Who signs in at a camera. */
export interface CameraLogin {
  user: string;
  password: string;
}

const QUERY_SECRET = /([?&/_;](?:user|username|usr|password|passwd|pass|pwd)=)[^&/_;\s"']*/gi;

/** RFC 3986 allows some marks in a password that shells, lists and tools stumble over; half a character becomes none. */
const encoded = (text: string) =>
  encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/**
 * The address with its login, percent-encoded; a login that stood in it before is gone.
 * @param login null = none
 */
export function withCredentials(url: string, login: CameraLogin | null): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#\s]*@)?(.*)$/is.exec(url);
  if (parts === null) return url;
  const [, scheme = '', rest = ''] = parts;
  if (login === null) return `${scheme}${rest}`;
  return `${scheme}${encoded(login.user)}:${encoded(login.password)}@${rest}`;
}

/** Any text without the logins of the addresses in it, in front of the host or among the parameters. */
export function maskCredentials(text: string): string {
  return text.replace(/(:\/\/)[^\s"'<>]*@/g, '$1***@').replace(QUERY_SECRET, '$1***');
}
