import { describe, expect, it } from 'vitest';
import { createPortalMint } from './create-portal-mint.ts';

const mint = createPortalMint('a secret of the tests');

describe('a secret', () => {
  it('is different each time, and its digest is 32 bytes', () => {
    const [first, second] = [mint.newSecret('link'), mint.newSecret('link')];
    expect(first).not.toBe(second);
    expect(first).toMatch(/^[\w-]{43}\.[\w-]{43}$/);
    expect(mint.digest('link', first)).toHaveLength(32);
    expect(mint.digest('link', first)).not.toEqual(mint.digest('link', second));
  });

  it('is worth nothing for another purpose, under another server’s secret, or altered', () => {
    const text = mint.newSecret('link');
    expect(mint.digest('bearer', text)).toBeNull();
    expect(createPortalMint('another secret').digest('link', text)).toBeNull();
    for (const at of [0, 42, 44, 86]) {
      const other = `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
      expect(mint.digest('link', other)).toBeNull();
    }
  });

  it.each(['', '.', 'a.b', 'lk_live_0123456789', `${'a'.repeat(43)}.${'a'.repeat(43)}`, 'a.b.c'])('is not %j', (text) => {
    expect(mint.digest('link', text)).toBeNull();
  });
});

describe('an origin to be framed by', () => {
  it('comes back as it was signed', () => {
    const text = mint.signOrigin('https://app.example.com');
    expect(text).toMatch(/^[\w.-]+$/);
    expect(mint.readOrigin(text)).toBe('https://app.example.com');
  });

  it('is refused when anybody else wrote it', () => {
    const text = mint.signOrigin('https://app.example.com');
    const forged = `${Buffer.from('https://evil.example').toString('base64url')}.${text.split('.')[1]}`;
    for (const wrong of [forged, text.slice(0, -1), `${text}.x`, '', '.', 'x']) expect(mint.readOrigin(wrong)).toBeNull();
  });
});
