import { describe, expect, it } from 'vitest';
import { parseOptions } from './parse-options.ts';
import { SUBJECTS } from './subject/catalogue.ts';

function accepted(...args: string[]) {
  const parsed = parseOptions(args);
  if (!('options' in parsed)) throw new Error(`${args.join(' ')} was not accepted.`);
  return parsed.options;
}

describe('accepted', () => {
  it('without anything: every server, at half load as well', () => {
    const options = accepted();
    expect(options.subjects).toEqual(SUBJECTS.map(({ name }) => name).filter((name) => name !== 'bare-node'));
    expect(options.latencySubjects).toEqual(options.subjects);
    expect(options).toMatchObject({ connections: 64, tokens: 1_000, json: null });
  });

  it('--quick: less of everything', () => {
    const [quick, full] = [accepted('--quick'), accepted()];
    expect(quick.rounds * quick.seconds).toBeLessThan(full.rounds * full.seconds);
    expect(quick.latencySubjects).toEqual(['guard-node', 'gateway']);
  });

  it('names and groups in --only, each server once', () => {
    const options = accepted('--only', 'gateway, guard,guard-node');
    expect(options.subjects.slice(0, 4)).toEqual(['guard-node', 'guard-fastify', 'guard-express', 'guard-hono']);
    expect(options.subjects.at(-1)).toBe('gateway');
    expect(new Set(options.subjects).size).toBe(options.subjects.length);
  });

  it('figures of its own', () => {
    const args = ['--rounds', '2', '--seconds', '0.5', '--connections', '8', '--tokens', '10', '--latency-rounds', '0', '--json', 'a.json'];
    expect(accepted(...args)).toMatchObject({ rounds: 2, seconds: 0.5, connections: 8, tokens: 10, latencyRounds: 0, json: 'a.json' });
  });
});

describe('refused, with what to change', () => {
  it.each([
    [['--only', 'apache'], '--only knows no "apache"'],
    [['--only', ''], '--only knows no ""'],
    [['--rounds', '0'], '--rounds must be a number from 1 to 1000; got "0"'],
    [['--rounds', '1.5'], '--rounds must be a whole number; got "1.5"'],
    [['--seconds', 'many'], '--seconds must be a number from 0.1 to 600; got "many"'],
    [['--connections', '1e3'], '--connections must be a number from 1 to 4096; got "1e3"'],
    [['--fast'], "Unknown option '--fast'"],
    [['quick'], "Unexpected argument 'quick'"],
  ])('%j', (args, message) => {
    const parsed = parseOptions(args);
    expect('problem' in parsed && parsed.problem).toContain(message);
    expect('problem' in parsed && parsed.problem).toContain('npm run bench -- [options]');
  });
});

it('--help names every server', () => {
  const parsed = parseOptions(['--help']);
  for (const { name } of SUBJECTS) expect('help' in parsed && parsed.help).toContain(name);
});
