import { type AccessRequest, decide, loadToken, type TokenRecord } from '../src/index.ts';
import { anAccessRequest } from '../src/testing/access-request.ts';
import { aTokenRecord } from '../src/testing/token-record.ts';

// What deciding costs by kind of token, in nanoseconds. Run: node packages/core/bench/decide.ts

const ROUNDS = 20_000_000;
const NOW = Date.UTC(2026, 0, 15, 12);
const LIST = ['/stores', 'GET /brands*', '/stores/*/brands', 'GET,HEAD /products*'];

const cases: [string, Partial<TokenRecord>, Partial<AccessRequest>][] = [
  ['unrestricted', {}, {}],
  ['expiry and four patterns', { expiresAt: NOW + 1, allowedEndpoints: LIST }, {}],
  [
    'everything',
    { expiresAt: NOW + 1, notBefore: NOW - 1, allowedEndpoints: LIST, scopes: ['read', 'write'] },
    { requiredScopes: ['write'] },
  ],
];

/** Several tokens each, so that no call site sees a single shape of token only. */
function time(token: Partial<TokenRecord>, request: Partial<AccessRequest>): number {
  const tokens = Array.from({ length: 64 }, (_, id) => loadToken(aTokenRecord({ id, ...token })));
  const asked = anAccessRequest(request);
  let allowed = 0;
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) {
    const one = tokens[round & 63];
    if (one !== undefined && decide(one, asked, NOW).kind === 'allow') allowed++;
  }
  const nanoseconds = ((performance.now() - start) * 1e6) / ROUNDS;
  if (allowed !== ROUNDS) throw new Error(`Only ${allowed} of ${ROUNDS} were allowed.`);
  return nanoseconds;
}

for (let run = 0; run < 3; run++) {
  for (const [name, token, request] of cases) console.log(`${name.padEnd(26)} ${time(token, request).toFixed(1)} ns`);
}
