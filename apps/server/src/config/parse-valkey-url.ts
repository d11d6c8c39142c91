interface Endpoint {
  readonly host: string;
  readonly port: number;
}

interface Credentials {
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
}

/** Where the shared counters are. */
export type ValkeyAddress = Credentials &
  (
    | ({ readonly kind: 'single'; readonly database: number } & Endpoint)
    | { readonly kind: 'sentinel'; readonly sentinels: readonly Endpoint[]; readonly name: string }
    | { readonly kind: 'cluster'; readonly nodes: readonly Endpoint[] }
  );

const SHAPE =
  /^(?<scheme>redis|rediss|valkey|valkeys)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^/@?#]+)(?:\/(?<path>[\w.-]*))?$/;
const FORMS = 'must be redis://host:6379, redis+sentinel://host:26379,host:26379/name or redis+cluster://host:6379,host:6379';

/**
 * Reads `redis[s]://[user:password@]host[:port][/database]`, `redis[s]+sentinel://…@host[:port],host[:port]/name` and
 * `redis[s]+cluster://…@host[:port],host[:port]`; `valkey` is another word for `redis`. Throws an error without the text in it.
 */
export function parseValkeyUrl(text: string): ValkeyAddress {
  const { scheme, kind, user, password, hosts, path } = SHAPE.exec(text)?.groups ?? {};
  if (!scheme || !hosts) throw new Error(FORMS);
  const credentials = { username: decode(user), password: decode(password), tls: scheme === 'rediss' || scheme === 'valkeys' };
  const endpoints = hosts.split(',').map((host) => parseEndpoint(host, kind === 'sentinel' ? 26_379 : 6379));
  if (kind === 'cluster' && !path) return { kind, nodes: endpoints, ...credentials };
  if (kind === 'sentinel' && path) return { kind, sentinels: endpoints, name: path, ...credentials };
  const [endpoint] = endpoints;
  if (kind || endpoints.length !== 1 || !endpoint || !/^\d{0,4}$/.test(path ?? '')) throw new Error(FORMS);
  return { kind: 'single', ...endpoint, database: Number(path ?? 0), ...credentials };
}

function parseEndpoint(text: string, defaultPort: number): Endpoint {
  const match = /^(\[[\da-fA-F:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(match?.[2] ?? defaultPort);
  if (!match?.[1] || port < 1 || port > 65_535) throw new Error(FORMS);
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function decode(text: string | undefined): string | null {
  if (!text) return null;
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(FORMS);
  }
}
