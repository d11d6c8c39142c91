/** A request target taken apart. `path` and `search` are raw: exactly what an upstream must get. */
export type RequestPath =
  | {
      readonly ok: true;
      readonly path: string;
      /** `''` or `?…`. */
      readonly search: string;
      /** `path` with its percent escapes decoded: what patterns are compared with. */
      readonly decoded: string;
    }
  | { readonly ok: false };

const REFUSED: RequestPath = { ok: false };
const SLASH = 0x2f;
const DOT = 0x2e;
/** Letters, digits and the harmless marks: such a path has nothing to decode and only its dots and slashes left to check. */
const PLAIN = /^[A-Za-z0-9/_~.,:;=@!$&'()*+-]*$/;
const PRINTABLE = /^[!-~]*$/;
const REFUSED_CHARACTER = /[\\#]/;
const REFUSED_ESCAPE = /%(?:2f|5c|[01][0-9a-f]|7f)/i;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
/** `.` or `..` as a whole segment, also with path parameters (`..;x`), which some upstreams cut off before they resolve it. */
const DOT_SEGMENT = /\/\.{1,2}(?:;[^/]*)?(?:\/|$)/;
const ENCODED_DOT = /%2e/gi;
const C1_CONTROL = /[\u0080-\u009f]/;
const PLAIN_CODES = Uint8Array.from({ length: 128 }, (_, code) => (PLAIN.test(String.fromCharCode(code)) ? 1 : 0));

/**
 * Takes the target of a request line (`/products/1?store_id=2`) apart, or refuses it: what is judged must be exactly what an upstream
 * sees (contract §4). Refused are dot segments (also percent-encoded), encoded slashes and backslashes, backslashes, NUL and other
 * control characters, double slashes, broken escapes, escapes that are not UTF-8, the same encoded twice, and everything that is not origin-form.
 * Nothing is normalised.
 */
export function parseRequestPath(target: string): RequestPath {
  const question = target.indexOf('?');
  const path = question === -1 ? target : target.slice(0, question);
  const search = question === -1 ? '' : target.slice(question);
  if (path.charCodeAt(0) !== SLASH || hasFault(search)) return REFUSED;
  if (isOrdinary(path)) return { ok: true, path, search, decoded: path };
  if (path.includes('//')) return REFUSED;
  const decoded = PLAIN.test(path) ? path : decodePath(path);
  return decoded === null || DOT_SEGMENT.test(decoded) ? REFUSED : { ok: true, path, search, decoded };
}

/** Nearly every path: plain characters only, no segment that is empty or begins with a dot. Nothing of it has to be looked into. */
function isOrdinary(path: string): boolean {
  let before = 0;
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (PLAIN_CODES[code] !== 1) return false;
    if (before === SLASH && (code === SLASH || code === DOT)) return false;
    before = code;
  }
  return true;
}

/** A blank, a control character or `#`, which is none of a request's. */
function hasFault(search: string): boolean {
  for (let index = 0; index < search.length; index++) {
    const code = search.charCodeAt(index);
    if (code <= 0x20 || code === 0x7f || code === 0x23) return true;
  }
  return false;
}

function decodePath(path: string): string | null {
  if (!PRINTABLE.test(path) || REFUSED_CHARACTER.test(path) || BROKEN_ESCAPE.test(path) || REFUSED_ESCAPE.test(path)) return null;
  try {
    const decoded = decodeURIComponent(path);
    return C1_CONTROL.test(decoded) || hidesMore(decoded) ? null : decoded;
  } catch {
    // Not UTF-8.
    return null;
  }
}

/** What is refused when it is encoded once is no better encoded twice: some upstreams decode what their proxy has decoded already. */
function hidesMore(decoded: string): boolean {
  return decoded.includes('%') && (REFUSED_ESCAPE.test(decoded) || DOT_SEGMENT.test(decoded.replace(ENCODED_DOT, '.')));
}
