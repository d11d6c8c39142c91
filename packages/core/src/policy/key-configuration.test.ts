import { describe, expect, it } from 'vitest';
import { configIdsMatch, DEFAULT_KEY_CONFIGURATION, isDefaultConfigId, resolveKeyConfiguration } from './key-configuration.ts';

const named = (configId: string) => ({ ...DEFAULT_KEY_CONFIGURATION, configId });
const [standard, partner, internal] = [named('default'), named('partner'), named('internal')];

describe('a configuration id', () => {
  it('stands for the default one when it is absent, empty or "default" (S3-084)', () => {
    expect([null, undefined, '', 'default', 'Default', 'partner'].map(isDefaultConfigId)).toEqual([true, true, true, true, false, false]);
  });

  it('matches another of the default kind (S3-085)', () => {
    for (const a of [null, '', 'default']) for (const b of [undefined, '', 'default']) expect(configIdsMatch(a, b)).toBe(true);
  });

  it('matches the same text otherwise, and nothing else (S3-086)', () => {
    expect(configIdsMatch('partner', 'partner')).toBe(true);
    expect(configIdsMatch('partner', 'Partner')).toBe(false);
    expect(configIdsMatch('partner', null)).toBe(false);
    expect(configIdsMatch('', 'partner')).toBe(false);
  });
});

describe('resolving', () => {
  it.each([null, undefined, ''])('no id (%j) gives the default configuration, wherever it stands (S3-087)', (id) => {
    expect(resolveKeyConfiguration([partner, standard], id)).toBe(standard);
  });

  it('no id gives the first one where none is the default (S3-088)', () => {
    expect(resolveKeyConfiguration([partner, internal], null)).toBe(partner);
  });

  it('a known id gives its own configuration (S3-089)', () => {
    expect(resolveKeyConfiguration([standard, partner], 'partner')).toBe(partner);
  });

  it('an unknown id falls back to the default configuration (S3-090)', () => {
    expect(resolveKeyConfiguration([partner, standard], 'nobody')).toBe(standard);
  });

  it('an unknown id finds nothing where there is no default (S3-091)', () => {
    expect(resolveKeyConfiguration([partner, internal], 'nobody')).toBeNull();
    expect(resolveKeyConfiguration([partner, internal], 'default')).toBeNull();
  });
});
