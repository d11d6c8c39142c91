import type { Subject } from './subject.ts';

/** Bare node:http, by which all others are divided. */
export const BASELINE = 'bare-node';

const NO_LOG = 'usage log, endpoints, scopes';

/** Every server of the comparison, in the order of the report. A further one is a file with its start, and an entry here. */
export const SUBJECTS: readonly Subject[] = [
  {
    name: BASELINE,
    title: 'node:http',
    group: 'bare',
    leavesOut: 'everything',
    load: async () => (await import('./bare/bare-node.ts')).startBareNode,
  },
  {
    name: 'bare-fastify',
    title: 'Fastify',
    group: 'bare',
    leavesOut: 'everything',
    load: async () => (await import('./bare/bare-fastify.ts')).startBareFastify,
  },
  {
    name: 'bare-express',
    title: 'Express',
    group: 'bare',
    leavesOut: 'everything',
    load: async () => (await import('./bare/bare-express.ts')).startBareExpress,
  },
  {
    name: 'bare-hono',
    title: 'Hono',
    group: 'bare',
    leavesOut: 'everything',
    load: async () => (await import('./bare/bare-hono.ts')).startBareHono,
  },
  {
    name: 'guard-node',
    title: '**Latchkey** on node:http',
    group: 'guard',
    leavesOut: 'nothing',
    load: async () => (await import('./guard/guard-node.ts')).startGuardNode,
  },
  {
    name: 'guard-fastify',
    title: '**Latchkey** on Fastify',
    group: 'guard',
    leavesOut: 'nothing',
    load: async () => (await import('./guard/guard-fastify.ts')).startGuardFastify,
  },
  {
    name: 'guard-express',
    title: '**Latchkey** on Express',
    group: 'guard',
    leavesOut: 'nothing',
    load: async () => (await import('./guard/guard-express.ts')).startGuardExpress,
  },
  {
    name: 'guard-hono',
    title: '**Latchkey** on Hono',
    group: 'guard',
    leavesOut: 'nothing',
    load: async () => (await import('./guard/guard-hono.ts')).startGuardHono,
  },
  {
    name: 'fastify-bearer-auth',
    title: '@fastify/bearer-auth + @fastify/rate-limit',
    group: 'peer',
    leavesOut: `${NO_LOG}, RateLimit headers`,
    load: async () => (await import('./peer/fastify-bearer-auth.ts')).startFastifyBearerAuth,
  },
  {
    name: 'express-rate-limit',
    title: 'a look-up + express-rate-limit',
    group: 'peer',
    leavesOut: `${NO_LOG}, RateLimit headers`,
    load: async () => (await import('./peer/express-rate-limit.ts')).startExpressRateLimit,
  },
  {
    name: 'better-auth-memory',
    title: 'better-auth verifyApiKey, keys in memory',
    group: 'peer',
    leavesOut: 'usage log, endpoints, all headers, exact limits, anything after a restart',
    load: async () => (await import('./peer/better-auth-memory.ts')).startBetterAuthMemory,
  },
  {
    name: 'better-auth-postgres',
    title: 'better-auth verifyApiKey on PostgreSQL',
    group: 'peer',
    needs: ['postgres'],
    leavesOut: 'usage log (it counts requests), endpoints, all headers',
    load: async () => (await import('./peer/better-auth-postgres.ts')).startBetterAuthPostgres,
  },
  {
    name: 'gateway',
    title: '**Latchkey** gateway',
    group: 'gateway',
    needs: ['upstream', 'postgres'],
    leavesOut: 'nothing, and ships its log to PostgreSQL',
    load: async () => (await import('./gateway/latchkey-gateway.ts')).startLatchkeyGateway,
  },
  {
    name: 'fastify-http-proxy',
    title: '@fastify/http-proxy + bearer-auth + rate-limit',
    group: 'proxy',
    needs: ['upstream'],
    leavesOut: `${NO_LOG}, RateLimit headers`,
    load: async () => (await import('./proxy/fastify-http-proxy.ts')).startFastifyHttpProxy,
  },
  {
    name: 'http-proxy-middleware',
    title: 'http-proxy-middleware + a look-up + express-rate-limit',
    group: 'proxy',
    needs: ['upstream'],
    leavesOut: `${NO_LOG}, RateLimit headers`,
    load: async () => (await import('./proxy/http-proxy-middleware.ts')).startHttpProxyMiddleware,
  },
  {
    name: 'nginx',
    title: 'nginx: key map, limit_req, access log by the line',
    group: 'proxy',
    needs: ['upstream'],
    leavesOut: 'token changes without a reload, scopes, all headers, queries over the log',
    load: async () => (await import('./proxy/nginx.ts')).startNginx,
  },
  {
    name: 'nginx-buffered',
    title: 'nginx: the same, access log in blocks',
    group: 'proxy',
    needs: ['upstream'],
    leavesOut: 'the same, and the last 64 KiB of the log',
    load: async () => (await import('./proxy/nginx.ts')).startNginxBuffered,
  },
  {
    name: 'raw-sockets',
    title: 'two raw sockets of Node and nothing else',
    group: 'bare',
    needs: ['upstream'],
    leavesOut: 'everything, HTTP included',
    load: async () => (await import('./bare/raw-sockets.ts')).startRawSockets,
  },
];
