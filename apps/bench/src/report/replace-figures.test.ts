import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { replaceFigures } from './replace-figures.ts';

const DOCUMENT = readFileSync(new URL('../../../../docs/benchmarks.md', import.meta.url), 'utf8');

it('puts new figures into the document of this repository, and changes nothing else', () => {
  const once = replaceFigures(DOCUMENT, '| $& | figures |\n');
  expect(once).toContain('\n\n| $& | figures |\n\n');
  expect(replaceFigures(once, '| other |')).toBe(replaceFigures(DOCUMENT, '| other |'));
  for (const part of ['# Benchmarks\n', '\n## Reading usage\n', '\n## Speed of the guard and of the gateway, beside others\n']) {
    expect(once.split(part)).toHaveLength(2);
  }
});

it('refuses a document without the marks', () => {
  expect(() => replaceFigures('# Something else', 'figures')).toThrow('needs a line');
});
