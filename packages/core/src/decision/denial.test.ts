import { describe, expect, it } from 'vitest';
import { DENIALS } from './denial.ts';

describe('the table of denials', () => {
  it.each(Object.entries(DENIALS))('%s: status, code, texts and challenge fit each other', (_reason, denial) => {
    expect(denial.code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(denial.error).not.toBe('');
    expect(denial.message).toMatch(/\.$/);
    if (denial.status === 401) expect(denial.challenge).not.toBeNull();
    if (denial.status >= 404) expect(denial.challenge).toBeNull();
  });

  it('gives a code one status and one text', () => {
    const seen = new Map<string, string>();
    for (const { code, status, error } of Object.values(DENIALS)) {
      expect(seen.get(code) ?? `${status} ${error}`).toBe(`${status} ${error}`);
      seen.set(code, `${status} ${error}`);
    }
  });
});
