import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DEFAULT_POLICY } from '@latchkey/core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from './config.ts';
import type { LatchkeyConfig } from './config-file.ts';
import { loadConfigFile, parseConfigFile } from './load-config-file.ts';

const FILE = '/etc/latchkey.config.ts';
const read = (config: LatchkeyConfig) => parseConfigFile(config, FILE);

function problemsOf(config: unknown): readonly string[] {
  try {
    parseConfigFile(config, FILE);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

async function fileWith(text: string): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'latchkey-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'latchkey.config.ts');
  await writeFile(file, text);
  return file;
}

describe('a deployment without a file', () => {
  test('has the default policy', async () => {
    expect(await loadConfigFile(null)).toEqual({ policy: DEFAULT_POLICY, warnings: [] });
  });

  test('and one with an empty file have the same', () => {
    expect(read({}).policy).toEqual(DEFAULT_POLICY);
  });
});

describe('a file', () => {
  test('is TypeScript, read as it is', async () => {
    const file = await fileWith(`const scopes: string[] = ['read', 'write'];\nexport default { scopes };\n`);
    expect((await loadConfigFile(file)).policy.scopes).toEqual({ read: '', write: '' });
  });

  test('that ships as the example is valid', async () => {
    const { policy, warnings } = await loadConfigFile(path.resolve(import.meta.dirname, '../../../../latchkey.config.example.ts'));
    expect(Object.keys(policy.keyTypes)).toEqual(['secret', 'publishable']);
    expect(warnings).toEqual([]);
  });

  test('may give prefix and environment as functions (S2-147, 176)', () => {
    const { policy } = read({ tokenPrefix: () => 'myapp_', currentEnvironment: () => 'test' });
    expect(policy).toMatchObject({ tokenPrefix: 'myapp_', currentEnvironment: 'test' });
  });

  test('has revocable types without a limit unless it says otherwise (S2-174)', () => {
    expect(read({ keyTypes: { secret: { prefix: 'sk' } } }).policy.keyTypes.secret).toEqual({
      prefix: 'sk',
      scopeCeiling: 'all',
      revocable: true,
      public: false,
      limit: null,
    });
  });

  test('may name its environments as it likes (S2-199); the first is the current one unless it says which', () => {
    const { policy } = read({ environments: { sandbox: { prefixSegment: 'test' }, live: { prefixSegment: 'live' } } });
    expect(policy).toMatchObject({ currentEnvironment: 'sandbox', environments: { sandbox: { segment: 'test' } } });
  });

  test('with a longest life offers the presets within it', () => {
    expect(Object.keys(read({ expiry: { max: 90 * 86_400 } }).policy.expiry.presets)).toEqual(['7_days', '30_days', '60_days', '90_days']);
  });

  test('with a public type that can be revoked is warned about (C-23)', () => {
    expect(read({ keyTypes: { secret: { prefix: 'sk', public: true } } }).warnings).toEqual([
      expect.stringMatching(/^keyTypes.secret.public has no effect/),
    ]);
  });
});

describe('refused, all faults at once and each with its place, is', () => {
  test('what is no configuration', () => {
    expect(problemsOf('hello')).toHaveLength(1);
    expect(problemsOf({ tokenPrefix: 'Sk-', keyTypes: { a: { prefix: 'a', limit: 0 } }, keytypes: {} })).toEqual([
      expect.stringContaining('tokenPrefix'),
      expect.stringContaining('keyTypes.a.limit must be 1 or more'),
      expect.stringContaining('keytypes'),
    ]);
  });

  test('a prefix that stands for two things (S2-148)', () => {
    expect(problemsOf({ keyTypes: { secret: { prefix: 'sk' }, server: { prefix: 'sk' } } })).toEqual([
      expect.stringMatching(/secret\/live and server\/live have the same prefix "sk_live_"/),
      expect.stringMatching(/secret\/test and server\/test have the same prefix "sk_test_"/),
    ]);
    const environments = { test: { prefixSegment: 'test' }, sandbox: { prefixSegment: 'test' } };
    expect(problemsOf({ environments })).toEqual([expect.stringMatching(/untyped\/test and untyped\/sandbox/)]);
    expect(problemsOf({ tokenPrefix: 'sk_live_', keyTypes: { secret: { prefix: 'sk' } } })).toEqual([
      expect.stringMatching(/any environment and secret\/live/),
    ]);
  });

  test('a scope that is not in the vocabulary, wherever it is named', () => {
    const config: LatchkeyConfig = {
      scopes: ['read'],
      defaultScopes: ['reed'],
      keyTypes: { secret: { prefix: 'sk', permissions: ['write'] } },
      owners: { user: { defaultScopes: ['a'], availableScopes: ['b'] } },
      rules: [{ endpoint: '/a', scopes: ['constructor'] }],
    };
    const places = [
      'defaultScopes',
      'keyTypes.secret.permissions',
      'owners.user.defaultScopes',
      'owners.user.availableScopes',
      'rules.0.scopes',
    ];
    expect(problemsOf(config)).toEqual(places.map((place) => expect.stringContaining(`${place}: "`)));
  });

  test('an environment, a preset, a default or an endpoint that can not be', () => {
    expect(problemsOf({ currentEnvironment: 'prod' })).toEqual([
      expect.stringMatching(/"prod" is not one of "environments" \(live, test\)/),
    ]);
    expect(problemsOf({ environments: {} })).toEqual([expect.stringContaining('name at least one')]);
    expect(problemsOf({ expiry: { max: 60, default: 61, presets: { week: 604_800, none: null } } })).toHaveLength(3);
    expect(problemsOf({ rules: [{ endpoint: 'products' }] })).toEqual([expect.stringContaining('rules.0.endpoint')]);
  });

  test('a file that is not there, does not run, or exports nothing', async () => {
    await expect(loadConfigFile('/nowhere/latchkey.config.ts')).rejects.toThrow(/there is no file/);
    await expect(loadConfigFile(await fileWith('export default {'))).rejects.toThrow(/can not be read/);
    await expect(loadConfigFile(await fileWith('export const config = {};'))).rejects.toThrow(/has no default export/);
  });
});

describe('callbacks', () => {
  test('come through as they are, apart from the policy', () => {
    const onEvent = () => undefined;
    expect(read({ callbacks: { onEvent, maxQueued: 10 } })).toMatchObject({
      policy: DEFAULT_POLICY,
      callbacks: { onEvent, maxQueued: 10 },
    });
  });

  test('that are no functions, or have bounds that make no sense, are named', () => {
    expect(problemsOf({ callbacks: { onEvent: 'x', maxQueued: 0 } })).toEqual([
      expect.stringContaining('callbacks.onEvent must be a function'),
      expect.stringContaining('callbacks.maxQueued must be 1 or more'),
    ]);
  });
});
