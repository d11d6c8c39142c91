import { describe, expect, it } from 'vitest';
import { createTokenFinder } from './create-token-finder.ts';
import { aGuardScene } from './testing/guard-scene.ts';

function open() {
  const scene = aGuardScene();
  return { ...scene, finder: createTokenFinder({ tokens: scene.tokens, digester: scene.digester }) };
}

describe('a finder', () => {
  it('finds a token whatever its state, as it is now', async () => {
    const { finder, tokens } = open();
    const text = tokens.issue({ revokedAt: 1 });
    expect(await finder.find(text)).toMatchObject({ id: 1, revokedAt: 1, secretId: 101 });
    tokens.changeSilently(1, { name: 'renamed' });
    expect(await finder.find(text)).toMatchObject({ name: 'renamed' });
    const second = tokens.addSecret(1, { secretId: 7 });
    expect(await finder.find(second)).toMatchObject({ id: 1, secretId: 7 });
  });

  it('asks nobody about a text that can be no token, and finds no other', async () => {
    const { finder, tokens, mint } = open();
    for (const text of ['', 'nothing', 'x'.repeat(10_000), 'lk_live_\0']) expect(await finder.find(text)).toBeNull();
    expect(tokens.lookups).toBe(0);
    expect(await finder.find(mint.generate('lk_live_'))).toBeNull();
  });

  it('rejects while the source can not be asked: that is no verdict', async () => {
    const { finder, tokens, mint } = open();
    tokens.failure = new Error('away');
    await expect(finder.find(mint.generate('lk_live_'))).rejects.toThrow('away');
  });
});
