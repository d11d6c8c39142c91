import { existsSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import path from 'node:path';
import { passwordSchema } from '@latchkey/api/schemas';
import type { SpoolDurability, SpoolFullPolicy } from '@latchkey/bearer-auth';
import type { LeakPolicy } from '@latchkey/database';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { parseValkeyUrl, type ValkeyAddress } from './parse-valkey-url.ts';
import { SAMPLERS, type TracingConfig, toTracing } from './tracing-config.ts';

/** Everything that can be set from outside, read once and checked. This file is the only one that reads the environment. */
export interface Config {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Absolute path of `latchkey.config.ts`. Null: there is none. */
  readonly configFile: string | null;
  /** Null: the embedded PostgreSQL. */
  readonly databaseUrl: string | null;
  /** The public API behind the guard. Null: the bundled sample API. */
  readonly upstreamUrl: URL | null;
  /** The first administrator, made at start where there is none. Null: a set-up link is printed. */
  readonly admin: { readonly email: string; readonly password: string } | null;
  /** Keys of the token digests, newest first. Null: one generated in the data directory. */
  readonly tokenSecrets: readonly string[] | null;
  /** Key of sessions and of what sign-in keeps encrypted. Null: one generated in the data directory. */
  readonly authSecret: string | null;
  /** Shared rate-limit counters. Null: counters in memory. */
  readonly valkey: ValkeyAddress | null;
  /** CIDRs whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Path under which a proxy that asks about requests serves the public API. `''`: none. */
  readonly forwardAuthMount: string;
  /** CIDRs that may read /metrics. */
  readonly metricsAllow: readonly string[];
  /** CIDRs inside that webhooks may be sent to, also without TLS. */
  readonly webhookAllowPrivate: readonly string[];
  /** Where the keys are that reports of leaked tokens are signed with. Null: such reports are not taken. */
  readonly leakKeysUrl: URL | null;
  /** What is done about a token that was found in public. */
  readonly leakPolicy: LeakPolicy;
  /** The origin people use, where a proxy in front changes it. Null: where the server listens. */
  readonly publicUrl: URL | null;
  /** Whether the public API refuses what is not known to have come over TLS. */
  readonly requireHttps: boolean;
  readonly logLevel: LogLevel;
  readonly usageRetentionDays: number;
  /** How people tell this process from others that serve with it. */
  readonly gatewayName: string;
  /** How long what is known of a token is trusted while the database can not be heard. */
  readonly maxStaleSeconds: number;
  /** How usage records are kept until the database has them. */
  readonly spool: {
    readonly capBytes: number;
    readonly whenFull: (typeof SPOOL_POLICIES)[number];
    readonly durability: (typeof DURABILITIES)[number];
  };
  /** Threads that serve the public API. 1: the main thread does it itself. */
  readonly threads: number;
  /** Null: nobody wants traces. */
  readonly tracing: TracingConfig | null;
  /** Names that look like ours and are none: typing errors, most likely. */
  readonly unknownNames: readonly string[];
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const LEAK_POLICIES = ['revoke', 'rotate', 'notify'] as const satisfies readonly LeakPolicy[];
const SPOOL_POLICIES = ['refuse', 'drop'] as const satisfies readonly SpoolFullPolicy[];
const DURABILITIES = ['process', 'disk'] as const satisfies readonly SpoolDurability[];
type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings that cannot be used; `problems` has a line for each, without any secret in it. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`Latchkey cannot start with this configuration:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const MIN_SECRET_LENGTH = 16;
const MAX_THREADS = 64;
const secret = z.string().min(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`);
const cidrs = list(z.string().refine(isCidr, 'must be addresses or CIDRs with a comma between them'));

/** One row for each variable: its rule, an example, and whether its value may be repeated in a message. */
const VARIABLES = {
  PORT: variable(integer(0, 65_535), '3010', 'shown'),
  HOST: variable(z.string().regex(/^[\w.:%-]+$/, 'must be a host name or an IP address'), '127.0.0.1', 'shown'),
  LATCHKEY_DATA_DIR: variable(
    z.string().refine((value) => !value.includes('\0'), 'must be a path'),
    '/var/lib/latchkey',
    'shown',
  ),
  LATCHKEY_CONFIG: variable(
    z.string().refine((value) => !value.includes('\0'), 'must be a path'),
    '/etc/latchkey/latchkey.config.ts',
    'shown',
  ),
  DATABASE_URL: variable(databaseUrl(), 'postgres://latchkey:password@localhost:5432/latchkey'),
  LATCHKEY_UPSTREAM_URL: variable(plainUrl(), 'http://localhost:8080'),
  LATCHKEY_ADMIN_EMAIL: variable(z.email('must be an e-mail address').max(254), 'admin@example.com', 'shown'),
  LATCHKEY_ADMIN_PASSWORD: variable(passwordSchema, 'twelve characters or more'),
  LATCHKEY_TOKEN_SECRET: variable(list(secret).refine(isDistinct, 'names the same secret twice'), '"$(openssl rand -base64 32)"'),
  LATCHKEY_AUTH_SECRET: variable(secret, '"$(openssl rand -base64 32)"'),
  VALKEY_URL: variable(z.string().transform(asIssue(parseValkeyUrl)), 'redis://localhost:6379'),
  LATCHKEY_TRUSTED_PROXIES: variable(cidrs, '10.0.0.0/8,192.168.1.7', 'shown'),
  LATCHKEY_FORWARD_AUTH_MOUNT: variable(mountPath(), '/api', 'shown'),
  LATCHKEY_METRICS_ALLOW: variable(cidrs, '127.0.0.0/8,10.1.0.0/16', 'shown'),
  LATCHKEY_WEBHOOK_ALLOW_PRIVATE: variable(cidrs, '10.20.0.0/16,127.0.0.1', 'shown'),
  LATCHKEY_LEAK_KEYS_URL: variable(keysUrl(), 'https://api.github.com/meta/public_keys/secret_scanning', 'shown'),
  LATCHKEY_LEAK_POLICY: variable(z.enum(LEAK_POLICIES, `must be one of ${LEAK_POLICIES.join(', ')}`), 'revoke', 'shown'),
  LATCHKEY_PUBLIC_URL: variable(
    plainUrl().refine((url) => url.pathname === '/', 'must be an origin, without a path'),
    'https://tokens.example.com',
  ),
  LATCHKEY_REQUIRE_HTTPS: variable(trueOrFalse(), 'true', 'shown'),
  LATCHKEY_THREADS: variable(threads(), '4', 'shown'),
  LATCHKEY_LOG_LEVEL: variable(z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info', 'shown'),
  LATCHKEY_USAGE_RETENTION_DAYS: variable(integer(1, 3650), '30', 'shown'),
  LATCHKEY_GATEWAY_NAME: variable(z.string().regex(/^[\x20-\x7e]{1,100}$/, 'must have 1 to 100 plain characters'), 'gateway-eu-1', 'shown'),
  LATCHKEY_MAX_STALE_SECONDS: variable(integer(0, 86_400), '300', 'shown'),
  LATCHKEY_SPOOL_MAX_MB: variable(integer(1, 1_000_000), '1024', 'shown'),
  LATCHKEY_SPOOL_FULL: variable(z.enum(SPOOL_POLICIES, `must be one of ${SPOOL_POLICIES.join(', ')}`), 'refuse', 'shown'),
  LATCHKEY_DURABILITY: variable(z.enum(DURABILITIES, `must be one of ${DURABILITIES.join(', ')}`), 'process', 'shown'),
  OTEL_SDK_DISABLED: variable(trueOrFalse(), 'true', 'shown'),
  OTEL_TRACES_EXPORTER: variable(z.enum(['otlp', 'none'], 'must be otlp or none'), 'otlp', 'shown'),
  OTEL_EXPORTER_OTLP_ENDPOINT: variable(plainUrl(), 'http://localhost:4318'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: variable(plainUrl(), 'http://localhost:4318/v1/traces'),
  OTEL_SERVICE_NAME: variable(z.string().regex(/^[\x20-\x7e]{1,100}$/, 'must have 1 to 100 plain characters'), 'latchkey', 'shown'),
  OTEL_TRACES_SAMPLER: variable(z.enum(SAMPLERS, `must be one of ${SAMPLERS.join(', ')}`), 'parentbased_traceidratio', 'shown'),
  OTEL_TRACES_SAMPLER_ARG: variable(share(), '0.1', 'shown'),
} as const;

type Name = keyof typeof VARIABLES;
type Values = { [N in Name]?: z.output<(typeof VARIABLES)[N]['rule']> };

/** Throws `ConfigError` with every problem there is. An empty value counts as unset. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const problems: string[] = [];
  const values: Values = {};
  for (const name of Object.keys(VARIABLES) as Name[]) readVariable(name, env[name], values, problems);
  problems.push(...findContradictions(env));
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(values, findUnknownNames(env));
}

function readVariable(name: Name, text: string | undefined, values: Values, problems: string[]): void {
  if (text === undefined || text.trim() === '') return;
  const { rule } = VARIABLES[name];
  const result = rule.safeParse(text);
  if (result.success) Object.assign(values, { [name]: result.data });
  else problems.push(describeProblem(name, text, result.error.issues[0]?.message ?? 'is wrong'));
}

function describeProblem(name: Name, text: string, problem: string): string {
  const { example, showValue } = VARIABLES[name];
  return `${name}${showValue ? ` is ${quote(text)}:` : ':'} ${problem.replace(/\.$/, '')}. Example: ${name}=${example}`;
}

function findContradictions(env: Readonly<Record<string, string | undefined>>): string[] {
  const [email, password] = ['LATCHKEY_ADMIN_EMAIL', 'LATCHKEY_ADMIN_PASSWORD'].map((name) => Boolean(env[name]?.trim()));
  if (email === password) return [];
  const [present, absent] = email ? ['EMAIL', 'PASSWORD'] : ['PASSWORD', 'EMAIL'];
  return [`LATCHKEY_ADMIN_${absent} is missing beside LATCHKEY_ADMIN_${present}. Set both, or neither and use the set-up link.`];
}

function findUnknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env).filter((name) => name.startsWith('LATCHKEY_') && !(name in VARIABLES));
}

function toConfig(values: Values, unknownNames: readonly string[]): Config {
  const { LATCHKEY_ADMIN_EMAIL: email, LATCHKEY_ADMIN_PASSWORD: password } = values;
  return {
    host: values.HOST ?? '127.0.0.1',
    port: values.PORT ?? 3010,
    dataDirectory: path.resolve(values.LATCHKEY_DATA_DIR ?? '.latchkey'),
    configFile: values.LATCHKEY_CONFIG ? path.resolve(values.LATCHKEY_CONFIG) : findConfigFile(),
    databaseUrl: values.DATABASE_URL ?? null,
    upstreamUrl: values.LATCHKEY_UPSTREAM_URL ?? null,
    admin: email && password ? { email, password } : null,
    tokenSecrets: values.LATCHKEY_TOKEN_SECRET ?? null,
    authSecret: values.LATCHKEY_AUTH_SECRET ?? null,
    valkey: values.VALKEY_URL ?? null,
    trustedProxies: values.LATCHKEY_TRUSTED_PROXIES ?? [],
    forwardAuthMount: values.LATCHKEY_FORWARD_AUTH_MOUNT ?? '/api',
    metricsAllow: values.LATCHKEY_METRICS_ALLOW ?? ['127.0.0.0/8', '::1/128'],
    ...toOutside(values),
    publicUrl: values.LATCHKEY_PUBLIC_URL ?? null,
    // Whoever says that people come over HTTPS means it.
    requireHttps: values.LATCHKEY_REQUIRE_HTTPS ?? values.LATCHKEY_PUBLIC_URL?.protocol === 'https:',
    logLevel: values.LATCHKEY_LOG_LEVEL ?? 'info',
    usageRetentionDays: values.LATCHKEY_USAGE_RETENTION_DAYS ?? 30,
    ...toGateway(values),
    spool: toSpool(values),
    tracing: toTracing(values),
    unknownNames,
  };
}

/** The one in the directory that the server was started in, where there is one. */
function findConfigFile(): string | null {
  return ['latchkey.config.ts', 'latchkey.config.mjs'].map((name) => path.resolve(name)).find((file) => existsSync(file)) ?? null;
}

/** A port tells processes of one machine apart; where the system is to choose it, the number of the process does. */
function toGateway(values: Values): Pick<Config, 'gatewayName' | 'maxStaleSeconds' | 'threads'> {
  return {
    gatewayName: values.LATCHKEY_GATEWAY_NAME ?? `${hostname()}:${(values.PORT ?? 3010) || process.pid}`,
    maxStaleSeconds: values.LATCHKEY_MAX_STALE_SECONDS ?? 300,
    threads: values.LATCHKEY_THREADS ?? 1,
  };
}

function toSpool(values: Values): Config['spool'] {
  return {
    capBytes: (values.LATCHKEY_SPOOL_MAX_MB ?? 1_024) * 1024 ** 2,
    whenFull: values.LATCHKEY_SPOOL_FULL ?? 'refuse',
    durability: values.LATCHKEY_DURABILITY ?? 'process',
  };
}

/** What is told to the outside, and heard from there. */
function toOutside(values: Values): Pick<Config, 'webhookAllowPrivate' | 'leakKeysUrl' | 'leakPolicy'> {
  return {
    webhookAllowPrivate: values.LATCHKEY_WEBHOOK_ALLOW_PRIVATE ?? [],
    leakKeysUrl: values.LATCHKEY_LEAK_KEYS_URL ?? null,
    leakPolicy: values.LATCHKEY_LEAK_POLICY ?? 'revoke',
  };
}

function variable<Rule extends z.ZodType>(rule: Rule, example: string, value: 'shown' | 'secret' = 'secret') {
  return { rule, example, showValue: value === 'shown' };
}

function integer(min: number, max: number) {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, problem)
    .transform(Number)
    .refine((value) => value >= min && value <= max, problem);
}

/** `auto`: as many as the machine has cores for this process. */
function threads() {
  const problem = `must be a whole number from 1 to ${MAX_THREADS}, or auto`;
  return z
    .string()
    .transform((text) => (text === 'auto' ? Math.min(MAX_THREADS, availableParallelism()) : /^\d{1,2}$/.test(text) ? Number(text) : 0))
    .refine((count) => count >= 1 && count <= MAX_THREADS, problem);
}

function trueOrFalse() {
  return z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
}

function share() {
  const problem = 'must be a number from 0 to 1';
  return z
    .string()
    .regex(/^\d?(?:\.\d{1,9})?$/, problem)
    .transform(Number)
    .refine((value) => value >= 0 && value <= 1, problem);
}

function list(item: z.ZodType<string, string>) {
  return z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(item));
}

/** An http(s) address that says where, and nothing else. Credentials belong in no address: they end up in logs. */
function plainUrl() {
  return z
    .string()
    .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be an http:// or https:// address')
    .transform((text) => new URL(text))
    .refine((url) => !url.username && !url.password && !url.search && !url.hash, 'must have no user, password, query or fragment');
}

/** `/` for none: an empty value is an unset one. */
function mountPath() {
  return z
    .string()
    .regex(/^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/, 'must be a path without a slash at its end, or / for none')
    .transform((path) => (path === '/' ? '' : path));
}

/** Keys decide who may end tokens, so they travel over TLS or come from this machine. */
function keysUrl() {
  return z
    .string()
    .refine((text) => /^(https|file):\/\//i.test(text) && URL.canParse(text), 'must be an https:// or file:// address')
    .transform((text) => new URL(text));
}

function databaseUrl() {
  return z.string().refine((text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text), 'must be a postgres:// address');
}

function asIssue<Parsed>(parse: (text: string) => Parsed) {
  return (text: string, context: z.RefinementCtx): Parsed => {
    try {
      return parse(text);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : 'is wrong');
      return z.NEVER;
    }
  };
}

function isCidr(text: string): boolean {
  return ipaddr.isValidCIDR(text) || (ipaddr.isValid(text) && /[.:]/.test(text));
}

function isDistinct(items: readonly string[]): boolean {
  return new Set(items).size === items.length;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
