import type { Verdict } from '@latchkey/bearer-auth';
import { aGuardScene, type GuardScene } from '@latchkey/bearer-auth/testing';
import { createTokenText, parseTokenText } from '@latchkey/core';
import { croppedT, momentsOf } from './welch.ts';

/** What may be presented, and is refused. */
export type Presented =
  /** Nobody issued it; its checksum fits. */
  | 'random'
  /** As `random`, with always the same first 30 of its 36 random characters: those of a text that nobody issued. */
  | 'unknown'
  /** As `unknown`, with the first 30 of the 36 random characters of a token that works. */
  | 'unknown, known start'
  /** One text that nobody issued, its last character changed. */
  | 'wrong end'
  /** A token that works, its last character changed. */
  | 'wrong end, known start'
  /** A token that worked. */
  | 'revoked';

export interface Comparison {
  readonly a: Presented;
  readonly b: Presented;
  /** Whether their answers are the same, so that nothing else may tell them apart. */
  readonly mustBeAlike: boolean;
  readonly meanNs: readonly [number, number];
  /** Welch's t of what is left when the slowest part of both is left out. */
  readonly t: readonly { readonly kept: number; readonly t: number }[];
}

export interface TimingReport {
  readonly samples: number;
  readonly comparisons: readonly Comparison[];
}

const KINDS: readonly Presented[] = ['random', 'unknown', 'unknown, known start', 'wrong end', 'wrong end, known start', 'revoked'];
const PAIRS: readonly (readonly [Presented, Presented, boolean])[] = [
  ['unknown', 'unknown, known start', true],
  ['wrong end', 'wrong end, known start', true],
  // A processor that has seen a text before is faster over the next that begins alike, whoever issued it or did not.
  ['random', 'unknown', false],
  ['unknown', 'wrong end', false],
  ['unknown', 'revoked', false],
];
const KEPT = [1, 0.99, 0.9, 0.5];
const KNOWN_START = 30;
const BATCH = 1_000;
const WARM_UP = 20_000;

/** How long the guard takes over each kind of refusal, in turns at random, so that whatever else the machine does falls on all alike. */
export async function measureRefusals(samples: number): Promise<TimingReport> {
  const scene = aGuardScene();
  const revoked = scene.tokens.issue({ rateLimit: null, revokedAt: 1 });
  const times = new Map(KINDS.map((kind) => [kind, new Float64Array(samples)]));
  const counts = new Map(KINDS.map((kind) => [kind, 0]));
  for (let done = -WARM_UP; done < samples; done += BATCH) {
    // Others each time: letters and digits of one text take a processor their own time, whoever issued it. The one that works is in the cache.
    const working = scene.tokens.issue({ rateLimit: null });
    const stranger = createTokenText('lk_live_');
    const turns = makeTurns(Math.min(BATCH, samples - Math.max(done, 0)), { working, revoked, stranger });
    await timeCheck(scene, working, 'admit');
    for (const { kind, text } of turns) {
      const ns = await timeCheck(scene, text, 'deny');
      if (done >= 0) record(kind, ns);
    }
  }
  await scene.guard.close();
  return { samples: sum(counts.values()), comparisons: PAIRS.map(([a, b, mustBeAlike]) => compare(a, b, mustBeAlike)) };

  function record(kind: Presented, ns: number): void {
    const count = counts.get(kind) ?? 0;
    const all = times.get(kind);
    if (all !== undefined) all[count] = ns;
    counts.set(kind, count + 1);
  }

  function compare(a: Presented, b: Presented, mustBeAlike: boolean): Comparison {
    const [ofA, ofB] = [a, b].map((kind) => times.get(kind)?.subarray(0, counts.get(kind)) ?? new Float64Array()) as [
      Float64Array,
      Float64Array,
    ];
    // Where answers differ, so may times: all of them say by how much.
    const t = (mustBeAlike ? KEPT : [1]).map((kept) => ({ kept, t: croppedT(ofA, ofB, kept) }));
    return { a, b, mustBeAlike, meanNs: [momentsOf(ofA).mean, momentsOf(ofB).mean], t };
  }
}

interface Turn {
  readonly kind: Presented;
  readonly text: string;
}

/** Kinds drawn at random. Every text is written anew, so that none has a hash or a form in memory that the others lack. */
function makeTurns(count: number, { working, revoked, stranger }: Record<'working' | 'revoked' | 'stranger', string>): Turn[] {
  const [start, strangeStart] = [working, stranger].map((text) => parseTokenText(text)?.random.slice(0, KNOWN_START) ?? '');
  const make: Record<Presented, () => string> = {
    random: () => createTokenText('lk_live_'),
    unknown: () => createTokenText('lk_live_', startingWith(strangeStart)),
    'unknown, known start': () => createTokenText('lk_live_', startingWith(start)),
    'wrong end': () => withOtherEnd(stranger),
    'wrong end, known start': () => withOtherEnd(working),
    revoked: () => revoked,
  };
  return Array.from({ length: count }, () => {
    const kind = KINDS[Math.floor(Math.random() * KINDS.length)] as Presented;
    return { kind, text: Buffer.from(make[kind](), 'latin1').toString('latin1') };
  });
}

/** Nanoseconds. A verdict other than `expected` is an error: what is timed then is something else. */
async function timeCheck({ guard }: GuardScene, text: string, expected: Verdict['kind']): Promise<number> {
  const request = { method: 'GET', target: '/products', rawHeaders: ['Authorization', `Bearer ${text}`], ip: '192.0.2.1', requestId: 'x' };
  const startedAt = process.hrtime.bigint();
  const verdict = guard.check(request);
  const late = verdict instanceof Promise ? await verdict : verdict;
  const ns = Number(process.hrtime.bigint() - startedAt);
  if (late.kind !== expected) throw new Error(`The guard says ${late.kind} where it should ${expected}.`);
  return ns;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Random bytes that are drawn as these characters first. */
function startingWith(start = ''): (length: number) => Uint8Array {
  let given = 0;
  return (length) => {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    for (let index = 0; index < length && given < start.length; index++, given++) bytes[index] = ALPHABET.indexOf(start[given] ?? '');
    return bytes;
  };
}

function withOtherEnd(text: string): string {
  const last = ALPHABET.indexOf(text.at(-1) ?? '');
  return text.slice(0, -1) + ALPHABET[(last + 1 + Math.floor(Math.random() * 61)) % 62];
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
