import type { RateLimit } from '../limit/rate-limit.ts';
import type { AccessRule } from '../policy/access-rule.ts';
import { type CheckName, missingPermissions, missingScopes, requiredOf } from './checks.ts';
import type { AccessRequest, LoadedToken } from './decide.ts';
import { compileEndpointPatterns, parseEndpointPattern } from './endpoint-pattern.ts';
import type { Charge, CounterReading, Counters } from './explain.ts';
import { listPermissions } from './permissions.ts';

/** The rule that decided, as it is written, and a sentence about it. */
export interface Description {
  readonly rule: string | null;
  readonly detail: string;
}

/** Something that a request needs, and what asks for it. */
export interface Need {
  /** A scope, or a resource with its action: `files:read`. */
  readonly name: string;
  readonly held: boolean;
  /** Endpoint patterns of the access rules that ask for it, as they are written; `[]`: none of them does, it is needed everywhere. */
  readonly rules: readonly string[];
}

/** `applies: false`: there is no rule that could refuse the request. `needs`: of scopes and permissions, in the order of the rules. */
export type CheckDescription = Description & { readonly applies: boolean; readonly needs?: readonly Need[] };

/** What a check found, in words. `isRefused` is what the check itself said; `rules` are those that match the request. */
export function describeCheck(
  check: CheckName,
  token: LoadedToken,
  request: AccessRequest,
  { isRefused, rules }: { isRefused: boolean; rules: readonly AccessRule[] },
): CheckDescription {
  const { record } = token;
  switch (check) {
    case 'configuration':
      return describeMatch('configuration', record.configId, request.configId);
    case 'environment':
      return describeMatch('environment', record.environment, request.environment);
    case 'revoked':
      return describeState(record.revokedAt, isRefused, 'It was revoked at', 'It is not revoked.');
    case 'secret':
      return describeInstant(
        record.secretExpiresAt,
        isRefused ? 'This secret of it ended at' : 'This secret of it ends at',
        'Its secret was not replaced.',
      );
    case 'enabled':
      return { applies: true, rule: null, detail: record.active ? 'It is switched on.' : 'It is switched off.' };
    case 'not_before':
      return describeInstant(record.notBefore, isRefused ? 'It is not valid before' : 'It is valid since', 'It is valid from the start.');
    case 'expiry':
      return describeInstant(record.expiresAt, isRefused ? 'It expired at' : 'It expires at', 'It never expires.');
    case 'address':
      return describeAddress(record.allowedIps, request.ip, isRefused);
    case 'endpoint':
      return describeEndpoint(token, request);
    case 'scope':
      return describeNeeds(
        'scope',
        listNeeds(requiredOf(check, request), missingScopes(record, request), rules, ({ scopes }) => scopes),
      );
    case 'permission':
      return describeNeeds('permission', listNeeds(requiredOf(check, request), missingPermissions(record, request), rules, permissionsOf));
  }
}

function describeMatch(noun: string, held: string | null, asked: string | null): CheckDescription {
  if (asked === null) return { applies: false, rule: null, detail: `Tokens of every ${noun} are accepted here.` };
  if (held === null) return { applies: false, rule: null, detail: `It belongs to no ${noun}, so it is accepted in each.` };
  return { applies: true, rule: asked, detail: `It belongs to the ${noun} "${held}"; this one is "${asked}".` };
}

function describeState(at: number | null, isRefused: boolean, since: string, otherwise: string): CheckDescription {
  const instant = at === null ? null : isoInstant(at);
  return { applies: true, rule: instant, detail: isRefused && instant !== null ? `${since} ${instant}.` : otherwise };
}

function describeInstant(at: number | null, words: string, otherwise: string): CheckDescription {
  if (at === null) return { applies: false, rule: null, detail: otherwise };
  const instant = isoInstant(at);
  return { applies: true, rule: instant, detail: `${words} ${instant}.` };
}

function describeAddress(list: readonly string[] | null, ip: string | null, isRefused: boolean): CheckDescription {
  if (list === null || list.length === 0) return { applies: false, rule: null, detail: 'It may be used from every address.' };
  const rule = list.join(', ');
  if (ip === null) return { applies: true, rule, detail: 'The address is not known, so it is in no list.' };
  return { applies: true, rule, detail: `${ip} is ${isRefused ? 'not ' : ''}among the addresses it may be used from.` };
}

