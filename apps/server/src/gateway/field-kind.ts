/**
 * What becomes of a field on its way through the gateway. `hop-by-hop`: belongs to one connection (RFC 9110 §7.6.1), framing included,
 * because each side does its own. `rebuilt`: a request's field that is never passed on as it came – credentials are ours, forwarding fields
 * are made anew, and nobody's word for another address, path or method than was judged is worth anything. `set-cookie`: an answer's, to be looked at. `plain`: every other.
 */
export type FieldKind = 'plain' | 'hop-by-hop' | 'connection' | 'rebuilt' | 'set-cookie';

const KINDS: ReadonlyMap<string, FieldKind> = new Map<string, FieldKind>([
  ['connection', 'connection'],
  ['keep-alive', 'hop-by-hop'],
  ['proxy-authenticate', 'hop-by-hop'],
  ['proxy-authentication-info', 'hop-by-hop'],
  ['proxy-authorization', 'hop-by-hop'],
  ['proxy-connection', 'hop-by-hop'],
  ['te', 'hop-by-hop'],
  ['trailer', 'hop-by-hop'],
  ['transfer-encoding', 'hop-by-hop'],
  ['upgrade', 'hop-by-hop'],
  ['http2-settings', 'hop-by-hop'],
  ['host', 'rebuilt'],
  ['authorization', 'rebuilt'],
  ['x-api-key', 'rebuilt'],
  ['cookie', 'rebuilt'],
  ['content-length', 'rebuilt'],
  ['expect', 'rebuilt'],
  ['forwarded', 'rebuilt'],
  ['via', 'rebuilt'],
  ['x-real-ip', 'rebuilt'],
  ['x-client-ip', 'rebuilt'],
  ['x-cluster-client-ip', 'rebuilt'],
  ['x-original-forwarded-for', 'rebuilt'],
  ['true-client-ip', 'rebuilt'],
  ['cf-connecting-ip', 'rebuilt'],
  ['fastly-client-ip', 'rebuilt'],
  ['x-original-url', 'rebuilt'],
  ['x-rewrite-url', 'rebuilt'],
  ['x-http-method', 'rebuilt'],
  ['x-http-method-override', 'rebuilt'],
  ['x-method-override', 'rebuilt'],
  ['x-request-id', 'rebuilt'],
  ['set-cookie', 'set-cookie'],
]);
const REBUILT_PREFIXES = ['x-latchkey-', 'x-forwarded-'];

/** Names as they were spelt. People spell the same few; whoever invents names gains nothing, and fills nothing but this. */
const known = new Map<string, FieldKind>();
const MAX_KNOWN = 1_024;
const MAX_KNOWN_LENGTH = 64;

export function fieldKind(name: string): FieldKind {
  const kind = known.get(name);
  if (kind !== undefined) return kind;
  const found = findKind(name);
  if (known.size < MAX_KNOWN && name.length <= MAX_KNOWN_LENGTH) known.set(name, found);
  return found;
}

/** Many frameworks read `X_Forwarded_For` and `X-Forwarded-For` as the same variable. */
function findKind(name: string): FieldKind {
  const canonical = name.toLowerCase().replaceAll('_', '-');
  const kind = KINDS.get(canonical);
  if (kind !== undefined) return kind;
  return REBUILT_PREFIXES.some((prefix) => canonical.startsWith(prefix)) ? 'rebuilt' : 'plain';
}

const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether a field's value holds what no field can carry. */
export function hasBadValue(value: string): boolean {
  return BAD_VALUE.test(value);
}
