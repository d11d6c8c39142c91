import { readFileSync } from 'node:fs';
import { DENIALS, type Denial, OPERATION_ERRORS } from '@latchkey/core';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('./errors.md', import.meta.url), 'utf8');

/** The rows of the table between `<!-- name -->` and `<!-- /name -->`, as cells. */
function tableRows(name: string): string[][] {
  const section = page.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('docs/errors.md says what the code does', () => {
  it('lists every denial with its status, code and texts, in the order of the table', () => {
    const expected = Object.entries<Denial>(DENIALS).map(([reason, denial]) => [
      reason,
      String(denial.status),
      `\`${denial.code}\``,
      denial.error,
      denial.message,
    ]);
    expect(tableRows('denials')).toEqual(expected);
  });

  it('lists every operation error', () => {
    const expected = Object.entries(OPERATION_ERRORS).map(([code, { status, error }]) => [String(status), `\`${code}\``, error]);
    expect(tableRows('operations')).toEqual(expected);
  });
});