function describeEndpoint({ record, endpoints }: LoadedToken, { method, path }: AccessRequest): CheckDescription {
  if (path === null) return { applies: false, rule: null, detail: 'No endpoint was asked for.' };
  const rule = endpoints.find(method, path);
  if (rule === '') return { applies: false, rule: null, detail: 'It may call every endpoint.' };
  const request = `${method} ${path}`;
  if (rule !== null) return { applies: true, rule, detail: `The pattern "${rule}" allows ${request}.` };
  const patterns = record.allowedEndpoints ?? [];
  const close = patterns.filter((pattern) => matchesPathOnly(pattern, path));
  const hint = close.length === 0 ? '' : ` For other methods the path is allowed by ${close.map((one) => `"${one}"`).join(', ')}.`;
  const none = patterns.length === 1 ? 'Its only pattern does not match' : `None of its ${patterns.length} patterns matches`;
  return { applies: true, rule: null, detail: `${none} ${request}.${hint}` };
}

function matchesPathOnly(pattern: string, path: string): boolean {
  const parsed = parseEndpointPattern(pattern);
  return parsed.ok && parsed.pattern.methods !== null && compileEndpointPatterns([parsed.pattern.path]).allows('', path);
}

function permissionsOf({ permissions }: AccessRule): readonly string[] {
  return listPermissions(permissions);
}

function listNeeds(
  required: readonly string[],
  missing: readonly string[],
  rules: readonly AccessRule[],
  namesOf: (rule: AccessRule) => readonly string[],
): Need[] {
  return required.map((name) => ({
    name,
    held: !missing.includes(name),
    rules: [...new Set(rules.filter((rule) => namesOf(rule).includes(name)).map(({ endpoint }) => endpoint))],
  }));
}

function describeNeeds(noun: string, needs: readonly Need[]): CheckDescription {
  if (needs.length === 0) return { applies: false, rule: null, detail: `This request asks for no ${noun}.` };
  const missing = needs.filter(({ held }) => !held);
  const list = needs.map(({ name }) => name).join(', ');
  const told = (missing.length === 0 ? needs : missing).map(nameWithRules).join('; ');
  const detail = missing.length === 0 ? `It holds what this request asks for: ${told}.` : `It lacks ${told}. Needed is ${list}.`;
  const [asking] = (missing.length === 0 ? needs : missing).flatMap(({ rules }) => rules);
  return { applies: true, rule: asking ?? list, detail, needs };
}

function nameWithRules({ name, rules }: Need): string {
  if (rules.length === 0) return name;
  return `${name}, asked for by the ${rules.length === 1 ? 'rule' : 'rules'} ${rules.map(quote).join(' and ')}`;
}

/** What the counters say of a request that is charged so much, in words. */
export function describeCounters({ windows, quota }: Counters, charge: Charge): { rate: Description; rest: Description } {
  const full = windows.find((reading) => !hasRoomFor(reading, charge.units));
  const shown = full ?? windows.toSorted((a, b) => a.state.remaining / a.limit.max - b.state.remaining / b.limit.max)[0];
  const rate =
    shown === undefined
      ? { rule: null, detail: 'It is not limited.' }
      : {
          rule: describeLimit(shown.limit),
          detail: `${shown.state.current} of ${shown.limit.max} requests are counted in the running window${
            shown.state.current === 0 ? '' : `, which ends at ${isoInstant(shown.state.resetAt)}`
          }.${describeCharge(charge)}`,
        };
  const rest =
    quota === null
      ? { rule: null, detail: 'It has no quota.' }
      : { rule: String(quota.remaining), detail: `${quota.remaining} requests are left of its quota.${describeCharge(charge)}` };
  return { rate, rest };
}

/** Whether a window would take a request of this cost. One that costs more than the whole window takes all of it. */
export function hasRoomFor({ limit, state }: CounterReading, units: number): boolean {
  return state.remaining >= Math.min(units, limit.max);
}

function describeCharge({ units, rule }: Charge): string {
  return rule === null ? '' : ` This one counts as ${units}, by the rule ${quote(rule)}.`;
}

function quote(pattern: string): string {
  return `"${pattern}"`;
}

/** `100 per 60,000 ms`. */
function describeLimit({ max, windowMs, algorithm }: RateLimit): string {
  return `${group(max)} per ${group(windowMs)} ms${algorithm === 'sliding' ? ', sliding' : ''}`;
}

function group(count: number): string {
  return count.toLocaleString('en-US');
}

function isoInstant(at: number): string {
  return new Date(at).toISOString();
}
