import { describe, expect, it } from 'vitest';
import { judgeSecrets } from './check-secrets.ts';

const newest = { version: 2, isNewest: true, isConfigured: true, tokens: 5 };
const old = { version: 1, isNewest: false, isConfigured: true, tokens: 1_200 };
const judge = (...versions: (typeof newest)[]) => judgeSecrets({ versions, unkeyed: { sha256: 0, bcrypt: 0 } });

describe('the token secret of the server', () => {
  it('is the only one', () => {
    expect(judge(newest)).toMatchObject({ verdict: 'ok' });
  });

  it('is being rotated: the old one is still needed, and then not any more', () => {
    expect(judge(newest, old)).toMatchObject({ verdict: 'warn', message: expect.stringContaining('1,200') });
    expect(judge(newest, { ...old, tokens: 0 })).toMatchObject({
      verdict: 'warn',
      advice: expect.stringContaining('Take the old ones out'),
    });
  });

  it('was taken away too early', () => {
    expect(judge(newest, { ...old, isConfigured: false })).toMatchObject({ verdict: 'fail', advice: expect.stringContaining('new,old') });
    expect(judge(newest, { ...old, isConfigured: false, tokens: 0 })).toMatchObject({ verdict: 'ok' });
  });
});
