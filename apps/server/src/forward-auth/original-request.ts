import type { IncomingMessage } from 'node:http';

/** The request that a proxy asks about, or why it can not be told which one that is: in words that say what to change. */
export type OriginalRequest =
  | { readonly kind: 'known'; readonly method: string; readonly target: string }
  | { readonly kind: 'unclear'; readonly message: string };

export const VERIFY_PATH = '/auth/verify';

/** nginx says the first two by convention, its Kubernetes ingress the third, Traefik and Caddy the last. */
const TARGET_HEADERS = ['x-original-uri', 'x-original-url', 'x-forwarded-uri'] as const;
const METHOD_HEADERS = ['x-original-method', 'x-forwarded-method'] as const;

const METHOD = /^[A-Z][A-Z-]{0,15}$/;
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * Reads which request is meant. Whoever puts a path behind `/auth/verify` sends the original one in its own form (Envoy); everybody
 * else names it in headers. All that name it must agree: a client can add a header that its proxy does not overwrite, and then it
 * gets nothing but a refusal.
 */
export function readOriginalRequest(req: IncomingMessage): OriginalRequest {
  const below = targetInPath(req.url ?? '');
  const targets = new Set(below === null ? [] : [below]);
  const methods = new Set(below === null ? [] : [req.method ?? '']);
  for (const target of valuesOf(req, TARGET_HEADERS)) targets.add(withoutOrigin(target));
  for (const method of valuesOf(req, METHOD_HEADERS)) methods.add(method);
  if (targets.size > 1 || methods.size > 1) return { kind: 'unclear', message: CONTRADICTION };
  const [target] = targets;
  const [method] = methods;
  if (target === undefined || method === undefined || !METHOD.test(method)) return { kind: 'unclear', message: NOTHING_SAID };
  return { kind: 'known', method, target };
}

const NOTHING_SAID =
  'The request that is meant is not named. Have the proxy send X-Original-Method and X-Original-URI, or X-Forwarded-Method and X-Forwarded-Uri.';
const CONTRADICTION =
  'The headers that name the original request contradict each other. Have the proxy overwrite or remove each of X-Original-Method, X-Original-URI, X-Original-URL, X-Forwarded-Method and X-Forwarded-Uri.';

/** What follows the prefix, raw; `null` where nothing does, and the request is named in headers. */
function targetInPath(url: string): string | null {
  const rest = url.slice(VERIFY_PATH.length);
  return rest.startsWith('/') ? rest : null;
}

function valuesOf(req: IncomingMessage, names: readonly string[]): string[] {
  return names.flatMap((name) => req.headersDistinct[name] ?? []);
}

/** `https://api.example.com/products?x` → `/products?x`. */
function withoutOrigin(target: string): string {
  const rest = target.replace(ORIGIN, '');
  return rest === '' || rest.startsWith('?') ? `/${rest}` : rest;
}
