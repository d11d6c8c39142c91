import { hostname } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('defaults', () => {
  test('an empty environment gives the documented ones', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 3010,
      dataDirectory: path.resolve('.latchkey'),
      configFile: null,
      databaseUrl: null,
      upstreamUrl: null,
      admin: null,
      tokenSecrets: null,
      authSecret: null,
      valkey: null,
      trustedProxies: [],
      webhookAllowPrivate: [],
      leakKeysUrl: null,
      leakPolicy: 'revoke',
      forwardAuthMount: '/api',
      metricsAllow: ['127.0.0.0/8', '::1/128'],
      publicUrl: null,
      requireHttps: false,
      logLevel: 'info',
      usageRetentionDays: 30,
      gatewayName: `${hostname()}:3010`,
      maxStaleSeconds: 300,
      threads: 1,
      spool: { capBytes: 1024 ** 3, whenFull: 'refuse', durability: 'process' },
      tracing: null,
      unknownNames: [],
    });
  });

  test('an empty value counts as unset, as compose files write it', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ', LATCHKEY_ADMIN_EMAIL: '', LATCHKEY_ADMIN_PASSWORD: '' })).toEqual(loadConfig({}));
  });
});

describe('understood', () => {
  test('every variable', () => {
    const config = loadConfig({
      PORT: '0',
      HOST: '::',
      LATCHKEY_DATA_DIR: '/var/lib/latchkey',
      DATABASE_URL: 'postgresql://u:p@db:5432/latchkey?sslmode=require',
      LATCHKEY_UPSTREAM_URL: 'http://api.internal:8080/v1',
      LATCHKEY_ADMIN_EMAIL: 'admin@example.com',
      LATCHKEY_ADMIN_PASSWORD: 'correct horse battery',
      LATCHKEY_TOKEN_SECRET: 'newest-secret-0123456789, older-secret-0123456789',
      LATCHKEY_AUTH_SECRET: 'auth-secret-0123456789',
      VALKEY_URL: 'redis://cache:6379',
      LATCHKEY_TRUSTED_PROXIES: '10.0.0.0/8, 192.168.1.7,fd00::/8',
      LATCHKEY_FORWARD_AUTH_MOUNT: '/v1/public',
      LATCHKEY_METRICS_ALLOW: '10.1.0.0/16',
      LATCHKEY_PUBLIC_URL: 'https://tokens.example.com',
      LATCHKEY_REQUIRE_HTTPS: 'false',
      LATCHKEY_LOG_LEVEL: 'debug',
      LATCHKEY_USAGE_RETENTION_DAYS: '7',
      LATCHKEY_GATEWAY_NAME: 'gateway eu-1',
      LATCHKEY_MAX_STALE_SECONDS: '3',
      LATCHKEY_THREADS: '64',
      LATCHKEY_SPOOL_MAX_MB: '64',
      LATCHKEY_SPOOL_FULL: 'drop',
      LATCHKEY_DURABILITY: 'disk',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/',
      OTEL_SERVICE_NAME: 'tokens',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '.25',
    });
    expect(config).toMatchObject({
      tracing: { url: 'http://collector:4318/v1/traces', serviceName: 'tokens', sampler: 'traceidratio', ratio: 0.25 },
      host: '::',
      port: 0,
      dataDirectory: '/var/lib/latchkey',
      databaseUrl: 'postgresql://u:p@db:5432/latchkey?sslmode=require',
      admin: { email: 'admin@example.com', password: 'correct horse battery' },
      tokenSecrets: ['newest-secret-0123456789', 'older-secret-0123456789'],
      authSecret: 'auth-secret-0123456789',
      valkey: { kind: 'single', host: 'cache', port: 6379 },
      trustedProxies: ['10.0.0.0/8', '192.168.1.7', 'fd00::/8'],
      forwardAuthMount: '/v1/public',
      metricsAllow: ['10.1.0.0/16'],
      requireHttps: false,
      logLevel: 'debug',
      usageRetentionDays: 7,
      threads: 64,
      spool: { capBytes: 64 * 1024 ** 2, whenFull: 'drop', durability: 'disk' },
    });
    expect(config.upstreamUrl?.href).toBe('http://api.internal:8080/v1');
    expect(config.publicUrl?.origin).toBe('https://tokens.example.com');
  });

  test('HTTPS is required where people are said to come over it', () => {
    expect(loadConfig({ LATCHKEY_PUBLIC_URL: 'https://tokens.example.com' }).requireHttps).toBe(true);
    expect(loadConfig({ LATCHKEY_PUBLIC_URL: 'http://tokens.example.com' }).requireHttps).toBe(false);
    expect(loadConfig({ LATCHKEY_REQUIRE_HTTPS: 'true' }).requireHttps).toBe(true);
  });

  test('a name that is almost ours is kept for a warning', () => {
    expect(loadConfig({ LATCHKEY_TRUSTED_PROXY: '10.0.0.0/8', OTHER: '1' }).unknownNames).toEqual(['LATCHKEY_TRUSTED_PROXY']);
  });
});

