/** Paths of the public API below these are allowed to the token that tries them. */
export const ALLOWED_ENDPOINTS = ['/products', '/products/*'];

/** Ways to write the parent directory, or something that one program or another takes for it. */
const PARENTS = [
  '..',
  '%2e%2e',
  '%2E%2e',
  '.%2e',
  '%2E.',
  '%252e%252e',
  '%252E.',
  '%25252e%25252e',
  '..;',
  '..;x=1',
  '..%3b',
  '%2e%2e;x',
  '..%00',
  '..%20',
  '..%09',
  '..%0d%0a',
  '..%2500',
  '%c0%ae%c0%ae',
  '%e0%80%ae%e0%80%ae',
  '%ef%bc%8e%ef%bc%8e',
  '%e2%80%a5',
  '%u002e%u002e',
  '%%32%65%%32%65',
  '...',
  './..',
  '..\\',
] as const;

/** Ways to write a slash. */
const SLASHES = [
  '/',
  '//',
  '/./',
  '/%2e/',
  '/;/',
  ';/',
  ';x=1/',
  '%2f',
  '%2F',
  '%252f',
  '%25252f',
  '\\',
  '%5c',
  '%255C',
  '/\\',
  '%c0%af',
  '%e0%80%af',
  '%ef%bc%8f',
  '%e2%88%95',
  '%u2215',
  '%00/',
  '%09/',
  '%0d%0a/',
  '/%20/',
] as const;

/** From an allowed path to a forbidden one. */
function climbs(): string[] {
  return PARENTS.flatMap((parent) =>
    SLASHES.flatMap((slash) => [
      `/api/products${slash}${parent}${slash}stores`,
      `/api/products/7${slash}${parent}${slash}${parent}${slash}stores`,
    ]),
  );
}

/** Other names of a forbidden path. */
const DISGUISES = [
  '%73tores',
  'stor%65s',
  'STORES',
  '%2573tores',
  '%ef%bd%93tores',
  '%c5%bftores',
  'stores%20',
  'stores.',
  'stores;x',
  './stores',
].map((name) => `/api/${name}`);

/** Things that end a path for one program and not for another, and paths that begin where another ends. */
const CUTS = [
  '/api/products?/../stores',
  '/api/products?x=/../../stores',
  '/api/products?%2f..%2fstores',
  '/api/products#/../stores',
  '/api/products%23/../stores',
  '/api/products%3f/../stores',
  '/api/products%3F/..%2fstores',
  '/api/products%00/../stores',
  '/api/stores?/products',
  '/api/stores#/products',
  '/api/stores%3f/products',
  '/api/stores%23/products/1',
  '/api/stores%00/products',
  '/api/stores;/products/1',
  '/api/stores/..;/products/../stores',
  '/api/stores\t/products',
  '/api/products\t/../stores',
  '/api/products\r/../stores',
  '/api/products\n/../stores',
  '/api/products /../stores',
  '/api/products%20HTTP/1.1%0d%0aHost:%20x%0d%0a%0d%0aGET%20/api/stores',
  '/api/products%0d%0aX-Original-URL:%20/api/stores',
];

/** Around the place where the public API begins. */
const MOUNTS = [
  '//api/stores',
  '/api//stores',
  '/api///stores',
  '/./api/stores',
  '/x/../api/stores',
  '/api/./stores',
  '/api/../api/stores',
  '/api/products/../../api/stores',
  '/api/products/../../stores',
  '/api/..',
  '/api/../healthz',
  '/api%2fstores',
  '/api%2f..%2fstores',
  '/api\\stores',
  '/API/stores',
  '/%61pi/stores',
  '/apiproducts/../api/stores',
  '/api;/stores',
  '/api;x=/products/../stores',
  '/api/stores/',
  '/api/stores//',
  '/api/stores/.',
  '/api/stores/7/../../stores',
  '/\\api/stores',
  '\\api\\stores',
  'http://127.0.0.1/api/stores',
  'http://127.0.0.1/api/products/../stores',
  'https://127.0.0.1/api/products',
  'http:/api/stores',
  'file:///api/stores',
  '//127.0.0.1/api/stores',
  '///api/products/../stores',
  'api/products',
  '*',
  '?/api/products',
  '@127.0.0.1/api/stores',
  '/@127.0.0.1/api/stores',
  '/api/products/..%ff/stores',
  '/api/products/%',
  '/api/products/%2',
  '/api/products/%zz/../stores',
];

/** More than 1,000 request targets, as bytes of a request line in Latin-1, that lead from what is allowed to what is not – or try to. */
export const PATH_TRICKS: readonly string[] = [...new Set([...climbs(), ...DISGUISES, ...CUTS, ...MOUNTS])];

/**
 * Where a careless upstream would end up: it decodes what it was given twice, ends it at NUL, takes backslashes for slashes, leaves out path parameters and
 * empty segments, and resolves dots.
 */
export function resolveCarelessly(target: string): string {
  const raw = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  const decoded = decodeLeniently(decodeLeniently(raw)).split('\0', 1)[0] ?? '';
  const reached: string[] = [];
  for (const part of decoded.replaceAll('\\', '/').split('/')) {
    const segment = part.split(';', 1)[0] ?? '';
    if (segment === '..') reached.pop();
    else if (segment !== '' && segment !== '.') reached.push(segment);
  }
  return `/${reached.join('/')}`;
}

/** Every escape that is one; bytes that are no text stay something that is no slash and no dot. */
function decodeLeniently(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'));
}
