import { parseArgs } from 'node:util';
import { BASELINE, SUBJECTS } from './subject/catalogue.ts';

export interface BenchOptions {
  /** Without the baseline, which always runs. */
  readonly subjects: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly tokens: number;
  /** Rounds at half load; 0 leaves that part out. */
  readonly latencyRounds: number;
  /** Those that are looked at under half load. */
  readonly latencySubjects: readonly string[];
  /** `null`: no file. */
  readonly json: string | null;
  /** A document whose figures are replaced; `null`: none. */
  readonly write: string | null;
}

export type ParsedOptions = { readonly options: BenchOptions } | { readonly help: string } | { readonly problem: string };

const FULL = { rounds: 7, seconds: 3, warmUpSeconds: 3, latencyRounds: 5 };
const QUICK = { rounds: 3, seconds: 0.7, warmUpSeconds: 0.7, latencyRounds: 3 };
/** What the short run looks at under half load. */
const QUICK_LATENCY = ['guard-node', 'gateway'];

const OPTIONS = {
  quick: { type: 'boolean' },
  only: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  connections: { type: 'string' },
  tokens: { type: 'string' },
  'latency-rounds': { type: 'string' },
  json: { type: 'string' },
  write: { type: 'string' },
  help: { type: 'boolean' },
} as const;

export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false });
    if (values.help) return { help: helpText() };
    const defaults = values.quick ? QUICK : FULL;
    const subjects = chooseSubjects(values.only);
    return {
      options: {
        subjects,
        rounds: wholeNumber('rounds', values.rounds, defaults.rounds, 1, 1_000),
        seconds: numberBetween('seconds', values.seconds, defaults.seconds, 0.1, 600),
        warmUpSeconds: defaults.warmUpSeconds,
        connections: wholeNumber('connections', values.connections, 64, 1, 4_096),
        tokens: wholeNumber('tokens', values.tokens, 1_000, 1, 100_000),
        latencyRounds: wholeNumber('latency-rounds', values['latency-rounds'], defaults.latencyRounds, 0, 1_000),
        latencySubjects: values.quick && values.only === undefined ? QUICK_LATENCY : subjects,
        json: values.json ?? null,
        write: values.write ?? null,
      },
    };
  } catch (error) {
    return { problem: `${(error as Error).message}\n\n${helpText()}` };
  }
}

function chooseSubjects(only: string | undefined): string[] {
  const others = SUBJECTS.filter(({ name }) => name !== BASELINE);
  if (only === undefined) return others.map(({ name }) => name);
  const wanted = only.split(',').map((each) => each.trim());
  const unknown = wanted.find((each) => !SUBJECTS.some(({ name, group }) => each === name || each === group));
  if (unknown !== undefined) throw new RangeError(`--only knows no "${unknown}".`);
  return others.filter(({ name, group }) => wanted.includes(name) || wanted.includes(group)).map(({ name }) => name);
}

function wholeNumber(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  const value = numberBetween(name, text, fallback, min, max);
  if (!Number.isInteger(value)) throw new RangeError(`--${name} must be a whole number; got "${text}".`);
  return value;
}

function numberBetween(name: string, text: string | undefined, fallback: number, min: number, max: number): number {
  if (text === undefined) return fallback;
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new RangeError(`--${name} must be a number from ${min} to ${max}; got "${text}".`);
  return value;
}

function helpText(): string {
  const names = SUBJECTS.map(({ name, group, title }) => `  ${name.padEnd(24)} ${group.padEnd(8)} ${title}`);
  return [
    'npm run bench -- [options]',
    '',
    `  --quick              under two minutes: ${QUICK.rounds} rounds of ${QUICK.seconds} s`,
    '  --only NAME,GROUP    these servers beside the bare one; default: all',
    `  --rounds N           default ${FULL.rounds}`,
    `  --seconds S          of each measurement; default ${FULL.seconds}`,
    '  --connections N      default 64',
    '  --tokens N           default 1000',
    `  --latency-rounds N   at half load; 0: none; default ${FULL.latencyRounds}`,
    '  --json FILE          everything, in figures',
    '  --write FILE         replaces the tables in a document, such as docs/benchmarks.md',
    '',
    'Servers and their groups:',
    ...names,
  ].join('\n');
}
