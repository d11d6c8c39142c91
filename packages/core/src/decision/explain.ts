import type { RateLimit, RateLimitState } from '../limit/rate-limit.ts';
import type { AccessRule } from '../policy/access-rule.ts';
import { CHECKS, type CheckName, refuses } from './checks.ts';
import type { AccessRequest, LoadedToken } from './decide.ts';
import type { DenialReason } from './denial.ts';
import { type Description, describeCheck, describeCounters, hasRoomFor, type Need } from './describe-check.ts';

/** Everything that is asked about a request, in the order in which it decides (contract §4). */
export type QuestionName = 'path' | 'shape' | 'checksum' | 'known' | CheckName | 'rate' | 'quota';

/** `not_reached`: something before it refused the request already. `not_applicable`: there is no rule that could refuse it. */
export type FindingResult = 'pass' | 'fail' | 'not_reached' | 'not_applicable';

/** What one check says of a request. */
export interface Finding {
  readonly check: QuestionName;
  readonly result: FindingResult;
  /** What it says by itself, reached or not; `null` where there is nothing to say. */
  readonly passes: boolean | null;
  /** Why it refuses, by itself; `null` where it does not. */
  readonly reason: DenialReason | null;
  /** The rule that decided, as it is written: a pattern – of the token, or of the access rule that asks for something –, an instant, a limit. `null`: none. */
  readonly rule: string | null;
  /** A sentence or two for people. */
  readonly detail: string;
  /** Scopes or permissions that the request needs, each with the access rules that ask for it. Empty for every other check. */
  readonly needs: readonly Need[];
}

/** What a request is charged in rate limits and quota. */
export interface Charge {
  /** 1 or more. */
  readonly units: number;
  /** Endpoint pattern of the access rule that sets it; `null`: none does, so that it is 1. */
  readonly rule: string | null;
}

/** A counter as it stands, looked at without counting. */
export interface CounterReading {
  readonly name: string;
  readonly limit: RateLimit;
  readonly state: RateLimitState;
}

/** The counters of a token at the moment. */
export interface Counters {
  readonly windows: readonly CounterReading[];
  /** `null`: no quota. */
  readonly quota: { readonly remaining: number } | null;
}

/** How a token came to be asked about. `id`: by its number, so that there is no text to judge. */
export type Presented = 'id' | 'known' | 'imported' | 'unknown' | 'bad_shape' | 'bad_checksum';

/** A request that may never have been made, with all that `explain` looks at. */
export interface Question {
  readonly presented: Presented;
  /** `null` where nobody issued it. */
  readonly token: LoadedToken | null;
  /** `null`: the path is not canonical, so that no rule was asked. */
  readonly request: AccessRequest | null;
  /** The access rules that match it: whatever they ask for is in `request` already, and they say what it costs. */
  readonly rules: readonly AccessRule[];
  /** Epoch milliseconds at which it is judged. */
  readonly now: number;
  /** `null`: not known. */
  readonly counters: Counters | null;
}

/** What every check says of a question, and which of them decides. */
export interface Explanation {
  /** `null`: the request passes. */
  readonly reason: DenialReason | null;
  /** Which check refuses it. */
  readonly decidedBy: QuestionName | null;
  readonly charge: Charge;
  /** In the order in which they decide. */
  readonly findings: readonly Finding[];
}

interface Answer {
  readonly check: QuestionName;
  readonly passes: boolean | null;
  readonly reason: DenialReason;
  readonly description: Description;
  readonly needs?: readonly Need[];
}

/**
 * Says what every check says of a request, in the order and with the functions by which `decide` decides, without any effect: nothing is
 * counted. For a token that nobody issued it says why its text is none.
 */
export function explain(question: Question): Explanation {
  const charge = chargeBy(question.rules);
  const answers = [...askPath(question), ...askText(question), ...askRecord(question), ...askCounters(question, charge)];
  const decisive = answers.findIndex(({ passes }) => passes === false);
  const findings = answers.map((answer, index) => toFinding(answer, decisive !== -1 && index > decisive));
  const decided = answers[decisive];
  return { reason: decided?.reason ?? null, decidedBy: decided?.check ?? null, charge, findings };
}

