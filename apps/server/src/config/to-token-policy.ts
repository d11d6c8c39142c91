import { DEFAULT_POLICY, isTokenPrefix, type KeyTypeRule, listTokenPrefixes, type TokenPolicy } from '@latchkey/core';
import type { LoadedConfigFile } from './config-file.ts';
import type { ParsedConfigFile } from './config-file-schema.ts';

/** The policy that a well-formed configuration file stands for, and what in it contradicts itself, each as a line that says where. */
export function toTokenPolicy(file: ParsedConfigFile): LoadedConfigFile & { readonly problems: readonly string[] } {
  const environments = mapValues(file.environments, ({ prefixSegment }) => ({ segment: prefixSegment }));
  const policy: TokenPolicy = {
    scopes: file.scopes,
    defaultScopes: file.defaultScopes,
    tokenPrefix: file.tokenPrefix,
    keyTypes: mapValues(file.keyTypes, ({ permissions, ...rule }): KeyTypeRule => ({ ...rule, scopeCeiling: permissions })) ?? {},
    environments: environments ?? DEFAULT_POLICY.environments,
    currentEnvironment: file.currentEnvironment ?? Object.keys(environments ?? DEFAULT_POLICY.environments)[0] ?? '',
    strictEnvironmentIsolation: file.strictEnvironmentIsolation,
    owners: file.owners,
    expiry: {
      presets: file.expiry.presets ?? presetsWithin(file.expiry.max),
      defaultSeconds: file.expiry.default,
      maxSeconds: file.expiry.max,
    },
    rules: file.rules,
    selfManagement: file.selfManagement,
    apiKeyConfigurations: file.apiKeyConfigurations,
    pools: file.pools,
  };
  const problems = [
    ...findUnknownScopes(policy),
    ...findEnvironmentFaults(policy),
    ...findPrefixFaults(policy),
    ...findExpiryFaults(policy),
  ];
  return { policy, problems, warnings: findPointless(policy) };
}

function mapValues<From, To>(record: Readonly<Record<string, From>> | undefined, map: (value: From) => To): Record<string, To> | null {
  return record === undefined ? null : Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** Nobody is to be offered what would be refused. */
function presetsWithin(maxSeconds: number | null): Record<string, number | null> {
  const all = Object.entries(DEFAULT_POLICY.expiry.presets);
  return Object.fromEntries(all.filter(([, preset]) => maxSeconds === null || (preset !== null && preset <= maxSeconds)));
}

/** Every scope that is named must be in the vocabulary, where there is one: most likely it is a typing error. */
function findUnknownScopes(policy: TokenPolicy): string[] {
  if (Object.keys(policy.scopes).length === 0) return [];
  const named: [string, readonly string[]][] = [['defaultScopes', policy.defaultScopes]];
  for (const [type, { scopeCeiling }] of Object.entries(policy.keyTypes)) {
    if (scopeCeiling !== 'all') named.push([`keyTypes.${type}.permissions`, scopeCeiling]);
  }
  for (const [type, { defaultScopes, availableScopes }] of Object.entries(policy.owners)) {
    named.push([`owners.${type}.defaultScopes`, defaultScopes ?? []], [`owners.${type}.availableScopes`, availableScopes ?? []]);
  }
  for (const [index, { scopes }] of policy.rules.entries()) named.push([`rules.${index}.scopes`, scopes]);
  return named.flatMap(([place, scopes]) =>
    scopes.filter((scope) => !Object.hasOwn(policy.scopes, scope)).map((scope) => `${place}: "${scope}" is not one of "scopes".`),
  );
}

function findEnvironmentFaults({ environments, currentEnvironment }: TokenPolicy): string[] {
  const names = Object.keys(environments);
  if (names.length === 0) return ['environments: name at least one.'];
  if (names.includes(currentEnvironment)) return [];
  return [`currentEnvironment: "${currentEnvironment}" is not one of "environments" (${names.join(', ')}).`];
}

/** A prefix that stands for two things says nothing; one that is too long leaves no room for the secret. */
function findPrefixFaults(policy: TokenPolicy): string[] {
  const meanings = Map.groupBy(listTokenPrefixes(policy), ({ prefix }) => prefix);
  return [...meanings].flatMap(([prefix, group]) => {
    const what = group.map(({ keyType, environment }) => `${keyType ?? 'untyped'}/${environment ?? 'any environment'}`).join(' and ');
    if (group.length > 1) return [`keyTypes: ${what} have the same prefix "${prefix}". Give them different ones.`];
    return isTokenPrefix(prefix) ? [] : [`keyTypes: the prefix "${prefix}" of ${what} is longer than 32 characters.`];
  });
}

function findExpiryFaults({ expiry: { presets, defaultSeconds, maxSeconds } }: TokenPolicy): string[] {
  if (maxSeconds === null) return [];
  const tooLong = Object.entries(presets).filter(([, preset]) => preset === null || preset > maxSeconds);
  const problems = tooLong.map(([preset]) => `expiry.presets.${preset}: is longer than expiry.max.`);
  if (defaultSeconds !== null && defaultSeconds > maxSeconds) problems.push('expiry.default: is longer than expiry.max.');
  return problems;
}

/** C-23: `public` on a type that can be revoked stores nothing. */
function findPointless({ keyTypes }: TokenPolicy): string[] {
  const pointless = Object.entries(keyTypes).filter(([, rule]) => rule.public && rule.revocable);
  return pointless.map(
    ([type]) => `keyTypes.${type}.public has no effect, because the type is revocable: its tokens are shown once, like all others.`,
  );
}