const WRONG: readonly (readonly [string, string])[] = [
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', '80a'],
  ['PORT', '1e3'],
  ['HOST', 'http://localhost'],
  ['DATABASE_URL', 'mysql://localhost/x'],
  ['DATABASE_URL', 'localhost:5432'],
  ['LATCHKEY_UPSTREAM_URL', 'ftp://host'],
  ['LATCHKEY_UPSTREAM_URL', 'localhost:8080'],
  ['LATCHKEY_UPSTREAM_URL', 'http://user:secret@host'],
  ['LATCHKEY_UPSTREAM_URL', 'http://host/?key=secret'],
  ['LATCHKEY_TOKEN_SECRET', 'short'],
  ['LATCHKEY_TOKEN_SECRET', 'long-enough-0123456789,'],
  ['LATCHKEY_TOKEN_SECRET', 'long-enough-0123456789,long-enough-0123456789'],
  ['LATCHKEY_AUTH_SECRET', 'short'],
  ['VALKEY_URL', 'http://cache'],
  ['LATCHKEY_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['LATCHKEY_TRUSTED_PROXIES', '10'],
  ['LATCHKEY_TRUSTED_PROXIES', '10.0.0.0/8,,'],
  ['LATCHKEY_FORWARD_AUTH_MOUNT', 'api'],
  ['LATCHKEY_FORWARD_AUTH_MOUNT', '/api/'],
  ['LATCHKEY_FORWARD_AUTH_MOUNT', '//evil'],
  ['LATCHKEY_METRICS_ALLOW', 'everyone'],
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_TRACES_EXPORTER', 'jaeger'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'grpc://collector'],
  ['OTEL_TRACES_SAMPLER', 'sometimes'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ['LATCHKEY_PUBLIC_URL', 'https://host/path'],
  ['LATCHKEY_REQUIRE_HTTPS', 'yes'],
  ['LATCHKEY_LOG_LEVEL', 'loud'],
  ['LATCHKEY_USAGE_RETENTION_DAYS', '0'],
  ['LATCHKEY_GATEWAY_NAME', 'x'.repeat(101)],
  ['LATCHKEY_GATEWAY_NAME', 'new\nline'],
  ['LATCHKEY_MAX_STALE_SECONDS', '86401'],
  ['LATCHKEY_THREADS', '0'],
  ['LATCHKEY_THREADS', '65'],
  ['LATCHKEY_THREADS', 'all'],
  ['LATCHKEY_THREADS', '2.5'],
  ['LATCHKEY_USAGE_RETENTION_DAYS', '1.5'],
  ['LATCHKEY_SPOOL_MAX_MB', '0'],
  ['LATCHKEY_SPOOL_FULL', 'ignore'],
  ['LATCHKEY_DURABILITY', 'memory'],
];

describe('refused', () => {
  test.each(WRONG)('%s=%s, with the name and an example', (name, value) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name}( is ".*")?: .+\\. Example: ${name}=`));
  });

  test('every example is one that works', () => {
    const examples = WRONG.map(([name, value]) => problemsOf({ [name]: value })[0]?.split('Example: ')[1] ?? '');
    for (const example of examples) {
      const [name = '', value = ''] = example.split(/=(.*)/s);
      expect(problemsOf({ [name]: value }), example).toEqual([]);
    }
  });

  test('all wrong values at once', () => {
    const wrong = { PORT: 'x', LATCHKEY_LOG_LEVEL: 'loud', DATABASE_URL: 'nowhere', LATCHKEY_ADMIN_EMAIL: 'nobody' };
    expect(problemsOf(wrong).map((problem) => /^\w+/.exec(problem)?.[0])).toEqual([
      'PORT',
      'DATABASE_URL',
      'LATCHKEY_ADMIN_EMAIL',
      'LATCHKEY_LOG_LEVEL',
      'LATCHKEY_ADMIN_PASSWORD',
    ]);
  });

  test('half an administrator', () => {
    expect(problemsOf({ LATCHKEY_ADMIN_EMAIL: 'a@example.com' })[0]).toMatch(/^LATCHKEY_ADMIN_PASSWORD is missing/);
    expect(problemsOf({ LATCHKEY_ADMIN_PASSWORD: 'correct horse battery' })[0]).toMatch(/^LATCHKEY_ADMIN_EMAIL is missing/);
  });

  test('no secret is repeated in a message', () => {
    const canary = 'hunter2';
    const text = problemsOf({
      DATABASE_URL: `mysql://u:${canary}@h/x`,
      LATCHKEY_ADMIN_PASSWORD: canary,
      LATCHKEY_TOKEN_SECRET: canary,
      LATCHKEY_AUTH_SECRET: canary,
      VALKEY_URL: `http://:${canary}@h`,
      LATCHKEY_UPSTREAM_URL: `http://u:${canary}@h`,
      LATCHKEY_PUBLIC_URL: `http://u:${canary}@h`,
    }).join('\n');
    expect(text.split('\n')).toHaveLength(8);
    expect(text).not.toContain(canary);
  });
});

describe('traces', () => {
  const url = (env: Record<string, string>) => loadConfig(env).tracing?.url ?? null;

  test('are sent where somebody says where to, or that there are to be some', () => {
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector/otlp' })).toBe('https://collector/otlp/v1/traces');
    expect(url({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://one', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://two/t' })).toBe('http://two/t');
    expect(url({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe('http://localhost:4318/v1/traces');
  });

  test('are not where somebody says so, whatever else is said', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector' };
    expect(url({ ...env, OTEL_TRACES_EXPORTER: 'none' })).toBeNull();
    expect(url({ ...env, OTEL_SDK_DISABLED: 'true' })).toBeNull();
    expect(url({ OTEL_SERVICE_NAME: 'tokens' })).toBeNull();
  });
});
