/** What a client claims to be in these; nothing of it may be believed, or passed on. */
export const CLAIMED_ADDRESS = '198.51.100.66';
const CLAIM = 'claimed-by-the-client';

/** Fields by which one program or another tells who calls, from where, over what, and for which path or method. */
const IDENTITY = ['X-Latchkey-Token-Id', 'X-Latchkey-Owner', 'X-Latchkey-Scopes', 'X-Latchkey-Token-Name', 'X-Latchkey-Admin'];
const ADDRESS = [
  'X-Forwarded-For',
  'X-Real-IP',
  'X-Client-IP',
  'X-Cluster-Client-IP',
  'True-Client-IP',
  'CF-Connecting-IP',
  'Fastly-Client-IP',
  'X-Original-Forwarded-For',
];
const ORIGIN = ['X-Forwarded-Host', 'X-Forwarded-Port', 'X-Forwarded-Server', 'X-Forwarded-Prefix', 'X-Forwarded-User', 'X-Forwarded-Uri'];
const SCHEME: readonly (readonly [string, string])[] = [
  ['X-Forwarded-Proto', 'https'],
  ['X-Forwarded-Scheme', 'https'],
  ['X-Forwarded-Ssl', 'on'],
  ['X-Forwarded-Protocol', 'https'],
];
const OVERRIDES = ['X-Original-URL', 'X-Rewrite-URL', 'X-Http-Method-Override', 'X-Http-Method', 'X-Method-Override'];

const claims: readonly (readonly [string, string])[] = [
  ...IDENTITY.map((name) => [name, CLAIM] as const),
  ...ADDRESS.map((name) => [name, CLAIMED_ADDRESS] as const),
  ...ORIGIN.map((name) => [name, `${CLAIM}.test`] as const),
  ...OVERRIDES.map((name) => [name, `/${CLAIM}`] as const),
  ...SCHEME,
  ['Forwarded', `for=${CLAIMED_ADDRESS};proto=https;host=${CLAIM}.test`],
];

/** Headers of one request, names and values in turn. */
export interface SpoofedHeaders {
  readonly name: string;
  readonly headers: readonly string[];
}

const plain = claims.map(([name, value]) => ({ name, headers: [name, value] }));
const underscored = claims
  .map(([name, value]) => [name.replaceAll('-', '_'), value] as const)
  .filter(([name]) => name.includes('_'))
  .map(([name, value]) => ({ name, headers: [name, value] }));
const inOtherCase = claims.map(([name, value]) => {
  const mixed = [...name].map((letter, index) => (index % 2 === 0 ? letter.toLowerCase() : letter.toUpperCase())).join('');
  return { name: mixed, headers: [mixed, value] };
});
const twice = claims.map(([name, value]) => ({ name: `${name} twice`, headers: [name, value, name.toLowerCase(), value] }));
/** Named in `Connection`, so that a proxy that obeys it would drop its own field of that name instead of the client's. */
const named = claims.map(([name, value]) => ({ name: `${name} named by Connection`, headers: ['Connection', name, name, value] }));
const namedAlone = ['x-latchkey-token-id, x-latchkey-owner', 'X-Forwarded-For', 'forwarded', 'host', 'via', 'authorization'].map(
  (list) => ({
    name: `Connection: ${list}`,
    headers: ['Connection', list],
  }),
);
const lists = [
  ['X-Forwarded-For', `${CLAIMED_ADDRESS}, 127.0.0.1`],
  ['X-Forwarded-For', `127.0.0.1, ${CLAIMED_ADDRESS}`],
  ['X-Forwarded-For', `"[::ffff:${CLAIMED_ADDRESS}]"`],
  ['Forwarded', `for=127.0.0.1, for="${CLAIMED_ADDRESS}:80";proto=https`],
  ['Forwarded', `proto=https;for="_${CLAIM}"`],
].map(([name = '', value = '']) => ({ name: `${name}: ${value}`, headers: [name, value] }));
const besides = ['Proxy-Authorization', 'Proxy-Connection', 'Keep-Alive', 'TE', 'HTTP2-Settings', 'X-Api-Key', 'X_API_KEY'].map((name) => ({
  name,
  headers: [name, CLAIM],
}));

/** Far more than 60 ways to claim to be somebody else. */
export const SPOOFED_HEADERS: readonly SpoofedHeaders[] = [
  ...plain,
  ...underscored,
  ...inOtherCase,
  ...twice,
  ...named,
  ...namedAlone,
  ...lists,
  ...besides,
];

/** Whether anything that a client claimed is in these lines. */
export function isClaimed(rawHeaders: readonly string[]): boolean {
  const all = rawHeaders.join('\n');
  return all.includes(CLAIM) || all.includes(CLAIMED_ADDRESS) || /https/.test(all);
}