/** The highest cost counts; of rules with the same, the first is named. */
function chargeBy(rules: readonly AccessRule[]): Charge {
  const units = Math.max(1, ...rules.map(({ cost }) => cost));
  return { units, rule: units === 1 ? null : (rules.find(({ cost }) => cost === units)?.endpoint ?? null) };
}

function toFinding({ check, passes, reason, description, needs = [] }: Answer, isPast: boolean): Finding {
  const result = resultOf(passes, isPast);
  return { check, result, passes, reason: passes === false ? reason : null, ...description, needs };
}

function resultOf(passes: boolean | null, isPast: boolean): FindingResult {
  if (isPast) return 'not_reached';
  if (passes === null) return 'not_applicable';
  return passes ? 'pass' : 'fail';
}

function askPath({ request }: Question): Answer[] {
  const detail =
    request === null
      ? 'The path is not canonical: it has dot segments, empty segments, encoded slashes or the like.'
      : 'The path is judged exactly as it was sent.';
  return [{ check: 'path', passes: request !== null, reason: 'invalid_path', description: { rule: request?.path ?? null, detail } }];
}

function askText({ presented }: Question): Answer[] {
  if (presented === 'id') return [];
  if (presented === 'imported') return IMPORTED_TEXT;
  const isShaped = presented !== 'bad_shape';
  const isWhole = isShaped && presented !== 'bad_checksum';
  const shape = isShaped
    ? 'The text has the shape of a token.'
    : 'The text does not have the shape of a token: prefix, 36 characters, checksum.';
  const checksum = isWhole ? 'Its checksum fits.' : 'Its checksum does not fit: a character was lost or changed, or it was made up.';
  const known = presented === 'known' ? 'The token was issued here.' : 'Nobody issued this token here, or it was deleted.';
  return [
    { check: 'shape', passes: isShaped, reason: 'malformed', description: { rule: null, detail: shape } },
    {
      check: 'checksum',
      passes: isShaped ? isWhole : null,
      reason: 'malformed',
      description: { rule: null, detail: isShaped ? checksum : 'There is no checksum to compare.' },
    },
    { check: 'known', passes: presented === 'known', reason: 'unknown', description: { rule: null, detail: known } },
  ];
}

const IMPORTED_TEXT: Answer[] = [
  {
    check: 'shape',
    passes: null,
    reason: 'malformed',
    description: { rule: null, detail: 'The text has the shape that another system gave it.' },
  },
  { check: 'checksum', passes: null, reason: 'malformed', description: { rule: null, detail: 'There is no checksum to compare.' } },
  { check: 'known', passes: true, reason: 'unknown', description: { rule: null, detail: 'The token was taken over from another system.' } },
];

function askRecord({ token, request, rules, now }: Question): Answer[] {
  if (token === null || request === null) return [];
  return CHECKS.map(({ name, reason }) => {
    const isRefused = refuses(name, token, request, now);
    const { applies, needs = [], ...description } = describeCheck(name, token, request, { isRefused, rules });
    return { check: name, passes: isRefused || applies ? !isRefused : null, reason, description, needs };
  });
}

function askCounters({ token, request, counters }: Question, charge: Charge): Answer[] {
  if (token === null || request === null || counters === null) return [];
  const { windows, quota } = counters;
  const { rate, rest } = describeCounters(counters, charge);
  return [
    {
      check: 'rate',
      passes: windows.length === 0 ? null : windows.every((reading) => hasRoomFor(reading, charge.units)),
      reason: 'rate_limited',
      description: rate,
    },
    { check: 'quota', passes: quota === null ? null : quota.remaining >= charge.units, reason: 'usage_exceeded', description: rest },
  ];
}
